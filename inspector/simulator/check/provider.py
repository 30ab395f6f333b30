"""The provider we play: makes its events, signs them with the right secret or a wrong one, and knows what holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from random import Random

from inspector.domain.attempt import Outgoing
from inspector.domain.errors import UsageError
from inspector.domain.report import Kind, Report
from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Covers, Verdict
from inspector.payload.body import Payload
from inspector.providers.mapping import normalise
from inspector.providers.profile import Profile
from inspector.replay.outgoing import addressed
from inspector.replay.target import parse_target
from inspector.signatures.engine import sign, signature_headers, verify
from inspector.signatures.place import Scope
from inspector.signatures.scheme import Recipe
from inspector.signatures.signer import can_sign
from inspector.signatures.trial_secret import trial_secret
from inspector.simulator.check.vary import with_places
from inspector.simulator.samples import Sample, Values, render
from inspector.simulator.test_event import GENERAL, usual_sample

PASSWORDS = frozenset({"token", "basic"})
"""Schemes that send the secret itself: no text is signed, and nothing says who wrote the body."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we play: a provider with a secret, the facts its scheme asks for, and the events it could send.

    `profile` None is a provider that does not sign. `known` are further secrets (the public key of a private one).
    """

    profile: Profile | None
    secret: Secret | None
    samples: tuple[Sample, ...]
    facts: Mapping[str, str] = field(default_factory=dict)
    documents: Mapping[str, str] = field(default_factory=dict)
    known: tuple[Secret, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """An event as made up, not signed yet."""

    request: Request
    values: Values
    sample: Sample

    @property
    def title(self) -> str:
        """What it is called."""
        return self.sample.title


class Provider:
    """Makes the requests a provider would send to one address."""

    def __init__(self, identity: Identity, url: str, rng: Random) -> None:
        self.identity = identity
        self.target = parse_target(url)
        self._rng = rng
        self._wrong: tuple[Secret, ...] = ()
        self.recipes: tuple[Recipe, ...] = identity.profile.recipes if identity.profile else ()
        if self.recipes and identity.secret is None:
            raise UsageError(
                f"There is no secret to sign {self.name} events with.",
                "A handler can only be checked as its provider would call it.",
                "Give the secret the handler knows.",
            )

    @property
    def name(self) -> str:
        """The provider's name."""
        return self.identity.profile.name if self.identity.profile else "Unsigned"

    @property
    def signs(self) -> bool:
        """Whether its events are signed."""
        return bool(self.recipes) and self.identity.secret is not None

    def sample_of(self, *kinds: Kind) -> Sample | None:
        """Return the first sample of one of these kinds, the first kind first; None where there is none."""
        for kind in kinds:
            found = next((sample for sample in self.identity.samples if sample.kind is kind), None)
            if found is not None:
                return found
        return None

    @cached_property
    def usual(self) -> Sample:
        """The sample that stands for all: the usual one, or the first that can be signed. Raises UsageError."""
        samples = self.identity.samples
        usual = usual_sample(samples)
        problem: UsageError | None = None
        for sample in (usual, *(other for other in samples if other is not usual)):
            try:
                self.signed(self.event(sample, Values.fixed().now, Values.fixed()).request, Values.fixed().now)
            except UsageError as error:
                problem = problem or error
            else:
                return sample
        assert problem is not None
        raise problem

    def event(self, sample: Sample, now: datetime, values: Values | None = None) -> Event:
        """Return a new event of a sample, about a message nobody has seen unless `values` name one."""
        values = values or Values.fresh(self._rng, now)
        headers, body = render(sample, values)
        host = (b"Host", self.target.authority.encode("ascii"))
        request = Request(sample.method, self.target.path, (host, *headers), body, received_at=now)
        if sample.provider == GENERAL and self.signs:
            # A made-up event has no fields for schemes that sign inside the body; the provider's own samples have.
            request = with_places(request, self.recipe_for(request).places)
        return Event(request, values, sample)

    def later(self, event: Event, now: datetime, sample: Sample) -> Event:
        """Return another event about the same message."""
        return self.event(sample, now, event.values.next(self._rng, now))

    def earlier(self, event: Event, now: datetime, sample: Sample) -> Event:
        """Return another event about the same message that happened two seconds before it."""
        return self.event(sample, now, event.values.next(self._rng, event.values.now - timedelta(seconds=2)))

    # -- signing -------------------------------------------------------------------------------------------------------

    def signed(self, request: Request, now: datetime, secret: Secret | None = None) -> Request:
        """Return a request signed as of `now`; signing again keeps its ids and renews the time. Raises UsageError."""
        secret = secret or self.identity.secret
        if not self.recipes or secret is None:
            return request
        return sign(
            request,
            self.recipes,
            secret,
            url=self.target.url,
            now=now,
            facts=self.identity.facts,
            documents=self.identity.documents,
        )

    def forged(self, request: Request, now: datetime) -> Request | None:
        """Return a request signed with a random secret of the right form; None where that cannot be made."""
        secret = self.identity.secret
        if secret is None or not self.recipes:
            return None
        self._wrong = self._wrong or self._wrong_secrets(self.recipe_for(request), secret)
        for wrong in self._wrong:
            try:
                made = self.signed(request, now, wrong)
            except UsageError:
                continue
            if not self.is_valid(made, now):
                return made
        return None

    def _wrong_secrets(self, recipe: Recipe, secret: Secret) -> tuple[Secret, ...]:
        """Return secrets to forge with, the likeliest to fit first; making an RSA key takes some tenths of a second."""
        found = [like(secret.value, self._rng, names=recipe.splits_secret or recipe.kind == "basic")]
        if recipe.is_public or "-----BEGIN" in secret.value or found[0] == secret.value:
            found.insert(0, trial_secret((recipe,)))
        return tuple(Secret(value) for value in found)

    def recipe_for(self, request: Request) -> Recipe:
        """Return the scheme that signs a request: the first that fits it and the secret."""
        secret = self.identity.secret
        assert secret is not None
        scope = Scope(request, Payload(request), self.target.url, self.identity.facts)
        fitting = [recipe for recipe in self.recipes if all(condition.holds(scope) for condition in recipe.when)]
        fitting = fitting or list(self.recipes[:1])
        return next((recipe for recipe in fitting if can_sign(recipe, secret)), fitting[0])

    def verdict(self, request: Request, now: datetime) -> Verdict | None:
        """Return what our own check says to a request, None where nothing is signed."""
        secret = self.identity.secret
        if not self.recipes or secret is None:
            return None
        return verify(
            request,
            Payload(request),
            self.recipes,
            (secret, *self.identity.known),
            scheme=self.identity.profile.id if self.identity.profile else "",
            url=self.target.url,
            now=now,
            facts=self.identity.facts,
            documents=self.identity.documents,
        ).verdict

    def is_valid(self, request: Request, now: datetime) -> bool:
        """Whether a careful handler accepts a request."""
        return self.verdict(request, now) is Verdict.VALID

    # -- what it says --------------------------------------------------------------------------------------------------

    def reports(self, request: Request) -> tuple[Report, ...]:
        """Return what a request says."""
        return normalise(self.identity.profile, request, Payload(request))

    def reports_of(self, sent: Outgoing) -> tuple[Report, ...]:
        """Return what a request that was sent says."""
        target = "/" + sent.url.partition("://")[2].partition("/")[2]
        return self.reports(Request(sent.method, target, sent.headers, sent.body, received_at=Values.fixed().now))

    @property
    def covers(self) -> Covers:
        """How much the usual event's signature protects."""
        return self.recipe_for_usual.covers if self.signs else Covers.NONE

    @property
    def recipe_for_usual(self) -> Recipe:
        """The scheme of the usual event."""
        return self.recipe_for(self._usual_request())

    def _usual_request(self) -> Request:
        return self.event(self.usual, Values.fixed().now, Values.fixed()).request

    @property
    def signature_names(self) -> tuple[str, ...]:
        """The headers its schemes read."""
        return signature_headers(self.recipes)

    # -- sending -------------------------------------------------------------------------------------------------------

    def outgoing(self, request: Request) -> Outgoing:
        """Return a request as it goes out."""
        url = f"{self.target.origin}{request.target}"
        return addressed(Outgoing(request.method, url, request.headers, request.body))

    def scrub(self) -> tuple[bytes, ...]:
        """Return what must not be in a report: the secrets, and what a password scheme sends in their place."""
        secrets = [secret for secret in (self.identity.secret, *self.identity.known) if secret and secret.value]
        found = [form for secret in secrets for form in forms_of(secret.value)]
        if self.signs and self.recipe_for_usual.kind in PASSWORDS:
            made = self.signed(self._usual_request(), Values.fixed().now)
            lower = {place.lower for recipe in self.recipes for place in recipe.signature if place.kind == "header"}
            for name, value in made.headers:
                if name.lower() in lower:
                    found += [value, value.partition(b" ")[2]]
        return tuple(sorted({form for form in found if len(form) >= 4}, key=len, reverse=True))


