"""The Raw view: the body laid out, as received, or as a hex dump."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from inspector.domain.event import Event, EventId
from inspector.payload.hexdump import HexDump
from inspector.ui.detail.code_area import MOST_MARKED, CodeArea
from inspector.ui.detail.copy_button import CopyButton
from inspector.ui.detail.detail_view import DetailView, Surroundings, copy_text
from inspector.ui.detail.find_bar import FindBar
from inspector.ui.detail.footer import Footer
from inspector.ui.detail.keys import FIND_NEXT, FIND_PREVIOUS, claim, is_key
from inspector.ui.detail.line_area import LineArea
from inspector.ui.detail.raw_text import RawText, make_as_received, make_pretty
from inspector.ui.detail.sizes import spell_count, spell_size
from inspector.ui.detail.slices import Slices
from inspector.ui.detail.waiting import Waiting
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import IconButton
from inspector.ui.widgets.empty_state import EmptyState
from inspector.ui.widgets.labels import ElidingLabel
from inspector.ui.widgets.segments import Segments

PRETTY, RECEIVED, HEX = "pretty", "received", "hex"
_SEGMENTS = ((PRETTY, "Pretty"), (RECEIVED, "As received"), (HEX, "Hex"))
_HEX_WIDTHS = (16, 8)
_COPIED_HEX_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class HexRows:
    """A hex dump as rows: the offset is the label."""

    dump: HexDump

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return self.dump.row_count

    def row(self, row: int) -> str:
        """Return bytes and characters of a row."""
        return "  ".join(self.dump.parts(row)[1:])

    def label(self, row: int) -> str:
        """Return the offset of a row."""
        return self.dump.parts(row)[0]


class RawView(DetailView):
    """The chosen segment and the wrapping stay from event to event."""

    def __init__(self, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(around, parent)
        self._event: Event | None = None
        self._shown: tuple[EventId, str] | None = None
        self._text: RawText | None = None
        self._making = Slices(self)
        theme, icons = self.theme, self.icons
        self.segments = Segments(theme, _SEGMENTS, self, name="Form of the body")
        self.info = ElidingLabel(theme, "", self, font="small", color="text2", numbers=True)
        self.find_button = IconButton(theme, icons, "search", "Find in text", self, shortcut="Ctrl+F")
        self.wrap_button = IconButton(theme, icons, "wrap-text", "Wrap long lines", self)
        self.wrap_button.setCheckable(True)
        self.copy_button = CopyButton(theme, icons, "Copy", self)
        self.find_bar = FindBar(theme, icons, self)
        self.code = CodeArea(theme, self)
        self.lines = LineArea(theme, self, name="Body")
        self.hex = LineArea(theme, self, name="Body as hex dump")
        self.waiting = Waiting(theme, icons, self)
        self.message = EmptyState(theme, icons, "file-text", "No body", "", self)
        self.footer = Footer(theme, self, left_font="small", left_yields=False)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        bar = _ToolRow(self.theme, self)
        row = QHBoxLayout(bar)
        row.setContentsMargins(16, 9, 10, 10)
        row.setSpacing(4)
        row.addWidget(self.segments)
        row.addStretch(1)
        row.addWidget(self.info)
        row.addSpacing(6)
        for button in (self.find_button, self.wrap_button, self.copy_button):
            row.addWidget(button)
        self._pages = QStackedLayout()
        for page in (self.code, self.lines, self.hex, self.waiting, self.message):
            self._pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self.find_bar)
        column.addLayout(self._pages, 1)
        column.addWidget(self.footer)

    def _connect(self) -> None:
        self.segments.changed.connect(lambda _key: self._show_segment())
        self.find_button.clicked.connect(lambda: self.find_bar.open_bar())
        self.wrap_button.toggled.connect(self.code.set_wrapped)
        self.copy_button.clicked.connect(self.copy_all)
        self.find_bar.wanted_changed.connect(self._on_wanted)
        self.find_bar.step.connect(self._on_step)
        self.find_bar.closed.connect(self._on_find_closed)
        self.code.cursorPositionChanged.connect(self._show_place)
        self.code.filled.connect(self._on_filled)
        self.waiting.cancelled.connect(self._on_cancel)

    def show_event(self, event: Event | None) -> None:
        self._event = event
        if event is None:
            self._making.cancel()
            self._shown = None
            self.code.set_text("", None)
            return
        self._show_segment()

    def _show_segment(self) -> None:
        event, segment = self._event, self.segments.current
        if event is None or self._shown == (event.id, segment):
            return
        self._shown = (event.id, segment)
        self._making.cancel()
        self.waiting.end()
        is_hex = segment == HEX
        self.find_button.setEnabled(not is_hex)
        self.wrap_button.setEnabled(not is_hex)
        if is_hex:
            self.find_bar.hide()
        if not event.request.body:
            self._say_empty(event)
        elif is_hex:
            self._show_hex(event)
        else:
            make = make_pretty if segment == PRETTY else make_as_received
            self._making.start(make(event.request), self._on_text, lambda _error: None)
            if self._making.busy:
                self.waiting.begin()
                self._pages.setCurrentWidget(self.waiting)

    def _say_empty(self, event: Event) -> None:
        refused = event.summary.refusal is not None
        text = "It was turned away before its body was stored." if refused else "This request came without one."
        if not refused and not event.body_kept:
            text = "It was not kept: this endpoint keeps no bodies once an event is answered."
        self.message.set_content("file-text", "No body", text)
        self.info.setText("")
        self.footer.set_texts("", "")
        self._pages.setCurrentWidget(self.message)

    def _show_hex(self, event: Event) -> None:
        body = event.request.body
        self._text = None
        self.info.setText(spell_size(len(body)))
        coding = event.request.header("Content-Encoding")
        what = f"The {coding} bytes as received" if coding else "The bytes as received"
        self.footer.set_texts("", what)
        self._fit_hex()
        self._pages.setCurrentWidget(self.hex)

    def _fit_hex(self) -> None:
        """Show sixteen bytes a row where they fit, else eight."""
        if self._event is None or self.segments.current != HEX:
            return
        body = self._event.request.body
        dumps = [HexDump(body, width) for width in _HEX_WIDTHS]
        room = (self.width() - 2 * 16) / self.hex.char_px
        dump = next((dump for dump in dumps if dump.columns <= room), dumps[-1])
        self.hex.set_rows(HexRows(dump), dump.columns - dump.offset_digits)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_hex()

    def _on_text(self, raw: RawText) -> None:
        self.waiting.end()
        self._text = raw
        size = spell_size(len(self._event.request.body)) if self._event is not None else ""
        self.info.setText(f"{raw.charset}, {size}")
        if raw.lines is not None:
            self.lines.set_rows(raw.lines, raw.lines.widest)
            self.wrap_button.setEnabled(False)
            self._pages.setCurrentWidget(self.lines)
            self.footer.set_texts(f"{spell_count(raw.lines.row_count)} rows", raw.foot)
        else:
            self.code.set_text(raw.text, raw.contents, pretty=raw.pretty)
            self._pages.setCurrentWidget(self.code)
            self._show_place()
        if not self.find_bar.isHidden():
            self._on_wanted(self.find_bar.wanted)

    def _on_filled(self) -> None:
        if not self.find_bar.isHidden():
            self._on_wanted(self.find_bar.wanted)

    def _on_cancel(self) -> None:
        self._making.cancel()
        self.waiting.end()
        self._shown = None
        self.segments.set_current(HEX)

    def _show_place(self) -> None:
        if self._text is not None and self._text.lines is None:
            line, column = self.code.place()
            place = f"Line {spell_count(line)}, column {spell_count(column)}"
            self.footer.set_texts(place, self._text.foot)

    def event(self, event: QEvent) -> bool:
        return claim(event, FIND_NEXT, FIND_PREVIOUS) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_key(event, FIND_NEXT) or is_key(event, FIND_PREVIOUS):
            self._on_step(is_key(event, FIND_PREVIOUS))
        else:
            super().keyPressEvent(event)

    def begin_search(self) -> bool:
        if self.segments.current == HEX:
            return False
        self.find_bar.open_bar(self.code.textCursor().selectedText())
        return True

    def _on_wanted(self, wanted: str) -> None:
        if self._pages.currentWidget() is self.lines:
            self.find_bar.hits.setText("" if not wanted or self._find_row(wanted, 0) else "No hits")
            return
        count = self.code.mark_all(wanted)
        some = f"{count}+ hits" if count >= MOST_MARKED else f"{count} hit" if count == 1 else f"{count} hits"
        self.find_bar.hits.setText(("No hits" if not count else some) if wanted else "")
        if count:
            self.code.go_to(wanted, from_start=True)

    def _on_step(self, backward: bool) -> None:
        wanted = self.find_bar.wanted
        if not wanted:
            return
        if self._pages.currentWidget() is self.lines:
            self._find_row(wanted, -1 if backward else 1)
        else:
            self.code.go_to(wanted, backward=backward)

    def _find_row(self, wanted: str, step: int) -> bool:
        """Go to a hit in a very long text: the first one (0), the next (1) or the one before (-1)."""
        lines = self._text.lines if self._text is not None else None
        if lines is None:
            return False
        if step == 0:
            self._hit = lines.text.find(wanted)
        elif step > 0:
            after = lines.text.find(wanted, self._hit + 1)
            self._hit = after if after >= 0 else lines.text.find(wanted)
        else:
            before = lines.text.rfind(wanted, 0, max(0, self._hit))
            self._hit = before if before >= 0 else lines.text.rfind(wanted)
        if self._hit >= 0:
            self.lines.go_to(lines.row_at(self._hit))
        return self._hit >= 0

    def _on_find_closed(self) -> None:
        self.code.mark_all("")
        current = self._pages.currentWidget()
        if current is not None:
            current.setFocus(Qt.FocusReason.OtherFocusReason)

    def copy_all(self) -> None:
        """Copy what is shown: the text, or the dump of up to 1 MB."""
        if self.segments.current == HEX and self._event is not None:
            dump = HexDump(self._event.request.body[:_COPIED_HEX_BYTES])
            copy_text(dump.text(), self, "Hex dump")
        elif self._text is not None:
            copy_text(self._text.text, self, "Text")


class _ToolRow(QWidget):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, self.height() - 1, self.width(), 1, self._theme.tokens.border)
        painter.end()
