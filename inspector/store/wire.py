"""What the program and its writer say to each other, and how it travels between them: one frame, one message.

Both ends are this program in this version, over a socket nobody else can reach. Events, thousands a second, travel
as marshalled tuples of texts, bytes and numbers, which is five times as quick as anything else; what many of them
share (an endpoint's answer and rules, a verification) goes once and is referred to. Everything else is pickled.
"""

from __future__ import annotations

import marshal
import pickle
import struct
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from inspector.domain.answer import Answer
from inspector.domain.endpoint import DuplicateRule, Endpoint
from inspector.domain.errors import StoreError
from inspector.domain.forwarding import ForwardRule
from inspector.domain.request import Headers

if TYPE_CHECKING:
    from inspector.domain.series import Series

_HEAD = struct.Struct("<QB")
HEAD_BYTES = _HEAD.size

_PICKLED, _KEEP, _KEPT = range(3)


class Arrival(NamedTuple):
    """An event on its way to the writer: nothing but texts, bytes and numbers.

    `terms` and `verification` are numbers of Terms and of a Verified that were sent before, `verification` 0 where
    nothing was verified. `pieces` is how many pieces of the body were sent ahead, in place of `body`. `settled` is a
    pickled (reports, key) where they are known already.
    """

    received_us: int
    method: str
    target: str
    http_version: str
    headers: Headers
    body: bytes
    peer: str
    terms: int
    verification: int
    refusal: str | None
    reason: str
    size: int
    settled: bytes = b""
    pieces: int = 0


class Answered(NamedTuple):
    """When an event's answer left (µs after the last byte was read), or that it never did."""

    event_id: int
    answer_us: int
    sent: bool


# To the writer


class Begin(NamedTuple):
    """Open the database of a folder and say Ready or Refused."""

    folder: str
    synchronous: str
    provider_folders: tuple[str, ...]


class Terms(NamedTuple):
    """What the events of an endpoint share.

    `rule` is set where the writer shall read what an event says, and find its key by this rule. A duplicate gets
    `duplicate_answer` where there is one; `forwards` say where the events go on to.
    """

    number: int
    endpoint_id: int | None
    provider: str
    answer: Answer
    window_s: int
    rule: DuplicateRule | None
    duplicate_answer: Answer | None = None
    forwards: tuple[ForwardRule, ...] = ()


class Verified(NamedTuple):
    """A verification as it is kept: its verdict, what it covers, and all of it as JSON."""

    number: int
    verdict: str
    covers: str
    json: bytes


class Forget(NamedTuple):
    """Terms and verifications up to now will not be referred to any more."""


class Keep(NamedTuple):
    """Events to store and answers to note, in one transaction with whatever else came at the same time."""

    arrivals: list[Arrival]
    answers: list[Answered]


class Piece(NamedTuple):
    """A part of the body of the arrival that follows; in one go a large body would hold the loop.

    With `first`, pieces that came before belong to an event that was given up on its way.
    """

    data: bytes
    first: bool


class Job(NamedTuple):
    """Something else to write, in a transaction of its own: `work(connection, *values)`.

    `needs` names what of the writer's own the work also gets, as keywords: `sightings`, `expected`. Functions travel by
    name, so only those of a module can be sent.
    """

    number: int
    work: Callable[..., Any]
    values: tuple[Any, ...] = ()
    needs: tuple[str, ...] = ()


class Reread(NamedTuple):
    """The definitions of the providers have changed: read them again before the next event."""


class End(NamedTuple):
    """Write everything that came before, close the database, and go."""


# From the writer


class Ready(NamedTuple):
    """The database is open. `set_aside` is where a damaged one lies now."""

    path: str
    set_aside: str | None
    endpoints: tuple[Endpoint, ...]


class Refused(NamedTuple):
    """The database cannot be used."""

    error: StoreError


class Kept(NamedTuple):
    """The next arrivals, in order, are committed, as these rows of the list; and these events' answers are noted."""

    rows: list[tuple[Any, ...]]
    answered: list[int]


class Planned(NamedTuple):
    """Series that were begun together with the events of the Kept before."""

    series: list[Series]


class NotKept(NamedTuple):
    """The next `many` arrivals are not stored, for this reason."""

    many: int
    error: StoreError


class Done(NamedTuple):
    """A job's result, or why it changed nothing."""

    number: int
    result: Any
    error: Exception | None


class Held(NamedTuple):
    """What is held in memory because the disk is full: `events` of at most `most`; `beyond` came after that."""

    events: int = 0
    bytes: int = 0
    beyond: int = 0
    most: int = 0


NOTHING_HELD = Held()


class Caught(NamedTuple):
    """Events that were held, told of as NotKept long ago, are committed after all, as these rows of the list."""

    rows: list[tuple[Any, ...]]


class Trouble(NamedTuple):
    """Events cannot be stored, and so much is held instead; with None they can again."""

    error: StoreError | None
    held: Held = NOTHING_HELD


class Retold(NamedTuple):
    """What the messages say has changed."""


class Remark(NamedTuple):
    """A line for the program's log, which only one process may write."""

    logger: str
    level: int
    text: str


def frame(message: object) -> bytes:
    """Return a message as it travels."""
    if isinstance(message, Keep):
        arrivals = [tuple(arrival) for arrival in message.arrivals]
        return _framed(_KEEP, marshal.dumps((arrivals, [tuple(answer) for answer in message.answers])))
    if isinstance(message, Kept):
        return _framed(_KEPT, marshal.dumps(tuple(message)))
    return _framed(_PICKLED, pickle.dumps(message, pickle.HIGHEST_PROTOCOL))


def _framed(form: int, data: bytes) -> bytes:
    return _HEAD.pack(len(data), form) + data


def _message(form: int, data: memoryview) -> Any:
    if form == _PICKLED:
        return pickle.loads(data)
    first, second = marshal.loads(data)
    if form == _KEPT:
        return Kept(first, second)
    return Keep(list(map(Arrival._make, first)), list(map(Answered._make, second)))


class Frames:
    """Puts messages together from the bytes of a stream, however they were cut."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes) -> list[Any]:
        """Return the messages that are complete now, in order."""
        rest = self._rest
        rest += data
        messages: list[Any] = []
        at = 0
        while len(rest) - at >= HEAD_BYTES:
            size, form = _HEAD.unpack_from(rest, at)
            end = at + HEAD_BYTES + size
            if len(rest) < end:
                break
            with memoryview(rest) as view:
                messages.append(_message(form, view[at + HEAD_BYTES : end]))
            at = end
        del rest[:at]
        return messages
