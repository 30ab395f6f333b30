"""The Payload view: the body as a tree with a filter, and the path of the selected value."""

from __future__ import annotations

import json

from PySide6.QtCore import QModelIndex, QPoint
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from inspector.domain.event import Event, EventId
from inspector.payload.body import Payload
from inspector.payload.contents import MAX_TREE_BYTES, Contents, UnreadableError, contents_of, scan_tree
from inspector.payload.node import ROOT, NodeKind, Tree
from inspector.payload.tree_search import Kept, match_nodes
from inspector.ui.detail.copy_button import CopyButton
from inspector.ui.detail.detail_view import DetailView, Surroundings, copy_text
from inspector.ui.detail.footer import Footer
from inspector.ui.detail.payload_model import PayloadModel
from inspector.ui.detail.payload_tree import EXPAND_UP_TO, OPEN_UP_TO, PayloadTree
from inspector.ui.detail.slices import Slices
from inspector.ui.detail.waiting import Waiting
from inspector.ui.widgets.buttons import IconButton, link_button
from inspector.ui.widgets.empty_state import EmptyState
from inspector.ui.widgets.fields import SearchField
from inspector.ui.widgets.menu import Menu

COLLAPSED_FROM_BYTES = 1024 * 1024
LONGEST_FILTER_VALUE = 200

_READABLE = "JSON, forms, XML and multipart bodies are shown as a tree."


