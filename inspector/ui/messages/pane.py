"""What happened to one message: a head, what is wrong, two clocks, the timeline, and how long it took."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from inspector.domain.event import Repeat
from inspector.store.message_reader import MessageDetail
from inspector.timeline.clocks import clocks_of
from inspector.timeline.findings import Finding, Trouble
from inspector.timeline.lifecycle import Lifecycle, lifecycle
from inspector.timeline.lines import Order, lines_of
from inspector.ui.detail.overview_view import scroll_area
from inspector.ui.icons import Icons, Look
from inspector.ui.messages.latency_rows import LatencyRows, compared
from inspector.ui.messages.timeline_list import TimelineList
from inspector.ui.messages.two_clocks import TwoClocks
from inspector.ui.messages.wording import MessageStyle, recipient_text, state_badges
from inspector.ui.theme import Theme
from inspector.ui.theme_tokens import PANE_PADDING
from inspector.ui.widgets.badges import Badge, BadgeLabel, Tone
from inspector.ui.widgets.buttons import IconButton, SecondaryButton
from inspector.ui.widgets.callout import Callout
from inspector.ui.widgets.counts import grouped
from inspector.ui.widgets.empty_state import EmptyState
from inspector.ui.widgets.labels import ElidingLabel, Label
from inspector.ui.widgets.paint import fill_box
from inspector.ui.widgets.segments import Segments

MOST_FINDINGS = 4
_TILE_PX = 34
_TILE_ICON_PX = 18
_TILE_RADIUS_PX = 8
_HEAD_EXTRA_PX = 7

_ICONS = {
    Trouble.SENT_AFTER_OPTOUT: "user-minus",
    Trouble.SENT_AFTER_COMPLAINT: "flag",
    Trouble.FAILED: "circle-x",
    Trouble.EXPIRED: "timer-off",
    Trouble.OUT_OF_ORDER: "arrow-left-right",
    Trouble.MISSING: "circle-dashed",
    Trouble.UNVERIFIED: "shield-x",
    Trouble.REFUSED: "circle-x",
    Trouble.STUCK: "timer",
    Trouble.CLOCKS_DIFFER: "clock",
}


class MessagePane(QWidget):
    """The right-hand pane of the Messages page.

    Signals:
        event_chosen(int): show this event.
        events_requested: list the events of the message.
        menu_requested(QPoint): show the message's menu at this place of the screen.
    """

    event_chosen = Signal(object)
    events_requested = Signal()
    menu_requested = Signal(QPoint)

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._icons = theme, icons
        self.detail: MessageDetail | None = None
        self.life: Lifecycle | None = None
        self.style_of_rows = MessageStyle()
        self._callouts: list[Callout] = []
        self.nothing = EmptyState(
            theme, icons, "route", "Select a message", "Arrow keys move, Enter opens its first event.", self
        )
        self.head = _Head(theme, icons, self)
        self.clocks = TwoClocks(theme, icons)
        self.order = Segments(
            theme, [(Order.PROVIDER.value, "Provider time"), (Order.ARRIVAL.value, "Arrival")], name="Times by"
        )
        self.timeline = TimelineList(theme, icons)
        self.latency = LatencyRows(theme)
        self._whole = QWidget(self)
        self._lay_out()
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.nothing)
        self._pages.addWidget(self._whole)
        self.head.more.clicked.connect(self._on_more)
        self.head.events.clicked.connect(self.events_requested)
        for part in (self.clocks, self.timeline):
            part.event_chosen.connect(self.event_chosen)
        self.order.changed.connect(lambda _key: self._fill_timeline())
        theme.changed.connect(self.update)

    def _lay_out(self) -> None:
        theme = self._theme
        column = QVBoxLayout(self._whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        self._area = scroll_area(self._whole)
        self._area.setAccessibleName("Message details")
        column.addWidget(self._area, 1)
        body = QWidget()
        inner = QVBoxLayout(body)
        inner.setContentsMargins(PANE_PADDING, 14, PANE_PADDING, PANE_PADDING)
        inner.setSpacing(0)
        self._notes = QVBoxLayout()
        self._notes.setSpacing(10)
        inner.addLayout(self._notes)
        self._since = Label(theme, "", font="small", color="text2")
        self._clock_part = _part([_caption(theme, "Two clocks", self._since), self.clocks], line=False, theme=theme)
        inner.addWidget(self._clock_part)
        inner.addWidget(_part([_caption(theme, "Timeline", self.order), self.timeline], line=True, theme=theme))
        against = Label(theme, "this message against the last 24 h median", font="small", color="text2")
        self._latency_part = _part([_caption(theme, "Latency", against), self.latency], line=True, theme=theme)
        inner.addWidget(self._latency_part)
        inner.addStretch(1)
        self._area.setWidget(body)

    def show_message(self, detail: MessageDetail | None, style: MessageStyle) -> None:
        """Show one message by the clock of the style, or that none is selected. The same one may come again."""
        moved = detail is None or self.detail is None or detail.row.id != self.detail.row.id
        self.detail, self.style_of_rows = detail, style
        if detail is None:
            self.life = None
            self._pages.setCurrentWidget(self.nothing)
            return
        self.life = lifecycle(
            detail.reports,
            style.now_us,
            stuck_after_us=style.stuck_after_us(detail.row.endpoint_id),
            expected=detail.row.outline.expected,
            consents=detail.consents,
        )
        self.head.show_message(detail, self.life, style)
        self._show_findings(self.life.findings)
        clocks = clocks_of(self.life)
        self._clock_part.setVisible(bool(clocks.ties))
        self.clocks.show_clocks(clocks)
        self._since.setText(f"seconds since {clocks.since}")
        self._fill_timeline()
        steps = compared(self.life, detail.medians)
        self._latency_part.setVisible(bool(steps))
        self.latency.show_steps(steps)
        self._pages.setCurrentWidget(self._whole)
        if moved:
            self._area.verticalScrollBar().setValue(0)

    def tick(self, style: MessageStyle) -> None:
        """Let time pass: what is missing, or waits too long, may have changed."""
        if self.life is not None and self.detail is not None:
            before = (self.life.marks, [item.title for item in self.life.findings])
            now = lifecycle(
                self.detail.reports,
                style.now_us,
                stuck_after_us=style.stuck_after_us(self.detail.row.endpoint_id),
                expected=self.life.outline.expected,
                consents=self.detail.consents,
            )
            if (now.marks, [item.title for item in now.findings]) != before:
                self.show_message(self.detail, style)

    def _fill_timeline(self) -> None:
        if self.life is not None:
            self.timeline.show_lines(lines_of(self.life, Order(self.order.current)))

    def _show_findings(self, findings: Sequence[Finding]) -> None:
        others = [item for item in findings if item.trouble is not Trouble.MISSING]
        shown = (others or list(findings))[:MOST_FINDINGS]  # the timeline tells what is missing as well
        while len(self._callouts) < len(shown):
            callout = Callout(self._theme, self._icons, "neut", "info", "", "", (), self)
            self._callouts.append(callout)
            self._notes.addWidget(callout)
        for place, callout in enumerate(self._callouts):
            callout.setVisible(place < len(shown))
            if place < len(shown):
                item = shown[place]
                tone: Tone = item.tone
                actions = []
                if item.trouble in {Trouble.SENT_AFTER_OPTOUT, Trouble.SENT_AFTER_COMPLAINT} and item.event_ids:
                    event_id = item.event_ids[0]
                    actions = [("Show the opt-out", lambda event_id=event_id: self.event_chosen.emit(event_id))]
                callout.set_content(tone, _ICONS.get(item.trouble, "triangle-alert"), item.title, item.text, actions)
        self._notes.setContentsMargins(0, 0, 0, 14 if shown else 0)

    @property
    def callouts(self) -> list[Callout]:
        """The callouts that are shown."""
        return [callout for callout in self._callouts if not callout.isHidden()]

    def _on_more(self) -> None:
        self.menu_requested.emit(self.head.more.mapToGlobal(QPoint(0, self.head.more.height() + 4)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.tokens.surface)
        painter.end()


def _caption(theme: Theme, words: str, right: QWidget) -> QWidget:
    line = QWidget()
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(Label(theme, words, line, font="caption", color="text2"), 1)
    row.addWidget(right)
    return line


def _part(widgets: Sequence[QWidget], *, line: bool, theme: Theme) -> QWidget:
    part = _Ruled(theme) if line else QWidget()
    column = QVBoxLayout(part)
    column.setContentsMargins(0, 12 if line else 0, 0, 14)
    column.setSpacing(8)
    for widget in widgets:
        column.addWidget(widget)
    return part


class _Ruled(QWidget):
    """A part of the pane below a line."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, 0, self.width(), 1, self._theme.tokens.border)
        painter.end()


