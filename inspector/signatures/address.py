"""The address as the provider knows it, in the forms that schemes sign."""

from __future__ import annotations

from urllib.parse import urlsplit

from inspector.domain.request import Request
from inspector.payload.body import Payload
from inspector.signatures.place import text_of, to_bytes


def signed_url(url: str, request: Request) -> str:
    """Return the full address a provider called: `url` with the query string of this request.

    `url` is the address the provider was given. Where none is known the Host header and a guess at http must do.
    """
    if not url:
        url = f"http://{request.header('Host') or 'localhost'}{request.path}"
    query = request.query_string
    return f"{url.partition('?')[0]}?{query}" if query else url


def without_query(url: str) -> str:
    """Return scheme, host, port and path."""
    return url.partition("?")[0].partition("#")[0]


def path_of(url: str) -> str:
    """Return the path of a URL, undecoded; `/` where there is none."""
    after = without_query(url).partition("://")[2]
    _host, slash, path = after.partition("/")
    return slash + path or "/"


def with_port_toggled(url: str) -> str:
    """Return the URL without its port where it has one, else with the default port of its scheme.

    Twilio signs one form or the other, depending on who called (twilio-python, RequestValidator.validate).
    """
    scheme, colons, rest = url.partition("://")
    end = min((rest.find(mark) for mark in "/?#" if mark in rest), default=len(rest))
    host, tail = rest[:end], rest[end:]
    user, at, name = host.rpartition("@")
    bare, colon, port = name.rpartition(":")
    default = 443 if scheme == "https" else 80
    name = bare if colon and port.isdecimal() else f"{name.removesuffix(':')}:{default}"
    return f"{scheme}{colons}{user}{at}{name}{tail}"


def sorted_query(url: str) -> bytes:
    """Return the parameters of the query string as sent, sorted and joined by `&` (MessageBird)."""
    query = urlsplit(url).query if "?" in url else ""
    return to_bytes("&".join(sorted(part for part in query.split("&") if part)))


def joined_parameters(payload: Payload) -> bytes:
    """Return `&name=value` of every parameter but `sig`, sorted by name, with `&` and `=` in values as `_`.

    The parameters are those of the form, of a flat JSON body, or of the query, whichever there are (Vonage SMS).
    """
    pairs = list(payload.form)
    if not pairs and isinstance(payload.json, dict):
        pairs = [(name, text_of(value) or "") for name, value in payload.json.items()]
    if not pairs:
        pairs = list(payload.query)
    kept = sorted((name, value) for name, value in pairs if name != "sig")
    return to_bytes("".join(f"&{name}={value.replace('&', '_').replace('=', '_')}" for name, value in kept))
