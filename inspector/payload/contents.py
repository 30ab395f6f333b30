"""What kind of body this is, and how to read it into a tree."""

from __future__ import annotations

from enum import Enum

from inspector.payload.body import FORM
from inspector.payload.form_tree import parse_form_tree
from inspector.payload.json_errors import JsonSyntaxError
from inspector.payload.json_tree import scan_json
from inspector.payload.message_pack import scan_message_pack
from inspector.payload.multipart_tree import MultipartError, scan_parts, tree_of_parts
from inspector.payload.node import Tree
from inspector.payload.packed import PackedError
from inspector.payload.pictures import picture_of
from inspector.payload.protobuf import scan_protobuf
from inspector.payload.steps import Steps
from inspector.payload.text import decode_json, is_binary
from inspector.payload.xml_tree import XmlError, scan_xml

MAX_TREE_BYTES = 20 * 1024 * 1024
"""Larger bodies are shown as they are only: a tree of them would need more memory than it helps."""

_PICTURE_HEAD = 64 * 1024
_JSON_LINES = ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/json-lines")
_MESSAGE_PACK = ("application/msgpack", "application/x-msgpack", "application/vnd.msgpack", "application/messagepack")
_PROTOBUF = (
    "application/protobuf",
    "application/x-protobuf",
    "application/vnd.google.protobuf",
    "application/x-google-protobuf",
)
UnreadableError = (JsonSyntaxError, XmlError, MultipartError, PackedError)


class Contents(Enum):
    """How a body is read."""

    EMPTY = "empty"
    JSON = "JSON"
    JSON_LINES = "JSON lines"
    FORM = "form"
    XML = "XML"
    MULTIPART = "multipart"
    MESSAGE_PACK = "MessagePack"
    PROTOBUF = "protobuf"
    IMAGE = "image"
    TEXT = "text"
    BINARY = "binary"

    @property
    def has_tree(self) -> bool:
        """Whether there is structure to show."""
        return self in _TREES or self in _PACKED

    @property
    def has_layout(self) -> bool:
        """Whether it is text that can be laid out to be read."""
        return self in _TREES and self is not Contents.MULTIPART


_TREES = frozenset({Contents.JSON, Contents.JSON_LINES, Contents.FORM, Contents.XML, Contents.MULTIPART})
_PACKED = frozenset({Contents.MESSAGE_PACK, Contents.PROTOBUF})


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
    if media_type in _MESSAGE_PACK:
        return Contents.MESSAGE_PACK
    if media_type in _PROTOBUF or media_type.endswith("+protobuf"):
        return Contents.PROTOBUF
    if picture_of(body[:_PICTURE_HEAD]) is not None:
        return Contents.IMAGE
    head = body[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if head[:1] in (b"{", b"["):
        return Contents.JSON
    if head.startswith((b"<?xml", b"<")) and not head.lower().startswith((b"<!doctype html", b"<html")):
        return Contents.XML
    return Contents.BINARY if is_binary(body) else Contents.TEXT


def scan_tree(body: bytes, contents: Contents, content_type: str) -> Steps[Tree]:
    """Read a body that has a tree in steps of about a millisecond, yielding the share read so far.

    Raises:
        JsonSyntaxError, XmlError, MultipartError, PackedError: it is not what it says; the text is a sentence
            for a person.
    """
    if contents in (Contents.JSON, Contents.JSON_LINES):
        return (yield from scan_json(decode_json(body, content_type), many=contents is Contents.JSON_LINES))
    if contents is Contents.XML:
        return (yield from scan_xml(body))
    if contents is Contents.MESSAGE_PACK:
        return (yield from scan_message_pack(body))
    if contents is Contents.PROTOBUF:
        return (yield from scan_protobuf(body))
    if contents is Contents.MULTIPART:
        return tree_of_parts((yield from scan_parts(body, content_type)))
    yield 0.0
    return parse_form_tree(body.decode("utf-8", "backslashreplace"))
