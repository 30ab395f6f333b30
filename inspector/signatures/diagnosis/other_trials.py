"""Trials about who signed: another provider's scheme, a signature in another header, one for a public key."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.providers.profile import Profile
from inspector.signatures.diagnosis.cause import Cause
from inspector.signatures.diagnosis.ground import Ground
from inspector.signatures.diagnosis.variant import Variant
from inspector.signatures.scheme import Recipe

_COMMON = frozenset({"authorization", "signature", "x-signature", "x-webhook-signature", "x-hub-signature"})


def other_headers(ground: Ground) -> Iterator[Variant]:
    """The same signature under another header's name."""
    for place in dict.fromkeys(place for place, _written in ground.other_digests.values()):
        yield Variant(Cause.OTHER_HEADER, place.name, place=place)


def other_providers(ground: Ground) -> Iterator[Variant | None]:
    """Providers whose signature header the request carries; yields None between, as each may be read for it."""
    sent = {name.lower() for name, _value in ground.headers}
    for profile in ground.case.profiles:
        yield None
        if profile.id != ground.case.provider and carries(profile, sent, ground):
            yield Variant(Cause.OTHER_PROVIDER, profile.name, profile=profile)


def carries(profile: Profile, sent: set[str], ground: Ground) -> bool:
    """Whether the request has a signature where this provider puts its own."""
    return any(_sent_in(recipe, sent, ground) for recipe in profile.recipes)


def names_itself(profile: Profile, sent: set[str]) -> bool:
    """Whether the request has a header that is this provider's own signature header, by its name."""
    places = (place for recipe in profile.recipes for place in recipe.signature if place.kind == "header")
    return any(place.name.lower() in sent and place.name.lower() not in _COMMON for place in places)


def _sent_in(recipe: Recipe, sent: set[str], ground: Ground) -> bool:
    for place in recipe.signature:
        if place.kind == "header":
            if place.name.lower() in sent:
                return True
        elif place.values(ground.scope()):
            return True
    return False


def public_key_forms(ground: Ground) -> Iterator[Variant]:
    """Other ways to write or make a signature for the same public key."""
    if not ground.recipe.is_public:
        return
    for key, options in (
        ("encoding", ("hex", "base64", "base64url")),
        ("form", ("der", "raw")),
        ("padding", ("pkcs1", "pss")),
        ("alg", ("sha256", "sha1", "sha512", "sha384")),
    ):
        now = getattr(ground.recipe, key)
        cause = Cause.HASH if key in ("alg", "padding") else Cause.ENCODING
        for option in options:
            if option != now:
                yield Variant(cause, option, changes=((key, option),))


def token_prefixes(ground: Ground) -> Iterator[Variant]:
    """A token with another word before it."""
    if ground.recipe.kind != "token":
        return
    for known in ground.case.accepted:
        value = known.secret.value.encode("utf-8", "surrogateescape")
        for raw in ground.raws:
            if value and raw.endswith(value) and len(raw) - len(value) <= 20 and raw != value:
                yield Variant(Cause.PREFIX, "", changes=(("prefix", raw[: -len(value)].decode("utf-8", "replace")),))
            if raw == value and ground.recipe.prefix:
                yield Variant(Cause.PREFIX, "", changes=(("prefix", ""),))
