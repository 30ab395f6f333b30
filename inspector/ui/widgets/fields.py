"""Fields: one line of text, the search field and a combo box that elides."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QSizePolicy, QStyle, QStyleOptionComboBox, QWidget

from inspector.ui.icons import THIN_STROKE, Icons
from inspector.ui.theme import Theme
from inspector.ui.theme_tokens import FontName
from inspector.ui.widgets.buttons import IconButton
from inspector.ui.widgets.focus import RING_PX
from inspector.ui.widgets.paint import draw_text, fill_box, text_width

_ICON_PX = 16
_ICON_LEFT_PX = 7
_TEXT_AFTER_ICON_PX = 19
_CHEVRON_PX = 14
_COMBO_PADDING_PX = 10
_COMBO_LEAST_CHARS = 6


class TextField(QLineEdit):
    """One line of text; `mono` for what a machine reads, `soft` for the lighter outline of search fields."""

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        parent: QWidget | None = None,
        *,
        name: str = "",
        placeholder: str = "",
        mono: bool = False,
        soft: bool = False,
    ) -> None:
        super().__init__(text, parent)
        self._theme = theme
        self.setAccessibleName(name or placeholder)
        self.setPlaceholderText(placeholder)
        self._font_name: FontName = "mono" if mono else "body"
        self.setProperty("outline", "soft" if soft else "form")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursorPosition(0)
        theme.changed.connect(self._on_theme_font)
        self._on_theme_font()

    def _on_theme_font(self) -> None:
        self.setFont(self._theme.font(self._font_name))

    def set_invalid(self, invalid: bool, reason: str = "") -> None:
        """Show a red outline, with the reason as tool tip and accessible description."""
        self.setToolTip(reason if invalid else "")
        self.setAccessibleDescription(reason if invalid else "")
        if bool(self.property("invalid")) != invalid:
            self.setProperty("invalid", invalid)
            self.style().unpolish(self)
            self.style().polish(self)


class SearchField(TextField):
    """A search field with a magnifying glass, and a cross that clears it; Esc clears it too."""

    def __init__(
        self, theme: Theme, icons: Icons, placeholder: str = "Search", parent: QWidget | None = None, *, name: str = ""
    ) -> None:
        super().__init__(theme, "", parent, name=name, placeholder=placeholder, soft=True)
        self._icons = icons
        self.clear_button = IconButton(theme, icons, "x", "Clear search", self)
        self.clear_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.clear_button.hide()
        self.clear_button.clicked.connect(self._clear_by_hand)
        self.setTextMargins(_TEXT_AFTER_ICON_PX, 0, 0, 0)
        self.textChanged.connect(self._on_text)
        theme.changed.connect(self.update)

    def _clear_by_hand(self) -> None:
        self.clear()
        self.textEdited.emit("")
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_text(self, text: str) -> None:
        self.clear_button.setVisible(bool(text))
        self.setTextMargins(_TEXT_AFTER_ICON_PX, 0, self.clear_button.width() if text else 0, 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self._clear_by_hand()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        side = min(24, self.height() - 4)
        self.clear_button.setGeometry(self.width() - side - 3, (self.height() - side) // 2, side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        top = (self.height() - _ICON_PX) / 2
        self._icons.paint(painter, "search", "text3", _ICON_LEFT_PX, top, _ICON_PX, THIN_STROKE)
        painter.end()


class ComboBox(QComboBox):
    """A drop-down list whose text is elided instead of cut, with the full text in its tool tip."""

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None, *, name: str = "") -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setMinimumContentsLength(_COMBO_LEAST_CHARS)
        self.setMaxVisibleItems(16)
        self.currentTextChanged.connect(self._on_current_text)
        theme.changed.connect(self._on_theme)

    def _on_theme(self) -> None:
        self.updateGeometry()
        self.update()

    def _on_current_text(self, text: str) -> None:
        self.setToolTip(text if text_width(text, self._theme.font("body")) > self._room() else "")

    def _room(self) -> float:
        icon = _ICON_PX + 6 if not self.itemIcon(self.currentIndex()).isNull() else 0
        return self.width() - 2 * _COMBO_PADDING_PX - _CHEVRON_PX - 6 - icon

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._on_current_text(self.currentText())

    def sizeHint(self) -> QSize:
        font = self._theme.font("body")
        widest = max((text_width(self.itemText(row), font) for row in range(self.count())), default=0)
        icon = _ICON_PX + 6 if any(not self.itemIcon(row).isNull() for row in range(self.count())) else 0
        width = widest + icon + 2 * _COMBO_PADDING_PX + _CHEVRON_PX + 8
        return QSize(width, self._theme.size("control"))

    def minimumSizeHint(self) -> QSize:
        least = text_width("0" * self.minimumContentsLength(), self._theme.font("body"))
        width = least + 2 * _COMBO_PADDING_PX + _CHEVRON_PX
        return QSize(min(width, self.sizeHint().width()), self._theme.size("control"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        tokens = self._theme.tokens
        rect = QRectF(self.rect())
        painter = QPainter(self)
        enabled = self.isEnabled()
        over = bool(option.state & QStyle.StateFlag.State_MouseOver)
        fill = tokens.subtle if not enabled else tokens.hover if over else tokens.surface
        fill_box(painter, rect, self._theme.radius("control"), fill, tokens.control if enabled else tokens.border)
        if self.hasFocus():
            ring = rect.adjusted(RING_PX / 2, RING_PX / 2, -RING_PX / 2, -RING_PX / 2)
            pen = painter.pen()
            pen.setColor(tokens.focus)
            pen.setWidth(RING_PX)
            painter.setPen(pen)
            painter.drawRoundedRect(ring, self._theme.radius("control") - 1, self._theme.radius("control") - 1)
        self._paint_text(painter, rect)
        x = rect.right() - _COMBO_PADDING_PX - _CHEVRON_PX + 4
        tint = "text2" if enabled else "text3"
        self._icons.paint(painter, "chevron-down", tint, x, (rect.height() - _CHEVRON_PX) / 2, _CHEVRON_PX)
        painter.end()

    def _paint_text(self, painter: QPainter, rect: QRectF) -> None:
        tokens = self._theme.tokens
        x = rect.left() + _COMBO_PADDING_PX
        icon = self.itemIcon(self.currentIndex())
        if not icon.isNull():
            mode = icon.Mode.Normal if self.isEnabled() else icon.Mode.Disabled
            icon.paint(painter, round(x), round((rect.height() - _ICON_PX) / 2), _ICON_PX, _ICON_PX, mode=mode)
            x += _ICON_PX + 6
        text = self.currentText() or self.placeholderText()
        ink = tokens.text if self.isEnabled() and self.currentText() else tokens.text3
        draw_text(painter, QRectF(x, 0, self._room(), rect.height()), text, self._theme.font("body"), ink)
