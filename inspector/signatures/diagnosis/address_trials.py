"""Trials about the address that is signed: another scheme, host, port, slash or query than the one we took."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from urllib.parse import unquote, urlsplit

from inspector.signatures.address import with_port_toggled
from inspector.signatures.diagnosis.cause import Cause
from inspector.signatures.diagnosis.ground import Ground
from inspector.signatures.diagnosis.variant import Variant

_URL_ATOMS = {"url", "url.base", "url.port", "path", "query.sorted"}
_FORWARDED_HOST = re.compile(r'host="?([^";,\s]+)', re.IGNORECASE)
_HOST_HEADERS = ("X-Forwarded-Host", "X-Original-Host", "X-Forwarded-Server", "Host")
_PATH_HEADERS = ("X-Original-URI", "X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Uri", "X-Forwarded-Path")
_MOST = 160


def addresses(ground: Ground) -> Iterator[Variant]:
    """Every address the request may have been sent to, those that differ in one thing first."""
    if not signs_address(ground):
        return
    given = ground.scope().url
    seen = {(given, True)}
    for number, (url, keep_query) in enumerate(_candidates(ground, given)):
        if number > _MOST:
            return
        if (url, keep_query) not in seen:
            seen.add((url, keep_query))
            yield _variant(ground, url, keep_query)


def signs_address(ground: Ground) -> bool:
    """Whether the scheme reads the address; of one with code of its own it is assumed."""
    recipe = ground.recipe
    templates = (*recipe.signed, *(template for _place, template in recipe.also))
    if any(template.atoms & _URL_ATOMS for template in templates):
        return True
    return recipe.settings is not None or recipe.kind not in ("hmac", "hash", "token", "ed25519", "ecdsa", "rsa")


def _variant(ground: Ground, url: str, keep_query: bool) -> Variant:
    """Return the variation for a whole address; the engine puts the request's own query behind the address's path."""
    request = ground.case.request
    if not keep_query and request.query_string:
        request = replace(request, target=request.path)
        return Variant(Cause.ADDRESS, url, request=request, url=url)
    return Variant(Cause.ADDRESS, url, url=url)


def _candidates(ground: Ground, given: str) -> Iterator[tuple[str, bool]]:
    request = ground.case.request
    scheme, _colons, rest = given.partition("://")
    base, mark, query = rest.partition("?")
    host, slash, path = base.partition("/")
    path = slash + path
    schemes = [scheme, "https" if scheme == "http" else "http"]
    hosts = list(dict.fromkeys([host, *_hosts(ground)]))
    paths = list(dict.fromkeys([path, *_paths(ground, path)]))
    queries = [(mark + query, True)] if not mark else [(mark + query, True), ("", False)]
    if mark and unquote(query) != query:
        queries.append((mark + unquote(query), False))
    whole = product(schemes, hosts, paths, queries)
    ranked = sorted(
        whole,
        key=lambda item: (
            (item[0] != scheme) + (item[1] != host) + (item[2] != path) + (item[3][0] != mark + query),
            hosts.index(item[1]),
        ),
    )
    for name, at, where, (asked, kept) in ranked:
        url = f"{name}://{at}{where}{asked}"
        yield url, kept or not request.query_string
        yield with_port_toggled(url), kept or not request.query_string


def _hosts(ground: Ground) -> Iterator[str]:
    request = ground.case.request
    for name in _HOST_HEADERS:
        host = request.header(name).partition(",")[0].strip()
        if host:
            yield host
            if ":" in host:
                yield host.partition(":")[0]
            port = request.header("X-Forwarded-Port").strip()
            if port and ":" not in host:
                yield f"{host}:{port}"
    for found in _FORWARDED_HOST.findall(request.header("Forwarded")):
        yield str(found)
    given = urlsplit(ground.case.url).netloc
    if ":" in given:
        yield given.partition(":")[0]
    if given != given.lower():
        yield given.lower()


def _paths(ground: Ground, path: str) -> Iterator[str]:
    request = ground.case.request
    yield path.rstrip("/") if path.endswith("/") else f"{path}/"
    for name in _PATH_HEADERS:
        value = request.header(name).partition("?")[0].strip()
        if value.startswith("/"):
            yield value
    if request.path != path:
        yield request.path
    if unquote(path) != path:
        yield unquote(path)
    prefix = request.header("X-Forwarded-Prefix").rstrip("/")
    if prefix.startswith("/"):
        yield prefix + path
