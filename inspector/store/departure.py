"""Drafts on their way to the writer: each as flat as it can be, what they share sent ahead and only once."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

from inspector.domain.event import Draft
from inspector.domain.values import to_us
from inspector.domain.verification import Verification
from inspector.store.packing import to_json
from inspector.store.wire import Arrival, Forget, Terms, Verified

MOST = 1_000
"""So many terms or verifications are remembered at the writer; then all are forgotten."""


class Departures:
    """Turns drafts into arrivals; `send` gets what they refer to, before them.

    Answers, rules and verifications are told apart by identity: they are values that never change, and the very same
    object comes with most events of an endpoint. What is remembered is kept alive, so no other can have its identity.
    """

    def __init__(self, send: Callable[[object], None]) -> None:
        self._send = send
        self._numbers: dict[tuple[Any, ...], int] = {}
        self._alive: list[object] = []
        self._last = 0

    def arrival_of(self, draft: Draft) -> Arrival:
        """Return a draft as it travels."""
        request = draft.request
        settled = b""
        if draft.key is not None or draft.reports:
            settled = pickle.dumps((draft.reports, draft.key), pickle.HIGHEST_PROTOCOL)
        return Arrival(
            to_us(request.received_at),
            request.method,
            request.target,
            request.http_version,
            request.headers,
            request.body,
            request.peer,
            self._terms(draft),
            0 if draft.verification is None else self._verified(draft.verification),
            None if draft.refusal is None else draft.refusal.value,
            draft.reason,
            draft.size or len(request.body),
            settled,
        )

    @property
    def is_full(self) -> bool:
        """Whether it is time to forget."""
        return len(self._alive) > MOST

    def forget(self) -> None:
        """Begin anew; arrivals that refer to what was sent before must be on their way."""
        self._numbers.clear()
        self._alive.clear()
        self._send(Forget())

    def _terms(self, draft: Draft) -> int:
        answer, rule = draft.answer, draft.rule
        # These two may be made anew for each event: they are told apart by what they say.
        instead, forwards = draft.duplicate_answer, draft.forwards
        known = (draft.endpoint_id, draft.provider, id(answer), draft.window_s, id(rule), instead, forwards)
        number = self._numbers.get(known)
        if number is None:
            number = self._next(known, (answer, rule))
            self._send(
                Terms(number, draft.endpoint_id, draft.provider, answer, draft.window_s, rule, instead, forwards)
            )
        return number

    def _verified(self, verification: Verification) -> int:
        known = (id(verification),)
        number = self._numbers.get(known)
        if number is None:
            number = self._next(known, verification)
            verdict, covers = verification.verdict.value, verification.covers.value
            self._send(Verified(number, verdict, covers, to_json(verification)))
        return number

    def _next(self, known: tuple[Any, ...], alive: object) -> int:
        self._last += 1
        self._numbers[known] = self._last
        self._alive.append(alive)
        return self._last
