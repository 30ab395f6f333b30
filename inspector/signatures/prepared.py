"""HMAC of a request as the sender saw it, before something on the way or the sender's own rule changed a part of it.

The table says it like one of the kind `hmac`, and with `prepare` what is done first:

uncompress    the body without its Content-Encoding (Stream signs first and compresses then)
lower-query   query values in small letters (Mercado Pago does so with alphanumeric ids)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from inspector.domain.request import Request
from inspector.domain.verification import Verification
from inspector.payload.body import Payload
from inspector.signatures.check import check_recipe, recipe_bytes
from inspector.signatures.encodings import ALGORITHMS, ENCODINGS, KEY_FORMS
from inspector.signatures.place import Place, Scope
from inspector.signatures.scheme import Job, Recipe, SignJob
from inspector.signatures.signer import sign_recipe
from inspector.signatures.table import Table
from inspector.signatures.template import Template, compile_template


@dataclass(frozen=True, slots=True)
class PreparedSettings:
    """What is done first, and the part of a recipe that says how is signed then."""

    prepare: str
    signed: tuple[Template, ...]
    alg: str
    encoding: str
    key: str
    prefix: bytes
    items: str
    pair: str
    field: bytes

    @property
    def places(self) -> tuple[Place, ...]:
        """The places the signed text reads."""
        return tuple(place for template in self.signed for place in template.places)


class PreparedScheme:
    """The kind `hmac-prepared`."""

    kind = "hmac-prepared"
    keys: tuple[str, ...] = ("prepare", "signed", "alg", "encoding", "key", "prefix", "items", "pair", "field")

    def parse(self, source: Table) -> PreparedSettings:
        """Return the table's settings."""
        return PreparedSettings(
            prepare=source.choice("prepare", tuple(_STEPS), ""),
            signed=tuple(source.parsed("signed", compile_template, text) for text in source.texts("signed")),
            alg=source.choice("alg", tuple(ALGORITHMS), "sha256"),
            encoding=source.choice("encoding", ENCODINGS, "hex"),
            key=source.choice("key", tuple(KEY_FORMS), "utf8"),
            prefix=source.text("prefix", "").encode(),
            items=source.text("items", ""),
            pair=source.text("pair", ""),
            field=source.text("field", "").encode(),
        )

    def check(self, job: Job) -> Verification:
        """Return the verdict on the request as it was before."""
        return check_recipe(_prepared(job))

    def sign(self, job: SignJob) -> Request:
        """Return the request signed as it is, which is right for a body that is not compressed."""
        return sign_recipe(replace(job, recipe=_plain(job.recipe)))

    def signed_bytes(self, job: Job) -> bytes | None:
        """Return the text that is signed."""
        return recipe_bytes(_prepared(job))


def _settings(recipe: Recipe) -> PreparedSettings:
    assert isinstance(recipe.settings, PreparedSettings)
    return recipe.settings


def _prepared(job: Job) -> Job:
    scope = _STEPS[_settings(job.recipe).prepare](job.scope)
    return replace(job, recipe=_plain(job.recipe), scope=scope)


def _plain(recipe: Recipe) -> Recipe:
    settings = _settings(recipe)
    return replace(
        recipe,
        kind="hmac",
        signed=settings.signed,
        alg=settings.alg,
        encoding=settings.encoding,
        key=settings.key,
        prefix=settings.prefix,
        items=settings.items,
        pair=settings.pair,
        field=settings.field,
        settings=None,
    )


def _uncompressed(scope: Scope) -> Scope:
    return Scope(replace(scope.request, body=scope.payload.plain), scope.payload, lambda: scope.url, scope.facts)


def _with_small_letters(scope: Scope) -> Scope:
    path, mark, query = scope.request.target.partition("?")
    if query == query.lower():
        return scope
    request = replace(scope.request, target=f"{path}{mark}{query.lower()}")
    return Scope(request, Payload(request), lambda: scope.url, scope.facts)


_STEPS: Mapping[str, Callable[[Scope], Scope]] = {
    "uncompress": _uncompressed,
    "lower-query": _with_small_letters,
}
