"""One forward rule in the list: switch, name, which events, where to, and how it goes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from inspector.domain.forwarding import ForwardRule
from inspector.store.rule_figures import TargetFigures
from inspector.ui.forwarding.words import rule_health, rule_title, rule_words, targets_words
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.badges import Tone
from inspector.ui.widgets.callout import tone_tokens
from inspector.ui.widgets.focus import FocusWatch, paint_ring
from inspector.ui.widgets.paint import draw_text, fill_box
from inspector.ui.widgets.switch import Switch

HEIGHT_PX = 98
LEFT_PX = 14
TEXT_PX = 62
RIGHT_PX = 12
ICON_PX = 14
LINES_PX = (10, 32, 52, 72)
LINE_PX = 20


class RuleRow(QAbstractButton):
    """A row that is chosen by a click or the arrow keys; the switch in it works at once.

    Signals:
        switched(str, bool): the rule's id, and whether it is to be on.
        moved(int): the rule below (1) or above (-1) is wanted.
    """

    switched = Signal(str, bool)
    moved = Signal(int)

    def __init__(self, theme: Theme, icons: Icons, rule: ForwardRule, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._icons = theme, icons
        self.rule = rule
        self._health: tuple[Tone, str, str] = ("neut", "circle-dashed", "")
        self._ring = FocusWatch(self)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.switch = Switch(theme, "Forward", self)
        self.switch.setToolTip("Send on what arrives from now on")
        self.switch.move(LEFT_PX - 4, LINES_PX[0] - 3)
        self.switch.resize(self.switch.sizeHint())
        self.switch.clicked.connect(lambda on: self.switched.emit(self.rule.id, on))
        theme.changed.connect(self.update)
        self.show_rule(rule, (), paused=False)

    def show_rule(self, rule: ForwardRule, figures: Sequence[TargetFigures], *, paused: bool) -> None:
        """Show the rule as it is now, and how it goes."""
        self.rule = rule
        self._health = rule_health(figures, enabled=rule.enabled, paused=paused)
        self.switch.setChecked(rule.enabled)
        self.switch.setAccessibleName(f"Forward: {rule_title(rule)}")
        self.setAccessibleName(rule_title(rule))
        self.setAccessibleDescription(f"{rule_words(rule)}. To {targets_words(rule.targets)}. {self._health[2]}")
        self.setToolTip("\n".join((rule_words(rule), *rule.targets)))
        self.update()

    @property
    def health(self) -> str:
        """How it goes, in words."""
        return self._health[2]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.moved.emit(step)

    def sizeHint(self) -> QSize:
        return QSize(280, round(HEIGHT_PX * max(1.0, self._theme.text_scale)))

    def minimumSizeHint(self) -> QSize:
        return QSize(180, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, theme = self._theme.tokens, self._theme
        painter = QPainter(self)
        tile = QRectF(self.rect()).adjusted(6, 2, -6, -2)
        if self.isChecked() or self.underMouse():
            fill_box(painter, tile, theme.radius("card"), tokens.selected if self.isChecked() else tokens.hover)
        ink = tokens.text if self.rule.enabled else tokens.text2
        draw_text(painter, self._line(0), rule_title(self.rule), theme.font("strong"), ink)
        draw_text(painter, self._line(1), rule_words(self.rule), theme.font("small"), tokens.text2)
        middle = Qt.TextElideMode.ElideMiddle
        targets = targets_words(self.rule.targets)
        draw_text(painter, self._line(2), targets, theme.font("monoSmall"), tokens.text2, mode=middle)
        tone, icon, words = self._health
        room = self._line(3)
        color, _ground = tone_tokens(tone)
        self._icons.paint(painter, icon, color, room.left(), round(room.center().y() - ICON_PX / 2), ICON_PX)
        room.setLeft(room.left() + ICON_PX + 5)
        draw_text(painter, room, words, theme.font("small", numbers=True), theme.color(color))
        if self._ring.visible:
            paint_ring(painter, tile, theme.radius("card"), tokens.focus)
        painter.end()

    def _line(self, number: int) -> QRectF:
        scale = max(1.0, self._theme.text_scale)
        return QRectF(TEXT_PX, LINES_PX[number] * scale, self.width() - TEXT_PX - RIGHT_PX - 6, LINE_PX * scale)