class PayloadView(DetailView):
    """The tree, read in slices; what cannot be read says why and leads to Raw."""

    def __init__(self, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(around, parent)
        self._event_id: EventId | None = None
        self._contents = Contents.EMPTY
        self._size = 0
        self._menu: Menu | None = None
        theme, icons = self.theme, self.icons
        self.model = PayloadModel(self)
        self.tree = PayloadTree(theme, icons, self.model, self)
        self.filter = SearchField(theme, icons, "Filter keys and values", self, name="Filter keys and values")
        self.footer = Footer(theme, self)
        self.waiting = Waiting(theme, icons, self)
        self.message = EmptyState(theme, icons, "file-text", "", "", self)
        self._reading = Slices(self)
        self._searching = Slices(self)
        self._lay_out()
        self.filter.textChanged.connect(self._on_filter)
        self.waiting.cancelled.connect(self._on_cancel)
        self.tree.copy_requested.connect(self.copy_value)
        self.tree.customContextMenuRequested.connect(self._open_menu)
        self.tree.selectionModel().currentChanged.connect(self._on_current)
        self.tree.path_copy_requested.connect(self.copy_path)

    def _lay_out(self) -> None:
        theme, icons = self.theme, self.icons
        self.expand_button = IconButton(theme, icons, "chevrons-up-down", "Open all", self)
        self.collapse_button = IconButton(theme, icons, "chevrons-down-up", "Close all", self)
        self.copy_button = CopyButton(theme, icons, "Copy body", self)
        self.expand_button.clicked.connect(lambda: self.tree.open_levels(EXPAND_UP_TO))
        self.collapse_button.clicked.connect(self.tree.collapseAll)
        self.copy_button.clicked.connect(self.copy_body)
        bar = QHBoxLayout()
        bar.setContentsMargins(16, 10, 10, 4)
        bar.setSpacing(4)
        bar.addWidget(self.filter, 1)
        bar.addSpacing(4)
        for button in (self.expand_button, self.collapse_button, self.copy_button):
            bar.addWidget(button)
        self.path_button = link_button(theme, icons, "Copy path", self.copy_path, self)
        self.footer.add_button(self.path_button)
        tree_box = QWidget(self)
        tree_row = QVBoxLayout(tree_box)
        tree_row.setContentsMargins(8, 4, 4, 0)
        tree_row.addWidget(self.tree)
        self._content = QWidget(self)
        column = QVBoxLayout(self._content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(tree_box, 1)
        column.addWidget(self.footer)
        self._pages = QStackedLayout(self)
        for page in (self._content, self.waiting, self.message):
            self._pages.addWidget(page)

    def show_event(self, event: Event | None) -> None:
        if event is not None and event.id == self._event_id:
            return
        self._reading.cancel()
        self._searching.cancel()
        self._event_id = event.id if event is not None else None
        self.model.set_tree(None)
        self.filter.clear()
        if event is None:
            return
        self._event = event
        self._read()

    def _read(self) -> None:
        request = self._event.request
        body = Payload(request).plain
        self._body, self._size = body, len(body)
        self._contents = contents_of(body, request.content_type)
        if not self._contents.has_tree or len(body) > MAX_TREE_BYTES:
            self._say_no_tree()
            return
        steps = scan_tree(body, self._contents, request.header("Content-Type"))
        self._reading.start(steps, self._on_tree, self._on_unreadable, UnreadableError)
        if self._reading.busy:
            self.waiting.begin()
            self._pages.setCurrentWidget(self.waiting)

    def _say_no_tree(self) -> None:
        if self._contents is Contents.EMPTY:
            if self._event.summary.refusal is not None:
                self._say("ban", "The body was not kept", "The request was turned away before its body was stored.")
            else:
                self._say("file-text", "No body", "This request came without a body.")
        elif self._contents.has_tree:
            self._say("file-text", "Too large for a tree", "Bodies over 20 MB are shown as received only.", raw=True)
        else:
            kind = "text" if self._contents is Contents.TEXT else "binary data"
            media_type = self._event.request.content_type or "no content type"
            self._say("file-text", f"The body is {kind}", f"It was sent as {media_type}. {_READABLE}", raw=True)

    def _say(self, icon: str, title: str, text: str, *, raw: bool = False, color: str = "text3") -> None:
        self.model.set_tree(None)
        self.waiting.end()
        actions = [("Show raw", lambda: self.around.wishes.view_requested.emit("raw"))] if raw else []
        self.message.set_content(icon, title, text, actions=actions, color=color)
        self._pages.setCurrentWidget(self.message)

    def _on_tree(self, tree: Tree) -> None:
        self.waiting.end()
        if tree.kind(ROOT).is_container and tree.counts[ROOT] == 0:
            self._say("file-text", f"The body is an empty {tree.kind(ROOT).word}", "", raw=True)
            return
        self.model.set_tree(tree, self._event.request.received_at)
        self._pages.setCurrentWidget(self._content)
        if self._size <= COLLAPSED_FROM_BYTES:
            self.tree.open_levels(OPEN_UP_TO)
        self._show_place(ROOT)

    def _on_unreadable(self, error: Exception) -> None:
        title = f"The body is not valid {self._contents.value}"
        self._say("file-x", title, f"{error} Raw shows it as received.", raw=True, color="failFg")

    def _on_cancel(self) -> None:
        self._reading.cancel()
        self.waiting.end()
        self.model.set_tree(None)
        actions = [
            ("Read again", self._read),
            ("Show raw", lambda: self.around.wishes.view_requested.emit("raw")),
        ]
        self.message.set_content("file-text", "Reading was stopped", "", actions=actions)
        self._pages.setCurrentWidget(self.message)

    def _on_filter(self, text: str) -> None:
        self._searching.cancel()
        tree = self.model.tree
        if tree is None:
            return
        if not text.strip():
            chosen = self.tree.current_node()
            self.model.set_kept(None)
            self.tree.open_levels(OPEN_UP_TO)
            self.tree.select_node(max(chosen, ROOT))
            return
        self._searching.start(match_nodes(tree, text.strip()), self._on_matches, self._on_unreadable)

    def _on_matches(self, kept: Kept) -> None:
        self.model.set_kept(kept)
        self.tree.open_levels(EXPAND_UP_TO)
        count = sum(map(len, kept.values()))
        self.footer.set_texts("$", "" if count else "nothing matches")

    def _on_current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        self._show_place(self.model.node(current) if current.isValid() else ROOT)

    def _show_place(self, node: int) -> None:
        tree = self.model.tree
        if tree is None or node >= len(tree):
            return
        self.footer.set_texts(tree.path(node), describe(tree, node))

    def _chosen(self) -> int:
        return max(self.tree.current_node(), ROOT)

    def copy_value(self, node: int = -1) -> None:
        """Copy a value decoded, a container as it was sent; the selected one by default."""
        if self.model.tree is not None:
            copy_text(value_of(self.model.tree, node if node >= 0 else self._chosen()), self, "Value")

    def copy_path(self) -> None:
        """Copy the JSONPath of the selected node."""
        if self.model.tree is not None:
            copy_text(self.model.tree.path(self._chosen()), self, "Path")

    def copy_as_json(self) -> None:
        """Copy the selected node as JSON text: as sent where it was JSON, else as a JSON string."""
        if self.model.tree is not None:
            copy_text(json_of(self.model.tree, self._chosen(), self._is_json), self, "JSON")

    def copy_body(self) -> None:
        """Copy the whole body as it was received."""
        copy_text(self._body.decode("utf-8", "replace"), self, "Body")

    @property
    def _is_json(self) -> bool:
        return self._contents in (Contents.JSON, Contents.JSON_LINES)

    def _open_menu(self, at: QPoint) -> None:
        index = self.tree.indexAt(at)
        if index.isValid():
            self.tree.setCurrentIndex(index)
        self.menu_for_current().popup(self.tree.viewport().mapToGlobal(at))

    def menu_for_current(self) -> Menu:
        """Return the context menu of the selected node."""
        menu = Menu(self.theme, self.icons, self)
        menu.add("Copy value", "copy", self.copy_value, shortcut="Ctrl+C")
        menu.add("Copy path", "link", self.copy_path, shortcut="Ctrl+Shift+C")
        tree, node = self.model.tree, self._chosen()
        if tree is not None and (self._is_json or not tree.kind(node).is_container):
            menu.add("Copy as JSON", "code", self.copy_as_json)
        term = filter_term(tree, node) if tree is not None and self._is_json else ""
        if term:
            menu.line()
            menu.add("Filter by this value", "list-filter", lambda: self.around.wishes.filter_requested.emit(term))
        if self._menu is not None:
            self._menu.deleteLater()
        self._menu = menu
        return menu


def describe(tree: Tree, node: int) -> str:
    """Return a node's type and length: "string · 17 chars", "object · 3 members"."""
    kind = tree.kind(node)
    if kind.is_container:
        word = "member" if kind is NodeKind.OBJECT else "element"
        count = tree.counts[node]
        return f"{kind.word} · {count:,} {word}{'' if count == 1 else 's'}"
    if kind is not NodeKind.STRING:
        return kind.word
    length = len(tree.text(node))
    return f"string · {length:,} char{'' if length == 1 else 's'}"


def value_of(tree: Tree, node: int) -> str:
    """Return what Copy value copies."""
    return tree.raw(node) if tree.kind(node).is_container else tree.text(node)


def json_of(tree: Tree, node: int, is_json: bool) -> str:
    """Return a node as JSON text."""
    return tree.raw(node) if is_json else json.dumps(tree.text(node), ensure_ascii=False)


def filter_term(tree: Tree, node: int) -> str:
    """Return the search filter that finds events with the same value at the same place, "" where there is none."""
    text = tree.text(node)
    if node == ROOT or tree.kind(node).is_container or not 0 < len(text) <= LONGEST_FILTER_VALUE or '"' in text:
        return ""
    value = text if text.isprintable() and not set(text) & set(" ,") else f'"{text}"'
    return f"{tree.path(node)}={value}"
