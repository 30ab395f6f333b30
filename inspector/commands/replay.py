"""`inspector replay`: a stored event to a handler, as captured."""

from __future__ import annotations

import argparse
import asyncio
from typing import TYPE_CHECKING, Any

from inspector.commands.command import NOT_OK, OK, Command, data_dir, print_json
from inspector.domain.request import Headers
from inspector.settings import load_settings

if TYPE_CHECKING:
    from inspector.domain.attempt import Attempt, Response
    from inspector.replay.sender import Result
    from inspector.store.beside import Beside

SHOWN_BYTES = 2000


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("id", metavar="ID", type=_number, help="the event's number, with or without #")
    parser.add_argument("--to", metavar="URL", required=True, help="the handler's address, used as given")
    parser.add_argument(
        "--timeout", metavar="S", type=_seconds, help="seconds the handler has to answer (settings: 30)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def _number(text: str) -> int:
    number = int(text.removeprefix("#").replace(",", ""))
    if not 0 < number < 1 << 63:
        raise ValueError
    return number


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds <= 86_400:
        raise ValueError
    return seconds


def run(options: argparse.Namespace) -> int:
    """Replay one event, keep the attempt and tell what came back."""
    from inspector.store.beside import open_beside

    folder = data_dir(options)
    with open_beside(folder) as beside:
        attempt = asyncio.run(_replay(beside, options))
    if options.json:
        print_json(_as_json(attempt))
    else:
        print(f"#{attempt.event_id} to {attempt.sent.url}")
        print_result(attempt)
    return OK if attempt.ok else NOT_OK


async def _replay(beside: Beside, options: argparse.Namespace) -> Attempt:
    from inspector.domain.event import EventId
    from inspector.replay.replayer import Replayer
    from inspector.replay.sender import Sender

    settings = load_settings(data_dir(options))
    replayer = Replayer(_BesideStore(beside), None, Sender(), lambda: settings)
    return await replayer.replay(EventId(options.id), options.to, timeout_s=options.timeout)


class _BesideStore:
    """The store as the replayer knows it, over one that another instance may be using."""

    def __init__(self, beside: Beside) -> None:
        self._beside = beside
        self.event = beside.event

    async def add_attempt(self, attempt: Attempt) -> Attempt:
        return await asyncio.to_thread(self._beside.add_attempt, attempt)


def print_result(result: Attempt | Result) -> None:
    """Print a response, or why there is none, for a person."""
    response = result.response
    if response is None:
        title, hint = _failure_of(result)
        print(f"{title}. {hint}")
        return
    print(f"{response.status} {response.reason}".rstrip() + f"  {result.total_ms:.0f} ms")
    for name, value in _texts(response.headers):
        print(f"  {name}: {value}")
    if response.body:
        print()
        print(_body_text(response))


def _failure_of(result: Attempt | Result) -> tuple[str, str]:
    trouble = getattr(result, "trouble", None)
    if trouble is not None:
        return trouble.title, trouble.hint
    return getattr(result, "failure_title", ""), getattr(result, "failure_hint", "")


def _texts(headers: Headers) -> list[tuple[str, str]]:
    return [(name.decode("utf-8", "replace"), value.decode("utf-8", "replace")) for name, value in headers]


def _body_text(response: Response) -> str:
    text = response.body[:SHOWN_BYTES].decode("utf-8", "replace")
    text = "".join(letter if letter.isprintable() or letter in "\n\t" else "?" for letter in text)
    left = len(response.body) - SHOWN_BYTES
    return f"{text}\n… {left:,} more bytes" if left > 0 else text


def _as_json(attempt: Attempt) -> dict[str, Any]:
    response = attempt.response
    return {
        "id": attempt.id,
        "event_id": attempt.event_id,
        "url": attempt.sent.url,
        "ok": attempt.ok,
        "status": response.status if response else None,
        "reason": response.reason if response else None,
        "headers": _texts(response.headers) if response else None,
        "body": response.body.decode("utf-8", "replace") if response else None,
        "truncated": response.truncated if response else None,
        "failure": attempt.failure.value if attempt.failure else None,
        "failure_title": attempt.failure_title or None,
        "failure_hint": attempt.failure_hint or None,
        "connect_ms": round(attempt.connect_ms, 3),
        "wait_ms": round(attempt.wait_ms, 3),
        "total_ms": round(attempt.total_ms, 3),
        "remote": attempt.remote,
    }


COMMAND = Command(
    name="replay",
    help="send a stored event to your handler",
    description=(
        "Sends a stored event as captured (method, headers, body) and shows the response; the attempt is kept with "
        "the event, also while the program is running. Exit code: 0 answered 2xx, 1 not, 2 nothing was sent."
    ),
    examples="inspector replay 12 --to http://localhost:5000/webhooks\ninspector replay 12 --to localhost:5000 --json",
    declare=declare,
    run=run,
)
