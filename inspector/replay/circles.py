"""Would a forward come back to where it started? Endpoints may forward to each other, only not round and round."""

from __future__ import annotations

from collections.abc import Callable

from inspector.directory import Resolved
from inspector.domain.endpoint import Endpoint, EndpointId
from inspector.domain.errors import UsageError
from inspector.replay.target import parse_target

PREFIX = "/in/"


def own_endpoint(url: str, by_token: Callable[[str], Resolved | None]) -> Endpoint | None:
    """Return the endpoint of ours an address leads to, through whichever host: its token is known to nobody else."""
    try:
        path = parse_target(url).path.partition("?")[0]
    except UsageError:
        return None
    if not path.startswith(PREFIX):
        return None
    found = by_token(path.removeprefix(PREFIX).partition("/")[0])
    return None if found is None else found.endpoint


def goes_round(start: EndpointId, target: str, by_token: Callable[[str], Resolved | None]) -> Endpoint | None:
    """Return the endpoint that would forward back to `start`, None where nothing comes back."""
    waiting = [own_endpoint(target, by_token)]
    seen: set[EndpointId] = set()
    while waiting:
        endpoint = waiting.pop()
        if endpoint is None or endpoint.id in seen:
            continue
        if endpoint.id == start:
            return endpoint
        seen.add(endpoint.id)
        targets = [url for rule in endpoint.forwards if rule.enabled for url in rule.targets]
        waiting += [own_endpoint(url, by_token) for url in targets]
    return None
