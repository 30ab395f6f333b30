"""What kind of body this is, and how to read it into a tree."""

from __future__ import annotations

from enum import Enum

from inspector.payload.body import FORM
from inspector.payload.form_tree import parse_form_tree
from inspector.payload.json_errors import JsonSyntaxError
from inspector.payload.json_tree import scan_json
from inspector.payload.multipart_tree import MultipartError, parse_multipart_tree
from inspector.payload.node import Tree
from inspector.payload.steps import Steps
from inspector.payload.text import decode_json, is_binary
from inspector.payload.xml_tree import XmlError, scan_xml

MAX_TREE_BYTES = 20 * 1024 * 1024
"""Larger bodies are shown as they are only: a tree of them would need more memory than it helps."""

_JSON_LINES = ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/json-lines")
UnreadableError = (JsonSyntaxError, XmlError, MultipartError)


class Contents(Enum):
    """How a body is read."""

    EMPTY = "empty"
    JSON = "JSON"
    JSON_LINES = "JSON lines"
    FORM = "form"
    XML = "XML"
    MULTIPART = "multipart"
    TEXT = "text"
    BINARY = "binary"

    @property
    def has_tree(self) -> bool:
        """Whether there is structure to show."""
        return self in _TREES


_TREES = frozenset({Contents.JSON, Contents.JSON_LINES, Contents.FORM, Contents.XML, Contents.MULTIPART})


def contents_of(body: bytes, media_type: str) -> Contents:
    """Return how to read a body: as its media type says, and by its first character where that says nothing."""
    if not body:
        return Contents.EMPTY
    if media_type in _JSON_LINES:
        return Contents.JSON_LINES
    if media_type.endswith(("/json", "+json")):
        return Contents.JSON
    if media_type.endswith(("/xml", "+xml")):
        return Contents.XML
    if media_type == FORM:
        # Some providers label JSON as a form, because that is their HTTP library's default.
        return Contents.JSON if body.lstrip()[:1] in (b"{", b"[") else Contents.FORM
    if media_type.startswith("multipart/"):
        return Contents.MULTIPART
    head = body[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if head[:1] in (b"{", b"["):
        return Contents.JSON
    if head.startswith((b"<?xml", b"<")) and not head.lower().startswith((b"<!doctype html", b"<html")):
        return Contents.XML
    return Contents.BINARY if is_binary(body) else Contents.TEXT


def scan_tree(body: bytes, contents: Contents, content_type: str) -> Steps[Tree]:
    """Read a body that has a tree in steps of about a millisecond, yielding the share read so far.

    Raises:
        JsonSyntaxError, XmlError, MultipartError: it is not what it says; the text is a sentence for a person.
    """
    if contents in (Contents.JSON, Contents.JSON_LINES):
        return (yield from scan_json(decode_json(body, content_type), many=contents is Contents.JSON_LINES))
    if contents is Contents.XML:
        return (yield from scan_xml(body))
    yield 0.0
    if contents is Contents.MULTIPART:
        return parse_multipart_tree(body, content_type)
    return parse_form_tree(body.decode("utf-8", "backslashreplace"))
