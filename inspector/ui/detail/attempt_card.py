"""What an opened attempt shows: how it ended, what was changed, and the response."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from inspector.domain.attempt import Attempt, Response
from inspector.domain.event import Event
from inspector.domain.request import header_text
from inspector.payload.body import inflate
from inspector.payload.contents import Contents, contents_of
from inspector.payload.json_errors import JsonSyntaxError
from inspector.payload.json_tree import parse_json_tree
from inspector.payload.pretty import pretty_json
from inspector.payload.steps import finish
from inspector.payload.text import decode_json, decode_visibly
from inspector.ui.detail.attempt_words import answer_words, changes_of, timing_words
from inspector.ui.detail.card import Card
from inspector.ui.detail.code_area import CodeArea
from inspector.ui.detail.detail_view import Surroundings, copy_text
from inspector.ui.detail.sizes import spell_size
from inspector.ui.widgets.buttons import link_button
from inspector.ui.widgets.labels import KeyValueRow, Label

KEY_WIDTH_PX = 86
LARGEST_PRETTY_BYTES = 20_000
LARGEST_SHOWN_BYTES = 200_000
MOST_LINES = 16


class AttemptCard(Card):
    """A card under an attempt's row."""

    def __init__(self, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(around.theme, parent)
        self._attempt: Attempt | None = None
        theme, icons = around.theme, around.icons
        self.rows = {
            name: KeyValueRow(theme, icons, name, parent=self, mono=mono, key_width_px=KEY_WIDTH_PX)
            for name, mono in (("Status", True), ("Failed", False), ("Sent to", True), ("Timing", False))
        }
        self.rows["Signed"] = KeyValueRow(theme, icons, "Signed", parent=self, key_width_px=KEY_WIDTH_PX)
        self.rows["Changed"] = KeyValueRow(theme, icons, "Changed", parent=self, key_width_px=KEY_WIDTH_PX)
        self.headers_caption = Label(theme, "Response headers", self, font="caption", color="text2")
        self.headers_text = Label(theme, "", self, font="monoSmall", color="text2", wrap=True)
        self.headers_text.setTextInteractionFlags(self.headers_text.textInteractionFlags().TextSelectableByMouse)
        self.body_caption = Label(theme, "Response body", self, font="caption", color="text2")
        self.copy_link = link_button(theme, icons, "Copy", self.copy_body, self)
        self.frame = Card(theme, self)
        self.code = CodeArea(theme, self.frame, name="Response body")
        inside = QVBoxLayout(self.frame)
        inside.setContentsMargins(2, 2, 2, 2)
        inside.addWidget(self.code)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 14, 12)
        column.setSpacing(0)
        for row in self.rows.values():
            column.addWidget(row)
        column.addSpacing(6)
        column.addWidget(self.headers_caption)
        column.addSpacing(4)
        column.addWidget(self.headers_text)
        head = QHBoxLayout()
        head.addWidget(self.body_caption)
        head.addStretch(1)
        head.addWidget(self.copy_link)
        column.addSpacing(6)
        column.addLayout(head)
        column.addSpacing(2)
        column.addWidget(self.frame)

    def show_attempt(self, attempt: Attempt, event: Event) -> None:
        """Show an attempt of an event."""
        self._attempt = attempt
        line, note = answer_words(attempt)
        answered = attempt.response is not None
        self._set("Status", line if answered else "", note)
        self._set("Failed", "" if answered else line, note)
        self._set("Sent to", attempt.remote)
        self._set("Timing", timing_words(attempt))
        self._set("Signed", attempt.note)
        self._set("Changed", changes_of(attempt, event))
        self._show_response(attempt.response)

    def _set(self, name: str, value: str, note: str = "") -> None:
        self.rows[name].set_value(value, note)
        self.rows[name].setVisible(bool(value))

    def _show_response(self, response: Response | None) -> None:
        headers = response.headers if response is not None else ()
        lines = [f"{name.decode('latin-1')}: {value.decode('latin-1')}" for name, value in headers]
        self.headers_caption.setVisible(bool(lines))
        self.headers_text.setVisible(bool(lines))
        self.headers_text.setText("\n".join(lines))
        has_body = response is not None and bool(response.body)
        self.frame.setVisible(has_body)
        self.copy_link.setVisible(has_body)
        self.body_caption.setVisible(response is not None)
        if response is None or not response.body:
            self.body_caption.setText("Response without a body")
            return
        text, contents, cut = response_text(response)
        size = spell_size(len(response.body))
        self.body_caption.setText(f"Response body, {'the beginning of ' if cut else ''}{size}")
        self.code.set_text(text, contents)
        shown = min(MOST_LINES, text.count("\n") + 1)
        self.frame.setFixedHeight(round(shown * self.code.line_px) + 24)

    def copy_body(self) -> None:
        """Copy the response body as text."""
        if self._attempt is not None and self._attempt.response is not None:
            copy_text(_plain(self._attempt.response).decode("utf-8", "replace"), self, "Response body")


def response_text(response: Response) -> tuple[str, Contents, bool]:
    """Return a response body as text to show, what it is, and whether only its beginning is shown."""
    body = _plain(response)
    content_type = header_text(response.headers, "Content-Type")
    contents = contents_of(body, content_type.partition(";")[0].strip().lower())
    if contents is Contents.JSON and len(body) <= LARGEST_PRETTY_BYTES:
        try:
            tree = parse_json_tree(decode_json(body, content_type))
        except JsonSyntaxError:
            pass
        else:
            return "\n".join(finish(pretty_json(tree))), contents, response.truncated
    cut = len(body) > LARGEST_SHOWN_BYTES or response.truncated
    return decode_visibly(body[:LARGEST_SHOWN_BYTES], content_type).text, contents, cut


def _plain(response: Response) -> bytes:
    coding = header_text(response.headers, "Content-Encoding").strip().lower()
    return inflate(response.body, coding) if coding else response.body
