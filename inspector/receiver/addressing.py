"""Which endpoint a request target names, and the address the sender used, all from the bytes as sent."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from inspector.domain.endpoint import Endpoint
from inspector.domain.request import Request

PREFIX = "/in/"


def origin_form(target: str) -> str:
    """Return path and query of a request target, undecoded; an absolute-form target loses scheme and authority.

    RFC 9112 section 3.2.2: a server must accept absolute-form too.
    """
    if target.startswith("/") or "://" not in target:
        return target
    after_scheme = target.partition("://")[2]
    start = next((place for place, sign in enumerate(after_scheme) if sign in "/?#"), None)
    if start is None:
        return "/"
    rest = after_scheme[start:]
    return rest if rest.startswith("/") else f"/{rest}"


def tokens_of(target: str) -> Iterator[str]:
    """Yield the tokens a target may name, most likely first.

    A token ends at the first slash as a rule; tokens with slashes in them are found too, longest first, and as a last
    resort the decoded form of a token somebody's client has percent-encoded.
    """
    path = _path_of(target)
    if not path.startswith(PREFIX):
        return
    rest = path[len(PREFIX) :]
    first, slash, _ = rest.partition("/")
    if not slash:
        yield rest
    else:
        parts = rest.split("/")
        for count in range(len(parts), 1, -1):
            yield "/".join(parts[:count])
        yield first
    if "%" in first:
        yield unquote(first)


def _path_of(target: str) -> str:
    return origin_form(target).partition("?")[0].partition("#")[0]


def base_url(host: str, port: int) -> str:
    """Return scheme, host and port of the local address: a wildcard address is reached through loopback."""
    reachable = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://{f'[{reachable}]' if ':' in reachable else reachable}:{port}"


def signed_url(endpoint: Endpoint, request: Request, local_url: str) -> str:
    """Return the address the provider signed, as well as we can know it.

    The endpoint's public address where it is set: a bare origin (`https://hooks.example.com`) gets the received path
    and query, one with a path of its own is taken as it stands and gets what followed the endpoint's path. Else the
    address the request itself names: its Host, and https where a proxy says so. `local_url` stands in for a missing
    Host, and its scheme where no proxy says one: it is the address by which the request came. Forging these gains
    nothing, since the signature is made over them.
    """
    received = origin_form(request.target)
    public = endpoint.signing.public_url
    if public:
        if urlsplit(public).path in ("", "/"):
            return public.rstrip("/") + received
        return public + received.removeprefix(endpoint.path) if received.startswith(endpoint.path) else public
    host = request.header("X-Forwarded-Host").partition(",")[0].strip() or request.header("Host")
    if not host:
        return local_url + received
    scheme = request.header("X-Forwarded-Proto").partition(",")[0].strip().lower()
    usual = "https" if local_url.startswith("https:") else "http"
    return f"{scheme if scheme in ('http', 'https') else usual}://{host}{received}"
