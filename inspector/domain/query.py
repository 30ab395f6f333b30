"""Which events to show: the scope, the segment and the filters, as one value."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.domain.endpoint import EndpointId
from inspector.domain.report import Category


@dataclass(frozen=True, slots=True)
class Term:
    """One filter: `field` is a search key ("type", "sig", "$.a.b", "" for plain words), any of `values` matches.

    `negated` turns it round. `values` are lower-case where the field ignores case.
    """

    field: str
    values: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """Everything the events page asks the store for; all parts are joined with and, newest first by default.

    `issues` keeps only rows with an invalid or stale signature, a repeat, a failed message or a non-2xx answer.
    """

    endpoint_id: EndpointId | None = None
    category: Category | None = None
    issues: bool = False
    terms: tuple[Term, ...] = ()
    oldest_first: bool = False

    @property
    def finds_all(self) -> bool:
        """Whether every event belongs to it."""
        return self.endpoint_id is None and not self.is_filtered

    @property
    def is_filtered(self) -> bool:
        """Whether anything but the scope narrows the list."""
        return bool(self.terms) or self.category is not None or self.issues
