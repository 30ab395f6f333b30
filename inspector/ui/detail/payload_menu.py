"""The context menu of a payload's node: what can be copied, searched, opened and picked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from inspector.domain.event import EventId
from inspector.payload.contents import Contents
from inspector.payload.grove import Grove
from inspector.payload.insides import Inside, as_base64
from inspector.providers.own_mapping import kind_of
from inspector.ui.detail.payload_facts import KINDS, ROLES, Pick, place_of
from inspector.ui.detail.payload_words import filter_term
from inspector.ui.widgets.menu import Menu

ONLY_VALUES = "Choose a single value inside it"
ONLY_OF_ENDPOINT = "The endpoint of this event is gone"
NOT_A_PLACE = "Only values of the body itself, JSON or a form, can be a duplicate key"
NOT_SEARCHED = "Only short values of a JSON body itself are found by their place"
NOT_MAPPED = "Values of such a body are not read as columns"

_MAPPED = frozenset({Contents.JSON, Contents.JSON_LINES, Contents.FORM, Contents.XML, Contents.MULTIPART})


@dataclass(frozen=True, slots=True)
class MenuDeeds:
    """What the entries do."""

    copy_value: Callable[[], object]
    copy_path: Callable[[], object]
    copy_json: Callable[[], object]
    filter_by: Callable[[str], object]
    open_inside: Callable[[Inside], object]
    pick: Callable[[Pick], object]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The node a menu is for. `opens` is what it holds and is not open, `has_endpoint` whether it can be picked."""

    tree: Grove
    node: int
    contents: Contents
    event_id: EventId
    opens: Inside | None
    has_endpoint: bool

    @property
    def is_value(self) -> bool:
        """Whether it is no object and no list."""
        return not self.tree.kind(self.node).is_container


def fill_menu(menu: Menu, chosen: Chosen, deeds: MenuDeeds) -> None:
    """Fill the menu of a node."""
    tree, node = chosen.tree, chosen.node
    menu.add("Copy value", "copy", deeds.copy_value, shortcut="Ctrl+C")
    menu.add("Copy path", "link", deeds.copy_path, shortcut="Ctrl+Shift+C")
    menu.add("Copy as JSON", "code", deeds.copy_json)
    _add_opening(menu, chosen, deeds)
    is_json = chosen.contents in (Contents.JSON, Contents.JSON_LINES)
    term = filter_term(tree, node) if is_json else ""
    menu.line()
    reason = "" if term else NOT_SEARCHED if chosen.is_value else ONLY_VALUES
    menu.add("Filter by this value", "list-filter", lambda: deeds.filter_by(term), reason=reason)
    _add_duplicate_key(menu, chosen, deeds)
    _add_roles(menu, chosen, deeds)


def _add_opening(menu: Menu, chosen: Chosen, deeds: MenuDeeds) -> None:
    if not chosen.is_value or chosen.tree.is_open(chosen.node):
        return
    shown = chosen.opens
    if shown is not None:
        menu.add("Open inside", "corner-down-right", lambda: deeds.open_inside(shown), shortcut="Enter")
        return
    packed = as_base64(chosen.tree.text(chosen.node))
    if packed is not None:
        menu.add("Open as base64", "corner-down-right", lambda: deeds.open_inside(packed))


def _add_duplicate_key(menu: Menu, chosen: Chosen, deeds: MenuDeeds) -> None:
    path = chosen.tree.path(chosen.node)
    place = place_of(path, chosen.contents)
    reason = _reason(chosen) or ("" if place else NOT_A_PLACE)
    pick = Pick(chosen.event_id, path, place=place)
    menu.add("Use as duplicate key", "layers-2", lambda: deeds.pick(pick), reason=reason)


def _add_roles(menu: Menu, chosen: Chosen, deeds: MenuDeeds) -> None:
    reason = _reason(chosen) or ("" if chosen.contents in _MAPPED else NOT_MAPPED)
    if reason:
        menu.add("This is the", "pencil", reason=reason)
        return
    path, text = chosen.tree.path(chosen.node), chosen.tree.text(chosen.node)
    roles = menu.submenu("This is the", "pencil")
    for role, words in ROLES:
        if role == "name" and kind_of(text) is None:
            meanings = roles.submenu(f"{words}, meaning")
            for kind, meaning in KINDS:
                pick = Pick(chosen.event_id, path, role, kind)
                meanings.add(meaning, "", partial(deeds.pick, pick))
        else:
            roles.add(words, "", partial(deeds.pick, Pick(chosen.event_id, path, role)))


def _reason(chosen: Chosen) -> str:
    if not chosen.has_endpoint:
        return ONLY_OF_ENDPOINT
    return "" if chosen.is_value else ONLY_VALUES
