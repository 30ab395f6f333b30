"""The signed text as a template: `v0:{header:X-Slack-Request-Timestamp}:{body}`, compiled once, rendered to bytes.

Atoms        {body} {secret} {extra} {method} {url} {url.base} {url.port} {path}
             {header:X} {field:t} {query:x} {form:x} {json:a.b} {formjson:field:a.b}
             {form.sorted} (name and value of each field, sorted, repeats once) {form.amp} (&name=value, sorted)
             {query.sorted} (name=value joined by &, sorted)
may be empty {json:a.b?} (and any other atom with a place, written with ? at the end)
may drop     {?query:x|id:$;} (the text after | with $ replaced; nothing where the value is missing)
             {form.php} (all fields but the signature's, sorted, as PHP's serialize() writes them)
             {fact:webhook_id} (what the user told about the account)
functions    {sha256.hex(body)} {sha256.raw(body)} {md5.b64(body)} {crc32(body)} {b64decode(json:a)} {jsonstring(body)}
             of several parts, with their braces: {sha256.raw({field:t}.{body})}
braces       [[ and ]]
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from inspector.signatures import address
from inspector.signatures.encodings import ALGORITHM_NAMES, ALGORITHMS, encode_digest
from inspector.signatures.place import Place, Scope, parse_place, to_bytes

Part = Callable[[Scope], bytes]

_FUNCTION = re.compile(r"([a-z0-9]+(?:\.[a-z0-9]+)?)\((.*)\)\Z", re.DOTALL)
_DIGEST_FORMS = {"hex": "hex", "b64": "base64", "raw": "raw"}


class MissingPart(LookupError):
    """A value the signed text needs was not sent; `place` names it, `why` says what is wrong with one that was."""

    def __init__(self, place: Place, why: str = "") -> None:
        super().__init__(place.words)
        self.place = place
        self.why = why


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled template. `words` is what a step calls it, `places` what it reads, `atoms` the names of its atoms."""

    text: str
    parts: tuple[bytes | Part, ...]
    words: str
    places: tuple[Place, ...]
    atoms: frozenset[str]

    @property
    def is_body(self) -> bool:
        """Whether this is the raw body and nothing else, the commonest and fastest case."""
        return self.text == "{body}"

    def render(self, scope: Scope) -> bytes:
        """Return the bytes for one request; raises MissingPart where something it needs was not sent."""
        return _rendered(self.parts, scope)


class _Compiler:
    """Collects what a template reads while its atoms are turned into parts."""

    def __init__(self) -> None:
        self.places: list[Place] = []
        self.atoms: set[str] = set()
        self.words: list[str] = []

    def parts(self, text: str) -> tuple[bytes | Part, ...]:
        """Return a text as literals and atoms in turn."""
        parts: list[bytes | Part] = []
        literal = ""
        position = 0
        while position < len(text):
            pair = text[position : position + 2]
            if pair in ("[[", "]]"):
                literal += "{" if pair == "[[" else "}"
                position += 2
            elif text[position] == "{":
                end = _closing(text, position)
                if literal:
                    parts.append(literal.encode())
                    literal = ""
                parts.append(self.atom(text[position + 1 : end]))
                position = end + 1
            elif text[position] == "}":
                raise ValueError("a closing brace without an opening one; write ]] for a literal brace")
            else:
                literal += text[position]
                position += 1
        return (*parts, literal.encode()) if literal else tuple(parts)

    def atom(self, text: str) -> Part:
        if text.startswith("?"):
            return self._dropping(text[1:])
        function = _FUNCTION.match(text)
        if function:
            return self._function(function[1], function[2])
        plain = _PLAIN.get(text)
        if plain is not None:
            self.atoms.add(text)
            self._name(plain[1])
            return plain[0]
        may_be_empty = text.endswith("?")
        place = self._place(text.removesuffix("?"))
        return partial(_optional if may_be_empty else _required, place)

    def _dropping(self, text: str) -> Part:
        name, bar, pattern = text.partition("|")
        if not bar or "$" not in pattern:
            raise ValueError(f"{{?{text}}} needs a text with $ after the bar: {{?query:x|id:$;}}")
        before, _dollar, after = pattern.partition("$")
        return partial(_dropped, self._place(name), before.encode(), after.encode())

    def _function(self, name: str, argument: str) -> Part:
        before = len(self.words)
        inner = partial(_rendered, self.parts(argument)) if "{" in argument else self.atom(argument)
        said = _join(self.words[before:])
        del self.words[before:]
        if name == "b64decode":
            self._name(f"decoded {said}")
            place = next(iter(self.places), Place("json", argument, argument))
            return partial(_b64decode, inner, place)
        if name in _FUNCTIONS:
            label, function = _FUNCTIONS[name]
            self._name(f"{label} of {said}")
            return partial(_apply, function, inner)
        alg, _dot, form = name.partition(".")
        if alg not in ALGORITHMS or form not in _DIGEST_FORMS:
            raise ValueError(f"{name}() is no function of the template language")
        self._name(f"{ALGORITHM_NAMES[alg]} of {said}")
        return partial(_hashed, alg, _DIGEST_FORMS[form], inner)

    def _place(self, text: str) -> Place:
        place = parse_place(text)
        self.places.append(place)
        self.atoms.add(place.kind)
        self._name(place.title)
        return place

    def _name(self, words: str) -> None:
        self.words.append(words)


