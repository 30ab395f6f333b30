"""The rows of a comparison: what differs one by one, and folds for what is ignored and what is equal. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from inspector.payload.diff import Change, Difference, Keys, TreeDiff
from inspector.payload.diff_headers import HeaderDifference
from inspector.payload.diff_ignore import HEADER, Ignored, entry_for_name, entry_for_place
from inspector.payload.diff_text import Spans
from inspector.payload.values import escape_odd
from inspector.ui.detail.diff_values import leaves, marked, place_words, two_values, value_text
from inspector.ui.detail.header_groups import MASK, is_secret
from inspector.ui.detail.sizes import spell_count

MOST_SHOWN = 200
"""Rows of one kind that are listed; further ones are counted in a line of their own."""

IGNORED, EQUAL = "ignored", "equal"


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a row: the text that is shown, which parts of it differ, and what copying gives."""

    text: str
    spans: Spans = ()
    copied: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A field that differs (`change`), one that is equal, or, with `fold`, the line over a foldable part.

    `path` is what Copy path copies. `entries` are what a list of ignored fields may say to cover it, the narrowest
    first; `covered` are the entries that do.
    """

    title: str
    change: Change | None = None
    old: Side | None = None
    new: Side | None = None
    path: str = ""
    entries: tuple[str, ...] = ()
    covered: tuple[str, ...] = ()
    fold: str = ""
    open: bool = False

    @property
    def spoken(self) -> str:
        """The row for a screen reader."""
        if self.fold:
            return f"{self.title}, {'open' if self.open else 'closed'}"
        parts = [self.title, self.change.value if self.change is not None else ""]
        if self.old is not None and self.change is not None:
            parts.append(f"before {self.old.text}")
        if self.new is not None:
            parts.append(f"now {self.new.text}" if self.old is not None and self.change is not None else self.new.text)
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows, in words how much differs, and how many differences are told and left out."""

    rows: tuple[Row, ...]
    summary: str
    differing: int
    ignored: int = 0


def field_rows(diff: TreeDiff, ignored: Ignored, opened: frozenset[str] = frozenset()) -> Listing:
    """Return the rows of a comparison of fields; `opened` names the folds that are open."""
    told: list[tuple[Difference, tuple[str, ...]]] = []
    left_out: list[tuple[Difference, tuple[str, ...]]] = []
    for difference in diff.differences:
        covered = ignored.all_for_field(difference.keys)
        (left_out if covered else told).append((difference, covered))
    rows = [_field(diff, difference, covered) for difference, covered in told[:MOST_SHOWN]]
    rows += _more(len(told) - MOST_SHOWN + diff.left_out, "difference")
    rows += _folded(
        IGNORED, len(left_out), "ignored field", opened, (_field(diff, *item) for item in left_out[:MOST_SHOWN])
    )
    rows += _folded(EQUAL, diff.equal_fields, "equal field", opened, _equal(diff))
    counts = Counter(difference.change for difference, _covered in told)
    differing = len(told) + diff.left_out
    summary = summary_of(counts, len(left_out), diff.equal_fields, diff.left_out)
    return Listing(tuple(rows), summary, differing, len(left_out))


def header_rows(
    differences: Sequence[HeaderDifference], ignored: Ignored, opened: frozenset[str] = frozenset()
) -> Listing:
    """Return the rows of a comparison of headers; the values of secret ones are masked."""
    told = [item for item in differences if item.change is not None and not ignored.header(item.name)]
    left_out = [item for item in differences if item.change is not None and ignored.header(item.name)]
    equal = [item for item in differences if item.change is None]
    rows = [_header(item, ignored) for item in told]
    rows += _folded(IGNORED, len(left_out), "ignored header", opened, (_header(item, ignored) for item in left_out))
    rows += _folded(EQUAL, len(equal), "equal header", opened, (_header(item, ignored) for item in equal))
    counts = Counter(item.change for item in told if item.change is not None)
    return Listing(tuple(rows), summary_of(counts, len(left_out), len(equal)), len(told), len(left_out))


