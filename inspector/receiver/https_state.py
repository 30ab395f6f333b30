"""How HTTPS is meant and how it goes, as values the window and the command line show; nothing heavy is loaded here."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from inspector.domain.errors import InspectorError
from inspector.settings import Settings

if TYPE_CHECKING:
    from inspector.receiver.https_facts import CertificateFacts, Problem


class HttpsMode(StrEnum):
    """Whether the receiver speaks HTTPS."""

    OFF = "off"
    BESIDE = "beside"  # HTTP and HTTPS, each on its port
    ONLY = "only"  # HTTPS; plain HTTP only for this program's own helpers, on a loopback port that changes


class Source(StrEnum):
    """Where the certificate comes from."""

    AUTHORITY = "authority"  # made here, by an authority of this computer
    OWN = "own"  # files of the user


class Plan(NamedTuple):
    """What the settings say about HTTPS. Paths are "" where none is set; `lowest` is "1.2" or "1.3".

    A tuple, like all that is made at every start: a dataclass costs the start ten times as much.
    """

    mode: HttpsMode = HttpsMode.OFF
    port: int = 0
    source: Source = Source.AUTHORITY
    certificate: str = ""
    key: str = ""
    lowest: str = "1.2"


def plan_of(settings: Settings) -> Plan:
    """Return the part of the settings that is about HTTPS."""
    return Plan(
        HttpsMode(settings.https_mode),
        settings.https_port,
        Source(settings.https_source),
        settings.https_certificate,
        settings.https_key,
        settings.https_lowest,
    )


class HttpsState(NamedTuple):
    """A moment of the certificate: the one in use, what is wrong with it, and why a newer one could not be taken.

    `warning` is the one line for a banner, "" while all is well: an expired or expiring certificate, or a change of
    the files that could not be used. `facts` is None while nothing is in use; `unnamed` are addresses of this computer
    that an authority made earlier must not vouch for.
    """

    facts: CertificateFacts | None = None
    problems: tuple[Problem, ...] = ()
    error: InspectorError | None = None
    loaded_at: datetime | None = None
    unnamed: tuple[str, ...] = ()

    @property
    def warning(self) -> str:
        """One line that the user should see now."""
        if self.error is not None:
            return f"{self.error.what} {self.error.todo}".strip()
        for problem in self.problems:
            if problem.code in ("expired", "expires", "not_yet"):
                return f"{problem.words} {problem.todo}".strip()
        return ""
