"""How to mend what a check found: a sentence for each topic, and code for the handler's framework."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspector.formats.verification_code.code import LANGUAGES, CannotWrite, verification_code
from inspector.signatures.scheme import Recipe

FRAMEWORKS = ("flask", "fastapi", "express", "laravel", "spring", "go")
"""The files of fixes, in the order of the picker."""

ADVICE: Mapping[str, str] = {
    "verify": "Check the signature of the raw bytes before parsing, and answer 401 when it differs.",
    "stale": "Check the signed timestamp too: refuse what is older than the provider’s limit.",
    "idempotent": "Remember what was processed in the same transaction, and answer 200 to what is known.",
    "queue": "Answer first, then work in the background.",
    "crash": "Catch what can go wrong while an event is read, and keep working on the cause in the log.",
    "malformed": "Answer 400 to a body that cannot be read.",
    "unknown": "Ignore kinds and fields you do not know, and answer 200.",
    "order": "Go by the event’s own timestamp, not by when it came.",
    "large": "Raise the limit for bodies, in the framework and in the proxy before it.",
    "body": "Read the whole body as raw bytes, then check the signature, then answer.",
    "parallel": "Keep everything about a request in local variables; let the database decide who is first.",
    "address": "Answer 2xx at the very address the provider calls; mind slashes at the end and http against https.",
}

_CODE_OF = {"stale": "verify", "body": "verify", "crash": "malformed", "parallel": "idempotent"}
"""Topics that are helped by the code of another."""

_NO_CODE = frozenset({"address"})

_HASHES = {"sha256": "SHA256", "sha1": "SHA1", "sha512": "SHA512"}


@dataclass(frozen=True, slots=True)
class Framework:
    """One framework: its name in the picker, the language of its code, and the code by topic."""

    key: str
    name: str
    language: str
    suffix: str
    code: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Fix:
    """What to do, and the code for it; `code` is "" where none helps."""

    advice: str
    code: str


def load_frameworks(folder: Path) -> tuple[Framework, ...]:
    """Return the frameworks of a folder of fixes, in the order of the picker."""
    return tuple(_framework(key, tomllib.loads((folder / f"{key}.toml").read_text("utf-8"))) for key in FRAMEWORKS)


def _framework(key: str, table: Mapping[str, Any]) -> Framework:
    code = {topic: str(text).strip("\n") + "\n" for topic, text in table.items() if topic not in _ABOUT}
    return Framework(key, str(table["name"]), str(table["language"]), str(table["suffix"]), code)


_ABOUT = ("name", "language", "suffix")


def framework_of(frameworks: Sequence[Framework], key: str) -> Framework | None:
    """Return a framework by its key or name, in any case."""
    wanted = key.strip().casefold()
    return next((one for one in frameworks if wanted in (one.key, one.name.casefold())), None)


def fix_for(topic: str, framework: Framework, recipe: Recipe | None, *, method: str = "POST", title: str = "") -> Fix:
    """Return the advice for a topic with code; `recipe` is the scheme that signs, None where nothing does."""
    if not topic:
        return Fix("", "")
    wanted = _CODE_OF.get(topic, topic)
    if wanted in _NO_CODE:
        return Fix(ADVICE[topic], "")
    if wanted != "verify":
        return Fix(ADVICE[topic], framework.code[wanted])
    if recipe is None:
        return Fix(ADVICE[topic], "")
    return Fix(ADVICE[topic], _verifying(framework, recipe, method, title))


def _verifying(framework: Framework, recipe: Recipe, method: str, title: str) -> str:
    if _is_simple(recipe):
        return _filled(framework, recipe)
    language = next(language for language in LANGUAGES if language.name == framework.language)
    try:
        function = verification_code(recipe, language, title or "The check")
    except CannotWrite as reason:
        return f"{_comment(framework)} {reason}\n"
    glue = framework.code["glue"].replace("{{method}}", method)
    if framework.language == "PHP":
        return f"{function}\n{glue.removeprefix('<?php').lstrip()}"
    return f"{function.rstrip()}\n\n\n{glue}"


def _comment(framework: Framework) -> str:
    return "#" if framework.language == "Python" else "//"


def _is_simple(recipe: Recipe) -> bool:
    """Whether a scheme is an HMAC of the body in one header, as the guide's own sample has it."""
    return (
        recipe.kind == "hmac"
        and recipe.alg in _HASHES
        and recipe.key == "utf8"
        and recipe.encoding in ("hex", "base64")
        and [template.text for template in recipe.signed] == ["{body}"]
        and [place.kind for place in recipe.signature] == ["header"]
        and not (recipe.items or recipe.pair or recipe.time or recipe.also or recipe.require or recipe.splits_secret)
        and not (recipe.require_facts or recipe.settings)
    )


def _filled(framework: Framework, recipe: Recipe) -> str:
    digest = recipe.alg
    hexadecimal = recipe.encoding == "hex"
    prefix = recipe.prefix.decode("latin-1")
    values = _WRITERS[framework.language](digest, hexadecimal)
    expected = values["expected"]
    if prefix:
        joint, quote = (" . ", "'") if framework.language == "PHP" else (" + ", '"')
        expected = f"{quote}{prefix}{quote}{joint}{expected}"
    code = framework.code["simple"]
    for name, text in {**values, "expected": expected, "header": recipe.signature[0].name}.items():
        code = code.replace("{{" + name + "}}", text)
    return code


def _python(alg: str, hexadecimal: bool) -> dict[str, str]:
    made = f"hmac.new(secret.encode(), payload, hashlib.{alg})"
    if hexadecimal:
        return {"expected": f"{made}.hexdigest()", "imports": "import json\n\n"}
    return {"expected": f"base64.b64encode({made}.digest()).decode()", "imports": "import base64\nimport json\n\n"}


def _node(alg: str, hexadecimal: bool) -> dict[str, str]:
    form = "hex" if hexadecimal else "base64"
    return {"expected": f'crypto.createHmac("{alg}", secret).update(payload).digest("{form}")'}


def _php(alg: str, hexadecimal: bool) -> dict[str, str]:
    made = f"hash_hmac('{alg}', $payload, config('services.webhook.secret')"
    return {"expected": f"{made})" if hexadecimal else f"base64_encode({made}, true))"}


def _java(alg: str, hexadecimal: bool) -> dict[str, str]:
    write = "HexFormat.of().formatHex" if hexadecimal else "Base64.getEncoder().encodeToString"
    name = "HexFormat" if hexadecimal else "Base64"
    return {
        "expected": f"{write}(mac.doFinal(payload))",
        "imports": f"import java.util.{name};",
        "mac": f"Hmac{_HASHES[alg]}",
    }


def _go(alg: str, hexadecimal: bool) -> dict[str, str]:
    write = "hex.EncodeToString" if hexadecimal else "base64.StdEncoding.EncodeToString"
    package = "encoding/hex" if hexadecimal else "encoding/base64"
    return {
        "expected": f"{write}(mac.Sum(nil))",
        "imports": f'\t"crypto/{alg}"\n\t"{package}"',
        "hash": alg,
    }


_WRITERS = {"Python": _python, "Node": _node, "PHP": _php, "Java": _java, "Go": _go}
