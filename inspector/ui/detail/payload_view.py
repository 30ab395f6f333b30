"""The Payload view: the body as a tree with a filter, its parts or its picture, and the path of the selected value."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from inspector.domain.event import Event, EventId
from inspector.payload.contents import Contents
from inspector.payload.grove import Graft, Grove
from inspector.payload.insides import Inside, NotOpenedError, bytes_of, scan_inside
from inspector.payload.node import ROOT
from inspector.payload.pictures import picture_of
from inspector.payload.reading import ReadBody, read_body
from inspector.payload.steps import Steps
from inspector.payload.tree_search import Kept, match_nodes
from inspector.ui.detail.copy_button import CopyButton
from inspector.ui.detail.detail_view import DetailView, Surroundings, copy_text
from inspector.ui.detail.footer import Footer
from inspector.ui.detail.payload_facts import ENVELOPES, PayloadFacts
from inspector.ui.detail.payload_menu import Chosen, MenuDeeds, fill_menu
from inspector.ui.detail.payload_model import PayloadModel
from inspector.ui.detail.payload_parts import MOST_ROWS_IN_SIGHT, PartsTable
from inspector.ui.detail.payload_picture import PictureBox
from inspector.ui.detail.payload_preview import HEIGHT_PX, LOW_HEIGHT_PX, PreviewPane
from inspector.ui.detail.payload_tree import EXPAND_UP_TO, OPEN_UP_TO, PayloadTree
from inspector.ui.detail.payload_words import describe, json_of, value_of
from inspector.ui.detail.sizes import spell_size
from inspector.ui.detail.slices import Slices
from inspector.ui.detail.waiting import Waiting
from inspector.ui.widgets.announce import announce
from inspector.ui.widgets.buttons import IconButton, link_button
from inspector.ui.widgets.empty_state import EmptyState
from inspector.ui.widgets.fields import SearchField
from inspector.ui.widgets.menu import Menu

COLLAPSED_FROM_BYTES = 1024 * 1024
OPENED_BY_ITSELF_CHARS = 1024 * 1024
PREVIEWED_CHARS = 8 * 1024 * 1024
LOW_PX = 480
FEWEST_PARTS = 2

_READABLE = "JSON, forms, XML, multipart, MessagePack and protobuf bodies are shown as a tree, pictures as they look."


class PayloadView(DetailView):
    """The tree, read in slices; what cannot be read says why and leads to Raw."""

    def __init__(self, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(around, parent)
        self._event_id: EventId | None = None
        self._read_as = ReadBody(b"", Contents.EMPTY)
        self._facts = PayloadFacts()
        self._menu: Menu | None = None
        self._to_open: list[tuple[int, Inside]] = []
        theme, icons = self.theme, self.icons
        self.model = PayloadModel(self)
        self.tree = PayloadTree(theme, icons, self.model, self)
        self.filter = SearchField(theme, icons, "Filter keys and values", self, name="Filter keys and values")
        self.parts = PartsTable(theme, self)
        self.preview = PreviewPane(theme, self)
        self.picture = PictureBox(theme, self)
        self.footer = Footer(theme, self)
        self.waiting = Waiting(theme, icons, self)
        self.message = EmptyState(theme, icons, "file-text", "", "", self)
        self._reading = Slices(self)
        self._searching = Slices(self)
        self._opening = Slices(self)
        self._lay_out()
        self._connect()

    def _connect(self) -> None:
        self.filter.textChanged.connect(self._on_filter)
        self.waiting.cancelled.connect(self._on_cancel)
        self.tree.copy_requested.connect(self.copy_value)
        self.tree.menu_requested.connect(self._open_menu)
        self.tree.open_requested.connect(self._on_unfolded)
        self.tree.selectionModel().currentChanged.connect(self._on_current)
        self.tree.path_copy_requested.connect(self.copy_path)
        self.parts.part_chosen.connect(self._on_part)

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
        self.save_button = link_button(theme, icons, "Save…", self.save, self)
        self.path_button = link_button(theme, icons, "Copy path", self.copy_path, self)
        self.footer.add_button(self.save_button)
        self.footer.add_button(self.path_button)
        self._tree_box = _padded(self.tree, self, 8, 4, 4, 0)
        self._parts_box = _padded(self.parts, self, 8, 0, 8, 4)
        self._tools = QWidget(self)
        self._tools.setLayout(bar)
        self._content = QWidget(self)
        column = QVBoxLayout(self._content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._tools)
        column.addWidget(self._parts_box)
        column.addWidget(self._tree_box, 1)
        column.addWidget(self.picture, 1)
        column.addWidget(self.preview)
        column.addWidget(self.footer)
        self._pages = QStackedLayout(self)
        for page in (self._content, self.waiting, self.message):
            self._pages.addWidget(page)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the tree the room it needs in a low window."""
        super().resizeEvent(event)
        low = event.size().height() < LOW_PX
        self.preview.setFixedHeight(LOW_HEIGHT_PX if low else HEIGHT_PX)
        self.parts.set_most_rows(FEWEST_PARTS if low else MOST_ROWS_IN_SIGHT)

    # -- reading ------------------------------------------------------------------------------------------------

    def show_event(self, event: Event | None) -> None:
        if event is not None and event.id == self._event_id:
            self._event = event
            self._take_facts()
            return
        for work in (self._reading, self._searching, self._opening):
            work.cancel()
        self._event_id = event.id if event is not None else None
        self._clear()
        self.filter.clear()
        if event is None:
            return
        self._event = event
        self._read()

    def _clear(self) -> None:
        self._to_open.clear()
        self._facts = PayloadFacts()
        self.model.set_tree(None)
        self.parts.show_parts(())
        self.preview.clear()
        self.picture.clear()

    def _read(self, contents: Contents | None = None) -> None:
        self._reading.start(read_body(self._event.request, contents), self._on_read, self._on_unreadable)
        if self._reading.busy:
            self.waiting.begin()
            self._pages.setCurrentWidget(self.waiting)

    def _on_read(self, read: ReadBody) -> None:
        self.waiting.end()
        self._read_as = read
        if read.tree is None and read.contents is not Contents.IMAGE:
            self._say_no_tree(read)
            return
        if read.tree is not None:
            root = read.tree.kind(ROOT)
            if root.is_container and read.tree.counts[ROOT] == 0:
                self._say("file-text", f"The body is an empty {root.word}", "", raw=True)
                return
        self._show_body(read)

    def _show_body(self, read: ReadBody) -> None:
        is_picture = read.tree is None
        for widget in (self._tools, self._tree_box, self.path_button):
            widget.setVisible(not is_picture)
        self.picture.setVisible(is_picture)
        self.save_button.setVisible(is_picture)
        self._pages.setCurrentWidget(self._content)
        is_multipart = read.contents is Contents.MULTIPART
        self._parts_box.setVisible(is_multipart)
        if is_picture:
            self.picture.show_data(read.body)
            self.footer.set_texts(self._event.request.content_type, self._packed_words())
            return
        self.model.set_tree(read.tree, self._event.request.received_at)
        if is_multipart:
            self.parts.show_parts(read.parts)
        if len(read.body) <= COLLAPSED_FROM_BYTES:
            self.tree.open_levels(OPEN_UP_TO)
        self._show_place(ROOT)
        self._take_facts()
        self._open_envelopes()

    def _take_facts(self) -> None:
        """Mark the values that fed a column; they may become known after the tree is on screen."""
        if self.model.tree is None:
            return
        self._facts = self.around.facts(self._event, self._read_as.body)
        self.model.set_fields(self._facts.fields)
        self.tree.viewport().update()

    def _say_no_tree(self, read: ReadBody) -> None:
        contents, refused = read.contents, self._event.summary.refusal is not None
        sent = f"It was sent as {spell_size(self._event.summary.size)} of {read.coding}. " if read.coding else ""
        if contents is Contents.EMPTY:
            if refused:
                self._say("ban", "The body was not kept", "The request was turned away before its body was stored.")
            elif not self._event.body_kept:
                self._say("ban", "The body was not kept", "This endpoint keeps no bodies once an event is answered.")
            else:
                self._say("file-text", "No body", "This request came without a body.")
        elif read.too_large:
            self._say("file-text", "Too large for a tree", f"{sent}{read.problem}", raw=True)
        elif read.invalid:
            title = f"The body is not valid {contents.value}"
            self._say("file-x", title, f"{read.problem} Raw shows it as received.", raw=True, color="failFg")
        elif read.problem:
            self._say("file-x", "The body cannot be unpacked", f"{read.problem} Raw shows it as received.", raw=True)
        else:
            kind = "text" if contents is Contents.TEXT else "binary data"
            media_type = self._event.request.content_type or "no content type"
            self._say("file-text", f"The body is {kind}", f"It was sent as {media_type}. {_READABLE}", raw=True)

    def _say(self, icon: str, title: str, text: str, *, raw: bool = False, color: str = "text3") -> None:
        self.model.set_tree(None)
        self.waiting.end()
        actions = [("Show raw", self._show_raw)] if raw else []
        if self._read_as.contents is Contents.BINARY and raw and not self._read_as.problem:
            actions += [
                ("Read as MessagePack", lambda: self._read(Contents.MESSAGE_PACK)),
                ("Read as protobuf", lambda: self._read(Contents.PROTOBUF)),
            ]
        self.message.set_content(icon, title, text, actions=actions, color=color)
        self._pages.setCurrentWidget(self.message)

    def _show_raw(self) -> None:
        self.around.wishes.view_requested.emit("raw")

    def _on_unreadable(self, error: Exception) -> None:
        raise error  # read_body tells everything in its result

    def _on_cancel(self) -> None:
        self._reading.cancel()
        self.waiting.end()
        self._clear()
        actions = [("Read again", self._read), ("Show raw", self._show_raw)]
        self.message.set_content("file-text", "Reading was stopped", "", actions=actions)
        self._pages.setCurrentWidget(self.message)

    # -- what values hold ---------------------------------------------------------------------------------------

    def _open_envelopes(self) -> None:
        """Open the texts that hold the real payload, where they visibly do."""
        tree = self.model.tree
        assert tree is not None
        for path in dict.fromkeys((*self._facts.insides, *ENVELOPES)):
            node = tree.find(path)
            inside = self.model.inside(node) if node is not None else None
            short = node is not None and len(tree.text(node)) <= OPENED_BY_ITSELF_CHARS
            if node is not None and inside is not None and inside.is_document and short:
                self._to_open.append((node, inside))
        self._open_next()

    def _on_unfolded(self, node: int) -> None:
        inside = self.model.inside(node)
        if inside is not None:
            self.open_inside(node, inside)

    def open_inside(self, node: int, inside: Inside) -> None:
        """Show what a value holds as rows under it."""
        self._to_open.append((node, inside))
        self._open_next()

    def _open_next(self) -> None:
        while self._to_open and not self._opening.busy:
            node, inside = self._to_open.pop(0)
            tree = self.model.tree
            if tree is None or tree.is_open(node):
                continue
            self._opening.start(
                _read_inside(tree, node, inside),
                self._on_opened,
                lambda error, node=node: self._on_shut(node, error),  # type: ignore[misc]
                NotOpenedError,
            )

    def _on_opened(self, graft: Graft) -> None:
        self.model.open_inside(graft)
        index = self.model.index_of(graft.node)
        if index.isValid():
            self.tree.open_below(index)
        if self.filter.text().strip():
            self._on_filter(self.filter.text())
        announce(self.tree, "Opened")
        self._open_next()

    def _on_shut(self, node: int, error: Exception) -> None:
        self.model.shut(node)
        self.tree.viewport().update()
        self.footer.set_texts(self.model.tree.path(node) if self.model.tree is not None else "$", str(error))
        announce(self.tree, str(error))
        self._open_next()

    # -- filter and place ---------------------------------------------------------------------------------------

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
        node = self.model.node(current) if current.isValid() else ROOT
        self._show_place(node)
        self._preview_value(node)

    def _show_place(self, node: int) -> None:
        tree = self.model.tree
        if tree is None or node >= len(tree):
            return
        words = describe(tree, node)
        packed = self._packed_words() if node == ROOT else ""
        self.footer.set_texts(tree.path(node), f"{words} · {packed}" if packed else words)

    def _packed_words(self) -> str:
        read = self._read_as
        return f"{read.coding}, {spell_size(len(self._event.request.body))} as sent" if read.coding else ""

    def _preview_value(self, node: int) -> None:
        """Show the picture a value holds, or the part it is of."""
        tree = self.model.tree
        inside = self.model.inside(node) if tree is not None and node < len(tree) else None
        part = self.parts.part
        if inside is not None and inside.contents is Contents.IMAGE and tree is not None:
            text = tree.text(node)
            data = bytes_of(text) if len(text) <= PREVIEWED_CHARS else None
            if data is not None:
                self.preview.show_data(data)
                return
        if part is None or self.parts.isHidden():
            self.preview.clear()
        self.save_button.setVisible(part is not None and not self.parts.isHidden())

    def _on_part(self, row: int) -> None:
        tree = self.model.tree
        part = self.parts.part
        if tree is None or part is None:
            return
        self.tree.select_node(tree.child(ROOT, row))
        plain = part.plain
        self.preview.show_data(plain, part.header("content-type"))
        self.save_button.setVisible(True)

    def save(self) -> None:
        """Save the selected part, or the picture the body is."""
        part = self.parts.part
        if part is not None and not self.parts.isHidden():
            self.around.wishes.save_requested.emit(part.file_name or part.name, part.plain)
        elif self._read_as.contents is Contents.IMAGE:
            picture = picture_of(self._read_as.body)
            ending = picture.format.lower() if picture is not None else "bin"
            self.around.wishes.save_requested.emit(f"event-{self._event_id}.{ending}", self._read_as.body)

    # -- copying and the menu -----------------------------------------------------------------------------------

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
            is_json = self._read_as.contents in (Contents.JSON, Contents.JSON_LINES)
            copy_text(json_of(self.model.tree, self._chosen(), is_json), self, "JSON")

    def copy_body(self) -> None:
        """Copy the whole body as it was received."""
        copy_text(self._read_as.body.decode("utf-8", "replace"), self, "Body")

    def _open_menu(self, at: QPoint) -> None:
        self.menu_for_current().popup(self.tree.viewport().mapToGlobal(at))

    def menu_for_current(self) -> Menu:
        """Return the context menu of the selected node."""
        menu = Menu(self.theme, self.icons, self)
        tree, node = self.model.tree, self._chosen()
        if tree is not None:
            summary = self._event.summary
            known = summary.endpoint_id is not None and self.around.reader.endpoint(summary.endpoint_id) is not None
            opens = self.model.inside(node) if self.model.can_open(node) else None
            chosen = Chosen(tree, node, self._read_as.contents, summary.id, opens, known)
            fill_menu(menu, chosen, self._deeds(node))
        if self._menu is not None:
            self._menu.deleteLater()
        self._menu = menu
        return menu

    def _deeds(self, node: int) -> MenuDeeds:
        wishes = self.around.wishes
        return MenuDeeds(
            copy_value=self.copy_value,
            copy_path=self.copy_path,
            copy_json=self.copy_as_json,
            filter_by=wishes.filter_requested.emit,
            open_inside=lambda inside: self.open_inside(node, inside),
            pick=wishes.pick_requested.emit,
        )


def _read_inside(tree: Grove, node: int, inside: Inside) -> Steps[Graft]:
    """Read what a value holds and number it for the tree, in steps."""
    inner = yield from scan_inside(tree.text(node), inside)
    return (yield from tree.prepare(node, inner))


def _padded(widget: QWidget, parent: QWidget, left: int, top: int, right: int, bottom: int) -> QWidget:
    box = QWidget(parent)
    column = QVBoxLayout(box)
    column.setContentsMargins(left, top, right, bottom)
    column.addWidget(widget)
    return box
