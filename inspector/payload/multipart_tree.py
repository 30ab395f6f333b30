"""Multipart bodies as a tree: one entry per part with its headers and its content."""

from __future__ import annotations

import re

from inspector.payload.node import ListTree, NodeKind
from inspector.payload.text import decode_visibly, is_binary

_BOUNDARY = re.compile(r'boundary\s*=\s*(?:"([^"]+)"|([^\s;]+))', re.IGNORECASE)
_NAME = re.compile(r'(?<![\w*])name\s*=\s*(?:"([^"]*)"|([^\s;]+))', re.IGNORECASE)
_FILE_NAME = re.compile(r'filename\s*=\s*(?:"([^"]*)"|([^\s;]+))', re.IGNORECASE)


class MultipartError(ValueError):
    """A body is not the multipart its header says."""


def parse_multipart_tree(body: bytes, content_type: str) -> ListTree:
    """Return the parts of a multipart body (RFC 2046 section 5.1).

    A part of a form that is text without a file name is one value; any other part shows its headers and, for text,
    its content.

    Raises:
        MultipartError: no boundary is named, or the body does not hold it.
    """
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise MultipartError("The content type names no boundary between the parts.")
    boundary = (found.group(1) or found.group(2)).encode("latin-1", "replace")
    pieces = re.split(rb"(?:\A|\r?\n)--" + re.escape(boundary), body)
    if len(pieces) < 2:
        raise MultipartError(f"The boundary {boundary.decode('latin-1')} does not occur in the body.")
    tree = ListTree()
    tree.open("", NodeKind.OBJECT)
    for number, piece in enumerate(pieces[1:]):
        if piece.startswith(b"--"):
            break
        _add_part(tree, number, piece)
    tree.close()
    return tree


def _add_part(tree: ListTree, number: int, piece: bytes) -> None:
    head, content = _split(piece)
    headers = [(name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in head) if name]
    by_name = {name.lower(): value for name, value in headers}
    disposition = by_name.get("content-disposition", "")
    name = _first_group(_NAME.search(disposition)) or f"part {number + 1}"
    file_name = _first_group(_FILE_NAME.search(disposition))
    media_type = by_name.get("content-type", "")
    text = f"{len(content):,} bytes" if is_binary(content) else decode_visibly(content, media_type).text
    if not file_name and not is_binary(content) and set(by_name) <= {"content-disposition", "content-type"}:
        tree.leaf(name, text)
        return
    tree.open(name, NodeKind.OBJECT)
    tree.leaves(headers)
    tree.leaf("content", text)
    tree.close()


def _split(piece: bytes) -> tuple[list[str], bytes]:
    """Return a part's header lines and its content."""
    _, _, rest = piece.partition(b"\n")  # what may follow a boundary on its line is padding
    if rest.startswith((b"\r\n", b"\n")):
        return [], rest.partition(b"\n")[2]
    match = re.search(rb"\r?\n\r?\n", rest)
    head, content = (rest[: match.start()], rest[match.end() :]) if match else (rest, b"")
    return re.sub(r"\r?\n[ \t]+", " ", head.decode("utf-8", "backslashreplace")).splitlines(), content


def _first_group(match: re.Match[str] | None) -> str:
    return next((group for group in match.groups() if group), "") if match else ""
