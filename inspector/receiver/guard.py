"""Whether a request may come in at all, told from its head: sender, rate, method, password, announced size."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hmac import compare_digest

from inspector.directory import Resolved
from inspector.domain.access import AccessRule, RateLimit
from inspector.domain.answer import Answer
from inspector.domain.endpoint import EndpointId
from inspector.domain.event import Refusal
from inspector.domain.request import Headers, header_text, header_values
from inspector.receiver.answering import REFUSALS
from inspector.receiver.buckets import Buckets
from inspector.receiver.client_address import Client, Network, client_of, is_among, parse_network
from inspector.receiver.cors import is_preflight

REALM = "Webhook Inspector"

FORGET_AT = 1_000
"""Endpoints whose rules are kept ready; then all are made anew."""


@dataclass(frozen=True, slots=True)
class Denial:
    """Why a request is turned away: the reason in words, and the answer."""

    refusal: Refusal
    reason: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Access:
    """An endpoint's access rule ready for use. `open` says that it asks nothing of anybody."""

    resolved: Resolved
    rule: AccessRule
    open: bool
    allowed: tuple[Network, ...]
    trusted: tuple[Network, ...]
    methods: tuple[str, ...]
    asks_address: bool


class Guard:
    """Lets requests pass or turns them away; remembers how many came."""

    def __init__(self) -> None:
        self._ready: dict[EndpointId, Access] = {}
        self._buckets: dict[EndpointId, Buckets] = {}

    def access_of(self, resolved: Resolved) -> Access:
        """Return the rule of an endpoint, made ready once for as long as the endpoint does not change."""
        endpoint_id = resolved.endpoint.id
        ready = self._ready.get(endpoint_id)
        if ready is None or ready.resolved is not resolved:
            if len(self._ready) >= FORGET_AT:
                self._ready.clear()
                self._buckets.clear()
            ready = self._ready[endpoint_id] = _made_ready(resolved)
        return ready

    def client_of(self, access: Access, peer: str, headers: Headers) -> Client:
        """Return who sends, as far as the endpoint's rule lets a header say so."""
        header = access.rule.client_header
        values = header_values(headers, header) if header else ()
        return client_of(peer, values, header, access.trusted)

    def denial(self, access: Access, client: Client, method: str, headers: Headers, now: float) -> Denial | None:
        """Return why a request may not come in, None where it may. `now` is a steady clock in seconds."""
        if access.asks_address and (client.address is None or not is_among(client.address, access.allowed)):
            return Denial(Refusal.BLOCKED, _not_allowed(client), REFUSALS[Refusal.BLOCKED])
        rates = (access.rule.rate, access.rule.sender_rate)
        if rates != (None, None):
            wait, limit, own = self._buckets_of(access.resolved.endpoint.id, rates).take(client.address, now)
            if limit is not None:
                return _too_often(client, wait, limit, own)
        if access.rule.cors_origins and is_preflight(method, headers):
            return None  # a browser asks without the method and the password that follow
        if access.methods and method not in access.methods:
            return _wrong_method(method, access.methods)
        return _password_denial(access, headers)

    def _buckets_of(self, endpoint_id: EndpointId, rates: tuple[RateLimit | None, RateLimit | None]) -> Buckets:
        found = self._buckets.get(endpoint_id)
        if found is None or found.rates != rates:
            found = self._buckets[endpoint_id] = Buckets(*rates)
        return found


def _made_ready(resolved: Resolved) -> Access:
    rule = resolved.endpoint.access
    ranges = resolved.profile.ranges if rule.provider_ranges and resolved.profile is not None else ()
    return Access(
        resolved,
        rule,
        rule == AccessRule(),
        _networks((*rule.allowed, *ranges)),
        _networks(rule.trusted_peers),
        tuple(method.strip().upper() for method in rule.methods if method.strip()),
        bool(rule.allowed or rule.provider_ranges),
    )


def _networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """Return the networks; one that cannot be read allows nobody."""
    found: list[Network] = []
    for text in texts:
        try:
            found.append(parse_network(text))
        except ValueError:
            continue
    return tuple(found)


def _not_allowed(client: Client) -> str:
    if client.why:
        return f"{client.why}, and only addresses on the allow-list may send."
    return f"{client.shown or 'The sender'} is not on the allow-list."


def _too_often(client: Client, wait: float, limit: RateLimit, own: bool) -> Denial:
    seconds = max(1, math.ceil(wait))
    span = "a second" if limit.per_s == 1 else "a minute" if limit.per_s == 60 else f"in {limit.per_s:g} s"
    whose = f"{client.shown or 'The sender'} has sent" if own else "The endpoint has received"
    reason = f"{whose} more than {limit.events:,} {span}; it may go on in {seconds:,} s."
    answer = REFUSALS[Refusal.RATE_LIMITED]
    return Denial(
        Refusal.RATE_LIMITED, reason, replace(answer, headers=(*answer.headers, ("Retry-After", str(seconds))))
    )


def _wrong_method(method: str, methods: tuple[str, ...]) -> Denial:
    accepted = ", ".join(methods)
    answer = REFUSALS[Refusal.METHOD]
    return Denial(
        Refusal.METHOD,
        f"{method} is not accepted here, only {accepted}.",
        replace(answer, headers=(*answer.headers, ("Allow", accepted))),
    )


def _password_denial(access: Access, headers: Headers) -> Denial | None:
    rule = access.rule
    if not rule.username and rule.password is None:
        return None
    answer = REFUSALS[Refusal.PASSWORD]
    answer = replace(answer, headers=(*answer.headers, ("WWW-Authenticate", f'Basic realm="{REALM}", charset="UTF-8"')))
    held = access.resolved.password
    if held is None and rule.password is not None:
        return Denial(Refusal.PASSWORD, "The password of this endpoint is not in the secret store any more.", answer)
    sent = header_text(headers, "Authorization")
    if not sent:
        return Denial(Refusal.PASSWORD, "No user name and password were sent.", answer)
    wanted = f"{rule.username}:{held.value if held is not None else ''}".encode()
    if compare_digest(_basic(sent), wanted):
        return None
    return Denial(Refusal.PASSWORD, "The user name or password is wrong.", answer)


def _basic(text: str) -> bytes:
    """Return user name and password as sent (RFC 7617 section 2), b"" where they cannot be read."""
    scheme, _, value = text.partition(" ")
    if scheme.lower() != "basic":
        return b""
    try:
        return base64.b64decode(value.strip(), validate=True)
    except (binascii.Error, ValueError):
        return b""
