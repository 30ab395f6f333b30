"""Why a target gave no response, in words that say what to do."""

from __future__ import annotations

import asyncio
import socket
import ssl
from dataclasses import dataclass

from inspector.domain.attempt import Failure
from inspector.replay.response_reader import ProtocolProblem
from inspector.replay.target import Target

SELF_MADE = "It is self-made."
UNKNOWN_AUTHORITY = "It was issued by an authority this computer does not know."
CAN_BE_TRUSTED = frozenset({SELF_MADE, UNKNOWN_AUTHORITY})
"""The hints about a certificate that trusting it would mend: an expired one stays expired."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A failure with its title and a hint, both sentences for a person."""

    failure: Failure
    title: str
    hint: str


def trouble_of(
    error: Exception, target: Target, *, connected: bool, timeout_s: float, encrypting: bool = False
) -> Trouble:
    """Return what an exception means for the user; `connected` tells whether the request could be sent.

    `encrypting`: the target took the connection, and its encryption was still to begin.
    """
    if encrypting and isinstance(error, TimeoutError | ConnectionError):
        title = f"No encrypted connection to {target.name}"
        return Trouble(Failure.TLS, title, "It takes connections but begins no encryption. Try http://.")
    if isinstance(error, TimeoutError):
        return _timeout(target, connected, timeout_s)
    if isinstance(error, socket.gaierror):
        return Trouble(Failure.DNS, f"Host not found: {target.host}", "Is the name spelled right, and are you online?")
    if isinstance(error, ssl.SSLCertVerificationError):
        title = f"The certificate of {target.host} is not trusted"
        return Trouble(Failure.TLS, title, _certificate_hint(error))
    if isinstance(error, ssl.SSLError):
        hint = "Does that port speak HTTPS? Try http://." if "WRONG_VERSION" in str(error) else f"{_reason(error)}."
        return Trouble(Failure.TLS, f"No encrypted connection to {target.name}", hint)
    if isinstance(error, ConnectionRefusedError):
        return Trouble(Failure.REFUSED, f"Nothing is listening on {target.name}", "Is your server running?")
    if isinstance(error, ProtocolProblem):
        return Trouble(Failure.PROTOCOL, f"{target.name} did not answer in HTTP", str(error))
    if isinstance(error, ConnectionError | asyncio.IncompleteReadError):
        return _reset(error, target)
    hint = f"{error.strerror or error}." if isinstance(error, OSError) else f"{error}."
    return Trouble(Failure.UNREACHABLE, f"{target.name} cannot be reached", hint)


_SHORT = (
    ("Nothing is listening on ", "Refused"),
    ("Host not found: ", "Host not found"),
    ("The certificate of ", "Not trusted"),
    ("No encrypted connection to ", "No encryption"),
    (" closed the connection", "Hung up"),
    (" did not answer in HTTP", "No HTTP"),
    (" cannot be reached", "Unreachable"),
)
"""What the titles begin or end with, and their words where there is little room."""


def short_title(title: str) -> str:
    """Return a trouble's title for a narrow column; the target stands beside it anyway."""
    return next((short for part, short in _SHORT if title.startswith(part) or title.endswith(part)), title)


def _timeout(target: Target, connected: bool, timeout_s: float) -> Trouble:
    if not connected:
        hint = f"{target.name} did not accept the connection."
    else:
        hint = "The provider would count this as failed and retry. Answer first, then work in the background."
    return Trouble(Failure.TIMEOUT, f"No answer within {timeout_s:g} s", hint)


def _reset(error: Exception, target: Target) -> Trouble:
    if isinstance(error, asyncio.IncompleteReadError) and error.partial:
        hint = "The response ended in the middle."
    else:
        hint = "It closed the connection without a response. Did your handler crash?"
    return Trouble(Failure.RESET, f"{target.name} closed the connection", hint)


def _certificate_hint(error: ssl.SSLCertVerificationError) -> str:
    detail = error.verify_message or _reason(error)
    known = {
        10: "It has expired.",
        18: SELF_MADE,
        19: UNKNOWN_AUTHORITY,
        20: UNKNOWN_AUTHORITY,
        62: "It was made for another name.",
        64: "It was made for another name, not for this address.",
    }
    return known.get(error.verify_code, f"{detail[:1].upper()}{detail[1:]}.".replace("..", "."))


def _reason(error: ssl.SSLError) -> str:
    return (error.reason or error.strerror or str(error)).replace("_", " ").capitalize()
