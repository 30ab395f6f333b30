"""The address field: which address, the URL to paste at the provider, and Copy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QFontMetricsF, QGuiApplication, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QSizePolicy, QWidget

from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.announce import announce
from inspector.ui.widgets.buttons import CHEVRON_PX, ICON_PX, ButtonLook, ThemedButton
from inspector.ui.widgets.focus import paint_ring
from inspector.ui.widgets.paint import baseline, draw_text, fill_box, text_width

AddressKind = Literal["public", "local", "network"]

COPIED_MS = 1500
_KINDS: dict[str, tuple[str, str]] = {
    "public": ("Public", "globe"),
    "local": ("Local", "house"),
    "network": ("Network", "network"),
}
ADDRESS_KINDS = tuple(_KINDS)

_KIND_LOOK = ButtonLook("text", hover="hover", font="label", padding_px=11, gap_px=7)
_COPY_LOOK = ButtonLook("accent", hover="hover", font="label", padding_px=13, gap_px=6)


@dataclass(frozen=True, slots=True)
class UrlParts:
    """A URL as the field shows it: scheme dimmed, host normal, path semi-bold."""

    scheme: str
    host: str
    path: str


def split_url(url: str) -> UrlParts:
    """Cut a URL after "://" and before the first slash of its path."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        scheme, rest = "", url
    host, slash, path = rest.partition("/")
    return UrlParts(scheme + separator, host, slash + path)


