"""Why a target gave no response, in words that say what to do."""

from __future__ import annotations

import asyncio
import socket
import ssl
from dataclasses import dataclass

from inspector.domain.attempt import Failure
from inspector.replay.response_reader import ProtocolProblem
from inspector.replay.target import Target


@dataclass(frozen=True, slots=True)
class Trouble:
    """A failure with its title and a hint, both sentences for a person."""

    failure: Failure
    title: str
    hint: str


def trouble_of(error: Exception, target: Target, *, connected: bool, timeout_s: float) -> Trouble:
    """Return what an exception means for the user; `connected` tells whether the request could be sent."""
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
        18: "It is self-made.",
        19: "It was issued by an authority this computer does not know.",
        20: "It was issued by an authority this computer does not know.",
        62: "It was made for another name.",
        64: "It was made for another name, not for this address.",
    }
    return known.get(error.verify_code, f"{detail[:1].upper()}{detail[1:]}.".replace("..", "."))


def _reason(error: ssl.SSLError) -> str:
    return (error.reason or error.strerror or str(error)).replace("_", " ").capitalize()
