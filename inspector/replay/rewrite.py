"""As whom an event goes out: as captured, signed again now, or with new ids and signed again. Pure.

A captured signature fits the captured bytes only, and a timestamp in it grows old: handlers refuse both a changed and
a stale event. Signing again makes the signature, and the timestamp that belongs to it, from the endpoint's own secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from inspector.directory import Resolved
from inspector.domain.attempt import Outgoing
from inspector.domain.errors import InspectorError, UsageError
from inspector.domain.identity import Identity
from inspector.domain.request import Headers, Request
from inspector.domain.secret import Secret
from inspector.domain.series import SeriesPlan
from inspector.domain.verification import Verdict
from inspector.payload.body import Payload
from inspector.providers.mapping import normalise
from inspector.providers.profile import Profile
from inspector.providers.source import Reading, Source, compile_texts
from inspector.replay.body_edit import with_ids
from inspector.replay.new_ids import NewIds
from inspector.replay.outgoing import addressed, outgoing_of
from inspector.replay.target import parse_target
from inspector.signatures.engine import sign, signature_headers, signed_bytes, verify
from inspector.signatures.place import Scope
from inspector.signatures.recipe import Recipe
from inspector.signatures.signer import can_sign

TOKEN_KINDS = frozenset({"token", "basic"})
"""Schemes that carry a password and sign nothing: there is no signed text to show."""


@dataclass(frozen=True, slots=True)
class Signing:
    """What signs: a provider's schemes with one of the endpoint's secrets, and what else they ask for by name.

    `known` are the endpoint's secrets: among them is the public key of a private one.
    """

    recipes: tuple[Recipe, ...]
    secret: Secret
    facts: Mapping[str, str] = field(default_factory=dict)
    documents: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    known: tuple[Secret, ...] = ()


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A request ready to be sent. `signed_text` is what the signature was made over, None where nothing was signed
    or the scheme signs no text; `note` says what was made anew; `ids` are the old and new ids.
    """

    outgoing: Outgoing
    signed_text: bytes | None = None
    note: str = ""
    ids: tuple[tuple[str, str], ...] = ()


def why_not(resolved: Resolved | None) -> str:
    """Return in a sentence why an endpoint's events cannot be signed again, "" where they can."""
    if resolved is None:
        return "Its endpoint no longer exists, so there is no secret to sign with."
    if resolved.profile is None or not resolved.profile.recipes:
        return "This endpoint checks no signatures, so there is nothing to sign with."
    if not resolved.secrets:
        return "This endpoint has no secret."
    return ""


def signing_of(resolved: Resolved | None, secret: Secret | None = None) -> Signing:
    """Return what signs an endpoint's events: `secret`, or its newest. Raises UsageError where there is nothing."""
    reason = why_not(resolved) if secret is None or resolved is None or resolved.profile is None else ""
    if reason or resolved is None or resolved.profile is None:
        raise UsageError("This event cannot be signed again.", reason, "Send it as captured.")
    return Signing(
        resolved.profile.recipes,
        secret or resolved.secrets[0],
        resolved.facts,
        resolved.documents,
        resolved.endpoint.name,
        resolved.secrets,
    )


def secret_of(plan: SeriesPlan, resolved: Resolved | None) -> Secret | None:
    """Return the secret that signs the tries of a series, None for the endpoint's newest.

    Raises UsageError where it was removed: another one's signature is not what was asked for.
    """
    if not plan.secret or plan.identity is Identity.CAPTURED or resolved is None:
        return None
    found = next((one for one in (*resolved.secrets, *resolved.former) if one.key == plan.secret), None)
    if found is None:
        raise UsageError("The secret that signs it was removed.", f"{resolved.endpoint.name} no longer has it.")
    return found


def rewritten(
    request: Request,
    url: str,
    identity: Identity,
    *,
    now: datetime,
    resolved: Resolved | None = None,
    ids: NewIds | None = None,
    secret: Secret | None = None,
    edited: bool = False,
) -> Rewritten:
    """Return what a replay of a captured request to `url` sends.

    The header lines of an `edited` request are meant as they stand; of others those a tunnel added are left out.
    `ids` are shared by everything that is replayed together, so that an id of two events is the same in both. An
    endpoint that checks nothing gets its new ids unsigned. Raises UsageError, saying why it cannot be done.
    """
    if identity is Identity.CAPTURED:
        return Rewritten(_outgoing(request, url, edited))
    changed: tuple[tuple[str, str], ...] = ()
    if identity is Identity.NEW_IDS:
        profile = resolved.profile if resolved is not None else None
        request, changed = with_new_ids(request, profile, ids or NewIds(now.isoformat()))
        if profile is None:
            return Rewritten(_outgoing(request, url, edited), note=_words_of(changed, ""), ids=changed)
    outgoing = _outgoing(request, url, edited)
    signed = signed_again(outgoing, signing_of(resolved, secret), now)
    return replace(signed, note=_words_of(changed, signed.note), ids=changed)


def _outgoing(request: Request, url: str, edited: bool) -> Outgoing:
    if not edited:
        return outgoing_of(request, url)
    return addressed(Outgoing(request.method, url, request.headers, request.body))


