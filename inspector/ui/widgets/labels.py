"""Labels: plain, eliding, captions, and the key and value rows of the inspector."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QWidget

from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.theme_tokens import FontName
from inspector.ui.widgets.badges import Badge, BadgeLabel
from inspector.ui.widgets.buttons import LinkButton
from inspector.ui.widgets.menu import Menu
from inspector.ui.widgets.paint import draw_text, text_width

KEY_WIDTH_PX = 118
_NOTE_GAP_PX = 4
_BADGE_GAP_PX = 16


class Label(QLabel):
    """Plain text in a font and colour of the theme; `wrap` lets it take several lines."""

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        parent: QWidget | None = None,
        *,
        font: FontName = "body",
        color: str = "text",
        wrap: bool = False,
        numbers: bool = False,
    ) -> None:
        super().__init__(text, parent)
        self._theme = theme
        self._font_name: FontName = font
        self._color = color
        self._numbers = numbers
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        theme.changed.connect(self._on_theme)
        self._on_theme()

    def set_color(self, token: str) -> None:
        """Write it in another colour."""
        if token != self._color:
            self._color = token
            self._on_theme()

    def _on_theme(self) -> None:
        self.setFont(self._theme.font(self._font_name, numbers=self._numbers))
        palette = QPalette(self._theme.palette())
        palette.setColor(QPalette.ColorRole.WindowText, self._theme.color(self._color))
        self.setPalette(palette)

    def event(self, event: QEvent) -> bool:
        handled = super().event(event)
        if event.type() == QEvent.Type.Show:
            # WORKAROUND: a new application style sheet makes Qt restore, at the next polish, the palette a widget had
            # before: a label that was hidden while the theme changed would show the other theme's colour.
            shown = self.palette().color(QPalette.ColorGroup.Active, QPalette.ColorRole.WindowText)
            if shown != self._theme.color(self._color):
                self._on_theme()
        return handled


class SectionLabel(Label):
    """The small bold words over a group."""

    def __init__(self, theme: Theme, text: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, text, parent, font="caption", color="text3")


class ElidingLabel(QWidget):
    """One line of text with an ellipsis where it does not fit; the full text is then in the tool tip."""

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        parent: QWidget | None = None,
        *,
        font: FontName = "body",
        color: str = "text",
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        numbers: bool = False,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._text = text
        self._font_name: FontName = font
        self._color = color
        self._mode = mode
        self._numbers = numbers
        self._align = align
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._on_theme)

    def text(self) -> str:
        """The full text."""
        return self._text

    def setText(self, text: str) -> None:
        """Show another text."""
        if text != self._text:
            self._text = text
            self.setAccessibleName(text)
            self._on_theme()
            self._update_tip()

    def set_color(self, token: str) -> None:
        """Write it in another colour."""
        if token != self._color:
            self._color = token
            self.update()

    def _on_theme(self) -> None:
        self.updateGeometry()
        self.update()

    def _update_tip(self) -> None:
        width = text_width(self._text, self._theme.font(self._font_name, numbers=self._numbers))
        self.setToolTip(self._text if width > self.width() else "")

    def sizeHint(self) -> QSize:
        font = self._theme.font(self._font_name, numbers=self._numbers)
        return QSize(text_width(self._text, font), round(font.pixelSize() * 1.35))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(24, self.sizeHint().width()), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._update_tip()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        font = self._theme.font(self._font_name, numbers=self._numbers)
        ink = self._theme.color(self._color if self.isEnabled() else "text3")
        draw_text(painter, QRectF(self.rect()), self._text, font, ink, mode=self._mode, align=self._align)
        painter.end()


class ValueField(QLineEdit):
    """A value that can be selected and copied but not changed, elided while nobody is in it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, mono: bool = False) -> None:
        super().__init__(parent)
        self._theme = theme
        self._font_name: FontName = "mono" if mono else "body"
        self.setReadOnly(True)
        self.setProperty("bare", True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setTextMargins(-2, 0, 0, 0)  # QLineEdit's own 2 px before the text
        theme.changed.connect(self._on_theme)
        self._on_theme()

    def _on_theme(self) -> None:
        self.setFont(self._theme.font(self._font_name, numbers=self._font_name != "mono"))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(text_width(self.text(), self.font()) + 4, self._theme.size("keyValueRow"))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(40, self.sizeHint().width()), self._theme.size("keyValueRow"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setToolTip(self.text() if self._too_long() else "")

    def _too_long(self) -> bool:
        return text_width(self.text(), self.font()) > self.width()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.hasFocus() or self.hasSelectedText() or not self._too_long():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        draw_text(painter, QRectF(self.rect()), self.text(), self.font(), self._theme.tokens.text)
        painter.end()


class KeyValueRow(QWidget):
    """A name, its value and a quiet note, 26 px high; the context menu copies the value and offers what it is given.

    Signals:
        activated: the value was clicked; only for rows made with `link`.
    """

    activated = Signal()

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        key: str,
        value: str = "",
        note: str = "",
        parent: QWidget | None = None,
        *,
        mono: bool = False,
        link: bool = False,
        key_width_px: int = KEY_WIDTH_PX,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        self._extra: tuple[QAction, ...] = ()
        self._menu: Menu | None = None
        self._value_text = value
        self.key_label = ElidingLabel(theme, key, self, color="text3", font="small")
        self.key_label.setFixedWidth(key_width_px)
        self.badges = BadgeLabel(theme, icons, (), self)
        self.badges.hide()
        self._badge_gap = QWidget(self)
        self._badge_gap.setFixedWidth(_BADGE_GAP_PX)
        self._badge_gap.hide()
        self.value = ValueField(theme, self, mono=mono)
        self.value.setAccessibleName(key)
        self.value.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.link = LinkButton(theme, icons, value, "", self)
        self.link.clicked.connect(self.activated)
        self._is_link = link
        self.note = ElidingLabel(theme, note, self, font="small", color="text3", numbers=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.key_label)
        row.addWidget(self.badges)
        row.addWidget(self._badge_gap)
        row.addWidget(self.value)
        row.addWidget(self.link)
        row.addSpacing(_NOTE_GAP_PX)
        row.addWidget(self.note, 1)
        self.setFixedHeight(theme.size("keyValueRow"))
        theme.changed.connect(self._on_theme)
        self.set_value(value, note)

    def _on_theme(self) -> None:
        self.setFixedHeight(self._theme.size("keyValueRow"))

    @property
    def text(self) -> str:
        """The value, which Copy copies."""
        return self._value_text

    def set_value(self, value: str, note: str = "", badges: Sequence[Badge] = ()) -> None:
        """Show another value; badges stand before it."""
        self._value_text = value
        self.value.setText(value)
        self.value.setCursorPosition(0)
        self.value.updateGeometry()
        self.link.setText(value)
        self.link.updateGeometry()
        self.value.setVisible(bool(value) and not self._is_link)
        self.link.setVisible(bool(value) and self._is_link)
        self.note.setText(note)
        self.badges.set_badges(badges)
        self.badges.setVisible(bool(badges))
        self._badge_gap.setVisible(bool(badges))

    def set_actions(self, actions: Sequence[QAction]) -> None:
        """Offer these after Copy in the context menu; the caller keeps them."""
        self._extra = tuple(actions)

    def contextMenuEvent(self, event: object) -> None:
        position = getattr(event, "globalPos", None)
        self.open_menu(position() if position is not None else self.mapToGlobal(QPoint(0, self.height())))

    def open_menu(self, at: QPoint) -> Menu:
        """Open the context menu at a point of the screen, and return it."""
        if self._menu is None:
            self._menu = Menu(self._theme, self._icons, self)
        self._menu.clear()
        self._menu.add("Copy", "copy", self.copy)
        self._menu.addActions(self._extra)
        self._menu.popup(at)
        return self._menu

    def copy(self) -> None:
        """Put the value on the clipboard: what is selected, else all of it."""
        QGuiApplication.clipboard().setText(self.value.selectedText() or self._value_text)
