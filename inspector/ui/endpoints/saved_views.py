"""The saved views of the sidebar: stored searches with an icon, in the order they are shown."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.domain.endpoint import EndpointId
from inspector.domain.query import Query
from inspector.search import parse


@dataclass(frozen=True, slots=True)
class SavedView:
    """A search under a name; `search` is what is put into the search field."""

    key: str
    name: str
    search: str
    icon: str
    color: str = "text2"


SAVED_VIEWS: tuple[SavedView, ...] = (
    SavedView("signature_failures", "Signature failures", "sig:invalid,stale", "shield-x", "failFg"),
    SavedView("duplicates", "Duplicates", "dup:yes", "layers-2", "dupFg"),
    SavedView("failed", "Failed messages", "type:failed", "circle-x", "failFg"),
    SavedView("optouts", "Opt-outs and spam", "type:optout,complained", "user-minus", "warnFg"),
    SavedView("slow", "Answers over 2 s", "time:>2s", "timer"),
    SavedView("starred", "Starred", "star:yes", "star"),
)


def view_for(search: str) -> str | None:
    """Return the key of the view that makes this search, None when none does."""
    return next((view.key for view in SAVED_VIEWS if view.search == search.strip()), None)


def query_of(view: SavedView, scope: EndpointId | None) -> Query:
    """Return what a view finds in a scope, to count it."""
    return Query(endpoint_id=scope, terms=parse(view.search).terms)
