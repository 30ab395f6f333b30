"""The head of the inspector: what the event is, its badges, and what can be done with it."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QEvent, QRectF, Signal
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from inspector.domain.event import Event, Repeat
from inspector.domain.verification import Verdict
from inspector.ui.detail.facts import attempt_of
from inspector.ui.detail.sizes import clock, spell_number, spell_size
from inspector.ui.events.wording import full_time, short_ago
from inspector.ui.icons import FILLED_STAR, REFUSAL_ICONS, Icons, Look, kind_look
from inspector.ui.theme import Theme
from inspector.ui.theme_tokens import PANE_PADDING
from inspector.ui.widgets.badges import (
    Badge,
    BadgeLabel,
    answer_badge,
    attempt_badge,
    ordinal,
    refusal_badge,
    repeat_badge,
    signature_badge,
)
from inspector.ui.widgets.buttons import IconButton
from inspector.ui.widgets.labels import ElidingLabel
from inspector.ui.widgets.paint import fill_box, text_width
from inspector.ui.widgets.second_ticker import SecondTicker
from inspector.ui.widgets.split_button import SplitButton

COMPACT_PX = 52
TILE_PX = 34
_TILE_ICON_PX = 18
_TILE_RADIUS_PX = 8


class DetailHeader(QWidget):
    """Icon tile, title, line, star, more, Replay; below them the badges.

    Signals:
        star_clicked(bool): star the event, or take the star off.
        more_clicked: open the menu of the dots.
        replay_clicked: the words of the split button were clicked.
        replay_menu_requested: its arrow was clicked; give it a menu now.
    """

    star_clicked = Signal(bool)
    more_clicked = Signal()
    replay_clicked = Signal()
    replay_menu_requested = Signal()

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._event: Event | None = None
        self._compact = False
        self._narrow = False
        self.tile = _Tile(theme, icons, self)
        self.title = ElidingLabel(theme, "", self, font="title")
        self.line = _Line(theme, self)
        self.star = IconButton(theme, icons, "star", "Star", self)
        self.more = IconButton(theme, icons, "ellipsis", "More actions", self)
        self.replay = SplitButton(theme, icons, "Replay", "repeat-2", self, primary=True, menu_name="Replay choices")
        self.badges = BadgeLabel(theme, icons, (), self)
        self.star.clicked.connect(self._on_star)
        self.more.clicked.connect(self.more_clicked)
        self.replay.clicked.connect(self.replay_clicked)
        self.replay.menu_requested.connect(self.replay_menu_requested)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._lay_out()
        theme.changed.connect(self._fit)
        self._ticker = SecondTicker(self, self._show_line)
        theme.times_changed.connect(self._write_times)
        self._write_times()
        self._fit()

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setContentsMargins(0, 0, 0, 0)
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
        upper.addWidget(self.star)
        upper.addWidget(self.more)
        upper.addSpacing(2)
        upper.addWidget(self.replay)
        column = QVBoxLayout(self)
        column.setContentsMargins(PANE_PADDING, 9, 12, 0)
        column.setSpacing(7)
        column.addLayout(upper)
        column.addWidget(self.badges)
        column.addStretch(1)

    def set_compact(self, compact: bool, narrow: bool) -> None:
        """Leave the badges out where the window is low, and the size where it is narrow."""
        if (compact, narrow) == (self._compact, self._narrow):
            return
        self._compact, self._narrow = compact, narrow
        self._fit()
        if self._event is not None:
            self.show_event(self._event)

    def _fit(self) -> None:
        self.badges.setVisible(not self._compact)
        self.setFixedHeight(COMPACT_PX if self._compact else self._theme.size("inspectorHeader"))

    def show_event(self, event: Event) -> None:
        """Show another event, or the same one with other marks."""
        self._event = event
        summary = event.summary
        self.line.set_moment(summary.received_us)
        self.tile.set_look(look_of(event))
        self.title.setText(summary.label)
        self._show_line()
        self.badges.set_badges(badges_of(event, narrow=self._narrow))
        kept = event.body_kept
        self.replay.setEnabled(kept)
        self.replay.main.setToolTip("" if kept else "The body was not kept, so there is nothing to replay")
        self.star.set_icon_name(FILLED_STAR if summary.starred else "star")
        self.star.set_tint("warnSolid" if summary.starred else "")
        self.star.set_name("Remove star" if summary.starred else "Star")

    def _write_times(self) -> None:
        self._ticker.set_on(self._theme.times.relative)
        self._show_line()

    def _show_line(self) -> None:
        """Show number, time and size; the tool tip tells the time in full, and how long ago it was."""
        event = self._event
        if event is None:
            return
        times, received_us = self._theme.times, event.summary.received_us
        now = datetime.now(UTC)
        ago = short_ago(received_us, round(now.timestamp() * 1_000_000))
        when = ago if times.relative else clock(event.request.received_at, times.zone)
        short = f"{spell_number(event.id)} · {when}"
        size = spell_size(event.summary.size or len(event.request.body))
        self.line.set_texts(short if self._narrow else f"{short} · {size}", short)

    def _on_star(self) -> None:
        if self._event is not None:
            self.star_clicked.emit(not self._event.summary.starred)


def look_of(event: Event) -> Look:
    """Return icon and colour of an event; what was not verified gets no meaning by colour."""
    summary = event.summary
    if summary.refusal is not None:
        return REFUSAL_ICONS.get(summary.refusal.value, kind_look(""))
    look = kind_look(summary.label)
    if look == kind_look(""):
        look = kind_look(summary.kind)
    return Look(look.icon, "text2") if summary.verdict is Verdict.INVALID else look


def badges_of(event: Event, *, narrow: bool = False) -> tuple[Badge, ...]:
    """Return the badges in their order: signature, duplicate or retry, answer, attempt."""
    summary = event.summary
    found: list[Badge] = []
    if summary.refusal is not None:
        found.append(refusal_badge(summary.refusal.value))
    elif summary.verdict is not None and summary.checked:
        found.append(signature_badge(summary.verdict.value, filled=True, long=True))
    if summary.repeat is not None:
        found.append(_repeat(summary.repeat, summary.repeat_no, narrow=narrow))
    if summary.answer_status:  # a connection that was never encrypted got no answer
        found.append(
            answer_badge(summary.answer_status, summary.answer_us / 1000 if summary.answer_us is not None else None)
        )
    attempt = attempt_of(event)
    if attempt and summary.repeat is None:
        found.append(attempt_badge(attempt))
    return tuple(found)


def _repeat(repeat: Repeat, number: int, *, narrow: bool) -> Badge:
    badge = repeat_badge(repeat.value, number, short=narrow)
    if repeat is Repeat.RETRY or narrow:
        return badge
    words = f"Duplicate, {ordinal(number)}"
    return Badge(words, badge.icon, badge.family, badge.fill, badge.tone, f"{words} time received")


class _Line(ElidingLabel):
    """The long form of a line where it fits, else the short one; its tool tip tells the moment in full."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, "", parent, font="small", color="text2", numbers=True)
        self._look = theme
        self._texts = ("", "")
        self._received_us = 0

    def set_moment(self, received_us: int) -> None:
        self._received_us = received_us

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            # Made when it is asked for: how long ago something was is soon another time.
            self.setToolTip(full_time(self._received_us, self._look.times.zone, datetime.now(UTC)))
        return super().event(event)

    def set_texts(self, long: str, short: str) -> None:
        self._texts = (long, short)
        self._choose()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._choose()

    def _choose(self) -> None:
        long, short = self._texts
        fits = text_width(long, self._look.font("small", numbers=True)) <= self.width()
        self.setText(long if fits else short)


class _Tile(QWidget):
    """The event's icon on its tint."""

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        self._look = kind_look("")
        self.setFixedSize(TILE_PX, TILE_PX)
        theme.changed.connect(self.update)

    def set_look(self, look: Look) -> None:
        self._look = look
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        fill_box(painter, QRectF(self.rect()), _TILE_RADIUS_PX, self._theme.color(self._look.ground))
        inset = (TILE_PX - _TILE_ICON_PX) / 2
        self._icons.paint(painter, self._look.icon, self._look.color, inset, inset, _TILE_ICON_PX)
        painter.end()
