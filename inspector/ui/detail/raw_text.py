"""The texts the Raw view shows of a body, made in steps: laid out to be read, or as it was received."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.domain.request import Request
from inspector.payload.contents import MAX_TREE_BYTES, Contents, UnreadableError, contents_of, scan_tree
from inspector.payload.json_tree import scan_json
from inspector.payload.lines import TextLines, split_lines
from inspector.payload.pretty import pretty_fields, pretty_json, pretty_xml
from inspector.payload.steps import Steps
from inspector.payload.text import decode_json, decode_visibly
from inspector.payload.unpacking import unpack_body

LARGEST_EDIT_CHARS = 5 * 1024 * 1024
LONGEST_EDIT_LINE = 20_000
PRETTY_FOOT = "Pretty view; the signature covers the bytes as received"


@dataclass(frozen=True, slots=True)
class RawText:
    """One text of a body: `lines` is set where it is too long to be edited as a document. `foot` says what it is."""

    text: str
    contents: Contents
    pretty: bool
    foot: str
    charset: str
    lines: TextLines | None = None


def make_pretty(request: Request) -> Steps[RawText]:
    """Lay a body out; one that has no structure or cannot be read is shown as received, with a sentence why."""
    unpacked = yield from unpack_body(request, MAX_TREE_BYTES)
    if unpacked.problem:
        return (yield from make_as_received(request, foot=f"{unpacked.problem} Shown as received"))
    body = unpacked.body
    contents = contents_of(body, request.content_type)
    if not contents.has_layout or len(body) > MAX_TREE_BYTES:
        reason = "Over 20 MB: shown as received" if len(body) > MAX_TREE_BYTES else "No layout for this: as received"
        return (yield from make_as_received(request, foot=reason))
    try:
        lines = yield from _pretty_lines(body, contents, request.header("Content-Type"))
    except UnreadableError:
        return (yield from make_as_received(request, foot=f"Not valid {contents.value}: shown as received"))
    charset = decode_visibly(body[:64], request.header("Content-Type")).charset
    return (yield from _fit("\n".join(lines), contents, True, PRETTY_FOOT, charset))


def _pretty_lines(body: bytes, contents: Contents, content_type: str) -> Steps[list[str]]:
    if contents in (Contents.JSON, Contents.JSON_LINES):
        tree = yield from scan_json(decode_json(body, content_type), many=contents is Contents.JSON_LINES)
        return (yield from pretty_json(tree))
    if contents is Contents.XML:
        yield from scan_tree(body, contents, content_type)
        return (yield from pretty_xml(decode_visibly(body, content_type).text))
    return pretty_fields((yield from scan_tree(body, contents, content_type)))


def make_as_received(request: Request, *, foot: str = "") -> Steps[RawText]:
    """Decode a body as its charset says, with what does not decode still to be seen."""
    unpacked = yield from unpack_body(request, MAX_TREE_BYTES)
    body = unpacked.body
    yield 0.0
    decoded = decode_visibly(body, request.header("Content-Type"))
    if not foot:
        foot = f"{unpacked.problem} Shown as received" if unpacked.problem else "The body as received"
        if body != request.body:
            coding = request.header("Content-Encoding").strip()
            foot = f"Unpacked; sent as {len(request.body):,} bytes of {coding}. Hex shows those"
        elif decoded.bad_bytes:
            s = "" if decoded.bad_bytes == 1 else "s"
            foot = f"{decoded.bad_bytes:,} byte{s} not {decoded.charset}, shown as \\x…"
    contents = contents_of(body, request.content_type)
    return (yield from _fit(decoded.text, contents, False, foot, decoded.charset))


def _fit(text: str, contents: Contents, pretty: bool, foot: str, charset: str) -> Steps[RawText]:
    """Cut a text into rows where a document of it would be too slow: very long, or one with very long lines."""
    if len(text) <= LONGEST_EDIT_LINE:
        return RawText(text, contents, pretty, foot, charset)
    lines = yield from split_lines(text)
    # A line longer than a row is cut, so many more rows than lines tell of long ones.
    too_long = len(text) > LARGEST_EDIT_CHARS or _longest_line(lines) > LONGEST_EDIT_LINE
    return RawText(text, contents, pretty, foot, charset, lines if too_long else None)


def _longest_line(lines: TextLines) -> int:
    longest = start = 0
    for row, number in enumerate(lines.numbers):
        if number:
            longest = max(longest, lines.starts[row] - start)
            start = lines.starts[row]
    return max(longest, len(lines.text) - start)
