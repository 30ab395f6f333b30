"""One signed request for every declarative scheme of every bundled provider, and the same request tampered with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Verdict
from inspector.formats.verification_code.plan import CannotWrite, plan_of
from inspector.payload.body import Payload
from inspector.payload.selector import parse_selector
from inspector.providers.catalogue import load_catalogue
from inspector.resources import resource_path
from inspector.signatures.engine import sign, verify
from inspector.signatures.place import Place, Scope
from inspector.signatures.scheme import Recipe
from tests.builders import NOON, a_request

URL = "https://hooks.example.com/in/abc"
SECRETS = {
    "utf8": "5b0c7f3a9e1d4826b7f0a3c5d9e8174c",
    "nfkd": "5b0c7f3a9e1d4826b7f0a3c5d9e8174c",
    "sha1": "5b0c7f3a9e1d4826b7f0a3c5d9e8174c",
    "whsec": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "base64": "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "hex": "5b0c7f3a9e1d4826b7f0a3c5d9e8174c",
}
FACTS = {"webhook_id": "wh_1", "key_id": "key_1", "client_id": "client_1", "account": "acct_1", "app_id": "app_1"}


@dataclass(frozen=True)
class Sample:
    """One scheme of a provider with a request that is signed by it."""

    name: str
    recipe: Recipe
    request: Request
    secret: str
    facts: dict[str, str]

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode("latin-1"): value.decode("latin-1") for name, value in self.request.headers}

    @property
    def url(self) -> str:
        query = self.request.query_string
        return f"{URL}?{query}" if query else URL


@lru_cache(maxsize=1)
def samples() -> tuple[Sample, ...]:
    """Return a sample for every scheme that is a recipe."""
    found = []
    for profile in load_catalogue([resource_path("providers")]):
        for number, recipe in enumerate(profile.recipes):
            try:
                plan_of(recipe)
            except CannotWrite:
                continue
            found.append(_sample(f"{profile.id}-{number}", replace(recipe, when=(), keys_url=None, fetch=())))
    return tuple(found)


def _sample(name: str, recipe: Recipe) -> Sample:
    private, public = _keys(recipe)
    request = _blank(recipe)
    facts = dict(FACTS)
    for place, fact in recipe.require_facts:
        if place.kind == "header":
            line = (place.name.encode(), facts.setdefault(fact.name, "x").encode())
            request = replace(request, headers=(*request.headers, line))
        else:
            facts[fact.name] = place.values(Scope(request, Payload(request), URL))[0].decode()
    signed = sign(request, (recipe,), Secret(private), url=URL, now=NOON, facts=facts)
    checked = verify(signed, Payload(signed), (recipe,), [Secret(public)], scheme=name, url=URL, now=NOON, facts=facts)
    assert checked.verdict is Verdict.VALID, (name, checked)
    return Sample(name, recipe, signed, public, facts)


def _keys(recipe: Recipe) -> tuple[str, str]:
    """Return what signs and what checks."""
    if not recipe.is_public:
        secret = SECRETS[recipe.key]
        secret = f"key_1:{secret}" if recipe.splits_secret else secret
        return secret, secret
    private: Any = _private(recipe.kind)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return pem.decode(), public.decode()


@lru_cache(maxsize=3)
def _private(kind: str) -> Any:
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    if kind == "ecdsa":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(65537, 2048)


def _blank(recipe: Recipe) -> Request:
    """Return a request with every field of the body that the scheme reads."""
    places = [*recipe.places]
    form = any(place.kind in ("form", "formjson") for place in places) or any(
        template.atoms & {"form.sorted", "form.amp", "form.php"} for template in recipe.signed
    )
    body = _form(places) if form else _json(places)
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    headers = ((b"Host", b"hooks.example.com"), (b"Content-Type", kind.encode()))
    query = "&".join(f"{place.name}=1" for place in places if place.kind == "query")
    target = f"/in/abc?{query}" if query else "/in/abc"
    return a_request(body, headers=headers, target=target, received_at=NOON)


def _json(places: list[Place]) -> bytes:
    value: dict[str, Any] = {"type": "message.delivered", "name": "Zoë", "price": 0.5}
    for place in places:
        if place.kind == "json":
            _put(value, place.path)
    return json.dumps(value, ensure_ascii=False).encode()


def _put(value: Any, path: str) -> None:
    steps = parse_selector(path)
    for step, following in zip(steps, (*steps[1:], None), strict=True):
        made: Any = "eyJhIjoxfQ==" if following is None else [] if isinstance(following, int) else {}
        if isinstance(value, list):
            while len(value) <= int(step):
                value.append(made)
            value = value[int(step)]
        else:
            value = value.setdefault(step, made)


def _form(places: list[Place]) -> bytes:
    fields: dict[str, str] = {"Body": "Hello & good bye = yes", "To": "+14155550132", "Name": "Zoë"}
    for place in places:
        if place.kind == "form":
            fields[place.name] = "1"
        elif place.kind == "formjson":
            held = json.loads(fields.get(place.name, "{}"))
            _put(held, place.path)
            fields[place.name] = json.dumps(held)
    return urlencode(fields).encode()


def tampered(sample: Sample) -> Iterator[tuple[str, dict[str, str], str, str]]:
    """Yield headers, secret and a word for requests that must not pass."""
    sent = {name.lower() for name in sample.headers}
    place = next((item for item in sample.recipe.signature if item.name.lower() in sent), sample.recipe.signature[0])
    wrong = f"key_1:{'0' * 32}" if sample.recipe.splits_secret else "0" * 32
    if not sample.recipe.is_public:
        yield "another secret", sample.headers, wrong, sample.url
    if place.name.lower() in sent and not sample.recipe.is_public:
        changed = dict(sample.headers)
        name = next(name for name in changed if name.lower() == place.name.lower())
        value = changed[name]
        changed[name] = value[:-3] + ("AAA" if value[-3:] != "AAA" else "BBB")
        yield "another signature", changed, sample.secret, sample.url
        yield (
            "no signature",
            {key: value for key, value in sample.headers.items() if key != name},
            sample.secret,
            sample.url,
        )
