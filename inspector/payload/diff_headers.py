"""What differs between two rows of headers: values, case, order and repeats."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from inspector.domain.request import Headers
from inspector.payload.diff import Change
from inspector.payload.diff_align import longest_rise


@dataclass(frozen=True, slots=True)
class HeaderDifference:
    """One header on both sides as it was sent, its name too; a side is None where the header is not.

    `change` is None for a header that is the same. A header whose name is written in another case has changed, like
    one with another value. One that is the same at another place among the others has moved.
    """

    name: str
    change: Change | None
    before: tuple[str, str] | None
    after: tuple[str, str] | None


def diff_headers(before: Headers, after: Headers) -> tuple[HeaderDifference, ...]:
    """Compare headers in the order of the newer ones, with the removed in between.

    Names are the same whatever their case (RFC 9110 section 5.1); of repeated ones the first belongs to the first.
    """
    old, new = _read(before), _read(after)
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, (name, _value) in enumerate(old):
        places[name.lower()].append(place)
    partners = [places[name.lower()].pop(0) if places[name.lower()] else -1 for name, _value in new]
    matched = [place for place in partners if place >= 0]
    staying = {matched[place] for place in longest_rise(matched)}
    gone = sorted(place for left in places.values() for place in left)
    found: list[HeaderDifference] = []
    for (name, value), partner in zip(new, partners, strict=True):
        while gone and partner in staying and gone[0] < partner:
            found.append(_removed(old[gone.pop(0)]))
        if partner < 0:
            found.append(HeaderDifference(name, Change.ADDED, None, (name, value)))
        else:
            same = old[partner] == (name, value)
            change = Change.CHANGED if not same else None if partner in staying else Change.MOVED
            found.append(HeaderDifference(name, change, old[partner], (name, value)))
    return (*found, *(_removed(old[place]) for place in gone))


def _removed(header: tuple[str, str]) -> HeaderDifference:
    return HeaderDifference(header[0], Change.REMOVED, header, None)


def _read(headers: Headers) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
