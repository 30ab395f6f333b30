"""Templates: a lane each, with every approval and rejection and its reason."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from inspector.domain.report import Kind
from inspector.timeline.template import Lane, TemplateReport, lanes_of
from inspector.ui.detail.sizes import clock, day, spell_number
from inspector.ui.events.wording import moment
from inspector.ui.icons import Icons, kind_look
from inspector.ui.theme import Theme
from inspector.ui.widgets.badges import Badge, BadgeLabel, lifecycle_badge
from inspector.ui.widgets.buttons import link_button
from inspector.ui.widgets.empty_state import EmptyState
from inspector.ui.widgets.labels import ElidingLabel, Label
from inspector.ui.widgets.paint import fill_box

MOST_LANES = 200
MOST_DECISIONS = 20
_MARGIN_PX = 14


class TemplateLanes(QWidget):
    """Lanes under one another; the newest on top.

    Signals:
        event_chosen(int): show the event of a decision.
    """

    event_chosen = Signal(object)

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._icons = theme, icons
        self._shown: tuple[TemplateReport, ...] | None = None
        self.lanes: list[LaneCard] = []
        self.empty = EmptyState(
            theme,
            icons,
            "file-check",
            "No templates yet",
            "Approvals and rejections of templates are listed here, with their reasons.",
            self,
        )
        self._area = QScrollArea(self)
        self._area.setAccessibleName("Templates")
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QWidget()
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(_MARGIN_PX, _MARGIN_PX, _MARGIN_PX, _MARGIN_PX)
        self._column.setSpacing(10)
        self._column.addStretch(1)
        self._area.setWidget(body)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._area)
        column.addWidget(self.empty)
        theme.times_changed.connect(self._write_times)

    def _write_times(self) -> None:
        self._fill([card.lane for card in self.lanes])

    def show_reports(self, reports: tuple[TemplateReport, ...], words: str = "") -> int:
        """Show what became of the templates whose name or reason holds the words; return how many lanes there are."""
        lanes = [lane for lane in lanes_of(reports) if _holds(lane, words.lower().split())]
        if reports != self._shown or words or len(lanes) != len(self.lanes):
            self._shown = reports
            self._fill(lanes[:MOST_LANES])
        self._area.setVisible(bool(lanes))
        self.empty.setVisible(not lanes)
        return len(lanes)

    def _fill(self, lanes: Sequence[Lane]) -> None:
        for card in self.lanes:
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.lanes = [LaneCard(self._theme, self._icons, lane, self) for lane in lanes]
        for place, card in enumerate(self.lanes):
            self._column.insertWidget(place, card)
            card.event_chosen.connect(self.event_chosen)


class LaneCard(QWidget):
    """One template.

    Signals:
        event_chosen(int): show the event of a decision.
    """

    event_chosen = Signal(object)

    def __init__(self, theme: Theme, icons: Icons, lane: Lane, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.lane = lane
        badge = standing_badge(lane)
        self.setAccessibleName(f"Template {lane.template}, {badge.text}, {lane.reason}".rstrip(", "))
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN_PX, 10, _MARGIN_PX, 10)
        column.setSpacing(3)
        head = QHBoxLayout()
        head.addWidget(ElidingLabel(theme, lane.template or "Unnamed template", self, font="strong"), 1)
        head.addWidget(BadgeLabel(theme, icons, (badge,), self))
        column.addLayout(head)
        for item in lane.decisions[-MOST_DECISIONS:]:
            column.addWidget(self._decision(icons, item))
        theme.changed.connect(self.update)

    def _decision(self, icons: Icons, item: TemplateReport) -> QWidget:
        theme = self._theme
        line = QWidget(self)
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(_KindIcon(theme, icons, item.kind, line))
        words = "Approved" if item.is_approval else "Rejected"
        reason = item.reason or ("" if item.is_approval else "The provider gave no reason.")
        text = ". ".join(part for part in (words, reason) if part)
        if not item.accepted:
            text += f" (not accepted, answered {item.status})"
        row.addWidget(Label(theme, text, line, wrap=True), 1)
        if item.carrier:
            row.addWidget(Label(theme, item.carrier, line, font="small", color="text3"))
        when = moment(item.happened_us, None)
        row.addWidget(
            Label(
                theme,
                f"{day(when, theme.times.zone)} {clock(when, theme.times.zone)}",
                line,
                font="mono",
                color="text3",
            )
        )
        number = spell_number(item.event_id)
        link = link_button(theme, icons, number, lambda: self.event_chosen.emit(item.event_id), line)
        link.setAccessibleName(f"Event {number}")
        row.addWidget(link)
        return line

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        fill_box(painter, QRectF(self.rect()), self._theme.radius("card"), tokens.surface, tokens.border)
        painter.end()


class _KindIcon(QWidget):
    def __init__(self, theme: Theme, icons: Icons, kind: Kind, parent: QWidget) -> None:
        super().__init__(parent)
        self._icons, self._kind = icons, kind
        self.setFixedSize(15, 15)
        theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        look = kind_look(self._kind.value)
        self._icons.paint(painter, look.icon, look.color, 0, 0, 15)
        painter.end()


def standing_badge(lane: Lane) -> Badge:
    """Return how a template stands."""
    if lane.approved is None:
        return lifecycle_badge("Not accepted", "circle-x", "fail")
    if lane.approved:
        return lifecycle_badge("Approved", "file-check", "pass")
    return lifecycle_badge("Rejected", "file-x", "fail")


def _holds(lane: Lane, words: Sequence[str]) -> bool:
    text = " ".join([lane.template, *(item.reason for item in lane.decisions)]).lower()
    return all(word in text for word in words)