class _Head(QWidget):
    """Icon tile, id, recipient and carrier, menu, the way to its events; below them the badges."""

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.tile = _Tile(theme, icons, self)
        self.title = ElidingLabel(theme, "", self, font="title", mode=Qt.TextElideMode.ElideMiddle)
        self.line = ElidingLabel(theme, "", self, font="small", color="text2", numbers=True)
        self.more = IconButton(theme, icons, "ellipsis", "More actions", self)
        self.events = SecondaryButton(theme, icons, "Show events", "list-filter", self)
        self.badges = BadgeLabel(theme, icons, (), self)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch(1)
        words.addWidget(self.title)
        words.addWidget(self.line)
        words.addStretch(1)
        upper = QHBoxLayout()
        upper.setSpacing(4)
        upper.addWidget(self.tile)
        upper.addSpacing(7)
        upper.addLayout(words, 1)
        upper.addWidget(self.more)
        upper.addSpacing(4)
        upper.addWidget(self.events)
        column = QVBoxLayout(self)
        column.setContentsMargins(PANE_PADDING, 9, 12, 1)
        column.setSpacing(7)
        column.addLayout(upper)
        column.addWidget(self.badges)
        column.addStretch(1)
        theme.changed.connect(self._on_theme)
        self._on_theme()

    def _on_theme(self) -> None:
        self.setFixedHeight(self._theme.size("inspectorHeader") + _HEAD_EXTRA_PX)
        self.update()

    def show_message(self, detail: MessageDetail, life: Lifecycle, style: MessageStyle) -> None:
        row = detail.row
        badges = state_badges(row, style)
        first = badges[0]
        filled = first.fill == "filled"
        tone = "text2" if first.tone == "neut" else f"{first.tone}Fg"
        self.tile.set_look(Look(first.icon, tone))
        self.title.setText(row.message_id)
        self.line.setText(" · ".join(part for part in (recipient_text(row, style), row.carrier) if part))
        count = len(life.event_ids)
        self.events.setText(f"Show {grouped(count)} event{'' if count == 1 else 's'}")
        self.events.updateGeometry()
        loud = [badge for badge in badges if badge.fill == "filled"] if filled else [_filled(first)]
        self.badges.set_badges([*loud, *_repeat_badges(detail)])

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, self.height() - 1, self.width(), 1, self._theme.tokens.border)
        painter.end()


