"""What a check found out, as values: an outcome, a sentence, the facts behind it, and one thing to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How a check ended."""

    GOOD = "good"
    DOUBT = "doubt"  # works, or cannot be told for sure, and may be the reason
    BAD = "bad"
    SKIPPED = "skipped"  # does not apply, or cannot be tried before something else works


class Deed(StrEnum):
    """What can be done about a finding; whoever shows it knows how."""

    RESTART_RECEIVER = "restart_receiver"
    RESUME = "resume"
    CHOOSE_PORT = "choose_port"
    LISTEN_ON_NETWORK = "listen_on_network"
    RECEIVER_SETTINGS = "receiver_settings"
    HTTPS_SETTINGS = "https_settings"
    START_TUNNEL = "start_tunnel"
    RESTART_TUNNEL = "restart_tunnel"
    TUNNEL_SETTINGS = "tunnel_settings"
    ENDPOINT_SETTINGS = "endpoint_settings"
    RESUME_ENDPOINT = "resume_endpoint"
    TRUST_TUNNEL = "trust_tunnel"
    SHOW_REFUSED = "show_refused"
    SHOW_FOLDER = "show_folder"
    COPY_ADDRESS = "copy_address"


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do, in words; `detail` is what it is done to (a search text, an address), "" for nothing."""

    deed: Deed
    words: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check. `words` is a sentence, `detail` are facts for whoever wants them."""

    outcome: Outcome
    words: str
    detail: str = ""
    action: Action | None = None


def good(words: str, detail: str = "") -> Finding:
    """Return a finding that all is well."""
    return Finding(Outcome.GOOD, words, detail)


def doubt(words: str, detail: str = "", action: Action | None = None) -> Finding:
    """Return a finding that may be the reason."""
    return Finding(Outcome.DOUBT, words, detail, action)


def bad(words: str, detail: str = "", action: Action | None = None) -> Finding:
    """Return a finding that keeps webhooks away."""
    return Finding(Outcome.BAD, words, detail, action)


def skipped(words: str, action: Action | None = None) -> Finding:
    """Return that a check was not made, and why."""
    return Finding(Outcome.SKIPPED, words, "", action)
