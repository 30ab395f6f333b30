"""What a value holds inside: JSON in a string, base64 of a document or a picture, a JWT, a link's parameters."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from enum import Enum
from urllib.parse import parse_qsl, urlsplit

from inspector.payload.body import parse_json
from inspector.payload.contents import MAX_TREE_BYTES, Contents, UnreadableError, contents_of, scan_tree
from inspector.payload.json_tree import scan_json
from inspector.payload.node import ROOT, ListTree, NodeKind, Tree
from inspector.payload.packed import PackedError, show_bytes
from inspector.payload.pictures import picture_of
from inspector.payload.selector import MISSING
from inspector.payload.steps import Steps
from inspector.payload.text import decode_visibly
from inspector.payload.unpacking import inflate_in_steps

LEAST_BASE64 = 16
"""Shorter texts are words too often, and hold nothing worth opening."""

MOST_CHARS = MAX_TREE_BYTES
CHECKED_CHARS = 16 * 1024
"""A text up to this long is read to its end before it is called JSON; of a longer one, both ends are looked at."""

HEAD_CHARS = 4096
DECODED_CHARS = 128 * 1024
MAX_INFLATED = MAX_TREE_BYTES

_GZIP = b"\x1f\x8b\x08"
_JWT = re.compile(r"eyJ[\w-]*+\.[\w-]*+\.[\w-]*+(?:\.[\w-]*+\.[\w-]*+)?+")
_DATA_URL = re.compile(r"data:[\w.+/-]*+(?:;(?!base64,)[\w.+=\"-]++)*+;base64,", re.IGNORECASE)
_LINK = re.compile(r"https?://[^\s/?#]+[^\s?#]*\?\S+", re.IGNORECASE)
_BASE64 = re.compile(r"[A-Za-z0-9+/\r\n]++={0,2}\s*+|[A-Za-z0-9_-]++={0,2}\s*+")
_PICTURE_CHARS = 88 * 1024


class InsideKind(Enum):
    """How the text was made from what it holds."""

    JSON = "json"
    XML = "xml"
    JWT = "jwt"
    BASE64 = "base64"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Inside:
    """What a text holds, and in grey words; `contents` is what the base64 decodes to."""

    kind: InsideKind
    words: str
    contents: Contents = Contents.TEXT

    @property
    def is_document(self) -> bool:
        """Whether it is a payload of its own, as envelopes carry them."""
        packed = self.kind is InsideKind.BASE64 and self.contents in (Contents.JSON, Contents.XML)
        return packed or self.kind in (InsideKind.JSON, InsideKind.XML)


class InsideError(PackedError):
    """A text does not hold what it seemed to; the text of the error is a sentence for a person."""


NotOpenedError = (*UnreadableError, InsideError)


def inside_of(kind: NodeKind, text: str) -> Inside | None:
    """Return what a value visibly holds, None for a plain value; quick, because it is asked for every row in sight."""
    if kind is not NodeKind.STRING or not 2 <= len(text) <= MOST_CHARS:
        return None
    head = text[:64].lstrip()
    if head[:1] in ("{", "[") or head[:2] == '"{' or head[:2] == '"[':
        return Inside(InsideKind.JSON, "JSON in a string", Contents.JSON) if _is_json(text) else None
    if head.startswith("<?xml"):
        return Inside(InsideKind.XML, "XML in a string", Contents.XML)
    if head.startswith("eyJ") and _JWT.fullmatch(text) and _jwt_part(text.partition(".")[0]) is not None:
        return Inside(InsideKind.JWT, "JWT, not verified")
    if head[:4].lower() == "http":
        return Inside(InsideKind.LINK, "") if _LINK.fullmatch(text) else None
    if len(text) >= LEAST_BASE64:
        return _packed(text)
    return None


def as_base64(text: str) -> Inside | None:
    """Return how to open a text as base64 though it does not show what it holds, None where it is none."""
    if len(text) > MOST_CHARS or not (body := _bare(text)) or not decode(body[: HEAD_CHARS - HEAD_CHARS % 4]):
        return None
    return Inside(InsideKind.BASE64, "base64", Contents.BINARY)


def bytes_of(text: str) -> bytes | None:
    """Return the bytes a text holds in base64, also behind `data:…;base64,`; None where it is none."""
    bare = _bare(text)
    return decode(bare) if bare else None


def decode(text: str) -> bytes | None:
    """Return what base64 of either alphabet says, padded or not; None where it is none."""
    plain = "".join(text.split()).rstrip("=").translate({ord("-"): "+", ord("_"): "/"})
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def _decode_in_steps(text: str) -> Steps[bytes | None]:
    """Return what a long base64 says, None for none and for nothing."""
    made, carry = bytearray(), ""
    for start in range(0, len(text), DECODED_CHARS):
        piece = carry + "".join(text[start : start + DECODED_CHARS].split())
        # Whole groups of four characters, so that every piece decodes by itself.
        cut = len(piece) - len(piece) % 4 if start + DECODED_CHARS < len(text) else len(piece)
        part = decode(piece[:cut])
        if part is None:
            return None
        made += part
        carry = piece[cut:]
        yield start / len(text)
    return bytes(made) if text else None


def scan_inside(text: str, inside: Inside) -> Steps[Tree]:
    """Read what a text holds in steps; the tree's root always has members or elements.

    Raises:
        InsideError or one of contents.UnreadableError: it does not hold that after all.
    """
    if inside.kind is InsideKind.LINK:
        return _link_tree(text)
    if inside.kind is InsideKind.JWT:
        return _rooted((yield from scan_json(_jwt_text(text))))
    if inside.kind is InsideKind.JSON:
        return _rooted((yield from scan_json(text)))
    if inside.kind is InsideKind.XML:
        return _rooted((yield from scan_tree(text.encode("utf-8", "replace"), Contents.XML, "")))
    data = yield from _decode_in_steps(_bare(text))
    if data is None:
        raise InsideError("It is not base64.")
    return (yield from scan_bytes(data))


def scan_bytes(data: bytes, media_type: str = "") -> Steps[Tree]:
    """Read bytes that were packed in a value: a document as its tree, a picture or text as one member."""
    if data.startswith(_GZIP):
        plain = yield from inflate_in_steps(data, "gzip", MAX_INFLATED)
        data = plain if plain is not None else data
    contents = contents_of(data, media_type)
    if contents.has_tree and len(data) <= MAX_TREE_BYTES:
        return _rooted((yield from scan_tree(data, contents, media_type)))
    picture = picture_of(data)
    if picture is not None:
        return _single("picture", f"{picture.words}, {len(data):,} bytes")
    decoded = decode_visibly(data) if contents is Contents.TEXT else None
    if decoded is not None and not decoded.bad_bytes:
        return _single("text", decoded.text)
    return _single("bytes", show_bytes(data), data.hex() if len(data) <= HEAD_CHARS else "")


def _is_json(text: str) -> bool:
    if len(text) > CHECKED_CHARS:
        return text[-64:].rstrip()[-1:] in ("}", "]", '"')
    return parse_json(text.encode("utf-8", "surrogatepass")) is not MISSING


def _packed(text: str) -> Inside | None:
    bare = _bare(text)
    # Whole groups of four characters, so that the piece decodes by itself.
    piece = "".join(bare[:HEAD_CHARS].split())
    head = decode(piece[: len(piece) - len(piece) % 4] if len(bare) > HEAD_CHARS else piece)
    if not head:
        return None
    picture = picture_of(head) or (picture_of(decode(bare[:_PICTURE_CHARS]) or b"") if _starts_picture(head) else None)
    if picture is not None:
        return Inside(InsideKind.BASE64, f"base64, {picture.words}", Contents.IMAGE)
    if head.startswith(_GZIP):
        return Inside(InsideKind.BASE64, "base64, gzip inside", Contents.BINARY)
    if head.lstrip()[:1] in (b"{", b"[") and (len(bare) > HEAD_CHARS or parse_json(head) is not MISSING):
        return Inside(InsideKind.BASE64, "base64, JSON inside", Contents.JSON)
    if head.lstrip().startswith(b"<?xml"):
        return Inside(InsideKind.BASE64, "base64, XML inside", Contents.XML)
    return Inside(InsideKind.BASE64, "base64, text inside") if _is_text(head, len(bare) > HEAD_CHARS) else None


def _starts_picture(head: bytes) -> bool:
    return head.startswith((b"\xff\xd8\xff", b"\x89PNG"))


def _is_text(head: bytes, cut: bool) -> bool:
    """Whether bytes are clearly text and no accident: an id of sixteen letters decodes to something too."""
    try:
        text = head.decode()
    except UnicodeDecodeError as error:
        if not cut or error.start < len(head) - 3:
            return False
        text = head[: error.start].decode()
    plain = sum(letter.isascii() for letter in text)
    return (
        len(text) >= 12
        and plain * 10 >= len(text) * 7
        and all(letter.isprintable() or letter in "\t\r\n" for letter in text)
    )


def _bare(text: str) -> str:
    """Return base64 without what may stand in front of it, "" where it is none."""
    front = _DATA_URL.match(text[:HEAD_CHARS])
    bare = text[front.end() :] if front else text
    if len(bare) > 2 * CHECKED_CHARS:
        # Opening reads all of it; here the ends have to do.
        return bare if _BASE64.fullmatch(bare[:CHECKED_CHARS]) and _BASE64.fullmatch(bare[-CHECKED_CHARS:]) else ""
    whole = bare.rstrip()
    unpadded = len(whole.rstrip("=")) - whole.count("\n") - whole.count("\r")
    return bare if _BASE64.fullmatch(bare) and unpadded % 4 != 1 else ""


def _jwt_part(part: str) -> str | None:
    """Return a part of a token as the JSON text it holds (RFC 7519), None where it holds none."""
    data = decode(part)
    return data.decode("utf-8", "replace") if data and isinstance(parse_json(data), dict) else None


def _jwt_text(token: str) -> str:
    """Return a token's parts as one JSON text; the header and claims keep their own spelling."""
    parts = token.split(".")
    header, claims = _jwt_part(parts[0]), _jwt_part(parts[1])
    if header is None:
        raise InsideError("It is no JWT: its first part holds no header.")
    if len(parts) == 5:
        return f'{{"header":{header},"encrypted":{json.dumps(parts[3])}}}'
    shown = claims if claims is not None else json.dumps(parts[1])
    return f'{{"header":{header},"claims":{shown},"signature":{json.dumps(parts[2])}}}'


def _link_tree(text: str) -> Tree:
    """Return a link's host and path, and its parameters as members."""
    try:
        parts = urlsplit(text)
        pairs = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError as error:
        raise InsideError(f"It is no link: {error}.") from None
    tree = ListTree()
    tree.open("", NodeKind.OBJECT)
    tree.leaves((("host", parts.netloc), ("path", parts.path)))
    tree.open("parameters", NodeKind.OBJECT, parts.query)
    tree.leaves(pairs)
    tree.close()
    if parts.fragment:
        tree.leaf("fragment", parts.fragment)
    tree.close()
    return tree


def _rooted(tree: Tree) -> Tree:
    """Return a tree whose root can have rows: a document that is one value becomes a member."""
    return tree if tree.kind(ROOT).is_container else _single("value", tree.text(ROOT), tree.raw(ROOT), tree.kind(ROOT))


def _single(name: str, text: str, raw: str = "", kind: NodeKind = NodeKind.STRING) -> ListTree:
    tree = ListTree()
    tree.open("", NodeKind.OBJECT)
    tree.leaf(name, text, raw, kind)
    tree.close()
    return tree
