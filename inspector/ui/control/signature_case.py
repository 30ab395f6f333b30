"""What the diagnosis of an event's signature is given: its endpoint's scheme and secrets, and everybody else's."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from inspector.app import App
from inspector.directory import Resolved
from inspector.domain.endpoint import Endpoint
from inspector.domain.endpoint_secret import SecretRef
from inspector.domain.event import Event, Repeat
from inspector.domain.secret import Secret
from inspector.providers.catalogue import Catalogue
from inspector.providers.profile import Profile
from inspector.receiver.addressing import signed_url
from inspector.signatures.diagnosis.case import Case, KnownSecret
from inspector.signatures.diagnosis.ground import Ground
from inspector.signatures.diagnosis.signed_text import Part, signed_parts
from inspector.signatures.scheme import Recipe
from inspector.ui.detail.signature_known import CodeChoice


@dataclass(frozen=True, slots=True)
class EveryProfile:
    """All providers, one by one: reading their definitions takes a moment, so nobody should ask for all at once."""

    catalogue: Catalogue

    def __iter__(self) -> Iterator[Profile]:
        for id in self.catalogue.ids:
            profile = self.catalogue.get(id)
            if profile is not None:
                yield profile


def case_of(app: App, event: Event, documents: Mapping[str, str]) -> Case | None:
    """Return the case of a stored event, None where there is nothing to check: no scheme, or no body kept.

    `documents` are the certificates and key sets at hand.
    """
    summary = event.summary
    resolved = app.directory.by_id(summary.endpoint_id) if summary.endpoint_id is not None else None
    profile = resolved.profile if resolved is not None else app.catalogue.get(summary.provider)
    if profile is None or not profile.recipes or not event.body_kept or event.verification is None:
        return None
    request = event.request
    local = app.receiver.state.url_by(request.header("Host"))
    if resolved is None:
        url = f"{local}{request.target}"
        return Case(request, profile.recipes, profile.id, profile.name, url=url, profiles=EveryProfile(app.catalogue))
    endpoint = resolved.endpoint
    return Case(
        request,
        profile.recipes,
        profile.id,
        profile.name,
        secrets=own_secrets(resolved),
        others=_others(app, endpoint),
        url=signed_url(endpoint, request, local),
        tolerance_s=endpoint.signing.tolerance_s,
        facts=resolved.facts,
        documents=ChainMap(dict(documents), dict(resolved.documents)),
        profiles=EveryProfile(app.catalogue),
        address_of=lambda public: signed_url(_with_address(endpoint, public), request, local),
        retried=summary.repeat is Repeat.RETRY,
    )


def _with_address(endpoint: Endpoint, public: str) -> Endpoint:
    return replace(endpoint, signing=replace(endpoint.signing, public_url=public))


def own_secrets(resolved: Resolved) -> tuple[KnownSecret, ...]:
    """Return an endpoint's secrets with their references: those accepted now, then former ones."""
    refs = list(resolved.endpoint.signing.secrets)
    return (
        *(KnownSecret(secret, _ref_of(refs, secret)) for secret in resolved.secrets),
        *(KnownSecret(secret, _ref_of(refs, secret), former=True) for secret in resolved.former),
    )


def _ref_of(refs: list[SecretRef], secret: Secret) -> str:
    """Return the reference of a secret and take it from the list; both are in the same order."""
    for ref in refs:
        if (ref.name, ref.ending) == (secret.name, secret.ending):
            refs.remove(ref)
            return ref.key
    return ""


def _others(app: App, endpoint: Endpoint) -> tuple[KnownSecret, ...]:
    found: dict[str, KnownSecret] = {}
    for other in app.directory.all():
        resolved = app.directory.by_id(other.id) if other.id != endpoint.id else None
        for secret in resolved.secrets if resolved is not None else ():
            found.setdefault(secret.value, KnownSecret(secret, endpoint_id=int(other.id), endpoint=other.name))
    return tuple(found.values())


def parts_of(case: Case, template: str = "") -> tuple[Part, ...]:
    """Return the text the scheme signs for this request, piece by piece."""
    ground = Ground(case)
    secret = case.accepted[0].secret if case.accepted else None
    return signed_parts(case.request, ground.recipe, url=case.url, secret=secret, facts=case.facts, template=template)


def recipe_number(case: Case) -> int:
    """Return which of the provider's schemes applies to this request, counted from 0."""
    recipe = Ground(case).recipe
    return next(number for number, other in enumerate(case.recipes) if other is recipe)


def code_choices(recipe: Recipe) -> tuple[CodeChoice, ...]:
    """Return every language with why there is no code in it, if so."""
    from inspector.formats.verification_code.code import LANGUAGES

    return tuple(CodeChoice(language.name, _reason(recipe, number)) for number, language in enumerate(LANGUAGES))


def _reason(recipe: Recipe, number: int) -> str:
    from inspector.formats.verification_code.code import LANGUAGES, CannotWrite, verification_code

    try:
        verification_code(recipe, LANGUAGES[number], "")
    except CannotWrite as reason:
        return str(reason)
    return ""


def code_for(recipe: Recipe, language: str, provider: str) -> str:
    """Return the code in a language. Raises CannotWrite."""
    from inspector.formats.verification_code.code import LANGUAGES, verification_code

    wanted = next(item for item in LANGUAGES if item.name == language)
    return verification_code(recipe, wanted, f"Checks the signature of {provider} over the raw body.")
