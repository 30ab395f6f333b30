"""A sample turned into a request that is signed and addressed, ready to be sent."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from inspector.directory import Resolved
from inspector.domain.attempt import Outgoing
from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.receiver.addressing import signed_url
from inspector.replay.outgoing import addressed
from inspector.replay.target import parse_target
from inspector.signatures.engine import sign
from inspector.simulator.places import fitted
from inspector.simulator.samples import Sample, Values, render

target_of = lru_cache(maxsize=64)(parse_target)
"""The parts of an address; the same few are asked for thousands of times a second."""


def prepared(
    sample: Sample, values: Values, resolved: Resolved, url: str, now: datetime, *, secret: Secret | None = None
) -> Outgoing:
    """Return the request a provider would send to `url` for a sample.

    It is signed with `secret`, or with the endpoint's first one; an endpoint that checks nothing or has no secret gets
    it unsigned. Raises UsageError where the secret cannot sign.
    """
    target = target_of(url)
    secret = secret or next(iter(resolved.secrets), None)
    recipes = resolved.profile.recipes if resolved.profile is not None else ()
    headers, body = render(fitted(sample, recipes, secret), values)
    host = (b"Host", target.authority.encode("ascii"))
    request = Request(sample.method, target.path, (host, *headers), body, received_at=now)
    if recipes and secret is not None:
        known_as = signed_url(resolved.endpoint, request, url)
        request = sign(request, recipes, secret, url=known_as, now=now, facts=resolved.facts)
    # Only where the signature went into the address is it another than that of the target.
    unchanged = target if request.target == target.path else None
    return addressed(Outgoing(request.method, target.origin + request.target, request.headers, request.body), unchanged)
