"""Who a request is really from: by the signature headers it carries, by how its body reads, by whose scheme proves it.

Header names alone prove nothing, because the same name means different schemes (`X-Webhook-Signature`, `X-Signature`
and `Signature` are used by many), and many senders of RCS sign nothing. So each candidate is tried with the secrets at
hand, the body tells candidates apart, and what is only a likeness is called one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Verdict, Verification
from inspector.payload.body import Payload
from inspector.providers.mapping import writers_of
from inspector.providers.profile import Profile
from inspector.signatures.engine import verify
from inspector.signatures.place import Place, Scope

MOST_TRIED = 40
"""Candidates that are tried with a secret: more never share a header."""

MOST_READ = 256 * 1024
"""Bodies above this many bytes are not read to see who writes like that: the window would wait for it."""

COMMON = frozenset({b"authorization", b"content-type", b"user-agent", b"x-timestamp"})
"""Headers that everybody sends: they tell nothing by themselves, so only a secret can."""

NOTHING: Mapping[str, str] = MappingProxyType({})

_RIGHT = frozenset({Verdict.VALID, Verdict.STALE})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A provider a request may be from.

    `headers` are the ones it is known by that were sent, `shared_by` how many providers know the rarest of them (0
    where none was sent and the scheme or the body alone tells). `by_body` is whether its mapping reads the body.
    `verification` is what its scheme says with the secrets at hand, None where there are none.
    """

    profile: Profile
    headers: tuple[str, ...]
    shared_by: int
    verification: Verification | None = None
    by_body: bool = False

    @property
    def proven(self) -> bool:
        """Whether one of the secrets proves it."""
        return self.verification is not None and self.verification.verdict in _RIGHT

    @property
    def words(self) -> str:
        """Return what is known, in one sentence."""
        if self.proven:
            return f"Verified as {self.profile.name} with this endpoint's secret."
        return f"The {'headers look' if self.headers else 'body looks'} like {self.profile.name}."


class Detector:
    """The providers by the headers they are known by; read when first asked, or earlier by `load`."""

    def __init__(self, profiles: Iterable[Profile]) -> None:
        self._profiles = profiles
        self._by_header: dict[bytes, list[tuple[Profile, str]]] | None = None
        self._elsewhere: list[tuple[Profile, tuple[Place, ...]]] = []
        self._writers: list[Profile] = []

    @property
    def loaded(self) -> bool:
        """Whether the index is there."""
        return self._by_header is not None

    def load(self) -> None:
        """Make the index; parses every provider's file, so a thread may do it before it is needed."""
        by_header: dict[bytes, list[tuple[Profile, str]]] = defaultdict(list)
        elsewhere = []
        writers = []
        for profile in self._profiles:
            if profile.mapping:
                writers.append(profile)
            for name in dict.fromkeys(header.lower() for header in profile.detect):
                known = next(header for header in profile.detect if header.lower() == name)
                key = name.encode("latin-1", "replace")
                if key not in COMMON:
                    by_header[key].append((profile, known))
            places = [place for recipe in profile.recipes for place in recipe.signature if _is_elsewhere(place)]
            if places:
                elsewhere.append((profile, tuple(places)))
        self._elsewhere = elsewhere
        self._writers = writers
        self._by_header = dict(by_header)

    def candidates(
        self,
        request: Request,
        payload: Payload,
        secrets: Sequence[Secret] = (),
        *,
        url: str | Callable[[], str] = "",
        facts: Mapping[str, str] = NOTHING,
        documents: Mapping[str, str] = NOTHING,
    ) -> tuple[Candidate, ...]:
        """Return the providers a request may be from, the likeliest first.

        Proven ones come first, then those with a header nobody else knows, those that write such bodies, and the rarest
        headers. Providers whose signature is not in a header of its own are named only where a secret proves them or
        the body reads as theirs. `url` is the address as the provider knows it.
        """
        by_header = self._alike(request)[:MOST_TRIED]
        writers = writers_of(request, payload, self._writers) if len(request.body) <= MOST_READ else ()
        written = {profile.id for profile in writers}

        def tried(profile: Profile, headers: tuple[str, ...], shared_by: int) -> Candidate:
            by_body = profile.id in written
            if not secrets and not documents:
                return Candidate(profile, headers, shared_by, by_body=by_body)
            found = verify(
                request,
                payload,
                profile.recipes,
                secrets,
                scheme=profile.id,
                url=url,
                now=request.received_at,
                facts=facts,
                documents=documents,
            )
            return Candidate(profile, headers, shared_by, found, by_body)

        named = {profile.id for profile, _headers, _rarest in by_header}
        alike = [tried(*each) for each in by_header]
        scope = Scope(request, payload, url, facts)
        alike += [
            tried(profile, (), 0) for profile in writers if profile.id not in named and _could_prove(profile, scope)
        ]
        known = {candidate.profile.id for candidate in alike}
        others = [
            candidate
            for profile, places in self._elsewhere
            if secrets and profile.id not in known and any(place.values(scope) for place in places)
            if (candidate := tried(profile, (), 0)).proven
        ]
        return tuple(sorted([*alike, *others], key=_rank))

    def _alike(self, request: Request) -> list[tuple[Profile, tuple[str, ...], int]]:
        """Return each provider with its headers that were sent, and how many know the rarest of them."""
        if self._by_header is None:
            self.load()
        index = self._by_header or {}
        found: dict[str, tuple[Profile, list[str], int]] = {}
        for name in dict.fromkeys(name.lower() for name, _value in request.headers):
            sharing = index.get(name, ())
            for profile, header in sharing:
                _profile, headers, rarest = found.get(profile.id, (profile, [], len(sharing)))
                headers.append(header)
                found[profile.id] = (profile, headers, min(rarest, len(sharing)))
        return sorted(
            [(profile, tuple(headers), rarest) for profile, headers, rarest in found.values()],
            key=lambda each: (each[2], -len(each[1])),
        )


