"""The two responses to one event beside each other: bodies by text or by fields, and headers."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from inspector.domain.attempt import Attempt, Response
from inspector.domain.request import header_text
from inspector.payload.body import inflate
from inspector.payload.diff_bodies import Body, BodyDiff, diff_bodies
from inspector.payload.diff_headers import diff_headers
from inspector.payload.diff_ignore import Ignored
from inspector.replay.versus import VersusRow
from inspector.ui.detail.attempt_card import response_text
from inspector.ui.detail.attempt_words import answer_words, outcome_of
from inspector.ui.detail.code_area import CodeArea
from inspector.ui.detail.diff_list import DiffList
from inspector.ui.detail.diff_rows import field_rows, header_rows
from inspector.ui.detail.diff_text_area import DiffTextArea
from inspector.ui.detail.diff_words import text_summary, why_no_text
from inspector.ui.detail.diff_worker import DiffWorker
from inspector.ui.detail.sizes import spell_number
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.empty_state import EmptyState
from inspector.ui.widgets.labels import ElidingLabel, Label
from inspector.ui.widgets.segments import Segments

TEXT, FIELDS, HEADERS = "text", "fields", "headers"
PASSING = ("header:Date", "header:Content-Length", "header:Connection", "header:Keep-Alive", "header:Server")
"""Lines that differ every time, or say nothing about the answer."""

SMALL_BYTES = 64 * 1024


class VersusSides(QWidget):
    """What is shown of a row of the grid."""

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row: VersusRow | None = None
        self._diff: BodyDiff | None = None
        self._opened: frozenset[str] = frozenset()
        self._reading = DiffWorker(self)
        self.title = Label(theme, "", self, font="caption", color="text2", numbers=True)
        names = ((TEXT, "Text"), (FIELDS, "Fields"), (HEADERS, "Headers"))
        self.segments = Segments(theme, names, self, name="What is compared")
        self.sides = [ElidingLabel(theme, "", self, font="label", numbers=True) for _ in "ab"]
        self.text = DiffTextArea(theme, self)
        self.list = DiffList(theme, icons, self, name="Differences")
        self.same = CodeArea(theme, self, name="Response body")
        self.message = EmptyState(
            theme, icons, "git-compare", "Choose an event", "Both responses are shown here.", self
        )
        self._lay_out()
        self.segments.changed.connect(lambda _key: self._show())
        self.list.fold_toggled.connect(self._on_fold)
        self.show_row(None)

    def _lay_out(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        first.addWidget(self.title, 1)
        first.addWidget(self.segments)
        second.setSpacing(16)
        for side in self.sides:
            second.addWidget(side, 1)
        self._pages = QStackedLayout()
        for page in (self.text, self.list, self.same, self.message):
            self._pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 8)
        column.setSpacing(6)
        column.addLayout(first)
        column.addLayout(second)
        column.addLayout(self._pages, 1)

    def show_row(self, row: VersusRow | None) -> None:
        """Show the two responses of a row, or that none is chosen."""
        self._reading.cancel()
        self._row, self._diff, self._opened = row, None, frozenset()
        self.segments.setVisible(row is not None)
        for side, name, attempt in zip(
            self.sides, "AB", (row.a.attempt, row.b.attempt) if row is not None else (None, None), strict=True
        ):
            side.setText(_side_words(name, attempt) if attempt is not None else "")
            side.set_color(outcome_of(attempt).color if attempt is not None else "text")
        if row is None:
            self.title.setText("")
            self.message.set_content("git-compare", "Choose an event", "Both responses are shown here.")
            self._pages.setCurrentWidget(self.message)
            return
        self.title.setText(f"Responses to {spell_number(row.event_id)}")
        a, b = row.a.attempt.response, row.b.attempt.response
        if a is None or b is None:
            self._show()
            return
        bodies = _body_of(a), _body_of(b)
        large = sum(len(body.data) for body in bodies) > SMALL_BYTES
        self._reading.start(diff_bodies(*bodies), self._on_diff, large=large)

    def _on_diff(self, diff: BodyDiff) -> None:
        self._diff = diff
        reason = "" if diff.fields is not None else "These bodies have no fields that differ"
        self.segments.set_segment_enabled(FIELDS, not reason, reason)
        if reason and self.segments.current == FIELDS:
            self.segments.set_current(TEXT)
        self._show()

    def _on_fold(self, fold: str) -> None:
        self._opened ^= {fold}
        self._show()

    def _show(self) -> None:
        row, diff = self._row, self._diff
        if row is None:
            return
        a, b = row.a.attempt.response, row.b.attempt.response
        if a is None or b is None:
            self._show_one(row)
        elif self.segments.current == HEADERS:
            listing = header_rows(diff_headers(a.headers, b.headers), Ignored(PASSING), self._opened)
            self._tell(row, listing.summary)
            self.list.set_rows(listing.rows, keep_place=True)
            self._pages.setCurrentWidget(self.list)
        elif diff is not None:
            self._show_bodies(row, diff, b)

    def _show_bodies(self, row: VersusRow, diff: BodyDiff, response: Response) -> None:
        if diff.equal:
            self._tell(row, "both bodies are the same")
            text, contents, _cut = response_text(response)
            self.same.set_text(text, contents)
            self._pages.setCurrentWidget(self.same)
        elif self.segments.current == FIELDS and diff.fields is not None:
            listing = field_rows(diff.fields, Ignored(()), self._opened)
            self._tell(row, listing.summary)
            self.list.set_rows(listing.rows, keep_place=True)
            self._pages.setCurrentWidget(self.list)
        elif diff.text is not None:
            self._tell(row, text_summary(diff))
            self.text.set_diff(diff.text)
            self._pages.setCurrentWidget(self.text)
        else:
            message = why_no_text(diff)
            self.message.set_content(message.icon, message.title, message.text, color=message.color)
            self._pages.setCurrentWidget(self.message)

    def _show_one(self, row: VersusRow) -> None:
        """Show the only response there is, or why there is none."""
        self.segments.hide()
        answered = [(name, side.attempt.response) for name, side in (("A", row.a), ("B", row.b))]
        found = [(name, response) for name, response in answered if response is not None]
        if not found:
            hint = row.a.attempt.failure_hint or row.b.attempt.failure_hint
            self.message.set_content("circle-x", "Neither gave a response", hint, color="failFg")
            self._pages.setCurrentWidget(self.message)
            return
        ((name, response),) = found
        self._tell(row, f"only {name} gave a response")
        text, contents, _cut = response_text(response)
        self.same.set_text(text, contents)
        self._pages.setCurrentWidget(self.same)

    def _tell(self, row: VersusRow, words: str) -> None:
        number = f"Responses to {spell_number(row.event_id)}"
        self.title.setText(f"{number}: {words[:1].lower()}{words[1:]}" if words else number)


def _side_words(name: str, attempt: Attempt) -> str:
    line, note = answer_words(attempt)
    return f"{name}  {line} {note}" if attempt.response is not None else f"{name}  {line}"


def _body_of(response: Response) -> Body:
    coding = header_text(response.headers, "Content-Encoding").strip().lower()
    data = inflate(response.body, coding) if coding else response.body
    return Body(data, header_text(response.headers, "Content-Type"))
