"""What a pane shows while there is nothing in it: icon, title, text, and the next step."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import PrimaryButton, SecondaryButton, ThemedButton, link_button
from inspector.ui.widgets.callout import Action
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.paint import draw_text, fill_box, text_width

_ICON_PX = 28
_TEXT_WIDTH_PX = 380
_CHIP_PADDING_PX = 12
_CHIP_HEIGHT_PX = 24
_ABOVE_CHIP_PX = 7
_ABOVE_BUTTONS_PX = 14
_ICON_STROKE = 1.6


class EmptyState(QWidget):
    """Centred in whatever room it gets; `code` is shown in a chip, `color` is the icon's token."""

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        icon: str,
        title: str,
        text: str = "",
        parent: QWidget | None = None,
        *,
        code: str = "",
        color: str = "text3",
        primary: Action | None = None,
        actions: Sequence[Action] = (),
        links: Sequence[Action] = (),
    ) -> None:
        super().__init__(parent)
        self.icon = _BigIcon(theme, icons, icon, color, self)
        self.title = Label(theme, title, self, font="title")
        self.text = Label(theme, text, self, color="text2", wrap=True)
        self.code = CodeChip(theme, code, self)
        self.buttons: list[ThemedButton] = []
        self._theme = theme
        self._icons = icons
        self._row = QHBoxLayout()
        self._row.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 24)
        column.setSpacing(0)
        column.addStretch(1)
        column.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(11)
        column.addWidget(self.title, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(4)
        self.text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.text.setMaximumWidth(_TEXT_WIDTH_PX)
        centred = QHBoxLayout()
        centred.addStretch(1)
        centred.addWidget(self.text, 100)
        centred.addStretch(1)
        column.addLayout(centred)
        self._chip = QVBoxLayout()
        self._chip.addWidget(self.code, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addLayout(self._chip)
        column.addSpacing(_ABOVE_BUTTONS_PX)
        column.addLayout(self._row)
        column.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.set_content(icon, title, text, code=code, color=color, primary=primary, actions=actions, links=links)

    def set_content(
        self,
        icon: str,
        title: str,
        text: str = "",
        *,
        code: str = "",
        color: str = "text3",
        primary: Action | None = None,
        actions: Sequence[Action] = (),
        links: Sequence[Action] = (),
    ) -> None:
        """Say something else."""
        self.icon.set_icon(icon, color)
        self.title.setText(title)
        self.text.setText(text)
        self.text.setVisible(bool(text))
        self.code.set_code(code)
        self._chip.setContentsMargins(0, _ABOVE_CHIP_PX if code else 0, 0, 0)
        self.setAccessibleName(f"{title}. {text}" if text else title)
        self._set_buttons(primary, actions, links)

    def _set_buttons(self, primary: Action | None, actions: Sequence[Action], links: Sequence[Action]) -> None:
        while (item := self._row.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self.buttons = []
        if primary is not None:
            self.buttons.append(PrimaryButton(self._theme, self._icons, primary[0], "", self))
        self.buttons += [SecondaryButton(self._theme, self._icons, words, "", self) for words, _ in actions]
        slots = [action[1] for action in ((primary,) if primary is not None else ())] + [slot for _, slot in actions]
        for button, slot in zip(self.buttons, slots, strict=True):
            button.clicked.connect(lambda _checked=False, slot=slot: slot())
        self.buttons += [link_button(self._theme, self._icons, words, slot, self) for words, slot in links]
        self._row.addStretch(1)
        for button in self.buttons:
            self._row.addWidget(button)
        self._row.addStretch(1)


class CodeChip(QWidget):
    """A filter, path or command in mono on a tint; hidden while it is empty."""

    def __init__(self, theme: Theme, code: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._code = ""
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._on_theme)
        self.set_code(code)

    def set_code(self, code: str) -> None:
        """Show another text."""
        self._code = code
        self.setAccessibleName(code)
        self.setToolTip(code)
        self.setVisible(bool(code))
        self._on_theme()

    def _on_theme(self) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        font = self._theme.font("mono")
        return QSize(text_width(self._code, font) + 2 * _CHIP_PADDING_PX, max(_CHIP_HEIGHT_PX, font.pixelSize() + 12))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(80, self.sizeHint().width()), self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        rect = QRectF(self.rect())
        fill_box(painter, rect, self._theme.radius("badge"), self._theme.tokens.neutBg)
        room = rect.adjusted(_CHIP_PADDING_PX, 0, -_CHIP_PADDING_PX + 1, 0)
        draw_text(painter, room, self._code, self._theme.font("mono"), self._theme.tokens.text)
        painter.end()


class _BigIcon(QWidget):
    def __init__(self, theme: Theme, icons: Icons, icon: str, color: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._icons = icons
        self._icon, self._color = icon, color
        self.setFixedSize(_ICON_PX, _ICON_PX)
        theme.changed.connect(self.update)

    def set_icon(self, icon: str, color: str) -> None:
        self._icon, self._color = icon, color
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._icons.paint(painter, self._icon, self._color, 0, 0, _ICON_PX, _ICON_STROKE)
        painter.end()
