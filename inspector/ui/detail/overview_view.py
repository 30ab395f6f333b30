"""The Overview: what is unusual about the event, then what it is, how it came and what we answered."""

from __future__ import annotations

from collections import Counter
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from inspector.domain.event import Event, EventId
from inspector.ui.detail.detail_view import DetailView, Surroundings
from inspector.ui.detail.facts import Fact, Group, groups_of
from inspector.ui.detail.notes import Note, notes_on
from inspector.ui.theme import Theme
from inspector.ui.theme_tokens import PANE_PADDING
from inspector.ui.widgets.callout import Action, Callout
from inspector.ui.widgets.labels import KeyValueRow, SectionLabel
from inspector.ui.widgets.menu import decorate

KEY_WIDTH_PX = 118
_CALLOUT_GAP_PX = 10


class OverviewView(DetailView):
    """Rows are made once and filled anew for each event, so moving through the list stays quick."""

    def __init__(self, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(around, parent)
        self._event: Event | None = None
        self._callouts: list[Callout] = []
        self._sections: list[_Section] = []
        self._area = scroll_area(self)
        body = QWidget()
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(PANE_PADDING, 14, PANE_PADDING, PANE_PADDING)
        self._column.setSpacing(0)
        self._notes = QVBoxLayout()
        self._notes.setSpacing(_CALLOUT_GAP_PX)
        self._column.addLayout(self._notes)
        self._column.addStretch(1)
        self._area.setWidget(body)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._area)
        self.theme.times_changed.connect(self._write_times)

    @property
    def callouts(self) -> list[Callout]:
        """The callouts that are shown."""
        return [callout for callout in self._callouts if not callout.isHidden()]

    def rows(self) -> dict[str, KeyValueRow]:
        """Return the rows that are shown, by name."""
        return {name: row for section in self._sections for name, row in section.shown().items()}

    def _write_times(self) -> None:
        event, self._event = self._event, None
        self.show_event(event)

    def show_event(self, event: Event | None) -> None:
        if event is self._event:
            return
        moved = event is None or self._event is None or event.id != self._event.id
        self._event = event
        if event is None:
            return
        summary, reader = event.summary, self.around.reader
        original = reader.summary(summary.original_id) if summary.original_id is not None else None
        endpoint = reader.endpoint(summary.endpoint_id) if summary.endpoint_id is not None else None
        headers = reader.signature_headers(summary.provider) if summary.provider else ()
        self._show_notes((*notes_on(event, original, self.theme.times.zone), *self.around.advise(event)))
        self._show_groups(groups_of(event, endpoint, headers, self.theme.times.zone), event.id)
        if moved:
            self._area.verticalScrollBar().setValue(0)

    def _show_notes(self, notes: tuple[Note, ...]) -> None:
        while len(self._callouts) < len(notes):
            callout = Callout(self.theme, self.icons, "neut", "info", "", "", (), self)
            self._callouts.append(callout)
            self._notes.addWidget(callout)
        for index, callout in enumerate(self._callouts):
            callout.setVisible(index < len(notes))
            if index < len(notes):
                note = notes[index]
                actions: list[Action] = [(note.link, partial(self._follow, note))] if note.link else []
                actions += [("Compare", self.around.wishes.compare_requested.emit)] if note.compares else []
                callout.set_content(note.tone, note.icon, note.title, note.text, actions)
        self._notes.setContentsMargins(0, 0, 0, 12 if notes else 0)

    def _follow(self, note: Note) -> None:
        if note.deed is not None:
            self.around.wishes.deed_requested.emit(note.deed)
        elif note.opens_event is not None:
            self.around.wishes.open_event_requested.emit(note.opens_event)
        elif note.opens_view:
            self.around.wishes.view_requested.emit(note.opens_view)

    def _show_groups(self, groups: tuple[Group, ...], event_id: EventId) -> None:
        while len(self._sections) < len(groups):
            section = _Section(self.around, first=not self._sections)
            self._sections.append(section)
            self._column.insertWidget(self._column.count() - 1, section)
        for index, section in enumerate(self._sections):
            section.setVisible(index < len(groups))
            if index < len(groups):
                section.show_group(groups[index], event_id)


class _Section(QWidget):
    """A caption with rows under it, and a line over all but the first."""

    def __init__(self, around: Surroundings, *, first: bool) -> None:
        super().__init__()
        self._around = around
        self._theme: Theme = around.theme
        self._first = first
        self._pool: dict[tuple[bool, bool], list[KeyValueRow]] = {}
        self._event_id = EventId(0)
        self._shown: dict[str, KeyValueRow] = {}
        self.caption = SectionLabel(self._theme, "", self)
        self.caption.set_color("text2")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0 if first else 9, 0, 10)
        self._column.setSpacing(0)
        self._column.addWidget(self.caption)
        self._column.addSpacing(7)
        self._theme.changed.connect(self.update)

    def shown(self) -> dict[str, KeyValueRow]:
        return self._shown

    def show_group(self, group: Group, event_id: EventId) -> None:
        self._event_id = event_id
        self.caption.setText(group.title)
        for rows in self._pool.values():
            for row in rows:
                self._column.removeWidget(row)
                row.hide()
        used: Counter[tuple[bool, bool]] = Counter()
        self._shown = {}
        for fact in group.facts:
            form = (fact.mono, fact.is_message)
            rows = self._pool.setdefault(form, [])
            if used[form] == len(rows):
                rows.append(self._row(*form))
            row = rows[used[form]]
            used[form] += 1
            self._fill(row, fact)
            self._column.addWidget(row)
            row.show()
            self._shown[fact.name] = row

    def _row(self, mono: bool, is_message: bool) -> KeyValueRow:
        row = KeyValueRow(
            self._theme,
            self._around.icons,
            "",
            parent=self,
            mono=mono,
            link=is_message,
            key_width_px=KEY_WIDTH_PX,
        )
        row.activated.connect(lambda: self._around.wishes.message_requested.emit(self._event_id))
        return row

    def _fill(self, row: KeyValueRow, fact: Fact) -> None:
        row.key_label.setText(fact.name)
        row.value.setAccessibleName(fact.name)
        row.set_value(fact.value, fact.note, [fact.badge] if fact.badge is not None else [])
        if not fact.filter:
            row.set_actions([])
            return
        action = decorate(QAction("Filter by this", row), "list-filter")
        action.triggered.connect(
            lambda _checked=False, term=fact.filter: self._around.wishes.filter_requested.emit(term)
        )
        row.set_actions([action])

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._first:
            painter = QPainter(self)
            painter.fillRect(0, 0, self.width(), 1, self._theme.tokens.border)
            painter.end()


def scroll_area(parent: QWidget) -> QScrollArea:
    """Return an area that scrolls what is put in up and down, never sideways."""
    area = QScrollArea(parent)
    area.setAccessibleName("Event details")
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area
