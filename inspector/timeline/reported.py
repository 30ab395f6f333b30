"""Which stages a provider reports at all: what it has no word for is never missed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from inspector.domain.report import Kind
from inspector.providers.profile import Profile
from inspector.timeline.stages import ALL_STAGES, Stage, stages_reported

_PLAIN = (str, bytes, int, float, bool, type(None))


@lru_cache(maxsize=256)
def stages_of(profile: Profile | None) -> frozenset[Stage]:
    """Return the stages the provider's file maps something to; all of them for a provider without a mapping.

    Google RBM tells of delivered and read only, others know no queued: without this every one of their messages would
    seem to have lost something.
    """
    return ALL_STAGES if profile is None else stages_reported(_kinds(profile.mapping, set()))


def _kinds(part: Any, seen: set[int]) -> Iterator[Kind]:
    """Give every kind that stands anywhere in a mapping, whatever its rules are made of."""
    if isinstance(part, Kind):
        yield part
    if isinstance(part, _PLAIN) or callable(part) or id(part) in seen:
        return
    seen.add(id(part))
    if isinstance(part, Mapping):
        inner: Any = part.values()
    elif isinstance(part, (tuple, list, frozenset)):
        inner = part
    else:
        names = [*getattr(type(part), "__slots__", ()), *getattr(part, "__dict__", ())]
        inner = [getattr(part, name, None) for name in names]
    for item in inner:
        yield from _kinds(item, seen)
