"""Multipart bodies as a tree: one entry per part with its headers and its content."""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterable
from dataclasses import dataclass

from inspector.payload.node import ListTree, NodeKind
from inspector.payload.steps import Steps, finish
from inspector.payload.text import decode_visibly, is_binary

_BOUNDARY = re.compile(r'boundary\s*=\s*(?:"([^"]+)"|([^\s;]+))', re.IGNORECASE)
_NAME = re.compile(r'(?<![\w*])name\s*=\s*(?:"([^"]*)"|([^\s;]+))', re.IGNORECASE)
_FILE_NAME = re.compile(r'filename\s*=\s*(?:"([^"]*)"|([^\s;]+))', re.IGNORECASE)

PARTS_PER_STEP = 20
SEARCHED_BYTES = 1024 * 1024
MOST_HEADER_BYTES = 64 * 1024
LONGEST_TEXT_BYTES = 1024 * 1024
"""A longer part stands in the tree with its size alone; it can be saved."""


class MultipartError(ValueError):
    """A body is not the multipart its header says."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its headers in order as sent, and its content as sent."""

    name: str
    headers: tuple[tuple[str, str], ...]
    content: bytes

    def header(self, name: str) -> str:
        """Return a header's value, "" where there is none; the case of its name does not matter."""
        return next((value for key, value in reversed(self.headers) if key.lower() == name), "")

    @property
    def file_name(self) -> str:
        """The name of the file the part was, "" where it was none."""
        return _first_group(_FILE_NAME.search(self.header("content-disposition")))

    @property
    def media_type(self) -> str:
        """The type the part says it has, in small letters and without parameters."""
        return self.header("content-type").partition(";")[0].strip().lower()

    @property
    def plain(self) -> bytes:
        """The content with a mail's transfer encoding taken off (RFC 2045 section 6)."""
        encoding = self.header("content-transfer-encoding").strip().lower()
        if encoding == "base64":
            try:
                return base64.b64decode(self.content)
            except binascii.Error:
                return self.content
        return quopri.decodestring(self.content) if encoding == "quoted-printable" else self.content


def parse_parts(body: bytes, content_type: str) -> tuple[Part, ...]:
    """Return the parts of a multipart body in one go; see `scan_parts`."""
    return finish(scan_parts(body, content_type))


def scan_parts(body: bytes, content_type: str) -> Steps[tuple[Part, ...]]:
    """Return the parts of a multipart body (RFC 2046 section 5.1) in order, in steps.

    Raises:
        MultipartError: no boundary is named, or the body does not hold it.
    """
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise MultipartError("The content type names no boundary between the parts.")
    boundary = (found.group(1) or found.group(2)).encode("latin-1", "replace")
    marks = yield from _marks(body, b"--" + boundary)
    if not marks:
        raise MultipartError(f"The boundary {boundary.decode('latin-1')} does not occur in the body.")
    parts: list[Part] = []
    ends = [start for start, _after in marks[1:]]
    for (_start, after), end in zip(marks, [*ends, len(body)], strict=True):
        if body.startswith(b"--", after):
            break
        parts.append(_part(len(parts), body[after:end]))
        if len(parts) % PARTS_PER_STEP == 0:
            yield after / len(body)
    return tuple(parts)


def _marks(body: bytes, mark: bytes) -> Steps[list[tuple[int, int]]]:
    """Return where each boundary begins, with the line break before it, and where it ends."""
    found: list[tuple[int, int]] = []
    position = 0
    while position < len(body):
        at = body.find(mark, position, position + SEARCHED_BYTES + len(mark))
        if at < 0:
            position += SEARCHED_BYTES
        else:
            position = at + len(mark)
            if at == 0 or body[at - 1] == 0x0A:
                found.append((at - (at > 0) - (body[at - 2 : at - 1] == b"\r" and at > 1), position))
        if at < 0 or len(found) % PARTS_PER_STEP == 0:
            yield position / len(body)
    return found


def parse_multipart_tree(body: bytes, content_type: str) -> ListTree:
    """Return the parts of a multipart body as a tree.

    A part of a form that is text without a file name is one value; any other part shows its headers and, for text,
    its content.

    Raises:
        MultipartError: no boundary is named, or the body does not hold it.
    """
    return tree_of_parts(parse_parts(body, content_type))


def tree_of_parts(parts: Iterable[Part]) -> ListTree:
    """Return the tree of parts: child N of its root is part N."""
    tree = ListTree()
    tree.open("", NodeKind.OBJECT)
    for part in parts:
        _add_part(tree, part)
    tree.close()
    return tree


def _part(number: int, piece: bytes) -> Part:
    head, content = _split(piece)
    headers = tuple((name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in head) if name)
    disposition = next((value for name, value in reversed(headers) if name.lower() == "content-disposition"), "")
    return Part(_first_group(_NAME.search(disposition)) or f"part {number + 1}", headers, content)


def _add_part(tree: ListTree, part: Part) -> None:
    content, names = part.content, {name.lower() for name, _value in part.headers}
    binary = is_binary(content)
    long = len(content) > LONGEST_TEXT_BYTES
    text = f"{len(content):,} bytes" if binary or long else decode_visibly(content, part.header("content-type")).text
    if not part.file_name and not binary and not long and names <= {"content-disposition", "content-type"}:
        tree.leaf(part.name, text)
        return
    tree.open(part.name, NodeKind.OBJECT)
    tree.leaves(part.headers)
    tree.leaf("content", text)
    tree.close()


def _split(piece: bytes) -> tuple[list[str], bytes]:
    """Return a part's header lines and its content."""
    _, _, rest = piece.partition(b"\n")  # what may follow a boundary on its line is padding
    if rest.startswith((b"\r\n", b"\n")):
        return [], rest.partition(b"\n")[2]
    match = re.search(rb"\r?\n\r?\n", rest[:MOST_HEADER_BYTES])
    head, content = (rest[: match.start()], rest[match.end() :]) if match else (rest, b"")
    return re.sub(r"\r?\n[ \t]+", " ", head.decode("utf-8", "backslashreplace")).splitlines(), content


def _first_group(match: re.Match[str] | None) -> str:
    return next((group for group in match.groups() if group), "") if match else ""
