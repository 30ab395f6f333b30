"""A request's body read for the window: unpacked, recognised and made a tree, in steps and within limits."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.domain.request import Request
from inspector.payload.contents import MAX_TREE_BYTES, Contents, UnreadableError, contents_of, scan_tree
from inspector.payload.multipart_tree import Part, scan_parts, tree_of_parts
from inspector.payload.node import Tree
from inspector.payload.steps import Steps
from inspector.payload.unpacking import unpack_body


@dataclass(frozen=True, slots=True)
class ReadBody:
    """What was found. `coding` is what the body was packed with, "" for nothing.

    `tree` is None where there is none to show; `problem` then says why, where it is not the kind of the body alone.
    """

    body: bytes
    contents: Contents
    tree: Tree | None = None
    coding: str = ""
    problem: str = ""
    too_large: bool = False
    invalid: bool = False
    parts: tuple[Part, ...] = ()


def read_body(request: Request, contents: Contents | None = None) -> Steps[ReadBody]:
    """Read a body as what it is, or as `contents` where the user says so."""
    unpacked = yield from unpack_body(request, MAX_TREE_BYTES)
    body, coding = unpacked.body, unpacked.coding
    if unpacked.problem:
        return ReadBody(body, Contents.BINARY, None, coding, unpacked.problem, unpacked.too_large)
    found = contents or contents_of(body, request.content_type)
    if not found.has_tree:
        return ReadBody(body, found, None, coding)
    if len(body) > MAX_TREE_BYTES:
        return ReadBody(body, found, None, coding, "Bodies over 20 MB are shown as received only.", too_large=True)
    content_type = request.header("Content-Type")
    try:
        if found is Contents.MULTIPART:
            parts = yield from scan_parts(body, content_type)
            return ReadBody(body, found, tree_of_parts(parts), coding, parts=parts)
        return ReadBody(body, found, (yield from scan_tree(body, found, content_type)), coding)
    except UnreadableError as error:
        return ReadBody(body, found, None, coding, str(error), invalid=True)