class AddressField(QWidget):
    """Three parts in one frame.

    Signals:
        copied(str): the address went to the clipboard.
        kind_menu_requested: the left part was clicked, before its menu opens.
        copy_menu_requested: Copy was clicked while there is a menu of addresses to choose from.
    """

    copied = Signal(str)
    kind_menu_requested = Signal()
    copy_menu_requested = Signal()

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        self._kind: AddressKind = "local"
        self._kind_menu: QMenu | None = None
        self._copy_menu: QMenu | None = None
        self.kind_button = _KindButton(theme, icons, "Local", "house", self, look=_KIND_LOOK, size_name="controlTop")
        self.kind_button.setAccessibleName("Address: Local")
        self.kind_button.setAccessibleDescription("Opens the address menu")
        self.kind_button.clicked.connect(self._open_kind_menu)
        self.url_view = UrlView(theme, self)
        self.copy_button = _CopyButton(theme, icons, "Copy", "copy", self, look=_COPY_LOOK, size_name="controlTop")
        self.copy_button.setAccessibleName("Copy address")
        self.copy_button.clicked.connect(self.copy)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.kind_button)
        row.addWidget(self.url_view, 1)
        row.addWidget(self.copy_button)
        self._reset = QTimer(self)
        self._reset.setSingleShot(True)
        self._reset.setInterval(COPIED_MS)
        self._reset.timeout.connect(self._show_copy)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    @property
    def url(self) -> str:
        """The address."""
        return self.url_view.text()

    @property
    def kind(self) -> AddressKind:
        """Which address it is."""
        return self._kind

    def set_address(self, kind: AddressKind, url: str) -> None:
        """Show an address."""
        self._kind = kind
        words, icon = _KINDS[kind]
        self.kind_button.setText(words)
        self.kind_button.set_icon_name(icon)
        self.kind_button.updateGeometry()
        self.kind_button.setAccessibleName(f"Address: {words}")
        self.url_view.set_url(url)
        self.url_view.setAccessibleName(f"{words} address")

    def focus_url(self) -> None:
        """Put the focus on the URL and select all of it.

        A focus proxy would do the same but come first in the tab order, before the kind that stands left of it.
        """
        self.url_view.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.url_view.selectAll()

    def set_kind_menu(self, menu: QMenu | None) -> None:
        """Open this menu from the left part; the caller keeps it."""
        self._kind_menu = menu

    def set_copy_menu(self, menu: QMenu | None) -> None:
        """Let Copy open a menu of addresses instead, as with all endpoints in view; the caller keeps it."""
        self._copy_menu = menu

    def copy(self) -> None:
        """Put the address on the clipboard and say so for 1.5 s."""
        if self._copy_menu is not None:
            self.copy_menu_requested.emit()
            corner = QPoint(self.width() - self._copy_menu.sizeHint().width(), self.height() + 4)
            self._copy_menu.popup(self.mapToGlobal(corner))
            return
        QGuiApplication.clipboard().setText(self.url)
        self.show_copied()
        self.copied.emit(self.url)

    def show_copied(self) -> None:
        """Say "Copied" for 1.5 s."""
        self.copy_button.setText("Copied")
        self.copy_button.set_icon_name("check")
        announce(self, "Address copied")
        self._reset.start()

    def _show_copy(self) -> None:
        self.copy_button.setText("Copy")
        self.copy_button.set_icon_name("copy")

    def _open_kind_menu(self) -> None:
        self.kind_menu_requested.emit()
        if self._kind_menu is not None:
            self._kind_menu.popup(self.mapToGlobal(QPoint(0, self.height() + 4)))

    def sizeHint(self) -> QSize:
        return QSize(620, self._theme.size("controlTop"))

    def minimumSizeHint(self) -> QSize:
        least = self.kind_button.sizeHint().width() + self.copy_button.sizeHint().width() + 120
        return QSize(least, self._theme.size("controlTop"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        rect = QRectF(self.rect())
        fill_box(painter, rect, self._theme.radius("card"), tokens.surface, tokens.borderStrong)
        short = (self.height() - 18) / 2
        painter.fillRect(QRectF(self.kind_button.geometry().right(), short, 1, 18), tokens.border)
        painter.fillRect(QRectF(self.copy_button.geometry().left(), 1, 1, self.height() - 2), tokens.borderStrong)
        if self.url_view.hasFocus():
            paint_ring(painter, rect, self._theme.radius("card"), tokens.focus)
        painter.end()


class _PartButton(ThemedButton):
    """A part of the frame: its ground stays inside the frame's line."""

    def _paint_ground(self, painter: QPainter, rect: QRectF) -> None:
        ground = self._ground()
        if ground is not None:
            fill_box(painter, rect.adjusted(3, 3, -3, -3), self._theme.radius("control"), ground)


class _KindButton(_PartButton):
    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(hint.width() + CHEVRON_PX, hint.height())

    def _paint_content(self, painter: QPainter, rect: QRectF, ink: object) -> None:
        super()._paint_content(painter, rect.adjusted(0, 0, -CHEVRON_PX, 0), self._ink())
        x = rect.right() - 9 - CHEVRON_PX
        y = round((rect.height() - CHEVRON_PX) / 2)
        self._icons.paint(painter, "chevron-down", "text2", x, y, CHEVRON_PX)


class _CopyButton(_PartButton):
    """Keeps its width when "Copy" becomes the longer "Copied", which takes room from the padding."""

    def sizeHint(self) -> QSize:
        look = self._look
        width = 2 * look.padding_px + ICON_PX + look.gap_px + text_width("Copy", self._theme.font(look.font))
        return QSize(width, self._theme.size(self._size_name))


class UrlView(QLineEdit):
    """A read-only URL: a click selects all of it; too long, it is elided in the host and never in the path."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setReadOnly(True)
        self.setProperty("bare", True)
        self.setTextMargins(9, 0, 6, 0)
        self.setAccessibleName("Local address")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        theme.changed.connect(self._on_theme)
        self._on_theme()

    def _on_theme(self) -> None:
        self.setFont(self._theme.font("mono"))
        self.update()

    def set_url(self, url: str) -> None:
        """Show another URL."""
        self.setText(url)
        self.setToolTip(url)
        self.update()

    def shown_parts(self, room: float) -> UrlParts:
        """Return what is painted in a width: the host gives way first, then the scheme, the path last of all."""
        parts = split_url(self.text())
        plain, strong = self._metrics()
        path = strong.horizontalAdvance(parts.path)
        scheme = plain.horizontalAdvance(parts.scheme)
        if scheme + plain.horizontalAdvance(parts.host) + path <= room:
            return parts
        left = room - scheme - path
        if left >= plain.horizontalAdvance("ab…yz"):
            host = plain.elidedText(parts.host, Qt.TextElideMode.ElideMiddle, left)
            return UrlParts(parts.scheme, host, parts.path)
        left = max(0.0, room - path)
        return UrlParts("", plain.elidedText(parts.host, Qt.TextElideMode.ElideMiddle, left), parts.path)

    def _metrics(self) -> tuple[QFontMetricsF, QFontMetricsF]:
        return QFontMetricsF(self._theme.font("mono")), QFontMetricsF(self._theme.font("monoStrong"))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() is Qt.MouseButton.LeftButton and not self.hasSelectedText():
            self.selectAll()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._repaint_frame()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.deselect()
        self._repaint_frame()

    def _repaint_frame(self) -> None:
        frame = self.parentWidget()
        if frame is not None:
            frame.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.hasSelectedText():
            super().paintEvent(event)
            return
        tokens = self._theme.tokens
        rect = QRectF(self.rect()).adjusted(11, 0, -6, 0)
        parts = self.shown_parts(rect.width())
        painter = QPainter(self)
        y = baseline(rect, self._theme.font("mono"))
        x = rect.left()
        strong = self._theme.font("monoStrong")
        for text, font, color in (
            (parts.scheme, self._theme.font("mono"), tokens.text3),
            (parts.host, self._theme.font("mono"), tokens.text),
        ):
            painter.setFont(font)
            painter.setPen(color)
            painter.drawText(QPointF(x, y), text)
            x += QFontMetricsF(font).horizontalAdvance(text)
        room = QRectF(x, rect.top(), max(0.0, rect.right() - x), rect.height())
        draw_text(painter, room, parts.path, strong, tokens.text, mode=Qt.TextElideMode.ElideMiddle)
        painter.end()
