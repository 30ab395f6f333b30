"""What a provider asks before it sends anything, and what it wants to hear: the `[[handshake]]` tables of its file.

A table says which requests are meant and how they are answered:

    [[handshake]]
    when = { "json:type" = "url_verification", "json:challenge" = true }
    body = "{json:challenge}"

method         "POST"; a text or a list
when           places and what must be there, as in a signing table's `when`: all must hold, the most telling first
status         200
body           a template with the atoms of a signed text, and {hmac.hex(x)} and {hmac.base64(x)} under the secret
content_type   "text/plain" where there is a body; "" sends none
headers        name = template, or a list of which the first counts whose parts were all sent
words          what the row says; "<Name> verified your address" where nothing is said
row            false: the event stays an ordinary one, only its answer differs
anywhere       true: unmistakable and harmless, so it is answered on every endpoint
signed         false: the signature that may come with it is made with no secret of the endpoint, so it is not judged
needs_valid    true: answered only where the signature is right, else 401 without a body
decrypt        the place of a text that holds the real body, encrypted under the secret (see encrypted.py)
compare        place = fact: where the user has set that fact the value must be it, else 403
store          the place of a token that later signs the events; `store_words` says what it is called
confirm        the place of an address to open after the user's click; without its query it must fit `confirm_from`
alg, key       how {hmac…} uses the secret: "sha256" and "utf8"
token          what a text must look like to be put under the secret, a regular expression; no event looks like it
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from inspector.signatures.condition import Condition, parse_conditions
from inspector.signatures.documents import is_allowed, parse_pattern
from inspector.signatures.encodings import ALGORITHMS, KEY_FORMS, encode_digest, key_bytes
from inspector.signatures.place import Place, Scope, parse_place, to_bytes
from inspector.signatures.table import Table
from inspector.signatures.template import MissingPart, Template, compile_template

KEYS = (
    *(
        "method",
        "when",
        "status",
        "body",
        "content_type",
        "headers",
        "words",
        "row",
        "anywhere",
        "signed",
        "needs_valid",
    ),
    *("decrypt", "compare", "store", "store_words", "confirm", "confirm_from", "alg", "key", "token"),
)

METHODS = ("GET", "HEAD", "POST", "PUT", "OPTIONS")

TEXT = "text/plain"

TOKEN = "[A-Za-z0-9._~+/=-]{1,128}"
"""A random token. Whoever knows the address may ask, so nothing that could be a whole event is signed for them: with
some providers the HMAC of a challenge is made like the one of an event."""

_QUERY = re.compile(r"[A-Za-z0-9._~%!$&'()*+,;=:@/?-]*\Z")
_HMAC = re.compile(r"\{hmac\.(hex|base64)\(([^{}]*)\)\}")


@dataclass(frozen=True, slots=True)
class Reply:
    """A compiled answer text: templates, and the inner templates whose HMAC is written as hex or base64."""

    text: str
    parts: tuple[tuple[str, Template], ...]

    @property
    def computes(self) -> bool:
        """Whether something is signed with the secret, or shows it."""
        return any(form or {"secret", "extra"} & template.atoms for form, template in self.parts)

    def render(self, scope: Scope, alg: str, token: re.Pattern[bytes]) -> bytes:
        """Return the bytes for one request; raises MissingPart where something was not sent or is not to be signed.

        The HMAC's key is `scope.secret`; what is signed matches `token` from end to end.
        """
        found = []
        for form, template in self.parts:
            text = template.render(scope)
            if form and not token.fullmatch(text):
                raise MissingPart(template.places[0], "it is no plain token")
            found.append(encode_digest(hmac.digest(scope.secret, text, alg), form) if form else text)
        return b"".join(found)


@dataclass(frozen=True, slots=True, eq=False)
class Handshake:
    """One `[[handshake]]` table; the top of this file says what each field means."""

    methods: tuple[str, ...]
    when: tuple[Condition, ...]
    status: int
    body: Reply
    content_type: str
    headers: tuple[tuple[str, tuple[Reply, ...]], ...]
    words: str
    row: bool
    anywhere: bool
    signed: bool
    needs_valid: bool
    decrypt: Place | None
    compare: tuple[tuple[Place, str], ...]
    store: Place | None
    store_words: str
    confirm: Place | None
    confirm_from: tuple[str, ...]
    alg: str
    key: str
    token: re.Pattern[bytes]

    @property
    def computes(self) -> bool:
        """Whether the answer is made with the endpoint's secret."""
        return (
            self.decrypt is not None
            or self.body.computes
            or any(reply.computes for _name, replies in self.headers for reply in replies)
        )

    @property
    def telling(self) -> Condition | None:
        """The first condition that asks for something to be there: what this handshake is found by."""
        return next((each for each in self.when if not each.wanted.negated and each.wanted.exists is not False), None)

    def says(self, name: str) -> str:
        """Return what the row says; `name` is the provider's."""
        return self.words or f"{name} verified your address"

    def fits(self, scope: Scope) -> bool:
        """Whether this request is meant."""
        return scope.request.method.upper() in self.methods and all(each.holds(scope) for each in self.when)

    def key_of(self, secret: str, key_id: str) -> tuple[bytes, bytes] | None:
        """Return the HMAC's key and {extra}: the fact `key_id`, or what is before the colon of `name:secret`.

        None where the secret does not have the form that is needed.
        """
        name = ""
        if self._splits:
            name, colon, rest = secret.partition(":")
            if not colon and not key_id:
                return None
            if not key_id or name == key_id:
                secret = rest
            name = key_id or name
        key = key_bytes(secret, self.key)
        return None if key is None else (key, to_bytes(name))

    @property
    def _splits(self) -> bool:
        return any("extra" in template.atoms for _form, template in self.body.parts)


