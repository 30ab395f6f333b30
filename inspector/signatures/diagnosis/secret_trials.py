"""Trials about the secret: another one, one pasted badly, one used in another form."""

from __future__ import annotations

import re
from collections.abc import Iterator

from inspector.domain.endpoint import ending_of
from inspector.domain.secret import Secret
from inspector.payload.selector import MISSING
from inspector.signatures.diagnosis.case import KnownSecret
from inspector.signatures.diagnosis.cause import Cause
from inspector.signatures.diagnosis.ground import Ground
from inspector.signatures.diagnosis.variant import Variant
from inspector.signatures.encodings import key_bytes
from inspector.signatures.place import text_of, to_bytes

FORMS = ("utf8", "whsec", "base64", "hex", "sha1")
_DECODED = ("whsec", "base64", "hex", "sha1")
FORM_WORDS = {
    "utf8": "as the text it is",
    "whsec": "decoded from base64",
    "base64": "decoded from base64",
    "base64url": "decoded from base64url",
    "hex": "decoded from hex",
    "sha1": "as its SHA-1",
    "bare": "without the part before the underscore",
}
_UNSEEN = re.compile("[​‌‍⁠﻿\xa0]")
_PREFIXED = re.compile(r"[a-z]{2,8}_(?=.{8})")
_MOST_IDS = 24
_LONGEST_ID = 200


def former_secrets(ground: Ground) -> Iterator[Variant]:
    """Secrets of this endpoint whose time is over."""
    for known in ground.case.secrets:
        if known.former:
            yield Variant(Cause.FORMER_SECRET, "", known.secret, known)


def other_endpoints(ground: Ground) -> Iterator[Variant]:
    """Secrets of other endpoints."""
    for known in ground.case.others:
        yield Variant(Cause.OTHER_ENDPOINT, known.endpoint, known.secret, known)


def blanks(ground: Ground) -> Iterator[Variant]:
    """The stored secret without what a careless copy adds."""
    for known in ground.case.accepted:
        value = known.secret.value
        bare = _UNSEEN.sub("", value).strip()
        for text, words in (
            (value.strip(), "a blank or line break around it"),
            (bare, "a character that cannot be seen"),
            (bare.strip("\"'`"), "quotes around it"),
            ("".join(value.split()), "blanks inside"),
            (bare.partition("=")[2].strip("\"' ") if re.match(r"[A-Z_]+=", bare) else "", "a name before it"),
            (bare.removeprefix("Bearer "), "“Bearer” before it"),
        ):
            if text and text != value:
                yield _other(Cause.SECRET_BLANKS, words, text, known)


def line_breaks(ground: Ground) -> Iterator[Variant]:
    """The stored secret with a line break, as a sender that read it from a file has it."""
    for known in ground.case.accepted:
        bare = known.secret.value.rstrip("\r\n ")
        for text, words in (
            (f"{bare}\n", "a line break"),
            (f"{bare}\r\n", "a line break (CRLF)"),
            (f"{bare} ", "a blank"),
        ):
            if text != known.secret.value:
                yield _other(Cause.SECRET_LINE_BREAK, words, text, known)


def ids(ground: Ground) -> Iterator[Variant]:
    """An id the request names, used as the secret."""
    for text, where in list(_ids(ground))[:_MOST_IDS]:
        yield _other(Cause.ID_AS_SECRET, where, text, None)


def _ids(ground: Ground) -> Iterator[tuple[str, str]]:
    for name, value in ground.case.facts.items():
        yield value, name.replace("_", " ")
    for name, raw in ground.headers:
        if "id" in name.lower().replace("_", "-").split("-") and 0 < len(raw) <= _LONGEST_ID:
            yield raw.decode("utf-8", "replace"), f"the header {name}"
    for name, value in ground.payload.query:
        if name.lower().endswith("id"):
            yield value, f"the query parameter {name}"
    parsed = ground.payload.json
    if parsed is not MISSING and isinstance(parsed, dict):
        for name, value in parsed.items():
            text = text_of(value) if not isinstance(value, dict | list) else None
            if text and name.lower().endswith("id") and len(text) <= _LONGEST_ID:
                yield text, f"the field {name}"
    segments = [part for part in ground.case.request.path.split("/") if len(part) >= 8]
    yield from ((part, "the address") for part in segments[-2:])


def forms(ground: Ground) -> Iterator[Variant]:
    """The stored secrets turned into a key in another way."""
    for known in ground.case.accepted:
        yield from forms_of(ground, known.secret, known)


def forms_of(ground: Ground, secret: Secret, origin: KnownSecret | None) -> Iterator[Variant]:
    """Every other key a secret can stand for, each once."""
    own = ground.recipe.key
    name, colon, bare = secret.value.partition(":") if ground.recipe.splits_secret else ("", "", secret.value)
    seen = {key_bytes(bare, own)}
    texts = [(bare, form) for form in FORMS]
    without = _PREFIXED.sub("", bare, count=1)
    if without != bare:
        texts += [(without, "utf8"), (without, "base64"), (without, "hex")]
    texts += [(text.replace("-", "+").replace("_", "/"), "base64") for text in dict.fromkeys((bare, without))]
    for text, form in texts:
        key = key_bytes(text, form)
        if key is None or key in seen:
            continue
        seen.add(key)
        cause = Cause.SECRET_DECODED if form in _DECODED else Cause.SECRET_RAW
        words = FORM_WORDS["bare" if form == "utf8" and text != bare else form]
        yield Variant(cause, words, Secret(f"{name}{colon}{text}", secret.name, secret.ending), origin, form)


def key_names(ground: Ground) -> Iterator[Variant]:
    """The name of the key, where the scheme wants one and the header tells which there is."""
    if not ground.recipe.splits_secret:
        return
    names = [name.decode("utf-8", "replace") for name in ground.fields]
    for place in ground.recipe.require_extra:
        names += [value.decode("utf-8", "replace") for value in place.values(ground.scope())]
    for known in ground.case.accepted:
        bare = known.secret.value.rpartition(":")[2]
        for name in dict.fromkeys(names):
            if f"{name}:{bare}" != known.secret.value:
                yield _other(Cause.KEY_NAME, name, f"{name}:{bare}", known)


def stored_as(key: bytes, form: str) -> str | None:
    """Return the text a scheme with this key form turns into `key`, None where there is none."""
    import base64

    if form in ("base64", "whsec"):
        return base64.b64encode(key).decode()
    if form == "hex":
        return key.hex()
    if form == "utf8":
        try:
            text = key.decode("utf-8")
        except UnicodeDecodeError:
            return None
        return text if to_bytes(text) == key and text.isprintable() else None
    return None


def _other(cause: Cause, words: str, value: str, origin: KnownSecret | None) -> Variant:
    name = origin.secret.name if origin else words
    return Variant(cause, words, Secret(value, name, ending_of(value)), origin)
