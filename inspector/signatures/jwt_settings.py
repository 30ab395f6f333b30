"""What a `kind = "jwt"` table says: which algorithms, which claims, what binds the body, and how old a token may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from inspector.signatures.encodings import ALGORITHMS as HASHES
from inspector.signatures.encodings import ENCODINGS, KEY_FORMS
from inspector.signatures.jose import ALGORITHMS, is_shared
from inspector.signatures.place import Place
from inspector.signatures.table import Table

KEYS = (
    *("algs", "key", "prefix", "claims", "required_claims", "leeway", "max_age", "future_iat", "kid_url"),
    *("body_claim", "body_hash", "body_encoding", "body_optional", "url_claim", "query_claim", "data_claim"),
)

FUTURE = ("stale", "invalid", "accept")
"""What a token issued ahead of our clock is."""


@dataclass(frozen=True, slots=True)
class ClaimRule:
    """What a claim must be: one of `constants`, or what the first known of `facts` says (`url` is the address).

    A name like `azp|appid` is whichever of the claims there is.
    """

    name: str
    constants: tuple[Any, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class JwtSettings:
    """The own keys of a JWT table.

    `prefix` stands before the token in its place. `leeway_s` is granted to exp, nbf and iat, `max_age_s` limits the
    age by iat (0 = no limit). `body_claim` holds a hash of the body (a path like `data.SHA256`), `body_optional` lets
    it be missing. `url_claim` holds the SHA-256 of the address in hex, `query_claim` Atlassian's hash of method, path
    and query. `data_claim` is where a token that is itself the body keeps the event; "" spreads it over the claims.
    `kid_url` is the address of a single key, with {kid} for its id; it must fit the recipe's `fetch` patterns.
    """

    algs: tuple[str, ...]
    key: str
    prefix: str
    claims: tuple[ClaimRule, ...]
    required: tuple[str, ...]
    leeway_s: int
    max_age_s: int
    future_iat: str
    body_claim: str
    body_hash: str
    body_encoding: str
    body_optional: bool
    url_claim: str
    query_claim: str
    data_claim: str
    kid_url: str

    @property
    def places(self) -> tuple[Place, ...]:
        """The facts the claims are compared with."""
        names = dict.fromkeys(fact for rule in self.claims for fact in rule.facts if fact != "url")
        return tuple(Place("fact", name, "", name.encode()) for name in names)


def parse_jwt(source: Table) -> JwtSettings:
    """Return what a table says; raises ProviderError naming the key."""
    algs = source.texts("algs")
    for alg in algs:
        if alg not in ALGORITHMS:
            raise source.error("algs", f"must be some of {', '.join(ALGORITHMS)}, not {alg!r}")
    if "EdDSA" in algs and any(is_shared(alg) for alg in algs):
        # The 32 bytes of an Ed25519 key look like any secret, so a forger could sign with the public key as secret.
        raise source.error("algs", "must not mix EdDSA with HS256, HS384 or HS512")
    for key in ("body_hash", "body_encoding", "body_optional"):
        if source.has(key) and not source.has("body_claim"):
            raise source.error(key, "needs body_claim")
    return JwtSettings(
        algs=algs,
        key=source.choice("key", KEY_FORMS, "utf8"),
        prefix=source.text("prefix", ""),
        claims=tuple(_rule(source, name, value) for name, value in source.table("claims").items()),
        required=source.texts("required_claims", ()),
        leeway_s=source.number("leeway", 0),
        max_age_s=source.number("max_age", 0),
        future_iat=source.choice("future_iat", FUTURE, "stale"),
        body_claim=source.text("body_claim", ""),
        body_hash=source.choice("body_hash", HASHES, "sha256"),
        body_encoding=source.choice("body_encoding", ENCODINGS, "hex"),
        body_optional=source.flag("body_optional", False),
        url_claim=source.text("url_claim", ""),
        query_claim=source.text("query_claim", ""),
        data_claim=source.text("data_claim", ""),
        kid_url=_kid_url(source),
    )


def _kid_url(source: Table) -> str:
    text = source.text("kid_url", "")
    if text and not (text.startswith("https://") and text.count("{kid}") == 1 and "{kid}" in text.split("/", 3)[-1]):
        raise source.error("kid_url", "must start with https:// and name {kid} in its path")
    return text


def _rule(source: Table, name: str, value: Any) -> ClaimRule:
    wanted = value if isinstance(value, list) else [value]
    if not wanted or not all(isinstance(item, str | bool | int) for item in wanted):
        raise source.error(f"claims.{name}", "must be a text, a number, true, false, or a list of them")
    facts = tuple(item[1:-1] for item in wanted if isinstance(item, str) and item[:1] == "{" and item[-1:] == "}")
    if not all(fact.isidentifier() for fact in facts):
        raise source.error(f"claims.{name}", "must name a fact like {audience}, or {url}")
    constants = tuple(
        item for item in wanted if not (isinstance(item, str) and item[1:-1] in facts and item[:1] == "{")
    )
    return ClaimRule(name, constants, facts)
