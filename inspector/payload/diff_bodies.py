"""Two bodies side by side: equal, different as values, different as text, or only different."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.payload.contents import Contents, UnreadableError, contents_of, scan_tree
from inspector.payload.diff import TreeDiff, diff_trees
from inspector.payload.diff_text import TextDiff, diff_lines, first_difference
from inspector.payload.json_tree import JsonTree
from inspector.payload.node import Tree
from inspector.payload.pretty import pretty_json, pretty_xml
from inspector.payload.steps import Steps
from inspector.payload.text import decode_visibly

MAX_DIFF_BYTES = 1024 * 1024
"""Of larger bodies only whether and where they first differ is told."""

MOST_LINES = 5_000
"""Longer texts are not compared line by line."""


@dataclass(frozen=True, slots=True)
class Body:
    """A body to compare, its content coding taken off; `content_type` is the header as sent."""

    data: bytes
    content_type: str

    @property
    def contents(self) -> Contents:
        """How it is read."""
        return contents_of(self.data, self.content_type.partition(";")[0].strip().lower())


@dataclass(frozen=True, slots=True)
class BodyDiff:
    """How two bodies differ. `differ_at` is the first byte that differs, -1 for equal bodies.

    `fields` is None where a body has no fields or could not be read, `text` where one is binary or longer than
    MOST_LINES (`too_long`); both are None for equal bodies and for bodies over MAX_DIFF_BYTES (`too_large`).
    `laid_out` says that the text was indented first.
    """

    differ_at: int
    sizes: tuple[int, int]
    fields: TreeDiff | None = None
    text: TextDiff | None = None
    too_large: bool = False
    too_long: bool = False
    laid_out: bool = False

    @property
    def equal(self) -> bool:
        """Whether the bodies are the same, byte for byte."""
        return self.differ_at < 0


def diff_bodies(before: Body, after: Body) -> Steps[BodyDiff]:
    """Compare two bodies in steps; never raises for what a body holds."""
    sizes = len(before.data), len(after.data)
    if before.data == after.data:
        return BodyDiff(-1, sizes)
    at = first_difference(before.data, after.data)
    yield 0.0
    if max(sizes) > MAX_DIFF_BYTES:
        return BodyDiff(at, sizes, too_large=True)
    trees = yield from _trees(before, after)
    fields = (yield from diff_trees(*trees)) if trees is not None else None
    if Contents.BINARY in (before.contents, after.contents):
        return BodyDiff(at, sizes, fields)
    laid_out = (yield from _laid_out(before, after, trees)) if trees is not None else None
    old, new = laid_out if laid_out is not None else (_lines(before), _lines(after))
    if laid_out is not None and old == new:
        # Only blanks differ, or how a text is written: that is seen in the bytes as they came.
        laid_out, old, new = None, _lines(before), _lines(after)
    if max(len(old), len(new)) > MOST_LINES:
        return BodyDiff(at, sizes, fields, too_long=True)
    text = yield from diff_lines(old, new)
    return BodyDiff(at, sizes, fields, text, laid_out=laid_out is not None)


def _trees(before: Body, after: Body) -> Steps[tuple[Tree, Tree] | None]:
    """Read both bodies, None where one has no structure, or another kind of it."""
    if not before.contents.has_tree or before.contents is not after.contents:
        return None
    try:
        return (
            (yield from scan_tree(before.data, before.contents, before.content_type)),
            (yield from scan_tree(after.data, after.contents, after.content_type)),
        )
    except UnreadableError:
        return None


def _laid_out(before: Body, after: Body, trees: tuple[Tree, Tree]) -> Steps[tuple[list[str], list[str]] | None]:
    """Return both bodies indented alike, None for what is compared as it came."""
    old, new = trees
    if before.contents is Contents.JSON and isinstance(old, JsonTree) and isinstance(new, JsonTree):
        return (yield from pretty_json(old)), (yield from pretty_json(new))
    if before.contents is Contents.XML:
        texts = [decode_visibly(body.data, body.content_type).text for body in (before, after)]
        return (yield from pretty_xml(texts[0])), (yield from pretty_xml(texts[1]))
    return None


def _lines(body: Body) -> list[str]:
    return decode_visibly(body.data, body.content_type).text.split("\n")
