"""The left of the replay dialog: what is sent, to edit."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from inspector.domain.errors import InspectorError
from inspector.domain.request import Headers, Request
from inspector.payload.contents import Contents, contents_of
from inspector.payload.json_errors import JsonSyntaxError
from inspector.payload.json_tree import parse_json_tree
from inspector.payload.pretty import pretty_json
from inspector.payload.steps import finish
from inspector.replay.editing import ShownBody, body_from, headers_from, shown_body, shown_headers
from inspector.replay.fates import Line
from inspector.replay.rewrite import reason_of
from inspector.ui.control.words import counted
from inspector.ui.detail.card import Card
from inspector.ui.detail.code_area import CodeArea
from inspector.ui.icons import Icons
from inspector.ui.replay.edit_area import EditArea
from inspector.ui.replay.fate_table import FateTable
from inspector.ui.replay.identity_card import IdentityCard
from inspector.ui.replay.retry_card import RetryCard
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import link_button
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.tabs import UnderlineTabs

LEAST_TEXT_PX = 116
TABS = [("body", "Body"), ("headers", "Headers"), ("signed", "Signed text"), ("lines", "Captured lines")]


class RequestSide(QWidget):
    """Body and headers as texts, what is signed, as whom it is sent, and whether it is tried again.

    Signals:
        changed: something that is sent was edited or chosen.
    """

    changed = Signal()

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = ShownBody(b"", "")
        self._headers: Headers = ()
        self._contents = Contents.TEXT
        self.tabs = UnderlineTabs(theme, icons, TABS, self, name="Request")
        self.body = EditArea(theme, name="Request body")
        self.headers = EditArea(theme, name="Request headers")
        self.signed = CodeArea(theme, name="Signed text")
        self.signed.set_wrapped(True)
        self.lines = FateTable(theme)
        self.note = Label(theme, "", self, font="small", color="warnFg", wrap=True)
        self.tidy = link_button(theme, icons, "Format JSON", self._tidy, self)
        self.revert = link_button(theme, icons, "Revert", self._revert, self)
        self.identity = IdentityCard(theme, icons, self)
        self.retry = RetryCard(theme, icons, self)
        self._lay_out(theme)
        self.tabs.changed.connect(self._on_tab)
        for area in (self.body, self.headers):
            area.edited.connect(self._on_edited)
        self.identity.changed.connect(self.changed)
        self.retry.changed.connect(self.changed)

    def _lay_out(self, theme: Theme) -> None:
        self._stack = QStackedWidget(self)
        for area in (self.body, self.headers, self.signed, self.lines):
            frame = Card(theme, self)
            inside = QVBoxLayout(frame)
            inside.setContentsMargins(2, 2, 2, 2)
            inside.addWidget(area)
            self._stack.addWidget(frame)
        below = QHBoxLayout()
        below.addWidget(self.note, 1)
        below.addWidget(self.tidy)
        below.addSpacing(12)
        below.addWidget(self.revert)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 4, 16, 14)
        column.setSpacing(8)
        column.addWidget(self.tabs)
        column.addSpacing(4)
        self._stack.setMinimumHeight(LEAST_TEXT_PX)
        column.addWidget(self._stack, 1)
        column.addLayout(below)
        column.addWidget(_Cards([self.identity, self.retry], self))

    def show_request(self, request: Request, headers: Headers) -> None:
        """Begin with a captured request; `headers` are those that would be sent."""
        self._shown = shown_body(request)
        self._headers = headers
        self._contents = contents_of(request.body, request.content_type)
        self.body.show_captured(self._shown.text if self._shown.text is not None else self._shown.why, self._contents)
        self.headers.show_captured(shown_headers(headers), None)
        self.tabs.set_count("headers", len(headers))
        self._say()

    def show_lines(self, lines: tuple[Line, ...]) -> None:
        """Show what becomes of the captured header lines."""
        self.lines.show_lines(lines)

    def show_signed(self, text: str) -> None:
        """Show the text that is signed, or why none is."""
        if text != self.signed.toPlainText():
            self.signed.set_text(text, None)

    # -- what is edited -----------------------------------------------------------------------------------------

    def request_body(self) -> bytes:
        """Return the body that is sent."""
        return self._shown.body if self._shown.text is None else body_from(self._shown, self.body.text)

    def request_headers(self) -> Headers:
        """Return the header lines that are sent, but for Host and Content-Length. Raises UsageError."""
        return headers_from(self.headers.text, self._headers)

    def settle(self) -> None:
        """Take what was typed a moment ago."""
        self.body.settle()
        self.headers.settle()

    @property
    def is_edited(self) -> bool:
        """Whether anything was edited."""
        return bool(self.body.changed or self.headers.changed)

    def _revert(self) -> None:
        (self.headers if self.tabs.current == "headers" else self.body).revert()

    def _tidy(self) -> None:
        try:
            tree = parse_json_tree(self.body.text)
        except JsonSyntaxError as error:
            self.note.setText(str(error))
            return
        self.body.replace("\n".join(finish(pretty_json(tree))))

    def _on_tab(self, key: str) -> None:
        self._stack.setCurrentIndex([name for name, _ in TABS].index(key))
        self._say()

    def _on_edited(self) -> None:
        if self._shown.text is None:
            self.body.setReadOnly(True)
        self._say()
        self.changed.emit()

    def _say(self) -> None:
        """Say what was edited in the tab that is open, and offer to undo it."""
        key = self.tabs.current
        area = self.headers if key == "headers" else self.body if key == "body" else None
        count = len(area.changed) if area is not None else 0
        words = f"{counted(count, 'line')} changed from the captured {key}" if count else ""
        if key == "headers":
            words = self._header_problem() or words
        if not words and key == "body" and self._shown.coding:
            words = f"Shown unpacked; an edited body is packed again ({self._shown.coding})."
        self.note.setText(words)
        self.note.set_color("warnFg" if count else "text2")
        self.revert.setVisible(count > 0)
        self.tidy.setVisible(key == "body" and self._contents is Contents.JSON and self._shown.text is not None)

    def _header_problem(self) -> str:
        try:
            self.request_headers()
        except InspectorError as error:
            return reason_of(error)
        return ""


class _Cards(QScrollArea):
    """Cards below each other, as high as they are; in a low window they scroll."""

    def __init__(self, cards: Sequence[QWidget], parent: QWidget) -> None:
        super().__init__(parent)
        self._page = QWidget()
        column = QVBoxLayout(self._page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for card in cards:
            column.addWidget(card)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setWidget(self._page)
        self._page.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._page and event.type() is QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return False

    def _wanted_px(self) -> int:
        layout = self._page.layout()
        assert layout is not None
        width = self.viewport().width()
        return layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else layout.totalSizeHint().height()

    def sizeHint(self) -> QSize:
        return QSize(300, self._wanted_px())

    def minimumSizeHint(self) -> QSize:
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(self._page.minimumSizeHint().width() + bar, min(self._wanted_px(), 96))
