"""A round trip through the public address to this very process."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Protocol

from inspector.tunnels.connection import session
from inspector.tunnels.state import system_words

if TYPE_CHECKING:
    import aiohttp

LIMIT_S = 8.0
MOST_BYTES = 4096


class Nonces(Protocol):
    """Paths that only this process can answer."""

    def make(self) -> tuple[str, str]:
        """Return a path that was never used before and the text its answer has."""


class ProbeFailed(Exception):
    """The round trip did not come back; the text is a sentence that says how far it came.

    `unsure` says that it may be this computer alone that does not get there: a name that is new everywhere is asked
    for again by its resolver only after a while.
    """

    def __init__(self, words: str, *, unsure: bool = False) -> None:
        super().__init__(words)
        self.unsure = unsure


@dataclass(frozen=True, slots=True)
class Found:
    """What answered at the public address."""

    status: int
    text: str


class Probe:
    """Makes round trips over one connection; a context manager that closes it."""

    def __init__(self, nonces: Nonces) -> None:
        self._nonces = nonces
        self._http: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Probe:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._http is not None:
            await self._http.close()

    async def round_trip_ms(self, url: str) -> float:
        """Return how long a request took from its head to its answer, connecting not counted. Raises ProbeFailed."""
        import aiohttp

        if self._http is None:
            self._http = await session(total_s=LIMIT_S, connect_s=LIMIT_S, traces=True)
        path, expected = self._nonces.make()
        clock = asyncio.get_running_loop().time
        notes = {"sent": clock()}
        # ngrok shows browsers a page of its own first, unless this header is there (ngrok.com/docs, interstitial).
        headers = {"ngrok-skip-browser-warning": "1", "Cache-Control": "no-store", "Accept-Encoding": "identity"}
        try:
            async with self._http.get(
                url + path, headers=headers, allow_redirects=False, trace_request_ctx=notes
            ) as answer:
                text = (await answer.content.read(MOST_BYTES)).decode("utf-8", "replace")
                found = Found(answer.status, text.strip())
        except aiohttp.ClientConnectorDNSError:
            raise ProbeFailed("The name of the public address is not known here yet.", unsure=True) from None
        except aiohttp.ClientConnectorCertificateError:
            raise ProbeFailed("The certificate of the public address is not trusted.") from None
        except TimeoutError:
            raise ProbeFailed(f"The public address did not answer within {LIMIT_S:.0f} s.") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            words = system_words(getattr(error, "os_error", error))
            raise ProbeFailed(f"The public address cannot be reached: {words}") from None
        if found.text != expected:
            raise ProbeFailed(wrong_answer(found))
        return (clock() - notes["sent"]) * 1000


def wrong_answer(found: Found) -> str:
    """Return the sentence for an answer that did not come from this process."""
    if found.status in (502, 503, 504, 521, 522, 523, 524, 530):
        return f"The carrier answers {found.status}: it does not reach this computer."
    return f"Something else answers at the public address, with {found.status}."
