"""A callout: a tinted box that says what happened, what it means and what to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.theme_tokens import faded
from inspector.ui.widgets.badges import Tone
from inspector.ui.widgets.buttons import LinkButton, link_button
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.paint import fill_box

Action = tuple[str, Callable[[], object]]

_GROUND_SHARE = 0.59
_LINE_SHARE = 0.25
_ICON_PX = 16
_MARGIN_PX = 12
_TEXT_LEFT_PX = 39


def tone_tokens(tone: Tone) -> tuple[str, str]:
    """Return the names of a tone's text and ground colours."""
    return ("accent", "accentTint") if tone == "accent" else (f"{tone}Fg", f"{tone}Bg")


class Callout(QWidget):
    """Icon, title in the tone's colour, text, and links that act."""

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        tone: Tone,
        icon: str,
        title: str,
        text: str = "",
        actions: Sequence[Action] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        self._tone: Tone = tone
        self._icon = icon
        self.title = Label(theme, "", self, font="strong", wrap=True)
        self.text = Label(theme, "", self, wrap=True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.buttons: list[LinkButton] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(_TEXT_LEFT_PX, 10, 14, 10)
        column.setSpacing(3)
        column.addWidget(self.title)
        column.addWidget(self.text)
        self._row = QHBoxLayout()
        self._row.setContentsMargins(0, 5, 0, 0)
        self._row.setSpacing(16)
        self._row.addStretch(1)
        column.addLayout(self._row)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        theme.changed.connect(self.update)
        self.set_content(tone, icon, title, text, actions)

    @property
    def tone(self) -> Tone:
        """The tone that is shown."""
        return self._tone

    def set_content(self, tone: Tone, icon: str, title: str, text: str = "", actions: Sequence[Action] = ()) -> None:
        """Say something else."""
        self._tone, self._icon = tone, icon
        self.title.setText(title)
        self.title.set_color(tone_tokens(tone)[0])
        self.text.setText(text)
        self.text.setVisible(bool(text))
        self.setAccessibleName(f"{title}. {text}" if text else title)
        for button in self.buttons:
            self._row.removeWidget(button)
            button.deleteLater()
        self.buttons = [link_button(self._theme, self._icons, words, slot, self) for words, slot in actions]
        for index, button in enumerate(self.buttons):
            self._row.insertWidget(index, button)
        self._row.setContentsMargins(0, 5 if actions else 0, 0, 0)
        self.updateGeometry()
        self.update()

    def _line(self, ink: QColor) -> QColor:
        """Return the outline's colour: faint beside a tint, in full where there is none."""
        return ink if self._theme.high_contrast else faded(ink, _LINE_SHARE)

    def paintEvent(self, _event: QPaintEvent) -> None:
        ink_name, ground_name = tone_tokens(self._tone)
        ink, ground = self._theme.color(ink_name), self._theme.color(ground_name)
        painter = QPainter(self)
        rect = QRectF(self.rect())
        radius = self._theme.radius("card")
        fill_box(painter, rect, radius, faded(ground, _GROUND_SHARE), self._line(ink))
        y = self.title.geometry().top() + max(0, (self.title.font().pixelSize() * 1.35 - _ICON_PX) / 2)
        self._icons.paint(painter, self._icon, ink, _MARGIN_PX, round(y), _ICON_PX)
        painter.end()
