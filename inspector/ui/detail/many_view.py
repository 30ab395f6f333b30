"""What the inspector shows for several selected events: how many of which type, over what time, how large."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import tzinfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from inspector.domain.event import EventSummary
from inspector.payload.values import spell_span
from inspector.ui.detail.overview_view import KEY_WIDTH_PX, scroll_area
from inspector.ui.detail.sizes import clock, day, spell_size
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.theme_tokens import PANE_PADDING
from inspector.ui.widgets.buttons import PrimaryButton, SecondaryButton
from inspector.ui.widgets.labels import KeyValueRow, Label, SectionLabel

MOST_TYPES = 12


class ManyView(QWidget):
    """A summary of a selection.

    Signals:
        replay_requested(list of event ids): replay them in the order they were received.
        compare_requested(list of two event ids): show how they differ.
        delete_requested(list of event ids).
    """

    replay_requested = Signal(object)
    compare_requested = Signal(object)
    delete_requested = Signal(object)

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        self._ids: list[int] = []
        self._ordered: list[EventSummary] = []
        self.title = Label(theme, "", self, font="title", numbers=True)
        self.replay = PrimaryButton(theme, icons, "Replay in order", "repeat-2", self)
        self.compare = SecondaryButton(theme, icons, "Compare", "git-compare", self)
        self.delete = SecondaryButton(theme, icons, "Delete", "trash-2", self, danger=True)
        self.replay.clicked.connect(lambda: self.replay_requested.emit(list(self._ids)))
        self.compare.clicked.connect(lambda: self.compare_requested.emit(list(self._ids)))
        self.delete.clicked.connect(lambda: self.delete_requested.emit(list(self._ids)))
        self.rows: list[KeyValueRow] = []
        self._types_caption = SectionLabel(theme, "By type", self)
        body = QWidget()
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(PANE_PADDING, 18, PANE_PADDING, PANE_PADDING)
        self._column.setSpacing(0)
        self._column.addWidget(self.title)
        self._column.addSpacing(12)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.replay)
        buttons.addWidget(self.compare)
        buttons.addWidget(self.delete)
        buttons.addStretch(1)
        self._column.addLayout(buttons)
        self._column.addSpacing(16)
        self._facts = QVBoxLayout()
        self._column.addLayout(self._facts)
        self._column.addSpacing(10)
        self._column.addWidget(self._types_caption)
        self._column.addSpacing(7)
        self._types = QVBoxLayout()
        self._column.addLayout(self._types)
        self._column.addStretch(1)
        area = scroll_area(self)
        area.setWidget(body)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(area)
        theme.times_changed.connect(self._write_times)

    def show_ids(self, ids: Sequence[int]) -> None:
        """Show how many events are selected while what they have in common is still being read."""
        self._ids = sorted(ids)
        self._ordered = []
        self._show([], [])

    def show_many(self, summaries: Sequence[EventSummary]) -> None:
        """Show a summary of two or more events."""
        ordered = sorted(summaries, key=lambda summary: (summary.received_us, summary.id))
        self._ids = [summary.id for summary in ordered]
        self._ordered = ordered
        self._show(_facts(ordered, self._theme.times.zone), _types(ordered))

    def _write_times(self) -> None:
        if self._ordered:
            self.show_many(self._ordered)

    def _show(self, facts: list[tuple[str, str, str]], types: list[tuple[str, str, str]]) -> None:
        self.title.setText(f"{len(self._ids):,} events selected")
        two = len(self._ids) == 2
        self.compare.setEnabled(two)
        self.compare.setToolTip("" if two else "Select exactly two events")
        for row in self.rows:
            row.hide()
            row.deleteLater()
        self.rows = [self._row(self._facts, *fact) for fact in facts]
        self.rows += [self._row(self._types, *fact) for fact in types]
        self._types_caption.setVisible(bool(types))

    def _row(self, column: QVBoxLayout, name: str, value: str, note: str) -> KeyValueRow:
        row = KeyValueRow(self._theme, self._icons, name, value, note, self, key_width_px=KEY_WIDTH_PX)
        column.addWidget(row)
        return row


def _facts(ordered: Sequence[EventSummary], zone: tzinfo | None) -> list[tuple[str, str, str]]:
    first, last = ordered[0], ordered[-1]
    return [
        ("First", clock(first.received_at, zone), day(first.received_at, zone)),
        ("Last", clock(last.received_at, zone), day(last.received_at, zone)),
        ("Time span", spell_span((last.received_us - first.received_us) / 1e6), ""),
        ("Total size", spell_size(sum(summary.size for summary in ordered)), ""),
    ]


def _types(ordered: Sequence[EventSummary]) -> list[tuple[str, str, str]]:
    counted = Counter(summary.label for summary in ordered).most_common()
    rows = [(f"{count:,}", label, "") for label, count in counted[:MOST_TYPES]]
    rest = sum(count for _, count in counted[MOST_TYPES:])
    return [*rows, (f"{rest:,}", "of other types", "")] if rest else rows
