"""From what fits to words and an action: one sentence and one thing to do for each cause."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from inspector.signatures.diagnosis.cause import Action, Cause, Diagnosis, Do, Match
from inspector.signatures.diagnosis.ground import Ground
from inspector.signatures.diagnosis.guides import GUIDES
from inspector.signatures.diagnosis.secret_trials import stored_as
from inspector.signatures.diagnosis.testing import Fit, announced_alg
from inspector.signatures.encodings import ALGORITHM_NAMES, encode_digest, key_bytes
from inspector.signatures.scheme import ANNOUNCED
from inspector.signatures.template import compile_template

EDIT = Action(Do.EDIT_SECRET, "Edit secret…")
BYTES = Action(Do.SHOW_BYTES, "Show bytes")
HOW = Action(Do.HOW_TO_FIX, "How to fix")
ENCODING_WORDS = {"hex": "hex", "base64": "base64", "base64url": "base64url"}


@dataclass(frozen=True, slots=True)
class Told:
    """What is said about one cause."""

    title: str
    sentence: str
    action: Action
    others: tuple[Action, ...] = ()


Teller: TypeAlias = Callable[[Ground, Fit], Told]


def explain(ground: Ground, fit: Fit) -> Diagnosis:
    """Return the diagnosis for a variation that fits."""
    cause = fit.variant.cause
    told = TELLERS[cause](ground, fit)
    return Diagnosis(
        cause, told.title, told.sentence, told.action, told.others, GUIDES.get(cause, ""), True, match_of(ground, fit)
    )


def match_of(ground: Ground, fit: Fit) -> Match:
    """Return what fits, for the list of checks and the comparison."""
    made = ""
    if fit.written is not None:
        label = fit.written.label.decode("latin-1")
        made = label + encode_digest(fit.written.digest, fit.written.encoding).decode()
    return Match(whose(fit), _ending(fit), fit.words, made, fit.signed)


def whose(fit: Fit) -> str:
    """Say whose secret fits: `previous secret`, `secret of RCS staging`, `current secret`."""
    origin = fit.origin
    if fit.variant.cause is Cause.ID_AS_SECRET:
        return fit.variant.words
    if origin is not None and origin.endpoint:
        return f"secret of {origin.endpoint}"
    if origin is not None and origin.former:
        return "previous secret"
    return "current secret"


def _ending(fit: Fit) -> str:
    return fit.secret.ending or (fit.origin.secret.ending if fit.origin else "")


def _ends(fit: Fit) -> str:
    ending = _ending(fit)
    return f" ending {ending}" if ending else ""


def scheme_changes(ground: Ground, fit: Fit) -> tuple[tuple[str, object], ...]:
    """Return the keys of the signing table that make this signature valid; a value None takes a key away."""
    recipe, variant = ground.recipe, fit.variant
    changes: dict[str, object] = dict(variant.changes)
    if variant.signed:
        changes["signed"] = variant.signed
        if "secret" in compile_template(variant.signed).atoms:
            changes["kind"] = "hash"
    if variant.key:
        changes["key"] = variant.key
    if variant.place is not None:
        changes["signature"] = f"header:{variant.place.name}"
    written = fit.written
    if written is None or not fit.strange:
        return tuple(changes.items())
    if written.encoding != recipe.encoding:
        changes["encoding"] = written.encoding
    if written.alg != announced_alg(ground):
        changes["alg"] = written.alg
        if recipe.alg == ANNOUNCED:
            changes |= {"alg_header": None, "alg_field": None, "algs": None}
    label = written.label.decode("latin-1")
    if recipe.pair:
        if label.rstrip() != f"{recipe.field.decode()}{recipe.pair}" and label:
            changes["field"] = label.rstrip()[: -len(recipe.pair)]
    elif label != recipe.prefix.decode("latin-1"):
        changes["prefix"] = label
    return tuple(changes.items())


def _own_scheme(ground: Ground, fit: Fit, words: str) -> Action:
    return Action(Do.OWN_SCHEME, words, changes=scheme_changes(ground, fit))


# -- one function for each cause ---------------------------------------------------------------------------------


def _former(ground: Ground, fit: Fit) -> Told:
    assert fit.origin is not None
    current = next((known.secret.ending for known in ground.case.accepted if known.secret.ending), "")
    instead = f", not with the new one ({current})" if current else ""
    return Told(
        "signed with the previous secret",
        f"It matches the secret{_ends(fit)}, which was replaced. The provider still signs with it{instead}.",
        Action(Do.ACCEPT_FORMER, "Accept both for 24 h", ref_key=fit.origin.ref_key, seconds=24 * 3600),
        (EDIT,),
    )


def _other_endpoint(ground: Ground, fit: Fit) -> Told:
    assert fit.origin is not None
    name = fit.origin.endpoint
    return Told(
        f"signed with the secret of “{name}”",
        f"It matches the secret{_ends(fit)} of “{name}”. The provider calls this address with that endpoint’s secret.",
        Action(Do.ADD_SECRET, "Use that secret", value=fit.secret.value, name=f"From {name}"),
        (Action(Do.OPEN_ENDPOINT, "Open that endpoint", endpoint_id=fit.origin.endpoint_id),),
    )


def _blanks(_ground: Ground, fit: Fit) -> Told:
    words = fit.variant.words
    trims = "blank or line break" in words
    return Told(
        f"the stored secret has {words}",
        f"Without {words}, the stored secret fits.",
        _replace(fit, "Trim secret" if trims else "Clean up secret", fit.secret.value),
        (EDIT,),
    )


def _secret_break(_ground: Ground, fit: Fit) -> Told:
    words = fit.variant.words
    return Told(
        f"the provider’s secret ends in {words}",
        f"With {words} at its end the stored secret fits: the sender reads it from a file, and the line’s end with it.",
        _replace(fit, "Store it like that", fit.secret.value),
        (EDIT, HOW),
    )


def _id_as_secret(_ground: Ground, fit: Fit) -> Told:
    return Told(
        "the provider signs with an ID as the secret",
        f"The key is {fit.variant.words}. Anyone who sees that ID can sign too.",
        Action(Do.ADD_SECRET, "Use the ID as secret", value=fit.secret.value, name="ID as secret"),
        (EDIT,),
    )


def _other_form(ground: Ground, fit: Fit) -> Told:
    words = fit.variant.words
    bare = fit.secret.value.partition(":")[2] if ground.recipe.splits_secret else fit.secret.value
    name = fit.secret.value.removesuffix(bare)
    key = key_bytes(bare, fit.variant.key)
    stored = stored_as(key, ground.recipe.key) if key is not None else None
    decoded = fit.variant.cause is Cause.SECRET_DECODED
    title = "the secret must be decoded first" if decoded else "the secret must be used as it is"
    if stored is not None and key_bytes(stored, ground.recipe.key) == key and fit.origin and fit.origin.ref_key:
        action = _replace(fit, "Store it in the form this scheme takes", name + stored)
    else:
        action = _own_scheme(ground, fit, "Switch scheme")
    return Told(title, f"The stored secret fits when it is used {words}.", action, (EDIT,))


def _key_name(_ground: Ground, fit: Fit) -> Told:
    return Told(
        "the key has another name",
        f"The provider calls the key {fit.variant.words}, and under that name it fits.",
        _replace(fit, "Use this name", fit.secret.value),
        (EDIT,),
    )


def _replace(fit: Fit, words: str, value: str) -> Action:
    ref_key = fit.origin.ref_key if fit.origin else ""
    return Action(Do.REPLACE_SECRET, words, ref_key=ref_key, value=value)


def _writing(ground: Ground, fit: Fit) -> Told:
    """The signature is right, but written in another way than the scheme says."""
    changes = dict(scheme_changes(ground, fit))
    if fit.written is not None and fit.written.mended:
        return Told(
            "something rewrote the signature header",
            f"The signature fits once it is freed of {fit.written.mended}.",
            HOW,
            (BYTES,),
        )
    if "alg" in changes:
        name = ALGORITHM_NAMES.get(str(changes["alg"]), str(changes["alg"]))
        return Told(
            f"made with {name}",
            f"The same secret and text fit with {name}.",
            _own_scheme(ground, fit, f"Switch to {name}"),
            (HOW,),
        )
    if "encoding" in changes:
        name = ENCODING_WORDS.get(str(changes["encoding"]), str(changes["encoding"]))
        return Told(
            f"written in {name}",
            f"The signature fits, but it is written in {name}, not in {ground.recipe.encoding}.",
            _own_scheme(ground, fit, f"Switch to {name}"),
            (HOW,),
        )
    label = str(changes.get("prefix", changes.get("field", "")))
    said = f"with “{label}” before it" if label else "with nothing before it"
    return Told(
        f"written {said}",
        f"The signature fits, but it comes {said}. Expected {_expected_label(ground)}.",
        _own_scheme(ground, fit, "Switch label"),
        (HOW,),
    )


def _expected_label(ground: Ground) -> str:
    recipe = ground.recipe
    label = recipe.prefix.decode("latin-1") or (f"{recipe.field.decode()}{recipe.pair}" if recipe.pair else "")
    return f"“{label}”" if label else "no label"


def _hash(ground: Ground, fit: Fit) -> Told:
    if fit.variant.signed:
        return Told(
            "a plain hash, not an HMAC",
            f"It is {fit.variant.words}.",
            _own_scheme(ground, fit, "Switch scheme"),
            (HOW,),
        )
    return Told(
        f"made with {fit.variant.words}",
        f"The same key and text fit with {fit.variant.words}.",
        _own_scheme(ground, fit, f"Switch to {fit.variant.words}"),
        (HOW,),
    )


def _encoding(ground: Ground, fit: Fit) -> Told:
    words = fit.variant.words
    return Told(
        f"written as {words}",
        f"The signature fits when it is read as {words}.",
        _own_scheme(ground, fit, f"Switch to {words}"),
        (HOW,),
    )


def _prefix(ground: Ground, fit: Fit) -> Told:
    label = str(dict(fit.variant.changes).get("prefix", ""))
    said = f"with “{label}” before it" if label else "with nothing before it"
    return Told(
        f"sent {said}",
        f"The token is right, but it comes {said}. Expected {_expected_label(ground)}.",
        _own_scheme(ground, fit, "Switch label"),
        (HOW,),
    )


def _signed_text(ground: Ground, fit: Fit) -> Told:
    words = compile_template(fit.variant.signed).words
    own = ground.recipe.signed[0].words if ground.recipe.signed else "nothing"
    added = "is part of" if len(fit.variant.signed) > len("{body}") else "is not part of"
    what = "more than the body is signed" if added == "is part of" else "only the body is signed"
    return Told(
        what,
        f"The signature fits over {words} ({fit.variant.signed}), not over {own}.",
        _own_scheme(ground, fit, "Switch scheme"),
        (BYTES,),
    )


def _inner(ground: Ground, fit: Fit) -> Told:
    return Told(
        "only a field of the body is signed",
        f"The signature fits over {fit.variant.words}. What lies outside that field is not protected.",
        _own_scheme(ground, fit, "Switch scheme"),
        (BYTES,),
    )


def _line_break(_ground: Ground, fit: Fit) -> Told:
    added = "was not signed" in fit.variant.words
    return Told(
        "something added a line break" if added else "something took a line break away",
        f"The body has {fit.variant.words}.",
        BYTES,
        (HOW,),
    )


def _rewritten(_ground: Ground, fit: Fit) -> Told:
    return Told(
        "something rewrote the JSON on the way",
        f"The signature fits the same JSON written {fit.variant.words}. What came is not what was signed.",
        HOW,
        (BYTES,),
    )


def _line_endings(_ground: Ground, fit: Fit) -> Told:
    return Told(
        "something changed the line breaks",
        f"The signature fits the body with {fit.variant.words} line breaks.",
        BYTES,
        (HOW,),
    )


def _text_encoding(_ground: Ground, fit: Fit) -> Told:
    return Told(
        "something changed the character coding",
        f"The signature fits the body written {fit.variant.words}.",
        BYTES,
        (HOW,),
    )


def _form(_ground: Ground, fit: Fit) -> Told:
    return Told(
        "something encoded the form anew",
        f"The signature fits the form with its {fit.variant.words}.",
        HOW,
        (BYTES,),
    )


def _compressed(_ground: Ground, fit: Fit) -> Told:
    return Told(
        "the body was compressed after it was signed",
        f"The signature fits the body with {fit.variant.words} taken off. Something on the way, or the sender’s "
        "client, compressed what was signed uncompressed.",
        HOW,
        (BYTES,),
    )


def _inflated(_ground: Ground, fit: Fit) -> Told:
    return Told(
        "the body was inflated on the way",
        f"The signature fits the body compressed with {fit.variant.words}: a proxy took the compression off.",
        HOW,
        (BYTES,),
    )


def _address(ground: Ground, fit: Fit) -> Told:
    url = fit.variant.url or ""
    base = url.partition("?")[0]
    address_of = ground.case.address_of
    lead = f"The signature fits the address {url}."
    if address_of is not None and fit.variant.request is None:
        wanted = ground.case.check(url=address_of(base), secrets=(fit.secret,))
        if wanted.verdict in ("valid", "stale"):
            words = f"{lead} Here it was taken to be {ground.scope().url}."
            return Told("another address was signed", words, Action(Do.SET_ADDRESS, "Use this address", value=base))
    return Told("another address was signed", f"{lead} Here it was {ground.scope().url}.", HOW, (BYTES,))


def _other_provider(_ground: Ground, fit: Fit) -> Told:
    assert fit.variant.profile is not None
    name = fit.variant.profile.name
    return Told(
        f"signed the way {name} signs",
        f"The request is from {name}: its signature is there, and fits this endpoint’s secret.",
        Action(Do.SWITCH_PROVIDER, f"Switch to {name}", provider=fit.variant.profile.id),
    )


def _other_header(ground: Ground, fit: Fit) -> Told:
    name = fit.variant.place.name if fit.variant.place else ""
    wanted = " or ".join(place.title for place in ground.recipe.signature)
    return Told(
        "the signature is in another header",
        f"It was sent as {name}, not as {wanted}, and fits.",
        _own_scheme(ground, fit, "Read that header"),
        (HOW,),
    )


TELLERS: dict[Cause, Teller] = {
    Cause.FORMER_SECRET: _former,
    Cause.OTHER_ENDPOINT: _other_endpoint,
    Cause.SECRET_BLANKS: _blanks,
    Cause.SECRET_LINE_BREAK: _secret_break,
    Cause.ID_AS_SECRET: _id_as_secret,
    Cause.SECRET_DECODED: _other_form,
    Cause.SECRET_RAW: _other_form,
    Cause.KEY_NAME: _key_name,
    Cause.UNKNOWN: _writing,  # nothing varied: then it is the writing
    Cause.ENCODING: _encoding,
    Cause.HASH: _hash,
    Cause.PREFIX: _prefix,
    Cause.SIGNED_TEXT: _signed_text,
    Cause.INNER_FIELD: _inner,
    Cause.LINE_BREAK: _line_break,
    Cause.JSON_REWRITTEN: _rewritten,
    Cause.LINE_ENDINGS: _line_endings,
    Cause.TEXT_ENCODING: _text_encoding,
    Cause.FORM_REWRITTEN: _form,
    Cause.COMPRESSED: _compressed,
    Cause.INFLATED: _inflated,
    Cause.ADDRESS: _address,
    Cause.OTHER_PROVIDER: _other_provider,
    Cause.OTHER_HEADER: _other_header,
}
