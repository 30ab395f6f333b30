"""MessagePack bodies as a tree; nothing is made of a length before its bytes are there.

The format: https://github.com/msgpack/msgpack/blob/master/spec.md
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from inspector.payload.node import ListTree, NodeKind
from inspector.payload.packed import PackedError, show_bytes
from inspector.payload.steps import Steps

VALUES_PER_STEP = 300

_NUMBERS = {
    0xCA: ">f",
    0xCB: ">d",
    0xCC: ">B",
    0xCD: ">H",
    0xCE: ">I",
    0xCF: ">Q",
    0xD0: ">b",
    0xD1: ">h",
    0xD2: ">i",
    0xD3: ">q",
}
_WORDS = {0xC0: (NodeKind.NULL, "null"), 0xC2: (NodeKind.BOOL, "false"), 0xC3: (NodeKind.BOOL, "true")}
_BINS = {0xC4: 1, 0xC5: 2, 0xC6: 4}
_EXTS = {0xC7: 1, 0xC8: 2, 0xC9: 4}
_FIXED_EXTS = {0xD4: 1, 0xD5: 2, 0xD6: 4, 0xD7: 8, 0xD8: 16}
_STRINGS = {0xD9: 1, 0xDA: 2, 0xDB: 4}
_ARRAYS = {0xDC: 2, 0xDD: 4}
_MAPS = {0xDE: 2, 0xDF: 4}
_TIMESTAMP = -1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class MessagePackError(PackedError):
    """A body is not MessagePack; the text says at which byte."""


@dataclass(frozen=True, slots=True)
class _Value:
    """A value without children, or a container with the count of those that follow."""

    kind: NodeKind
    text: str = ""
    raw: str = ""
    count: int = 0


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0

    def take(self, count: int) -> bytes:
        start = self.position
        if len(self.data) - start < count:
            raise MessagePackError(f"Byte {start:,}: {count:,} bytes were announced, {len(self.data) - start:,} came.")
        self.position = start + count
        return self.data[start : self.position]

    def count(self, width: int) -> int:
        return int.from_bytes(self.take(width), "big")

    def value(self) -> _Value:
        """Read a value, of a container only its head."""
        at = self.position
        code = self.take(1)[0]
        if code < 0x80:
            return _Value(NodeKind.NUMBER, str(code))
        if code >= 0xE0:
            return _Value(NodeKind.NUMBER, str(code - 0x100))
        if code < 0x90:
            return _Value(NodeKind.OBJECT, count=code & 0x0F)
        if code < 0xA0:
            return _Value(NodeKind.ARRAY, count=code & 0x0F)
        if code < 0xC0:
            return _text(self.take(code & 0x1F))
        return self._longer(code, at)

    def _longer(self, code: int, at: int) -> _Value:
        if code in _WORDS:
            return _Value(*_WORDS[code])
        if code in _NUMBERS:
            form = _NUMBERS[code]
            (number,) = struct.unpack(form, self.take(struct.calcsize(form)))
            return _Value(NodeKind.NUMBER, repr(number))
        if code in _STRINGS:
            return _text(self.take(self.count(_STRINGS[code])))
        if code in _BINS:
            data = self.take(self.count(_BINS[code]))
            return _Value(NodeKind.STRING, show_bytes(data), data.hex())
        if code in _ARRAYS:
            return _Value(NodeKind.ARRAY, count=self.count(_ARRAYS[code]))
        if code in _MAPS:
            return _Value(NodeKind.OBJECT, count=self.count(_MAPS[code]))
        if code in _EXTS or code in _FIXED_EXTS:
            size = _FIXED_EXTS.get(code) or self.count(_EXTS[code])
            return _extension(int.from_bytes(self.take(1), "big", signed=True), self.take(size))
        raise MessagePackError(f"Byte {at:,}: 0x{code:02x} begins no value.")

    def name(self) -> str:
        """Read the key of a map's member; a number is a name as well."""
        at = self.position
        value = self.value()
        if value.kind.is_container:
            raise MessagePackError(f"Byte {at:,}: a key is {value.kind.word}, not a text.")
        return value.text


def scan_message_pack(body: bytes) -> Steps[ListTree]:
    """Read one MessagePack value in steps, yielding the share read so far, and return its tree.

    Raises:
        MessagePackError: it is not one, or something follows it.
    """
    reader, tree = _Reader(body), ListTree()
    head = reader.value()
    _append(tree, "", head)
    left = [(head.kind, head.count)] if head.kind.is_container else []
    while left:
        kind, count = left.pop()
        if not count:
            tree.close()
            continue
        left.append((kind, count - 1))
        name = reader.name() if kind is NodeKind.OBJECT else ""
        value = reader.value()
        _append(tree, name, value)
        if value.kind.is_container:
            left.append((value.kind, value.count))
        if len(tree) % VALUES_PER_STEP == 0:
            yield reader.position / len(body)
    if reader.position < len(body):
        raise MessagePackError(f"{len(body) - reader.position:,} bytes follow the value.")
    return tree


def _append(tree: ListTree, name: str, value: _Value) -> None:
    if value.kind.is_container:
        tree.open(name, value.kind)
    else:
        tree.leaf(name, value.text, value.raw, value.kind)


def _text(data: bytes) -> _Value:
    return _Value(NodeKind.STRING, data.decode("utf-8", "backslashreplace"))


def _extension(kind: int, data: bytes) -> _Value:
    moment = _timestamp(data) if kind == _TIMESTAMP else None
    if moment is not None:
        return _Value(NodeKind.STRING, moment.isoformat().replace("+00:00", "Z"), data.hex())
    return _Value(NodeKind.STRING, f"extension {kind}: {show_bytes(data)}", data.hex())


def _timestamp(data: bytes) -> datetime | None:
    if len(data) == 4:
        seconds, nanos = int.from_bytes(data, "big"), 0
    elif len(data) == 8:
        both = int.from_bytes(data, "big")
        seconds, nanos = both & 0x3_FFFF_FFFF, both >> 34
    elif len(data) == 12:
        nanos, seconds = struct.unpack(">Iq", data)
    else:
        return None
    try:
        return _EPOCH + timedelta(seconds=seconds, microseconds=nanos // 1000)
    except OverflowError:
        return None
