"""What an event says and what it is recognised by, read just before it is written: its reports and duplicate key.

Nothing of it decides the answer, and it is the dearest part of an event; so it is the writer's work, not the loop's.
"""

from __future__ import annotations

import logging
import pickle
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from inspector.dedupe import dedupe_key
from inspector.domain.event import DedupeKey
from inspector.domain.report import Report
from inspector.domain.request import Request
from inspector.payload.body import Payload
from inspector.providers.catalogue import Catalogue, load_catalogue
from inspector.providers.mapping import normalise
from inspector.store.wire import Arrival, Terms
from inspector.timeline.reported import stages_of
from inspector.timeline.stages import Stage

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_log = logging.getLogger(__name__)


class Examiner:
    """Reads events by the providers' definitions."""

    def __init__(self, provider_folders: Sequence[Path]) -> None:
        self._folders = tuple(provider_folders)
        self._catalogue = self._load()
        self._stages: dict[str, frozenset[Stage]] = {}

    def reread(self) -> None:
        """Take the definitions as they are on disk now."""
        self._catalogue = self._load()
        self._stages.clear()

    def examine(self, arrival: Arrival, terms: Terms) -> tuple[tuple[Report, ...], DedupeKey | None]:
        """Return an event's reports and its key; what was settled before stays.

        An event that makes one of our own parts fail is kept all the same: evidence comes first.
        """
        reports: tuple[Report, ...] = ()
        key: DedupeKey | None = None
        if arrival.settled:
            reports, key = pickle.loads(arrival.settled)
        if terms.rule is None:
            return reports, key
        try:
            received_at = _EPOCH + timedelta(microseconds=arrival.received_us)
            request = Request(
                arrival.method,
                arrival.target,
                arrival.headers,
                arrival.body,
                received_at,
                arrival.peer,
                arrival.http_version,
            )
            payload = Payload(request)
            profile = self._catalogue.get(terms.provider)
            reports = reports or normalise(profile, request, payload, self._catalogue)
            return reports, dedupe_key(profile, terms.rule, request, payload, reports)
        except Exception:
            _log.exception("What an event says could not be read; it is kept unread")
            return reports, None

    def stages(self, provider: str) -> frozenset[Stage]:
        """Return which stages of a message a provider reports at all."""
        found = self._stages.get(provider)
        if found is None:
            found = self._stages[provider] = stages_of(self._catalogue.get(provider))
        return found

    def limit_s(self, provider: str) -> int:
        """Return how long a provider waits for an answer, in seconds; 0 where it does not say."""
        profile = self._catalogue.get(provider)
        return 0 if profile is None else profile.answer_limit_s

    def _load(self) -> Catalogue:
        return load_catalogue(self._folders)