def _words_of(changed: tuple[tuple[str, str], ...], note: str) -> str:
    count = len(changed)
    ids = f"{count} new id{'' if count == 1 else 's'}" if changed else ""
    return ", ".join(part for part in (ids, note) if part)


def signed_again(outgoing: Outgoing, signing: Signing, now: datetime) -> Rewritten:
    """Return a request signed as of `now`, for its own address where the scheme signs the address.

    Raises UsageError where the secret cannot sign (a public key only checks) or a part is missing.
    """
    target = parse_target(outgoing.url)
    request = Request(outgoing.method, target.path, outgoing.headers, outgoing.body, received_at=now)
    made = sign(
        request,
        signing.recipes,
        signing.secret,
        url=target.url,
        now=now,
        facts=signing.facts,
        documents=signing.documents,
    )
    sent = replace(outgoing, url=target.origin + made.target, headers=made.headers, body=made.body)
    recipe = _recipe_of(made, signing, target.url)
    if recipe.is_public and not _passes(made, signing, target.url, now):
        # 32 bytes may be a public key as well as a private one: what is signed with the former nobody accepts.
        raise UsageError(
            "This key cannot be used to sign.",
            "A public key only checks; signing needs the private key that belongs to it.",
            "Send it as captured.",
        )
    ending = f" ••••{signing.secret.ending}" if signing.secret.ending else ""
    named = f" with the secret of {signing.name}{ending}" if signing.name else ""
    return Rewritten(addressed(sent), _signed_text(made, recipe, signing, target.url), f"signed again{named}")


def _recipe_of(made: Request, signing: Signing, url: str) -> Recipe:
    """Return the scheme that the request was signed with: the engine takes the first that fits and can sign."""
    scope = Scope(made, Payload(made), url, signing.facts)
    fitting = [recipe for recipe in signing.recipes if all(condition.holds(scope) for condition in recipe.when)]
    fitting = fitting or list(signing.recipes[:1])
    return next((recipe for recipe in fitting if can_sign(recipe, signing.secret)), fitting[0])


def _passes(made: Request, signing: Signing, url: str, now: datetime) -> bool:
    found = verify(
        made,
        Payload(made),
        signing.recipes,
        (signing.secret, *signing.known),
        scheme="",
        url=url,
        now=now,
        facts=signing.facts,
        documents=signing.documents,
    )
    return found.verdict is Verdict.VALID


def _signed_text(made: Request, recipe: Recipe, signing: Signing, url: str) -> bytes | None:
    if recipe.kind in TOKEN_KINDS:
        return None
    return signed_bytes(made, Payload(made), recipe, url=url, secret=signing.secret, facts=signing.facts)


def depends_on_signature(captured: Request, outgoing: Outgoing, profile: Profile | None) -> str:
    """Return which signed part was edited ("body", or a header's name), "" where the captured signature still fits."""
    if profile is None or not profile.recipes:
        return ""
    if captured.body != outgoing.body:
        return "body"
    before, after = _lines(captured.headers), _lines(outgoing.headers)
    names = signature_headers(profile.recipes)
    return next((name for name in names if before.get(name.lower()) != after.get(name.lower())), "")


def _lines(headers: Headers) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = {}
    for name, value in headers:
        found.setdefault(name.strip().lower().decode("latin-1"), []).append(value)
    return found


# -- new ids ----------------------------------------------------------------------------------------------------------


def with_new_ids(request: Request, profile: Profile | None, ids: NewIds) -> tuple[Request, tuple[tuple[str, str], ...]]:
    """Return a request with the ids of its messages and events replaced, and what was replaced by what.

    Where the ids lie is said by the provider's mapping. Header lines whose whole value is such an id follow.
    """
    old = ids_of(request, profile)
    new = {text: ids.of(text) for text in old}
    body = with_ids(request, new, _names_of(profile))
    headers = tuple((name, _new_value(value, new)) for name, value in request.headers)
    return replace(request, headers=headers, body=body), tuple(new.items())


def _new_value(value: bytes, new: Mapping[str, str]) -> bytes:
    text = value.strip().decode("utf-8", "surrogateescape")
    return new[text].encode("utf-8", "surrogateescape") if text in new else value


def ids_of(request: Request, profile: Profile | None) -> tuple[str, ...]:
    """Return the message and event ids of a request, each once, in the order they are said."""
    payload = Payload(request)
    found: list[str] = []
    for report in normalise(profile, request, payload):
        found += [report.message_id, report.event_id]
    if profile is not None:
        found.append(compile_texts(profile.event_id)(Reading(payload)))
    return tuple(dict.fromkeys(text for text in found if text))


def _names_of(profile: Profile | None) -> frozenset[str]:
    """Return the member names under which a provider's ids lie."""
    if profile is None:
        return frozenset({"id", "message_id", "event_id"})
    sources: list[Source] = list(profile.event_id)
    for rule in profile.mapping:
        for teller in rule.tellers:
            sources += [*teller.fields.get("message_id", ()), *teller.fields.get("event_id", ())]
    steps = [source.into[-1] if source.into else source.steps[-1] for source in sources if source.steps]
    names = [source.name for source in sources if source.kind in ("form", "param")]
    return frozenset([*(step for step in steps if isinstance(step, str)), *names])


def reason_of(error: InspectorError) -> str:
    """Return what an error says in one line."""
    return " ".join(part for part in (error.what, error.why) if part)