def summary_of(counts: Counter[Change], ignored: int, equal: int, further: int = 0) -> str:
    """Say how much differs: "5 changed, 1 added, 2 ignored, 14 equal"."""
    parts = [f"{spell_count(counts[change])} {change.value}" for change in Change if counts[change]]
    parts += [f"{spell_count(further)} more"] if further else []
    parts += [f"{spell_count(ignored)} ignored"] if ignored else []
    parts += [f"{spell_count(equal)} equal"] if equal else []
    return ", ".join(parts)


def _field(diff: TreeDiff, difference: Difference, covered: tuple[str, ...]) -> Row:
    before, after = difference.before, difference.after
    old = new = ""
    if difference.change is Change.MOVED:
        new = value_text(diff.after, after)
    elif before >= 0 and after >= 0:
        old, new = two_values(diff.before, before, diff.after, after)
    elif before >= 0:
        old = value_text(diff.before, before)
    else:
        new = value_text(diff.after, after)
    spans = marked(old, new) if difference.change is Change.CHANGED else ((), ())
    return Row(
        place_words(difference.path),
        difference.change,
        Side(old, spans[0], _copied(diff, before, after=False)) if old else None,
        Side(new, spans[1], _copied(diff, after, after=True)) if after >= 0 else None,
        difference.path,
        _entries(difference.keys),
        covered,
    )


def _copied(diff: TreeDiff, node: int, *, after: bool) -> str:
    tree = diff.after if after else diff.before
    if not tree.kind(node).is_container:
        return tree.text(node)
    return tree.raw(node) or value_text(tree, node)


def _entries(keys: Keys) -> tuple[str, ...]:
    if not keys:
        return ()
    return tuple(dict.fromkeys(entry for entry in (entry_for_place(keys), entry_for_name(keys)) if entry))


def _header(item: HeaderDifference, ignored: Ignored) -> Row:
    secret = is_secret(item.name.lower())
    respelled = item.before is not None and item.after is not None and item.before[0] != item.after[0]

    def side(header: tuple[str, str] | None) -> Side | None:
        if header is None:
            return None
        value = MASK if secret else escape_odd(header[1])
        return Side(f"{header[0]}: {value}" if respelled else value, (), header[1])

    old, new = side(item.before), side(item.after)
    if item.change is Change.CHANGED and old is not None and new is not None and not secret:
        spans = marked(old.text, new.text)
        old, new = Side(old.text, spans[0], old.copied), Side(new.text, spans[1], new.copied)
    covered = ignored.header(item.name)
    shows_old = item.change in (Change.CHANGED, Change.REMOVED)
    return Row(
        item.name,
        item.change,
        old if shows_old else None,
        new,
        item.name,
        (HEADER + item.name,),
        (covered,) if covered else (),
    )


def _equal(diff: TreeDiff) -> Iterator[Row]:
    values = ((after, node) for _before, after in diff.equal for node in leaves(diff.after, after))
    for _top, node in islice(values, MOST_SHOWN):
        path = diff.after.path(node)
        text = value_text(diff.after, node)
        yield Row(place_words(path), None, None, Side(text, (), diff.after.text(node)), path)


def _folded(fold: str, count: int, noun: str, opened: frozenset[str], rows: Iterable[Row]) -> list[Row]:
    if not count:
        return []
    title = f"{spell_count(count)} {noun}{'' if count == 1 else 's'}"
    if fold not in opened:
        return [Row(title, fold=fold)]
    listed = list(rows)
    return [Row(title, fold=fold, open=True), *listed, *_more(count - len(listed), noun)]


def _more(count: int, noun: str) -> list[Row]:
    return [Row(f"and {spell_count(count)} more {noun}{'' if count == 1 else 's'}")] if count > 0 else []
