"""Makes a token for a request: what was in the old one where there was one, with times, ids and hashes anew."""

from __future__ import annotations

import hashlib
from typing import Any

from inspector.domain.errors import UsageError
from inspector.domain.request import Request
from inspector.payload.body import Payload
from inspector.signatures.address import signed_url
from inspector.signatures.atlassian import query_hashes
from inspector.signatures.encodings import encode_digest
from inspector.signatures.jose import (
    ALGORITHMS,
    Token,
    Unreadable,
    compact_json,
    fits,
    is_shared,
    join_token,
    json_object,
    split_token,
)
from inspector.signatures.jwt_settings import JwtSettings
from inspector.signatures.keys import Key, read_private_key
from inspector.signatures.place import Place, Scope, to_bytes
from inspector.signatures.rewriting import with_value
from inspector.signatures.scheme import SignJob
from inspector.signatures.shared_secret import shared_secret

_LIFETIME_S = 300


def sign_token(job: SignJob) -> Request:
    """Return the request with a token as of `job.now`; raises UsageError where the key does not fit."""
    settings = job.recipe.settings
    assert isinstance(settings, JwtSettings)
    scope = Scope(job.request, Payload(job.request), signed_url(job.url, job.request), job.facts)
    place = next((place for place in job.recipe.signature if place.values(scope)), job.recipe.signature[0])
    raw = b"".join(place.values(scope)[:1])
    old = _old_token(raw, settings)
    alg, key = _algorithm(job, settings, old)
    claims = _claims(job, settings, scope, old, place.kind == "body")
    header: dict[str, Any] = {"alg": alg, "typ": "JWT"}
    kid = key.kid or job.facts.get("key_id", "") or (old.kid if old else "")
    if kid and not is_shared(alg):
        header["kid"] = kid
    token = join_token(header, compact_json(claims), alg, key)
    if place.kind == "json" and raw.lstrip()[:1] == b"[":
        place = Place("json", f"{place.path}[0]", f"{place.path}[0]")
    return with_value(job.request, place, settings.prefix.encode() + token)


def _old_token(raw: bytes, settings: JwtSettings) -> Token | None:
    text = raw.strip()
    for front in (settings.prefix.encode(), b"Bearer ", b"JWT "):
        if front and text[: len(front)].lower() == front.lower():
            text = text[len(front) :].strip()
    try:
        return split_token(text)
    except Unreadable:
        return None


def _algorithm(job: SignJob, settings: JwtSettings, old: Token | None) -> tuple[str, Key]:
    """Return the old token's algorithm where it is allowed and the key fits, else the first the key fits."""
    shared = shared_secret(job.secret, settings.key)
    keys = [key for key in (read_private_key(job.secret.value), shared) if key is not None]
    named = [old.alg] if old and old.alg in settings.algs else []
    for alg in [*named, *settings.algs]:
        for key in keys:
            if fits(alg, key):
                return alg, key
    wanted = " or ".join(dict.fromkeys(ALGORITHMS[alg] for alg in settings.algs))
    kind = "a private key" if not any(map(is_shared, settings.algs)) else "a secret"
    raise UsageError("This secret cannot be used to sign.", f"The scheme needs {kind} for {wanted}.", "Paste that key.")


def _claims(job: SignJob, settings: JwtSettings, scope: Scope, old: Token | None, in_body: bool) -> dict[str, Any]:
    claims = dict(json_object(old.payload) or {}) if old else _body_claims(job.request, settings) if in_body else {}
    for rule in settings.claims:
        fact = next((value for name in rule.facts if (value := _fact(scope, name))), "")
        name = next((name for name in rule.name.split("|") if name in claims), rule.name.partition("|")[0])
        if fact:
            claims[name] = fact
        elif rule.constants and claims.get(name) not in rule.constants:
            claims[name] = rule.constants[0]
    now = int(job.now.timestamp())
    times = {"iat": now, "nbf": now, "exp": now + _LIFETIME_S}
    wanted = {"iat", "exp"} | {name for name in ("nbf",) if name in claims or name in settings.required}
    claims |= {name: moment for name, moment in times.items() if name in wanted}
    mark = hashlib.blake2b(job.request.body + job.now.isoformat().encode(), digest_size=16).hexdigest()
    if "jti" in claims or "jti" in settings.required:
        claims["jti"] = mark
    for name in settings.required:
        claims.setdefault(name, mark)
    return claims | _hashes(job, settings, scope)


def _fact(scope: Scope, name: str) -> str:
    return scope.url if name == "url" else scope.facts.get(name, "").strip()


def _body_claims(request: Request, settings: JwtSettings) -> dict[str, Any]:
    """Return the event as claims, for a token that takes the body's place."""
    if settings.data_claim:
        return {settings.data_claim: request.body.decode("utf-8", "replace")}
    return dict(json_object(request.body) or {"data": request.body.decode("utf-8", "replace")})


def _hashes(job: SignJob, settings: JwtSettings, scope: Scope) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if settings.body_claim and (job.request.body or not settings.body_optional):
        digest = hashlib.new(settings.body_hash, job.request.body, usedforsecurity=False).digest()
        name, _dot, inner = settings.body_claim.partition(".")
        text = encode_digest(digest, settings.body_encoding).decode()
        text = text.rstrip("=") if settings.body_encoding == "base64url" else text
        made[name] = {inner: text} if inner else text
    if settings.url_claim:
        made[settings.url_claim] = hashlib.sha256(to_bytes(scope.url)).hexdigest()
    if settings.query_claim:
        base = job.facts.get("base_url", "")
        made[settings.query_claim] = next(query_hashes(job.request.method, scope.url, base))
    return made
