"""What can be done with the selected events: the entries as data, and the menu made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from inspector.domain.event import EventSummary
from inspector.domain.query import Term
from inspector.formats.formats import FORMATS
from inspector.ui.events.list_keys import Command, shown_key
from inspector.ui.events.wording import label_of, label_parts
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.counts import grouped
from inspector.ui.widgets.menu import Menu


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu: a command, a filter, the key of a form to copy as, or a menu of its own.

    `reason` says why it cannot work now.
    """

    text: str
    icon: str = ""
    command: Command | None = None
    term: Term | None = None
    form: str = ""
    reason: str = ""
    danger: bool = False
    children: tuple[Entry, ...] = ()
    line_after: bool = False

    @property
    def key(self) -> str:
        """The key that does the same in the list."""
        return shown_key(self.command) if self.command is not None else ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The selected events as far as the menu asks: how many, the one it was opened on, and marks of all.

    `body_kept` tells whether the one event's body is still there; of several nobody asks.
    """

    row: EventSummary
    count: int = 1
    all_starred: bool = False
    all_unread: bool = False
    target: str = ""
    body_kept: bool = True


def entries(chosen: Chosen) -> tuple[Entry, ...]:
    """Return the menu of the selected events; what cannot work now is there with its reason."""
    row, several = chosen.row, chosen.count > 1
    no_body = "" if several else _no_body(chosen)
    no_text = "" if row.size or several else "It came without a body"
    one_only = "Select one event only" if several else ""
    replay = f"Replay to {chosen.target}" if chosen.target else "Replay…"
    original = f"Open original #{grouped(row.original_id)}" if row.original_id is not None else "Open original"
    at_most_two = "Select one or two events" if chosen.count > 2 else ""
    no_message = "" if row.message_id or row.report_count > 1 else "The event names no message"
    first_seen = "" if row.original_id is not None else "It is not a repeat of another event"
    return (
        Entry(replay, "repeat-2", Command.REPLAY, reason=no_body),
        Entry("Edit and replay…", "sliders-horizontal", Command.REPLAY_TO, reason=no_body),
        Entry("Make a sibling…", "pencil", Command.SIBLING, reason=one_only or no_body, line_after=True),
        Entry("Copy body", "copy", Command.COPY_BODY, reason=one_only or no_body or no_text),
        Entry("Copy as cURL", "terminal", Command.COPY_CURL, reason=one_only or no_body),
        Entry("Copy as", "code", children=copy_entries(one_only or no_body), line_after=True),
        Entry("Show message", "message-circle", Command.MESSAGE, reason=one_only or no_message),
        Entry(original, "layers-2", Command.OPEN_ORIGINAL, reason=one_only or first_seen),
        Entry("Compare with original", "git-compare", Command.COMPARE_ORIGINAL, reason=one_only or first_seen),
        Entry("Compare", "git-compare", Command.COMPARE, reason=at_most_two or no_body),
        Entry("Filter by this", "list-filter", children=filter_entries(row), line_after=True),
        Entry("Remove star" if chosen.all_starred else "Star", "star", Command.STAR),
        Entry("Mark as read" if chosen.all_unread else "Mark as unread", "circle-dot", Command.UNREAD, line_after=True),
        Entry("Delete", "trash-2", Command.DELETE, danger=True),
    )


def _no_body(chosen: Chosen) -> str:
    """Say why there is nothing to send or to copy, "" where there is."""
    if chosen.row.refusal is not None:
        return "It was turned away and its body not kept"
    return "" if chosen.body_kept else "Its body was not kept"


def copy_entries(reason: str) -> tuple[Entry, ...]:
    """Return the forms an event can be copied as; cURL has a line and a key of its own."""
    return tuple(Entry(form.name, form.icon, form=form.key, reason=reason) for form in FORMATS if form.key != "curl")


def filter_entries(row: EventSummary) -> tuple[Entry, ...]:
    """Return the filters that find events like this one."""
    kind = label_parts(label_of(row))[1] if row.refusal is None else ""
    offered = (
        ("Type", "type", kind, "The event has no type"),
        ("Message", "msg", row.message_id, "The event names no message"),
        ("Recipient", "to", row.recipient, "The event names no recipient"),
        ("Sender", "ip", row.peer, "The sender is not known"),
        ("Campaign", "campaign", row.campaign, "The event names no campaign"),
    )
    return tuple(
        Entry(f"{words} {value}".rstrip(), term=Term(field, (value,)), reason="" if value else missing)
        for words, field, value, missing in offered
    )


def reason_against(command: Command, chosen: Chosen) -> str:
    """Return why a command cannot work on these events, "" when it can: keys and menu obey the same rule."""
    return next((entry.reason for entry in _flat(entries(chosen)) if entry.command is command), "")


def _flat(items: Sequence[Entry]) -> Iterator[Entry]:
    for entry in items:
        yield entry
        yield from _flat(entry.children)


@dataclass(frozen=True, slots=True)
class Deeds:
    """What is called for a line that is chosen: a command, a filter to add, or a form to copy as."""

    do: Callable[[Command], None]
    filter_by: Callable[[Term], None]
    copy_as: Callable[[str], None]


def build_menu(theme: Theme, icons: Icons, parent: QWidget, items: Sequence[Entry], deeds: Deeds) -> Menu:
    """Make the menu."""
    menu = Menu(theme, icons, parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    _fill(menu, items, deeds)
    return menu


def _fill(menu: Menu, items: Sequence[Entry], deeds: Deeds) -> None:
    for entry in items:
        if entry.children:
            _fill(menu.submenu(entry.text, entry.icon), entry.children, deeds)
        else:
            menu.add(
                entry.text,
                entry.icon,
                partial(_choose, entry, deeds),
                shortcut=entry.key,
                danger=entry.danger,
                reason=entry.reason,
            )
        if entry.line_after:
            menu.line()


def _choose(entry: Entry, deeds: Deeds) -> None:
    if entry.command is not None:
        deeds.do(entry.command)
    elif entry.term is not None:
        deeds.filter_by(entry.term)
    elif entry.form:
        deeds.copy_as(entry.form)
