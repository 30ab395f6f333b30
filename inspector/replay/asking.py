"""The handler's own answer for the provider: the captured event goes to the handler, what it says comes back."""

from __future__ import annotations

import logging
from typing import Protocol

from inspector.domain.answer import Answer, AskHandler
from inspector.domain.attempt import Attempt, Outgoing, Response
from inspector.domain.errors import InspectorError
from inspector.domain.event import Event, EventId
from inspector.domain.request import Headers
from inspector.replay.outgoing import HOP_BY_HOP, nominated, outgoing_of

FRAMING = HOP_BY_HOP | {b"content-length", b"proxy-authenticate", b"proxy-connection"}
"""Header lines of a response that are not passed on: they belong to the handler's own connection."""

_log = logging.getLogger(__name__)


class Sends(Protocol):
    """The part of the replayer that sends events and keeps the attempts."""

    def event(self, event_id: EventId) -> Event:
        """Return an event that can be sent. Raises UsageError."""

    async def send(
        self, event_id: EventId, outgoing: Outgoing, *, timeout_s: float | None = None, note: str = ""
    ) -> Attempt:
        """Send something made from an event and keep the attempt under it."""


class Asker:
    """Asks handlers for their answers; every question is kept as an attempt of its event."""

    def __init__(self, replayer: Sends) -> None:
        self._replayer = replayer

    async def ask(self, event_id: EventId, asked: AskHandler) -> Answer | None:
        """Send an event to the handler as captured and return its answer as it can be passed on.

        None where there was none within the limit, or none that can be passed on; never raises for that.
        """
        try:
            event = self._replayer.event(event_id)
            outgoing = outgoing_of(event.request, asked.target)
            attempt = await self._replayer.send(
                event_id, outgoing, timeout_s=asked.limit_s, note="asked for its answer to the provider"
            )
        except InspectorError as error:
            _log.warning("The handler could not be asked: %s", error)
            return None
        return None if attempt.response is None else passed_on(attempt.response)


def passed_on(response: Response) -> Answer | None:
    """Return a handler's response as our answer, without what belongs to its connection; the body stays as sent.

    None for what no provider could be told: a response cut short, or one without an end of its own (1xx).
    """
    if response.truncated or response.status < 200:
        return None
    gone = FRAMING | nominated(response.headers)
    kept: Headers = tuple(line for line in response.headers if line[0].strip().lower() not in gone)
    headers = tuple((_text(name), _text(value)) for name, value in kept)
    return Answer(response.status, headers, response.body)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")
