"""Who may send to an endpoint, as the dialog edits it, and why a value cannot be saved."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from inspector.domain.access import AccessRule, RateLimit
from inspector.domain.endpoint_secret import SecretRef
from inspector.settings import MIB
from inspector.ui.endpoints.checks import (
    first_problem,
    header_name_problem,
    method_problem,
    network_problem,
    number_problem,
    origin_problem,
)

MOST_EVENTS = 1_000_000
LARGEST_BODY_MB = 1024
CLIENT_HEADERS = ("X-Forwarded-For", "CF-Connecting-IP", "X-Real-IP", "True-Client-IP", "Forwarded")


@dataclass(frozen=True, slots=True)
class AccessForm:
    """One field each; numbers are the texts that were typed, "" for none. `password` is its value, never its key."""

    methods: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    provider_ranges: bool = False
    trusted_peers: tuple[str, ...] = ()
    client_header: str = ""
    rate: str = ""
    rate_per: float = 1.0
    sender_rate: str = ""
    sender_rate_per: float = 1.0
    max_body_mb: str = ""
    username: str = ""
    password: str = field(default="", repr=False)
    cors_origins: tuple[str, ...] = ()


def access_form_of(rule: AccessRule, password: str = "") -> AccessForm:
    """Return the form that shows a rule; `password` is what the secret store has of it."""
    return AccessForm(
        methods=rule.methods,
        allowed=rule.allowed,
        provider_ranges=rule.provider_ranges,
        trusted_peers=rule.trusted_peers,
        client_header=rule.client_header,
        rate="" if rule.rate is None else str(rule.rate.events),
        rate_per=1.0 if rule.rate is None else rule.rate.per_s,
        sender_rate="" if rule.sender_rate is None else str(rule.sender_rate.events),
        sender_rate_per=1.0 if rule.sender_rate is None else rule.sender_rate.per_s,
        max_body_mb=f"{rule.max_body_bytes / MIB:.6g}" if rule.max_body_bytes else "",
        username=rule.username,
        password=password,
        cors_origins=rule.cors_origins,
    )


def access_problems(form: AccessForm) -> dict[str, str]:
    """Return the reason for every field that cannot be saved."""
    found = {
        "methods": first_problem(form.methods, method_problem),
        "allowed": first_problem(form.allowed, network_problem),
        "trusted_peers": first_problem(form.trusted_peers, network_problem) or _peers_problem(form),
        "client_header": header_name_problem(form.client_header.strip()) or _header_problem(form),
        "rate": number_problem(form.rate, 1, MOST_EVENTS, "events", empty_ok=True),
        "sender_rate": number_problem(form.sender_rate, 1, MOST_EVENTS, "events", empty_ok=True),
        "max_body_mb": number_problem(form.max_body_mb, 0.001, LARGEST_BODY_MB, "MB", empty_ok=True, whole=False),
        "username": _username_problem(form),
        "cors_origins": first_problem(form.cors_origins, origin_problem),
    }
    return {name: reason for name, reason in found.items() if reason}


def access_applied(form: AccessForm, before: AccessRule, password: SecretRef | None) -> AccessRule:
    """Return the rule as the form says; `password` is the reference under which its value is kept."""
    shown = access_form_of(before)
    return replace(
        before,
        methods=form.methods,
        allowed=form.allowed,
        provider_ranges=form.provider_ranges,
        trusted_peers=form.trusted_peers,
        client_header=form.client_header.strip(),
        rate=_limit(form.rate, form.rate_per),
        sender_rate=_limit(form.sender_rate, form.sender_rate_per),
        max_body_bytes=before.max_body_bytes if form.max_body_mb == shown.max_body_mb else _bytes(form.max_body_mb),
        username=form.username if form.password else "",
        password=password if form.password else None,
        cors_origins=form.cors_origins,
    )


def _limit(events: str, per_s: float) -> RateLimit | None:
    return RateLimit(int(events), per_s) if events.strip() else None


def _bytes(megabytes: str) -> int:
    return round(float(megabytes) * MIB) if megabytes.strip() else 0


def _peers_problem(form: AccessForm) -> str:
    if form.client_header.strip() and not form.trusted_peers:
        return "Name the proxies that set the header: anybody else could forge it."
    return ""


def _header_problem(form: AccessForm) -> str:
    if form.trusted_peers and not form.client_header.strip():
        return "Choose the header in which these proxies name the sender."
    return ""


def _username_problem(form: AccessForm) -> str:
    if ":" in form.username:
        return "A user name has no colon (RFC 7617)."
    if form.password and not form.username:
        return "Enter a user name."
    return "Enter a password." if form.username and not form.password else ""