def parse_handshakes(tables: Sequence[Any], file: str) -> tuple[Handshake, ...]:
    """Return the handshakes of a file in order; raises ProviderError naming the file and the key."""
    several = len(tables) > 1
    return tuple(
        _handshake(data, f"{file}: handshake {number}" if several else f"{file}: handshake")
        for number, data in enumerate(tables, 1)
    )


def compile_reply(text: str) -> Reply:
    """Return the compiled form of an answer's text; raises ValueError, naming what cannot be read."""
    parts: list[tuple[str, Template]] = []
    end = 0
    for match in _HMAC.finditer(text):
        if match.start() > end:
            parts.append(("", compile_template(text[end : match.start()])))
        signed = compile_template(f"{{{match[2]}}}")
        if not signed.places:
            raise ValueError(f"{match[0]} signs nothing that the request names")
        parts.append((match[1], signed))
        end = match.end()
    if end < len(text):
        parts.append(("", compile_template(text[end:])))
    return Reply(text, tuple(parts))


def render_first(handshake: Handshake, replies: tuple[Reply, ...], scope: Scope) -> bytes | None:
    """Return the first text whose parts were all sent, None where there is none."""
    for reply in replies:
        try:
            return reply.render(scope, handshake.alg, handshake.token)
        except MissingPart:
            continue
    return None


def may_be_opened(url: str, patterns: tuple[str, ...]) -> bool:
    """Whether an address a request names is the provider's own: its part before the query fits one of `patterns`."""
    return _QUERY.match(url.partition("?")[2]) is not None and is_allowed(url.partition("?")[0], patterns)


def _handshake(data: Any, where: str) -> Handshake:
    table = Table(data, where, KEYS)
    body = table.parsed("body", compile_reply, table.text("body", ""))
    handshake = Handshake(
        methods=_methods(table),
        when=table.parsed("when", parse_conditions, table.table("when")),
        status=table.number("status", 200, low=200),
        body=body,
        content_type=table.text("content_type", TEXT if body.text else ""),
        headers=_headers(table),
        words=table.text("words", ""),
        row=table.flag("row", True),
        anywhere=table.flag("anywhere", False),
        signed=table.flag("signed", True),
        needs_valid=table.flag("needs_valid", False),
        decrypt=_place(table, "decrypt"),
        compare=tuple((table.parsed(f"compare.{place}", parse_place, place), fact)
                      for place, fact in table.pairs("compare")),
        store=_place(table, "store"),
        store_words=table.text("store_words", "the secret"),
        confirm=_place(table, "confirm"),
        confirm_from=tuple(
            table.parsed("confirm_from", parse_pattern, text) for text in table.texts("confirm_from", ())
        ),
        alg=table.choice("alg", ALGORITHMS, "sha256"),
        key=table.choice("key", KEY_FORMS, "utf8"),
        token=table.parsed("token", _pattern, table.text("token", TOKEN)),
    )  # fmt: skip
    _check_together(table, handshake)
    return handshake


def _methods(table: Table) -> tuple[str, ...]:
    methods = table.texts("method", ("POST",))
    for method in methods:
        if method not in METHODS:
            raise table.error("method", f"must be one of {', '.join(METHODS)}, not {method!r}")
    return methods


def _headers(table: Table) -> tuple[tuple[str, tuple[Reply, ...]], ...]:
    inner = Table(table.table("headers"), f"{table.where}.headers", tuple(table.table("headers")))
    return tuple(
        (name, tuple(inner.parsed(name, compile_reply, text) for text in inner.texts(name))) for name in inner.data
    )


def _pattern(text: str) -> re.Pattern[bytes]:
    try:
        return re.compile(text.encode())
    except re.error as reason:
        raise ValueError(f"is no regular expression: {reason}") from None


def _place(table: Table, key: str) -> Place | None:
    return table.parsed(key, parse_place, table.text(key)) if table.has(key) else None


def _check_together(table: Table, handshake: Handshake) -> None:
    if handshake.status > 599:
        raise table.error("status", "must be a whole number from 200 to 599")
    if not handshake.when and "POST" in handshake.methods:
        raise table.error("when", "is missing; without it every event would be a handshake")
    if any(place.kind == "field" for place in (each.place for each in handshake.when)):
        raise table.error("when", "field: names an item of a signature, which a handshake does not read")
    if handshake.confirm is not None and not handshake.confirm_from:
        raise table.error("confirm_from", "is missing; a request must not choose which address is called")
    if not handshake.anywhere:
        return
    # On an endpoint of another provider whoever sends the request chooses the text, and would be handed an HMAC of
    # it under a secret that has nothing to do with the provider it claims to be.
    if handshake.computes:
        raise table.error("anywhere", "must not be true where the answer is made with the secret")
    if handshake.needs_valid:
        raise table.error("anywhere", "must not be true where the signature has to be right")
    if handshake.telling is None:
        raise table.error("anywhere", "needs a condition in when that tells the provider")
