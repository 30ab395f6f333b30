"""What a signature scheme is: its facts (`Recipe`), and the seam for the few that need code (`Scheme`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Protocol, runtime_checkable

from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Covers, Verification
from inspector.signatures.condition import Condition
from inspector.signatures.place import Place, Scope
from inspector.signatures.stamp import TimeRule
from inspector.signatures.table import Table
from inspector.signatures.template import Template

ANNOUNCED = "announced"

PUBLIC_KEY_KINDS = ("ed25519", "ecdsa", "rsa")
"""Kinds that check with a public key what was signed with a private one."""

KINDS = ("hmac", "hash", "token", *PUBLIC_KEY_KINDS)
"""Kinds a recipe describes completely, without code of their own."""

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, eq=False)
class Recipe:
    """One scheme. Any of `signature` and any of `signed` may match; all of `require` and `also` must.

    `alg` is a hashlib name, or ANNOUNCED: then `alg_place` (its item `alg_field`, where set) names one of `algs`.
    `items` splits the signature header, `pair` each item; `field` is the item that holds the signature, "" where
    every item does. With `field_extra` the wanted item is named in the secret, which is then `name:secret`, or by
    the fact `key_id`. `require_facts` are places whose value must be that of a fact, where the user told it.
    `extra_secrets` are what the provider calls the second secret and those after it. `note` is
    one sentence a valid verdict should not hide.

    For public keys: `form` is how an ECDSA signature is written ("der" or "raw", r and s side by side), `padding` the
    one of RSA ("pkcs1" or "pss"), `key_id` where the request names the key of several. `keys_url` is where the
    provider publishes its keys: a template that reads facts only, or names a place of the request where the address
    lies; then it counts only where one of the patterns of `fetch` allows it. `settings` is what a scheme with code
    made of its own keys.
    """

    kind: str
    signature: tuple[Place, ...]
    signed: tuple[Template, ...] = ()
    when: tuple[Condition, ...] = ()
    alg: str = "sha256"
    alg_place: Place | None = None
    alg_field: str = ""
    algs: tuple[tuple[str, str], ...] = ()
    encoding: str = "hex"
    key: str = "utf8"
    prefix: bytes = b""
    items: str = ""
    pair: str = ""
    field: bytes = b""
    field_extra: bool = False
    time: TimeRule | None = None
    require: tuple[Condition, ...] = ()
    require_extra: tuple[Place, ...] = ()
    require_facts: tuple[tuple[Place, Place], ...] = ()
    also: tuple[tuple[Place, Template], ...] = ()
    extra_secrets: tuple[str, ...] = ()
    covers: Covers = Covers.BODY
    note: str = ""
    form: str = "der"
    padding: str = "pkcs1"
    key_id: Place | None = None
    keys_url: Template | None = None
    fetch: tuple[str, ...] = ()
    settings: object = None

    @property
    def splits_secret(self) -> bool:
        """Whether a secret is written `name:secret` because the scheme asks for both."""
        return self.field_extra or bool(self.require_extra) or any("extra" in form.atoms for form in self.signed)

    @property
    def is_public(self) -> bool:
        """Whether the scheme checks with a public key."""
        return self.kind in PUBLIC_KEY_KINDS

    @property
    def places(self) -> tuple[Place, ...]:
        """Every place the scheme reads, the signature first, each once."""
        found = [*self.signature]
        if self.time:
            found.append(self.time.place)
        for template in (*self.signed, *(template for _place, template in self.also)):
            found.extend(template.places)
        found.extend(place for place, _template in self.also)
        found.extend(condition.place for condition in self.require)
        found.extend(self.require_extra)
        found.extend(place for place, _fact in self.require_facts)
        found.extend(place for place in (self.alg_place, self.key_id) if place)
        if isinstance(self.settings, ReadsPlaces):
            found.extend(self.settings.places)
        return tuple(dict.fromkeys(found))


@runtime_checkable
class ReadsPlaces(Protocol):
    """Settings of a scheme with code that reads more places than the recipe names: they are marked in the window."""

    @property
    def places(self) -> tuple[Place, ...]:
        """The places."""


@dataclass(frozen=True, slots=True)
class Job:
    """One request to be checked by one recipe.

    `scope` holds the request, its payload and the address as the provider knows it. `secrets` are tried in order and
    never empty texts. `facts` are what a scheme asks for besides (`audience`, `webhook_id` …), `documents` the texts
    (certificates, key sets) that are at hand, by address. `scheme` is the provider's id for the record. `tolerance_s`
    None leaves the scheme's own time window in force, 0 means no limit.
    """

    recipe: Recipe
    scope: Scope
    secrets: tuple[Secret, ...]
    scheme: str
    now: datetime
    tolerance_s: int | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    documents: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SignJob:
    """One request to be signed by one recipe as of `now`; `url` is the address as the provider knows it."""

    recipe: Recipe
    request: Request
    secret: Secret
    url: str
    now: datetime
    facts: Mapping[str, str] = field(default_factory=dict)


class Scheme(Protocol):
    """A scheme that a recipe alone cannot describe: one file, and one entry in `SCHEMES`.

    Nothing here fetches, and `check` and `signed_bytes` never raise, whatever the request holds.
    """

    @property
    def kind(self) -> str:
        """The `kind` of the signing table it answers to."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the signing table beyond `COMMON_KEYS` (recipe.py)."""

    def parse(self, source: Table) -> object:
        """Return the scheme's own settings, kept as `Recipe.settings`; raises `source.error(key, why)`."""

    def check(self, job: Job) -> Verification:
        """Return the verdict with its steps."""

    def sign(self, job: SignJob) -> Request:
        """Return the request signed; raises UsageError where that cannot be done."""

    def signed_bytes(self, job: Job) -> bytes | None:
        """Return the exact bytes that are signed, for showing; None where a part of them was not sent."""