def _could_prove(profile: Profile, scope: Scope) -> bool:
    """Whether what came to prove the sender, if anything, is what this provider sends."""
    if not profile.recipes or not scope.request.header("Authorization"):
        return True
    return any(place.values(scope) for recipe in profile.recipes for place in recipe.signature)


def _is_elsewhere(place: Place) -> bool:
    return place.kind != "header" or place.lower in COMMON


def _rank(candidate: Candidate) -> tuple[bool, bool, bool, bool, int, int]:
    known, alone = bool(candidate.headers), candidate.shared_by == 1
    likeness = (not alone, not candidate.by_body, not known, candidate.shared_by, -len(candidate.headers))
    return (not candidate.proven, *likeness)


def suggestion(candidates: Sequence[Candidate], own: Profile | None, verdict: Verdict | None) -> Candidate | None:
    """Return the provider to offer instead of the endpoint's `own`, None where there is nothing to offer.

    A right signature ends the search. A proven candidate is offered in any case. A likeness is offered only where
    nothing speaks for the own provider and one other stands out, so that nobody is sent the wrong way. A body alone
    speaks for another only where the own provider should have signed it and writes otherwise.
    """
    if verdict in _RIGHT:
        return None
    others = [each for each in candidates if own is None or each.profile.id != own.id]
    if others and others[0].proven:
        return others[0]
    if len(others) < len(candidates):
        return None
    if own is None or not own.recipes or not own.mapping:
        others = [each for each in others if each.headers]
    if not others:
        return None
    return None if len(others) > 1 and _rank(others[0]) == _rank(others[1]) else others[0]


def switch_words(candidate: Candidate, own: Profile | None) -> tuple[str, str]:
    """Return title and text of the offer to switch an endpoint's provider to `candidate`."""
    name = candidate.profile.name
    verb = "is" if candidate.proven else "looks like"
    title = f"This {verb} {name}, the endpoint expects {own.name}" if own is not None else f"This {verb} {name}"
    if candidate.proven:
        return title, f"Its signature is right by {name}'s scheme with this endpoint's secret."
    reads = f"Its body reads as {name} writes it."
    seen = f"It carries {candidate.headers[0]}." if candidate.headers else reads
    rest = "" if own is not None else " The endpoint checks no signatures."
    if not candidate.profile.recipes:
        return title, f"{seen}{rest} {name} signs nothing: its events cannot be checked."
    return title, f"{seen}{rest} Whether it is genuine shows once {name}'s secret is set."