def forms_of(secret: str) -> list[bytes]:
    """Return a secret as it is, in base64 and percent-encoded."""
    import base64
    from urllib.parse import quote

    raw = secret.encode("utf-8", "surrogateescape")
    return [raw, base64.b64encode(raw), quote(secret, safe="", errors="replace").encode(), *_parts(secret)]


def _parts(secret: str) -> list[bytes]:
    rest = secret.partition("_")[2] if secret.startswith(("whsec_", "whsk_")) else secret.partition(":")[2]
    return [rest.encode("utf-8", "surrogateescape")] if len(rest) >= 8 else []


def like(secret: str, rng: Random, *, names: bool = False) -> str:
    """Return a random secret of the same form: prefix, length and kinds of characters stay, so it can sign as well.

    With `names`, what stands before a colon stays too.
    """
    head, colon, rest = secret.partition(":") if names else ("", "", secret)
    if names and not colon:
        head, rest = "", secret
    prefix = next((mark for mark in ("whsec_", "whsk_", "whpk_") if rest.startswith(mark)), "")
    text = rest.removeprefix(prefix)
    hexadecimal = bool(text) and all(sign in "0123456789abcdef" for sign in text.lower())
    made = "".join(_other(sign, rng, hexadecimal) for sign in text)
    return f"{head}{colon}{prefix}{made}"


def _other(sign: str, rng: Random, hexadecimal: bool) -> str:
    if sign.isascii() and sign.isdigit():
        return rng.choice("0123456789")
    if sign.isascii() and sign.isalpha():
        letters = "abcdef" if hexadecimal else "abcdefghijklmnopqrstuvwxyz"
        made = rng.choice(letters)
        return made.upper() if sign.isupper() else made
    return sign


def header_places(recipes: Sequence[Recipe]) -> tuple[bytes, ...]:
    """Return the names, in small letters, of the headers that hold the signature."""
    return tuple(
        dict.fromkeys(place.lower for recipe in recipes for place in recipe.signature if place.kind == "header")
    )


def with_headers(request: Request, headers: Sequence[tuple[bytes, bytes]]) -> Request:
    """Return a request with other header lines."""
    return replace(request, headers=tuple(headers))
