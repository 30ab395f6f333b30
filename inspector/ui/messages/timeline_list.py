"""The timeline of a message: a mark, a name, when it was, how it arrived, and a link to its event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from inspector.domain.event import EventId
from inspector.timeline.lines import Flag, Line, Sight
from inspector.timeline.stages import Mark
from inspector.ui.detail.sizes import clock, spell_number
from inspector.ui.events.wording import moment
from inspector.ui.icons import Icons
from inspector.ui.messages.cells import STAGE_MARKS
from inspector.ui.messages.wording import MARK_WORDS
from inspector.ui.theme import Theme
from inspector.ui.widgets.badges import Badge, BadgeLabel, Tone
from inspector.ui.widgets.buttons import link_button
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.marks import MARK_PX, paint_mark
from inspector.ui.widgets.paint import fill_box

_TEXT_LEFT_PX = 34
_MARK_X_PX = 11
_TOP_PX = 7
_GAP_PX = 4
_SIGHT_ICON_PX = 13

_FLAGS: dict[Flag, tuple[str, Tone]] = {
    Flag.MISSING: ("circle-dashed", "warn"),
    Flag.DISORDER: ("arrow-left-right", "warn"),
    Flag.RETRY: ("rotate-cw", "warn"),
    Flag.DUPLICATE: ("layers-2", "dup"),
    Flag.UNVERIFIED: ("shield-x", "fail"),
    Flag.REFUSED: ("circle-x", "fail"),
}


class TimelineList(QWidget):
    """Lines under one another, each with what a screen reader says.

    Signals:
        event_chosen(int): show this event.
    """

    event_chosen = Signal(object)

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._icons = theme, icons
        self.lines: list[LineRow] = []
        self._shown: tuple[tuple[Line, ...], EventId | None, tzinfo | None] | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.times_changed.connect(self._write_times)

    def _write_times(self) -> None:
        if self._shown is not None:
            self.show_lines(*self._shown[:2])

    def show_lines(self, lines: Sequence[Line], here: EventId | None = None) -> None:
        """Show a timeline; the line of the event `here` stands out."""
        wanted = (tuple(lines), here, self._theme.times.zone)
        if wanted == self._shown:
            return
        self._shown = wanted
        for old in self.lines:
            self._column.removeWidget(old)
            old.hide()
            old.deleteLater()
        last = len(lines) - 1
        self.lines = [
            LineRow(self._theme, self._icons, line, here, last=place == last, parent=self)
            for place, line in enumerate(lines)
        ]
        for row in self.lines:
            self._column.addWidget(row)
            row.event_chosen.connect(self.event_chosen)
            row.show()
        self.setAccessibleName("Timeline")
        self.setAccessibleDescription("; ".join(row.accessibleName() for row in self.lines))
        self.updateGeometry()


class LineRow(QWidget):
    """One line.

    Signals:
        event_chosen(int): show this event.
    """

    event_chosen = Signal(object)

    def __init__(
        self, theme: Theme, icons: Icons, line: Line, here: EventId | None, *, last: bool, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._theme, self._icons = theme, icons
        self.line = line
        self._last = last
        self.is_here = here is not None and here in line.event_ids
        quiet = line.mark is Mark.WAITING
        self.name = Label(theme, line.name, self, font="strong", color="text2" if quiet else "text")
        self.badges = BadgeLabel(theme, icons, [flag_badge(flag, text) for flag, text in line.flags], self)
        self.time = Label(
            theme, time_words(line, theme.times.zone), self, font="mono", color="warnFg" if _lost(line) else "text2"
        )
        self.text = Label(theme, line.text, self, font="small", color="text2", wrap=True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(_TEXT_LEFT_PX, _TOP_PX - 3, 8, 6)
        self._column.setSpacing(1)
        self._head()
        self._body()
        for sight in line.sights:
            self._sight(sight)
        if line.gap:
            self._column.addSpacing(_GAP_PX)
            self._column.addWidget(Label(theme, line.gap, self, font="badge", color="text2", numbers=True))
        self.setAccessibleName(spoken(line, here=self.is_here, zone=theme.times.zone))
        theme.changed.connect(self.update)

    def _head(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.name)
        head.addWidget(self.badges)
        head.addStretch(1)
        head.addWidget(self.time)
        self._column.addLayout(head)
        self.badges.setVisible(bool(self.line.flags))

    def _body(self) -> None:
        body = QHBoxLayout()
        body.setSpacing(8)
        body.addWidget(self.text, 1)
        self.text.setVisible(bool(self.line.text))
        if self.is_here:
            body.addWidget(Label(self._theme, "this event", self, font="caption", color="text2"), 0, _TOP)
        elif self.line.event_id is not None:
            body.addWidget(self._link(self.line.event_id), 0, _TOP)
        self._column.addLayout(body)

    def _link(self, event_id: EventId) -> QWidget:
        number = spell_number(event_id)
        link = link_button(self._theme, self._icons, number, lambda: self.event_chosen.emit(event_id), self)
        link.setAccessibleName(f"Event {number}")
        link.setFixedHeight(round(20 * max(1.0, self._theme.text_scale)))
        return link

    def _sight(self, sight: Sight) -> None:
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(_Corner(self._theme, self._icons, self))
        row.addWidget(Label(self._theme, sight.title, self, font="small", color="text2"))
        tone = "text2" if sight.accepted else "failFg"
        row.addWidget(Label(self._theme, sight.answer, self, font="column", color=tone, numbers=True))
        row.addStretch(1)
        at = clock(moment(sight.moment_us, None), self._theme.times.zone)
        when: QLabel = Label(self._theme, at, self, font="monoSmall", color="text3")
        row.addWidget(when)
        row.addWidget(self._link(sight.event_id))
        self._column.addLayout(row)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        if self.is_here:
            fill_box(painter, QRectF(self.rect()), self._theme.radius("card"), tokens.selected)
        y = self.name.geometry().center().y() + 0.5
        center = QPointF(_MARK_X_PX, y)
        if not self._last:
            color = tokens.passSolid if self.line.solid else tokens.borderStrong
            pen = QPen(color, 2)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            if not self.line.solid:
                pen.setDashPattern([2.0, 1.5])
            painter.setPen(pen)
            top = QPointF(_MARK_X_PX, y + MARK_PX / 2 + 3)
            painter.drawLine(top, QPointF(_MARK_X_PX, self.height()))
        mark = STAGE_MARKS.get(self.line.mark)
        if mark is not None:
            paint_mark(painter, center, mark, self._theme, self._icons)
        painter.end()


class _Corner(QWidget):
    def __init__(self, theme: Theme, icons: Icons, parent: QWidget) -> None:
        super().__init__(parent)
        self._icons = icons
        self.setFixedSize(_SIGHT_ICON_PX, _SIGHT_ICON_PX)
        theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._icons.paint(painter, "corner-down-right", "text3", 0, 0, _SIGHT_ICON_PX)
        painter.end()


_TOP = Qt.AlignmentFlag.AlignTop


def flag_badge(flag: Flag, text: str) -> Badge:
    """Return the badge of what stands out about a line."""
    icon, tone = _FLAGS[flag]
    if flag is Flag.RETRY:
        return Badge(text, icon, "delivery", "outlined", tone)
    return Badge(text, icon, "delivery" if flag is Flag.DUPLICATE else "lifecycle", "filled", tone)


def time_words(line: Line, zone: tzinfo | None = None) -> str:
    """Return when a line was in a zone (None: the computer's), or what stands in the place of a time."""
    return line.aside if line.moment_us is None else clock(moment(line.moment_us, None), zone)


def spoken(line: Line, *, here: bool, zone: tzinfo | None = None) -> str:
    """Say a line: "Delivered out of order, 14:23:30.202, arrived 61.1 s later on attempt 3, event #12,478"."""
    name = f"{line.name} {MARK_WORDS[line.mark]}" if line.mark in MARK_WORDS else line.name
    time = "" if line.aside and line.mark in MARK_WORDS else time_words(line, zone)
    sights = [f"{sight.title}: {sight.answer}" for sight in line.sights]
    event = "this event" if here else f"event {spell_number(line.event_id)}" if line.event_id is not None else ""
    return ", ".join(part for part in (name, time, line.text, *sights, event) if part)


def _lost(line: Line) -> bool:
    return line.mark is Mark.MISSING
