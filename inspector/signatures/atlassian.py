"""Atlassian's query string hash: SHA-256 of method, path and sorted query (Connect, "Understanding JWT").

The path counts from the app's base URL. Where that is not known, every tail of the path that starts at a slash may be
what the app calls its path: the hash is signed, so no one else can choose between them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from urllib.parse import parse_qsl, quote, urlsplit


def query_hashes(method: str, url: str, base_url: str = "") -> Iterator[str]:
    """Yield the hashes a request may carry in `qsh`, the likeliest first."""
    for text in canonical_requests(method, url, base_url):
        yield hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def canonical_requests(method: str, url: str, base_url: str = "") -> Iterator[str]:
    """Yield the canonical texts; one where the base URL is known, else one for each tail of the path."""
    if "://" not in base_url:
        base_url = ""
    path, query = _parts(url)
    tail = f"&{_canonical_query(query)}"
    base = _parts(base_url)[0].rstrip("/") if base_url else ""
    if base_url:
        inner = path.removeprefix(base) if path.startswith(base) else path
        yield f"{method.upper()}&{_canonical_path(inner)}{tail}"
        return
    places = [place for place, letter in enumerate(path) if letter == "/"][:20]
    for place in [*places, len(path)]:
        yield f"{method.upper()}&{_canonical_path(path[place:])}{tail}"


def _parts(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "/", ""
    return parts.path, parts.query


def _canonical_path(path: str) -> str:
    path = path.replace("&", "%26")
    if not path.startswith("/"):
        path = f"/{path}"
    return path[:-1] if len(path) > 1 and path.endswith("/") else path


def _canonical_query(query: str) -> str:
    values: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True, errors="surrogateescape"):
        if name != "jwt":
            values.setdefault(name, []).append(value)
    return "&".join(f"{_encoded(name)}={','.join(map(_encoded, sorted(values[name])))}" for name in sorted(values))


def _encoded(text: str) -> str:
    return quote(text, safe="-._~", errors="surrogateescape")
