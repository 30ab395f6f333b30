"""Banners: one line under the top bar when there is trouble, the most severe first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.theme_tokens import faded
from inspector.ui.widgets.announce import announce
from inspector.ui.widgets.badges import Tone
from inspector.ui.widgets.buttons import IconButton, LinkButton, link_button
from inspector.ui.widgets.callout import Action, tone_tokens
from inspector.ui.widgets.labels import ElidingLabel

_ICON_PX = 16
_LEFT_PX = 16
_TEXT_LEFT_PX = 42
_LINE_SHARE = 0.35
_SEVERITY: dict[Tone, int] = {"fail": 0, "warn": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class BannerContent:
    """What one banner says. Red ones cannot be dismissed; the `key` names the trouble, one banner each."""

    key: str
    tone: Tone
    icon: str
    title: str
    text: str = ""
    actions: tuple[Action, ...] = ()

    @property
    def dismissible(self) -> bool:
        """Whether it shows a cross."""
        return self.tone != "fail"


class Banner(QWidget):
    """The line itself.

    Signals:
        dismissed(str): the cross was clicked, with the content's key.
        more_requested: "2 more" was clicked.
    """

    dismissed = Signal(str)
    more_requested = Signal()

    def __init__(self, theme: Theme, icons: Icons, content: BannerContent, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        self.content = content
        ink, _ = tone_tokens(content.tone)
        self.title = ElidingLabel(theme, content.title, self, font="strong", color=ink)
        self.text = ElidingLabel(theme, content.text, self)
        self.buttons: list[LinkButton] = []
        self.more = LinkButton(theme, icons, "", "", self)
        self.more.hide()
        self.more.clicked.connect(self.more_requested)
        self.close_button = IconButton(theme, icons, "x", "Dismiss", self)
        self.close_button.setVisible(content.dismissible)
        self.close_button.clicked.connect(lambda _checked=False: self.dismissed.emit(self.content.key))
        row = QHBoxLayout(self)
        row.setContentsMargins(_TEXT_LEFT_PX, 0, 16 if not content.dismissible else 10, 1)
        row.setSpacing(0)
        row.addWidget(self.title)
        row.addSpacing(10)
        row.addWidget(self.text, 1)
        row.addSpacing(16)
        for words, slot in content.actions:
            if self.buttons:
                row.addSpacing(22)
            self.buttons.append(link_button(theme, icons, words, slot, self))
            row.addWidget(self.buttons[-1])
        row.addSpacing(10 if content.dismissible else 0)
        row.addWidget(self.more)
        row.addSpacing(6 if content.dismissible else 0)
        row.addWidget(self.close_button)
        self.setAccessibleName(f"{content.title}. {content.text}")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._on_theme)

    def _on_theme(self) -> None:
        self.updateGeometry()
        self.update()

    def set_text(self, content: BannerContent) -> None:
        """Say the same with other details, as in a countdown; a link that has the focus keeps it."""
        self.content = content
        self.text.setText(content.text)
        self.setAccessibleName(f"{content.title}. {content.text}")

    def set_waiting(self, count: int) -> None:
        """Say how many other banners wait behind this one."""
        self.more.setText(f"{count} more")
        self.more.setVisible(count > 0)
        self.more.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._theme.size("banner"))

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), self._theme.size("banner"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        ink_name, ground_name = tone_tokens(self.content.tone)
        ink = self._theme.color(ink_name)
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color(ground_name))
        line = QRectF(0, self.height() - 1, self.width(), 1)
        painter.fillRect(line, ink if self._theme.high_contrast else faded(ink, _LINE_SHARE))
        top = round((self.height() - 1 - _ICON_PX) / 2)
        self._icons.paint(painter, self.content.icon, ink, _LEFT_PX, top, _ICON_PX)
        painter.end()


class BannerHost(QWidget):
    """Holds every open trouble and shows the most severe; it takes no room while there is none.

    Signals:
        dismissed(str): the user closed the banner with this key; it is gone already.
    """

    dismissed = Signal(str)

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        self._contents: dict[str, BannerContent] = {}
        self._shown_key = ""
        self._banner: Banner | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    @property
    def banner(self) -> Banner | None:
        """The banner on show."""
        return self._banner

    def contents(self) -> Sequence[BannerContent]:
        """Return what is open, the most severe first, then the oldest."""
        return sorted(self._contents.values(), key=lambda content: _SEVERITY.get(content.tone, len(_SEVERITY)))

    def put(self, content: BannerContent) -> None:
        """Open a banner, or change the one of the same key."""
        is_new = content.key not in self._contents
        if self._contents.get(content.key) == content:
            return
        self._contents[content.key] = content
        if is_new:
            announce(self, f"{content.title}. {content.text}", at_once=content.tone == "fail")
            self._shown_key = ""
        self._refresh()

    def remove(self, key: str) -> None:
        """Close the banner of a key, if there is one."""
        if self._contents.pop(key, None) is not None:
            self._refresh()

    def _dismiss(self, key: str) -> None:
        self.remove(key)
        self.dismissed.emit(key)

    def _show_next(self) -> None:
        keys = [content.key for content in self.contents()]
        place = keys.index(self._shown_key) if self._shown_key in keys else 0
        self._shown_key = keys[(place + 1) % len(keys)]
        self._refresh()

    def _refresh(self) -> None:
        contents = self.contents()
        if not contents:
            self._replace(None)
            return
        if self._shown_key not in self._contents:
            self._shown_key = contents[0].key
        content = self._contents[self._shown_key]
        if self._banner is not None and replace(self._banner.content, text=content.text) == content:
            self._banner.set_text(content)
        elif self._banner is None or self._banner.content != content:
            banner = Banner(self._theme, self._icons, content, self)
            banner.dismissed.connect(self._dismiss)
            banner.more_requested.connect(self._show_next)
            self._replace(banner)
        if self._banner is not None:
            self._banner.set_waiting(len(contents) - 1)

    def _replace(self, banner: Banner | None) -> None:
        if self._banner is not None:
            self._column.removeWidget(self._banner)
            self._banner.hide()
            self._banner.deleteLater()
        self._banner = banner
        if banner is not None:
            self._column.addWidget(banner)
        self.setVisible(banner is not None)