def _filled(badge: Badge) -> Badge:
    return Badge(badge.text, badge.icon, "lifecycle", "filled", badge.tone, badge.tip)


def _repeat_badges(detail: MessageDetail) -> list[Badge]:
    found = []
    retries = sum(item.repeat is Repeat.RETRY for item in detail.reports)
    repeats = sum(item.repeat is Repeat.DUPLICATE for item in detail.reports)
    if retries:
        found.append(Badge(_count(retries, "retry", "retries"), "rotate-cw", "delivery", "outlined", "warn"))
    if repeats:
        found.append(Badge(_count(repeats, "duplicate", "duplicates"), "layers-2", "delivery", "filled", "dup"))
    return found


def _count(number: int, one: str, many: str) -> str:
    return f"{grouped(number)} {one if number == 1 else many}"


class _Tile(QWidget):
    """The state's icon on its tint."""

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._icons = theme, icons
        self._look = Look("route", "text2")
        self.setFixedSize(_TILE_PX, _TILE_PX)
        theme.changed.connect(self.update)

    def set_look(self, look: Look) -> None:
        self._look = look
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        fill_box(painter, QRectF(self.rect()), _TILE_RADIUS_PX, self._theme.color(self._look.ground))
        inset = (_TILE_PX - _TILE_ICON_PX) / 2
        self._icons.paint(painter, self._look.icon, self._look.color, inset, inset, _TILE_ICON_PX)
        painter.end()