def compile_template(text: str) -> Template:
    """Return the compiled form of a template; raises ValueError, naming what cannot be read."""
    compiler = _Compiler()
    parts = compiler.parts(text)
    words = "raw body" if text == "{body}" else _join(compiler.words)
    return Template(text, parts, words, tuple(compiler.places), frozenset(compiler.atoms))


def _closing(text: str, start: int) -> int:
    """Return where the brace opened at `start` is closed; a function's argument may hold braces of its own."""
    depth = 0
    for position in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[position], 0)
        if depth == 0:
            return position
    raise ValueError(f"the brace at {text[start : start + 20]!r} is never closed")


def _join(words: list[str]) -> str:
    each = list(dict.fromkeys(words)) or ["a fixed text"]
    return each[0] if len(each) == 1 else f"{', '.join(each[:-1])} and {each[-1]}"


def _rendered(parts: tuple[bytes | Part, ...], scope: Scope) -> bytes:
    return b"".join([part if isinstance(part, bytes) else part(scope) for part in parts])


def _required(place: Place, scope: Scope) -> bytes:
    values = place.values(scope)
    if not values:
        raise MissingPart(place)
    return values[0]


def _optional(place: Place, scope: Scope) -> bytes:
    values = place.values(scope)
    return values[0] if values else b""


def _dropped(place: Place, before: bytes, after: bytes, scope: Scope) -> bytes:
    values = place.values(scope)
    return before + values[0] + after if values else b""


def _apply(function: Callable[[bytes], bytes], inner: Part, scope: Scope) -> bytes:
    return function(inner(scope))


def _hashed(alg: str, form: str, inner: Part, scope: Scope) -> bytes:
    digest = hashlib.new(alg, inner(scope), usedforsecurity=False).digest()
    return digest if form == "raw" else encode_digest(digest, form)


def _b64decode(inner: Part, place: Place, scope: Scope) -> bytes:
    text = inner(scope)
    bare = text.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    try:
        return base64.b64decode(bare + b"=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise MissingPart(place, "it is not base64") from None


def _crc32(data: bytes) -> bytes:
    return str(zlib.crc32(data)).encode()


def _jsonstring(data: bytes) -> bytes:
    text = data.decode("utf-8", "surrogateescape")
    return to_bytes(json.dumps(text, ensure_ascii=False))


def _form_sorted(scope: Scope) -> bytes:
    pairs = sorted(set(scope.payload.form))
    return to_bytes("".join([name + value for name, value in pairs]))


def _form_php(scope: Scope) -> bytes:
    """Return the form as an array of texts in PHP's serialize() format, sorted by name, without `p_signature`.

    https://developer.paddle.com/webhook-reference/verifying-webhooks; of a repeated field the last counts, as in PHP.
    """
    fields = {name: value for name, value in scope.payload.form if name != "p_signature"}
    if not fields:
        raise MissingPart(Place("body", "body"), "it is no form")
    pairs = sorted((to_bytes(name), to_bytes(value)) for name, value in fields.items())
    texts = b"".join(b's:%d:"%s";' % (len(text), text) for pair in pairs for text in pair)
    return b"a:%d:{%s}" % (len(pairs), texts)


_FUNCTIONS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "crc32": ("CRC-32", _crc32),
    "jsonstring": ("JSON text", _jsonstring),
}

_PLAIN: dict[str, tuple[Part, str]] = {
    "body": (lambda scope: scope.request.body, "body"),
    "secret": (lambda scope: scope.secret, "secret"),
    "extra": (lambda scope: scope.extra, "key name"),
    "method": (lambda scope: to_bytes(scope.request.method.upper()), "method"),
    "url": (lambda scope: to_bytes(scope.url), "address"),
    "url.base": (lambda scope: to_bytes(address.without_query(scope.url)), "address without query"),
    "url.port": (lambda scope: to_bytes(address.with_port_toggled(scope.url)), "address with the other port form"),
    "path": (lambda scope: to_bytes(address.path_of(scope.url)), "path"),
    "form.sorted": (_form_sorted, "sorted form fields"),
    "form.php": (_form_php, "sorted form fields"),
    "form.amp": (lambda scope: address.joined_parameters(scope.payload), "sorted parameters"),
    "query.sorted": (lambda scope: address.sorted_query(scope.url), "sorted query"),
}
