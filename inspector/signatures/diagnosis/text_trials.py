"""Trials about what is signed: a timestamp or an id with it or without, a field of the body, a plain hash."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any

from inspector.payload.selector import MISSING
from inspector.signatures.diagnosis.cause import Cause
from inspector.signatures.diagnosis.ground import Ground
from inspector.signatures.diagnosis.variant import Variant

_STAMP = re.compile(rb"([0-9]{10}|[0-9]{13}|[0-9]{16}|[0-9]{19})(\.[0-9]+)?\Z|[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]")
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")
_ID_WORDS = ("id", "nonce", "delivery", "uuid", "guid", "token")
_MOST_PLACES = 3
_MOST_FIELDS = 24
_DEEPEST = 4

# What senders build out of a timestamp (t), an id (i), the body and the address; the commonest first.
_WITH_STAMP = (
    *("{t}.{body}", "{t}{body}", "{t}:{body}", "v0:{t}:{body}", "v1:{t}:{body}", "{body}{t}", "{body}.{t}"),
    *("{t}\n{body}", "{t}|{body}", "{method}{url}{body}{t}", "{t}{method}{path}{body}", "{t}.{url}.{body}", "{t}"),
)
_WITH_ID = ("{i}.{body}", "{i}{body}", "{body}.{i}", "{body}{i}")
_WITH_BOTH = (
    *("{i}.{t}.{body}", "{i}{t}{body}", "{t}.{i}.{body}", "{t}{i}{body}", "{body}.{i}.{t}", "{i}:{t}:{body}"),
    "{t}\n{i}\n{body}",
)
_WITH_NEITHER = (
    *("{body}", "{url}{body}", "{body}{url}", "{method}{url}{body}", "{path}{body}", "{method}{path}{body}", "{url}"),
    "{url}{form.sorted}",
)
_PLAIN_HASHES = ("{secret}{body}", "{body}{secret}", "{secret}.{body}", "{body}.{secret}", "{secret}:{body}")


def signed_texts(ground: Ground) -> Iterator[Variant]:
    """Other texts made of the body, a timestamp, an id and the address."""
    stamps, others = _stamps(ground), _ids(ground)
    texts = list(_WITH_NEITHER)
    for stamp in stamps:
        texts += [text.replace("{t}", stamp) for text in _WITH_STAMP]
        texts += [text.replace("{t}", stamp).replace("{i}", other) for text in _WITH_BOTH for other in others]
    texts += [text.replace("{i}", other) for text in _WITH_ID for other in others]
    own = {template.text for template in ground.recipe.signed}
    for text in dict.fromkeys(texts):
        if text not in own:
            yield Variant(Cause.SIGNED_TEXT, signed=text)


def _stamps(ground: Ground) -> list[str]:
    rule = ground.recipe.time
    found = [f"{{{rule.place.kind}:{rule.place.name}}}"] if rule is not None and rule.place.kind != "formjson" else []
    found += [f"{{field:{name.decode()}}}" for name, value in ground.fields.items() if _STAMP.match(value)]
    named = [
        (f"{{header:{name}}}", "time" in name.lower())
        for name, value in ground.headers
        if _STAMP.match(value) or ("time" in name.lower() and len(value) < 40)
    ]
    found += [text for text, _ in sorted(named, key=lambda item: not item[1])]
    return list(dict.fromkeys(found))[:_MOST_PLACES]


def _ids(ground: Ground) -> list[str]:
    found = []
    for name, value in ground.headers:
        parts = name.lower().replace("_", "-").split("-")
        if any(part in _ID_WORDS for part in parts) and 0 < len(value) <= 200 and not _STAMP.match(value):
            found.append(f"{{header:{name}}}")
    return found[:_MOST_PLACES]


def plain_hashes(ground: Ground) -> Iterator[Variant]:
    """A plain hash with the secret in the text in place of an HMAC."""
    if ground.recipe.kind == "hmac":
        for text in _PLAIN_HASHES:
            words = "behind" if text.startswith("{body}") else "before"
            yield Variant(Cause.HASH, f"a plain hash with the secret {words} the body, not an HMAC", signed=text)


def inner_fields(ground: Ground) -> Iterator[Variant]:
    """One field of the body, decoded from base64 or as it is."""
    own = {template.text for template in ground.recipe.signed}
    for path, value in list(_strings(ground))[:_MOST_FIELDS]:
        for text in _field_texts(path, value):
            if text not in own:
                decoded = "decoded from base64" if "b64decode" in text else "as it is"
                yield Variant(Cause.INNER_FIELD, f"the field {path.partition(':')[2]}, {decoded}", signed=text)


def _field_texts(path: str, value: str) -> Iterator[str]:
    if len(value) >= 16 and _is_base64(value):
        yield f"{{b64decode({path})}}"
    if len(value) >= 16 or value[:1] in ("{", "["):
        yield f"{{{path}}}"


def _strings(ground: Ground) -> Iterator[tuple[str, str]]:
    """Yield the texts in the body with where they lie, in order, not too deep."""
    for name, value in ground.payload.form:
        if _PLAIN_NAME.match(name):
            yield f"form:{name}", value
    parsed = ground.payload.json
    if parsed is not MISSING:
        yield from _walk(parsed, "", _DEEPEST)


def _walk(value: Any, path: str, deep: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if path:
            yield f"json:{path}", value
    elif isinstance(value, dict) and deep:
        for name, child in value.items():
            if _PLAIN_NAME.match(name):
                yield from _walk(child, f"{path}.{name}" if path else name, deep - 1)


def _is_base64(text: str) -> bool:
    bare = text.rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError):
        return False
    return True
