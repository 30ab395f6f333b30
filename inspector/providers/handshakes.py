"""Which handshake a request is: a look at what tells one, which costs next to nothing for all other requests."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.providers.encrypted import opened
from inspector.providers.handshake import Handshake
from inspector.providers.profile import Profile
from inspector.signatures.condition import Condition
from inspector.signatures.place import Place, Scope, to_bytes

MAX_BODY = 4 * 1024
"""Bytes of a body that is looked into: the largest handshake, of AWS SNS, has some 1,600."""

_PLAIN = re.compile(r"[A-Za-z0-9._-]{3,}\Z")
"""A value that is written the same way in every JSON text."""


@runtime_checkable
class Greeters(Protocol):
    """A catalogue that knows, without parsing everything, which providers have handshakes."""

    @property
    def greeters(self) -> tuple[Profile, ...]:
        """The providers with handshakes, in the order of the list."""
        ...


@dataclass(frozen=True, slots=True)
class Known:
    """A handshake and whose it is; `scope` is what its answer may read, None where none was looked at."""

    profile: Profile
    handshake: Handshake
    scope: Scope | None = None


class Handshakes:
    """The handshakes that are answered on every endpoint, by what tells them.

    Reading them all takes some hundredths of a second, so `load` is for a thread; until it is done, an endpoint knows
    its own provider's only.

    A request is a handshake of its endpoint's own provider first. Those of other providers count only where they are
    unmistakable and need no secret (`anywhere`): they help who has not chosen the provider yet, and give nobody more
    than an echo of what was sent.
    """

    def __init__(self, catalogue: Greeters | Iterable[Profile] = ()) -> None:
        self._catalogue = catalogue
        self._by_header: dict[bytes, list[Known]] = {}
        self._rest: tuple[tuple[Known, bytes], ...] = ()

    def load(self) -> None:
        """Read the definitions of all providers that greet."""
        catalogue = self._catalogue
        profiles = catalogue.greeters if isinstance(catalogue, Greeters) else tuple(catalogue)
        others = [Known(profile, each) for profile in profiles for each in profile.handshakes if each.anywhere]
        by_header: dict[bytes, list[Known]] = {}
        rest = []
        for known in others:
            telling = known.handshake.telling
            if telling is not None and telling.place.kind == "header":
                by_header.setdefault(telling.place.lower, []).append(known)
            elif telling is not None:
                rest.append((known, _clue(telling)))
        self._by_header, self._rest = by_header, tuple(rest)

    def find(
        self,
        profile: Profile | None,
        scope: Scope,
        secrets: Sequence[Secret] = (),
        *,
        known_sender: Callable[[], bool] = lambda: False,
    ) -> Known | None:
        """Return the handshake a request is, None for an ordinary event.

        `secrets` open what the endpoint's own provider encrypts. `known_sender` tells whether the signature is the
        endpoint's provider's own, so that no other is looked for.
        """
        if profile is not None:
            for handshake in profile.handshakes:
                if not _plausible(handshake, scope.request):
                    continue
                inner = scope if handshake.decrypt is None else opened(scope, handshake.decrypt, secrets)
                if inner is not None and handshake.fits(inner):
                    return Known(profile, handshake, inner)
        if known_sender():
            return None
        for known in self._candidates(scope.request):
            if known.profile is not profile and known.handshake.fits(scope):
                return replace(known, scope=scope)
        return None

    def _candidates(self, request: Request) -> list[Known]:
        found: list[Known] = []
        by_header = self._by_header
        for name, _value in request.headers:
            known = by_header.get(name.lower())
            if known is not None:
                found.extend(known)
        found.extend([known for known, clue in self._rest if _has(request, known.handshake, clue)])
        return found


def _plausible(handshake: Handshake, request: Request) -> bool:
    """Whether a request may be this handshake, without parsing anything."""
    if handshake.decrypt is not None:
        return _has(request, handshake, _name_of(handshake.decrypt))
    telling = handshake.telling
    if telling is None:
        return request.method in handshake.methods
    if telling.place.kind == "header":
        return any(name.lower() == telling.place.lower for name, _value in request.headers)
    return _has(request, handshake, _clue(telling))


def _has(request: Request, handshake: Handshake, clue: bytes) -> bool:
    if request.method not in handshake.methods:
        return False
    if not clue:
        return "?" in request.target
    return len(request.body) <= MAX_BODY and clue in request.body


def _clue(telling: Condition) -> bytes:
    """Return what a body has to hold for a condition to be met: the value, or the last name on the way to it.

    "" for a query, which is as good as parsed.
    """
    place, wanted = telling.place, telling.wanted
    if place.kind == "query":
        return b""
    if len(wanted.exact) == 1 and not wanted.prefixes:
        (value,) = wanted.exact
        if _PLAIN.match(value):
            return value.encode()
    return _name_of(place)


def _name_of(place: Place) -> bytes:
    if place.kind == "form":
        return to_bytes(place.name)
    names = [part for part in place.path.replace("[", ".[").split(".") if part and not part.startswith("[")]
    return to_bytes(names[-1]) if names else b"["
