"""The search field of the events page: reads what is typed, underlines what it cannot read, offers what fits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from inspector.domain.errors import InspectorError
from inspector.ui.events.completion import counted_field, offers, remembered
from inspector.ui.events.completion_popup import CompletionPopup
from inspector.ui.events.rows import Cancellable, Starter
from inspector.ui.events.search_reading import SearchProblem, SearchReading, read_search
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.fields import SearchField

Facets = Callable[[str], Awaitable[Mapping[str, int]]]
"""Counts the shown events by the values of a filter, given its key."""

PAUSE_MS = 150
_WIDTH_PX = 356
_UNDERLINE_PX = 2
LONG_HINT = "Search, or filter: type:failed sig:invalid"
SHORT_HINT = "Search or filter"


class EventSearchField(SearchField):
    """Esc closes the list, clears the text and leaves the field, in that order.

    Signals:
        searched(SearchReading): the text was read; one with a problem asks for nothing.
        left: the reader wants back to the list of events.
        recent_changed(tuple[str, ...]): the searches made lately, the newest first.
    """

    searched = Signal(object)
    left = Signal()
    recent_changed = Signal(tuple)

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        tasks: Starter,
        parent: QWidget | None = None,
        *,
        facets: Facets | None = None,
    ) -> None:
        super().__init__(theme, icons, LONG_HINT, parent, name="Search events")
        self._popup_parts = (theme, icons)
        self._tasks = tasks
        self._facets = facets
        self._counting: Cancellable | None = None
        self._counts: tuple[str, Mapping[str, int]] = ("", {})
        self._popup: CompletionPopup | None = None
        self._recent: tuple[str, ...] = ()
        self.reading = SearchReading()
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._search_meanwhile)
        self.textEdited.connect(self._on_edited)
        self.setMinimumWidth(160)

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH_PX, super().sizeHint().height())

    def set_short(self, short: bool) -> None:
        """Use the shorter hint where room is short."""
        self.setPlaceholderText(SHORT_HINT if short else LONG_HINT)

    @property
    def recent(self) -> tuple[str, ...]:
        """The searches made lately, the newest first."""
        return self._recent

    def set_recent(self, recent: tuple[str, ...]) -> None:
        """Take over the searches of an earlier run."""
        self._recent = tuple(recent)

    @property
    def popup(self) -> CompletionPopup | None:
        """The list under the field, once it was opened."""
        return self._popup

    def search_for(self, text: str) -> None:
        """Put a search into the field and make it at once."""
        self.setText(text)
        self._search()

    def _on_edited(self, text: str) -> None:
        self._pause.start()
        self._offer()
        if not text:
            self._search()

    def _search_meanwhile(self) -> None:
        # A filter whose value is just being typed is no mistake yet.
        if not read_search(self.text()).unfinished:
            self._search()

    def _search(self) -> None:
        self._pause.stop()
        self.reading = read_search(self.text())
        problem = self.reading.problem
        self.set_invalid(problem is not None, problem.sentence if problem else "")
        self.update()
        self.searched.emit(self.reading)

    def _remember(self) -> None:
        recent = remembered(self._recent, self.text()) if self.reading.problem is None else self._recent
        if recent != self._recent:
            self._recent = recent
            self.recent_changed.emit(recent)

    # The list of offers

    def _offer(self) -> None:
        if not self.hasFocus():
            return
        if self._popup is None or self._popup.parentWidget() is not self.window():
            self._popup = CompletionPopup(*self._popup_parts, self.window())
            self._popup.taken.connect(self._take)
        field = counted_field(self.text(), self.cursorPosition())
        counts = self._counts[1] if self._counts[0] == field else {}
        self._popup.offer(offers(self.text(), self.cursorPosition(), self._recent, counts), self)
        if field and field != self._counts[0] and self._facets is not None:
            if self._counting is not None:
                self._counting.cancel()
            self._counting = self._tasks.start(self._count(field, self._facets), "Counting filter values")

    async def _count(self, field: str, facets: Facets) -> None:
        with suppress(InspectorError):  # the list works without counts
            self._counts = (field, await facets(field))
            if self._popup is not None and self._popup.isVisible():
                self._offer()

    def forget_counts(self) -> None:
        """The events changed: count again when asked next."""
        self._counts = ("", {})

    def _take(self, text: str) -> None:
        self.setText(text)
        self.setCursorPosition(len(text))
        if text.endswith(":"):
            self._offer()
            return
        self.close_popup()
        self._search()
        self._remember()

    def close_popup(self) -> bool:
        """Close the list of offers; False when it was not open."""
        if self._popup is None or not self._popup.isVisible():
            return False
        self._popup.hide()
        return True

    # Keys, focus and painting

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self._escape(event)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._enter()
        elif key in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
            self._step(1 if key == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)

    def _escape(self, event: QKeyEvent) -> None:
        if self.close_popup():
            return
        if self.text():
            super().keyPressEvent(event)
        else:
            self.left.emit()

    def _enter(self) -> None:
        if self._popup is not None and self._popup.take():
            return
        self.close_popup()
        self._search()
        self._remember()
        if self.reading.problem is None:
            self.left.emit()

    def _step(self, by: int) -> None:
        if self._popup is None or not self._popup.isVisible():
            self._offer()
        if self._popup is not None:
            self._popup.step(by)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self._offer()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.close_popup()
        if event.reason() is not Qt.FocusReason.ActiveWindowFocusReason and self.text():
            if self._pause.isActive() or self.reading != read_search(self.text()):
                self._search()
            self._remember()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        problem = self.reading.problem
        if problem is not None and self.text():
            self._underline(problem)

    def _underline(self, problem: SearchProblem) -> None:
        metrics = QFontMetricsF(self.font())
        text = self.text()
        cursor = self.cursorRect()
        # QLineEdit does not tell where its text begins; its cursor does.
        origin = cursor.center().x() - metrics.horizontalAdvance(text[: self.cursorPosition()])
        left = origin + metrics.horizontalAdvance(text[: problem.start])
        width = max(6.0, metrics.horizontalAdvance(text[problem.start : problem.end]))
        right_edge = self.width() - self.textMargins().right() - 8
        left, right = max(left, float(self.textMargins().left() + 8)), min(left + width, float(right_edge))
        if right > left:
            painter = QPainter(self)
            color = self._theme.tokens.failSolid
            painter.fillRect(round(left), cursor.bottom() - 1, round(right - left), _UNDERLINE_PX, color)
            painter.end()
