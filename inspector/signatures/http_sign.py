"""Signs a request as RFC 9421 does: what was covered before, else a set that protects the whole request."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from inspector.domain.errors import UsageError
from inspector.domain.request import Request
from inspector.signatures.canonical import scope_of
from inspector.signatures.content_digest import content_digest
from inspector.signatures.http_components import Input, NoComponent, component_value, signature_bases
from inspector.signatures.jose import fits, signature_of
from inspector.signatures.keys import Key, read_private_key
from inspector.signatures.place import Place, Scope
from inspector.signatures.rewriting import with_header
from inspector.signatures.scheme import SignJob
from inspector.signatures.shared_secret import shared_secret
from inspector.signatures.structured_fields import (
    InnerList,
    Item,
    Member,
    Value,
    parse_dictionary,
    write_dictionary,
    write_member,
)

NAMES = {
    "hmac-sha256": "HS256",
    "ed25519": "EdDSA",
    "ecdsa-p256-sha256": "ES256",
    "ecdsa-p384-sha384": "ES384",
    "rsa-pss-sha512": "PS512",
    "rsa-v1_5-sha256": "RS256",
}
"""Algorithms of RFC 9421 section 6.2, with the name RFC 7518 has for the same one."""

INPUT = Place("header", "Signature-Input", "", b"signature-input")
_DEFAULT = ("@method", "@target-uri", "content-digest", "content-type")
_LIFETIME_S = 300


@dataclass(frozen=True, slots=True, eq=False)
class HttpSettings:
    """The own keys of a table: algorithms, how a shared secret may be written, age limit, what must be covered."""

    algs: tuple[str, ...]
    key_forms: tuple[str, ...]
    max_age_s: int
    required: tuple[str, ...]

    @property
    def places(self) -> tuple[Place, ...]:
        """The headers that are read beside the signature."""
        return (INPUT, Place("header", "Content-Digest", "", b"content-digest"))

    def allowed(self, facts: Mapping[str, str]) -> tuple[str, ...]:
        """Return the algorithms that count here: the one the endpoint's settings name, else all."""
        chosen = facts.get("algorithm", "").strip().lower()
        return tuple(alg for alg in self.algs if alg == chosen) if chosen in NAMES else self.algs


def sign_message(job: SignJob) -> Request:
    """Return the request with one signature as of `job.now`; raises UsageError where the key does not fit."""
    settings = job.recipe.settings
    assert isinstance(settings, HttpSettings)
    old = _old(job)
    alg, key = _algorithm(job, settings, old)
    names = dict.fromkeys((*_DEFAULT, *settings.required))
    items = old.covered.items if old else tuple(Item(name) for name in names)
    request = job.request
    if any(item.value == "content-digest" for item in items):
        request = with_header(request, "Content-Digest", content_digest(request.body))
    scope = scope_of(job, request)
    items = tuple(item for item in items if _is_there(scope, item))
    params = _params(job, old, alg, key)
    signed = Input(old.label if old else "sig1", InnerList(items, params), "")
    signed = Input(signed.label, signed.covered, write_member(signed.covered))
    signature = signature_of(NAMES[alg], key, signature_bases(scope, signed)[0])
    value: dict[str, Member] = {signed.label: Item(signature)}
    inputs: dict[str, Member] = {signed.label: signed.covered}
    request = with_header(request, INPUT.name, write_dictionary(inputs).encode())
    return with_header(request, job.recipe.signature[0].name, write_dictionary(value).encode())


def _old(job: SignJob) -> Input | None:
    text = b", ".join(job.request.header_values(INPUT.name)).decode("latin-1")
    try:
        members = parse_dictionary(text)
    except ValueError:
        return None
    for label, member in members.items():
        if isinstance(member, InnerList):
            return Input(label, member, "")
    return None


def _is_there(scope: Scope, item: Item) -> bool:
    try:
        component_value(scope, str(item.value), item)
    except NoComponent:
        return False
    return True


def _algorithm(job: SignJob, settings: HttpSettings, old: Input | None) -> tuple[str, Key]:
    """Return the old signature's algorithm where it is allowed and the key fits, else the first the key fits."""
    allowed = settings.allowed(job.facts)
    named = [str(old.param("alg"))] if old and old.param("alg") in allowed else []
    shared = (shared_secret(job.secret, form) for form in settings.key_forms)
    # A bare text is a shared secret wherever one may be used, else the seed of an Ed25519 key.
    for key in (next((key for key in shared if key is not None), None), read_private_key(job.secret.value)):
        for alg in [*named, *allowed]:
            if key is not None and fits(NAMES[alg], key):
                return alg, key
    raise UsageError("This secret cannot be used to sign.", f"The scheme needs a key for {' or '.join(allowed)}.", "")


def _params(job: SignJob, old: Input | None, alg: str, key: Key) -> dict[str, Value]:
    now = int(job.now.timestamp())
    held = dict(old.covered.params) if old else {}
    params: dict[str, Value] = {"created": now}
    keyid = key.kid or job.facts.get("key_id", "") or held.get("keyid", "")
    if keyid:
        params["keyid"] = keyid
    params["alg"] = alg
    if "expires" in held:
        params["expires"] = now + _LIFETIME_S
    if "nonce" in held:
        params["nonce"] = hashlib.blake2b(job.request.body + str(now).encode(), digest_size=16).hexdigest()
    if "tag" in held:
        params["tag"] = held["tag"]
    return params
