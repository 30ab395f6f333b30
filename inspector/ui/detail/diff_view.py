"""The Diff view: this event beside another one, by fields, by text, by headers."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from inspector.domain.event import Event, EventId
from inspector.payload.body import Payload
from inspector.payload.diff_bodies import Body, BodyDiff, diff_bodies
from inspector.payload.diff_headers import HeaderDifference, diff_headers
from inspector.payload.diff_ignore import Ignored
from inspector.ui.detail.detail_view import DetailView, Surroundings, copy_text
from inspector.ui.detail.diff_list import DiffList
from inspector.ui.detail.diff_menu import as_text, row_menu
from inspector.ui.detail.diff_others import Against, Other, chosen
from inspector.ui.detail.diff_rows import Listing, Row, field_rows, header_rows
from inspector.ui.detail.diff_text_area import DiffTextArea
from inspector.ui.detail.diff_words import (
    NO_FIELDS,
    NOT_KEPT,
    NOTHING,
    SAME,
    STOPPED,
    Message,
    same_fields,
    text_summary,
    why_no_text,
)
from inspector.ui.detail.diff_worker import DiffWorker
from inspector.ui.detail.sizes import spell_number
from inspector.ui.detail.waiting import Waiting
from inspector.ui.widgets.empty_state import EmptyState
from inspector.ui.widgets.fields import ComboBox
from inspector.ui.widgets.labels import ElidingLabel, Label
from inspector.ui.widgets.menu import Menu
from inspector.ui.widgets.segments import Segments

FIELDS, TEXT, HEADERS = "fields", "text", "headers"
CHOOSE = "choose"

SMALL_BYTES = 64 * 1024
"""Two bodies up to this size together are compared before the view is painted again."""


class DiffView(DetailView):
    """What it is compared with, and how, stays chosen while the selection moves on.

    Signals:
        others_wanted(event id): what this event can be compared with is to be told, by `show_others`.
        other_wanted(event id, other id): the other event is to be read, for `show_other`.
        choose_requested(event id): the user wants to name another event, for `compare_with`.
        ignore_requested(str): leave fields out of comparisons from now on; an entry of `payload.diff_ignore`.
        compare_requested(tuple of entries): tell fields again that these entries leave out.
    """

    others_wanted = Signal(object)
    other_wanted = Signal(object, object)
    choose_requested = Signal(object)
    ignore_requested = Signal(str)
    compare_requested = Signal(object)

    def __init__(self, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(around, parent)
        self._event: Event | None = None
        self._other: Event | None = None
        self._others: list[Other] = []
        self.against = Against.USUAL
        self._picked: EventId | None = None
        self._ignored = Ignored()
        self._diff: BodyDiff | None = None
        self._headers: tuple[HeaderDifference, ...] = ()
        self._opened: frozenset[str] = frozenset()
        self._wanted = FIELDS
        self._following = False
        self._menu: Menu | None = None
        self._reading = DiffWorker(self)
        theme, icons = self.theme, self.icons
        self.with_label = Label(theme, "", self, font="small", color="text2", numbers=True)
        self.combo = ComboBox(theme, icons, self, name="Compare with")
        self.combo.view().setAccessibleName("Events to compare with")
        names = ((FIELDS, "Fields"), (TEXT, "Text"), (HEADERS, "Headers"))
        self.segments = Segments(theme, names, self, name="What is compared")
        right = Qt.AlignmentFlag.AlignRight
        self.summary = ElidingLabel(theme, "", self, font="small", color="text2", numbers=True, align=right)
        self.list = DiffList(theme, icons, self, name="Differences")
        self.text = DiffTextArea(theme, self)
        self.waiting = Waiting(theme, icons, self)
        self.message = EmptyState(theme, icons, "git-compare", "", "", self)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.bar = _Bar(self)
        rows = QVBoxLayout(self.bar)
        rows.setContentsMargins(16, 10, 16, 9)
        rows.setSpacing(8)
        first, second = QHBoxLayout(), QHBoxLayout()
        first.setSpacing(10)
        first.addWidget(self.with_label)
        first.addWidget(self.combo, 1)
        second.setSpacing(12)
        second.addWidget(self.segments)
        second.addWidget(self.summary, 1)
        rows.addLayout(first)
        rows.addLayout(second)
        self._pages = QStackedLayout()
        for page in (self.list, self.text, self.waiting, self.message):
            self._pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addLayout(self._pages, 1)

    def _connect(self) -> None:
        self.combo.activated.connect(self._on_choice)
        self.segments.changed.connect(self._on_segment)
        self.waiting.cancelled.connect(self._on_cancel)
        self.list.fold_toggled.connect(self._on_fold)
        self.list.copy_requested.connect(lambda row: copy_text(as_text(row), self, "Difference"))
        self.list.path_copy_requested.connect(lambda row: copy_text(row.path, self, "Path"))
        self.list.menu_requested.connect(self._open_menu)
        self.text.copy_requested.connect(lambda: copy_text(self.text.as_text(), self, "Differences"))

    # -- which event ----------------------------------------------------------------------------------------------

    def show_event(self, event: Event | None) -> None:
        moved = event is None or self._event is None or event.id != self._event.id
        self._event = event
        if not moved:
            return
        self._clear()
        self._others = []
        if event is not None:
            self.with_label.setText(f"Compare {spell_number(event.id)} with")
            self._wait()
            self.others_wanted.emit(event.id)

    def compare_with(self, against: Against, picked: EventId | None = None) -> None:
        """Compare with another event from now on; `picked` names it where it is none of those that are offered."""
        self.against = against
        self._picked = picked if picked is not None else self._picked
        if self._event is not None:
            self._clear()
            self._wait()
            self.others_wanted.emit(self._event.id)

    def show_others(self, event_id: int, others: Sequence[Other]) -> None:
        """Take what the event can be compared with; another event may be shown by now."""
        if self._event is None or self._event.id != event_id:
            return
        self._others = [*others]
        picked = self.around.reader.summary(self._picked) if self._picked is not None else None
        if picked is not None and picked.id != event_id:
            self._others.append(Other(Against.PICKED, picked.id, picked.label))
        other = chosen(self._others, self.against)
        self._fill_combo(other)
        if other is None:
            self._say(NOTHING)
        else:
            self.other_wanted.emit(event_id, other.event_id)

    def _fill_combo(self, other: Other | None) -> None:
        self.combo.clear()
        for offered in self._others:
            self.combo.addItem(offered.words, offered.against)
        self.combo.addItem("Choose event…", CHOOSE)
        self.combo.setPlaceholderText("Nothing")
        self.combo.setCurrentIndex(self._others.index(other) if other is not None else -1)

    def _on_choice(self, place: int) -> None:
        if self._event is None:
            return
        if place < len(self._others):
            self.compare_with(self._others[place].against)
            return
        now = chosen(self._others, self.against)
        self.combo.setCurrentIndex(self._others.index(now) if now is not None else -1)
        self.choose_requested.emit(self._event.id)

    def show_other(self, event_id: int, other: Event | None, ignored: Sequence[str]) -> None:
        """Compare with an event that was read, None where it is gone; `ignored` are entries of what not to tell."""
        if self._event is None or self._event.id != event_id:
            return
        self._other = other
        self._ignored = Ignored(ignored)
        if other is None:
            self._say(NOTHING)
            return
        self._headers = diff_headers(other.request.headers, self._event.request.headers)
        bodies = _body_of(other), _body_of(self._event)
        large = sum(len(body.data) for body in bodies) > SMALL_BYTES
        self._reading.start(diff_bodies(*bodies), self._on_diff, large=large)

    def set_ignored(self, entries: Sequence[str]) -> None:
        """Leave other fields out."""
        self._ignored = Ignored(entries)
        if self._diff is not None:
            self._show_page(keep_place=True)

    # -- what is shown --------------------------------------------------------------------------------------------

    def _clear(self) -> None:
        self._reading.cancel()
        self.waiting.end()
        self._diff, self._other = None, None
        self._headers = ()
        self._opened = frozenset()
        self.summary.setText("")

    def _wait(self) -> None:
        self.waiting.begin()
        self._pages.setCurrentWidget(self.waiting)

    def _on_cancel(self) -> None:
        self._clear()
        self._say(STOPPED)

    def _on_diff(self, diff: BodyDiff) -> None:
        self.waiting.end()
        self._diff = diff
        reason = NO_FIELDS if diff.fields is None and not diff.equal and diff.text is not None else ""
        self.segments.set_segment_enabled(FIELDS, not reason, reason)
        self._following = True
        self.segments.set_current(self.page)
        self._following = False
        self._show_page()

    def _on_segment(self, key: str) -> None:
        if not self._following:
            self._wanted = key
            self._show_page()

    @property
    def page(self) -> str:
        """What is compared: what the user chose last, text where the bodies have no fields."""
        diff = self._diff
        if self._wanted == FIELDS and diff is not None and diff.fields is None and diff.text is not None:
            return TEXT
        return self._wanted

    def _show_page(self, *, keep_place: bool = False) -> None:
        diff, event, other = self._diff, self._event, self._other
        if diff is None or event is None or other is None:
            return
        if self.page == HEADERS:
            self._show_rows(header_rows(self._headers, self._ignored, self._opened), keep_place)
        elif diff.equal:
            self._say(SAME if event.body_kept and other.body_kept else NOT_KEPT)
        elif self.page == FIELDS and diff.fields is not None:
            self._show_fields(diff, field_rows(diff.fields, self._ignored, self._opened), keep_place)
        elif self.page == TEXT and diff.text is not None:
            self.summary.setText(text_summary(diff))
            self.text.set_diff(diff.text)
            self._pages.setCurrentWidget(self.text)
        else:
            self._say(why_no_text(diff))

    def _show_fields(self, diff: BodyDiff, listing: Listing, keep_place: bool) -> None:
        if listing.rows and (listing.differing or listing.ignored):
            self._show_rows(listing, keep_place)
        else:
            self._say(same_fields(diff))

    def _show_rows(self, listing: Listing, keep_place: bool) -> None:
        self.summary.setText(listing.summary)
        self.list.setAccessibleDescription(listing.summary)
        self.list.set_rows(listing.rows, keep_place=keep_place)
        self._pages.setCurrentWidget(self.list)

    def _say(self, message: Message) -> None:
        self.waiting.end()
        self.summary.setText("")
        event = self._event
        slot = self._again if message is STOPPED else self._choose
        actions = [(message.action, slot)] if message.action and event is not None else []
        self.message.set_content(message.icon, message.title, message.text, color=message.color, actions=actions)
        self._pages.setCurrentWidget(self.message)

    def _choose(self) -> None:
        if self._event is not None:
            self.choose_requested.emit(self._event.id)

    def _again(self) -> None:
        self.compare_with(self.against)

    # -- doing ----------------------------------------------------------------------------------------------------

    def _on_fold(self, fold: str) -> None:
        self._opened ^= {fold}
        self._show_page(keep_place=True)

    def menu_for(self, row: Row) -> Menu:
        """Return the context menu of a field or a header."""
        if self._menu is not None:
            self._menu.deleteLater()
        self._menu = row_menu(self, row)
        return self._menu

    def _open_menu(self, row: Row, at: QPoint) -> None:
        self.menu_for(row).popup(at)

    def copy_all(self) -> None:
        """Copy every difference that is listed."""
        rows = [as_text(row) for row in self.list.rows.rows if row.change is not None]
        copy_text("\n".join(rows), self, "Differences")


def _body_of(event: Event) -> Body:
    return Body(Payload(event.request).plain, event.request.header("Content-Type"))


class _Bar(QWidget):
    """The choices over their line."""

    def __init__(self, view: DiffView) -> None:
        super().__init__(view)
        self._theme = view.theme
        self._theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), self._theme.tokens.border)
        painter.end()
