"""Protobuf bodies as a tree of fields without their schema: numbers, wire types, and what the bytes look like.

Which of a message, a text and bytes a field holds is not written anywhere; it is guessed in this order: printable
text, a message whose fields fill it exactly, bytes. (https://protobuf.dev/programming-guides/encoding/)
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from inspector.payload.node import ListTree, NodeKind
from inspector.payload.packed import PackedError, show_bytes
from inspector.payload.steps import Steps

MAX_DEPTH = 64
MAX_BYTES = 2 * 1024 * 1024
"""Larger bodies are shown as they are: every guess reads a field's bytes again."""

FIELDS_PER_STEP = 200
MAX_FIELD = (1 << 29) - 1
_TEXT_BYTES = 64 * 1024

_VARINT, _FIXED64, _BYTES, _BEGIN, _END, _FIXED32 = range(6)


class ProtobufError(PackedError):
    """A body is not protobuf; the text says at which byte."""


class _Field(NamedTuple):
    number: int
    wire: int
    value: int  # of a varint; the first byte of a value otherwise
    stop: int


def scan_protobuf(body: bytes) -> Steps[ListTree]:
    """Read a message in steps, yielding the share read so far, and return its tree.

    Names are the field's number and what it looks like: `1 text`, `2 message`, `3 varint`.

    Raises:
        ProtobufError: its fields do not fill the body, or it is too large to guess at.
    """
    if len(body) > MAX_BYTES:
        raise ProtobufError(f"Only messages up to {MAX_BYTES // (1024 * 1024)} MB are read.")
    tree = ListTree()
    tree.open("", NodeKind.OBJECT)
    levels = [(0, len(body), 0)]  # where reading goes on, where the message ends, the group it is
    while levels:
        position, stop, group = levels.pop()
        if position >= stop:
            if group:
                raise ProtobufError(f"Byte {position:,}: group {group} does not end.")
            tree.close()
            continue
        field = _field(body, position, stop)
        if field.wire == _END:
            if field.number != group:
                raise ProtobufError(f"Byte {position:,}: the end of a group that did not begin.")
            tree.close()
            _go_on(levels, field.stop)
        elif field.wire == _BEGIN:
            if len(levels) >= 2 * MAX_DEPTH:
                raise ProtobufError(f"Byte {position:,}: groups are nested too deep.")
            levels += [(field.stop, stop, group), (field.stop, stop, field.number)]
            tree.open(f"{field.number} group", NodeKind.OBJECT)
        else:
            levels.append((field.stop, stop, group))
            nested = field.wire == _BYTES and len(levels) < MAX_DEPTH
            if nested and (yield from _is_message(body, field)):
                tree.open(f"{field.number} message", NodeKind.OBJECT)
                levels.append((field.value, field.stop, 0))
            else:
                _append(tree, body, field)
        if len(tree) % FIELDS_PER_STEP == 0:
            yield position / len(body)
    return tree


def _go_on(levels: list[tuple[int, int, int]], position: int) -> None:
    """Let the message around a group go on behind it."""
    _before, stop, group = levels.pop()
    levels.append((position, stop, group))


def _field(data: bytes, position: int, stop: int) -> _Field:
    tag, after = _varint(data, position, stop)
    number, wire = tag >> 3, tag & 7
    if not 0 < number <= MAX_FIELD or wire > _FIXED32:
        raise ProtobufError(f"Byte {position:,}: no field begins so.")
    value, end = after, after
    if wire == _VARINT:
        value, end = _varint(data, after, stop)
    elif wire == _FIXED64:
        end = after + 8
    elif wire == _FIXED32:
        end = after + 4
    elif wire == _BYTES:
        length, value = _varint(data, after, stop)
        end = value + length
    if end > stop:
        raise ProtobufError(f"Byte {position:,}: field {number} goes on behind the end.")
    return _Field(number, wire, value, end)


def _varint(data: bytes, position: int, stop: int) -> tuple[int, int]:
    value = shift = 0
    for at in range(position, min(stop, position + 10)):
        value |= (data[at] & 0x7F) << shift
        if data[at] < 0x80:
            return value & 0xFFFF_FFFF_FFFF_FFFF, at + 1
        shift += 7
    raise ProtobufError(f"Byte {position:,}: a number does not end.")


def _is_message(data: bytes, field: _Field) -> Steps[bool]:
    """Whether fields fill the bytes exactly and they are no text."""
    position, stop = field.value, field.stop
    if position == stop or _printable(data[position:stop]) is not None:
        return False
    groups: list[int] = []
    seen = 0
    while position < stop:
        try:
            inner = _field(data, position, stop)
        except ProtobufError:
            return False
        if inner.wire == _BEGIN:
            groups.append(inner.number)
        elif inner.wire == _END and (not groups or groups.pop() != inner.number):
            return False
        if len(groups) >= MAX_DEPTH // 2:
            return False
        position = inner.stop
        seen += 1
        if seen % FIELDS_PER_STEP == 0:
            yield 0.0
    return not groups


def _printable(data: bytes) -> str | None:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    head = text[:_TEXT_BYTES]
    return text if all(letter.isprintable() or letter in "\t\r\n" for letter in head) else None


def _append(tree: ListTree, data: bytes, field: _Field) -> None:
    number = field.number
    if field.wire == _VARINT:
        tree.leaf(f"{number} varint", str(field.value), kind=NodeKind.NUMBER)
    elif field.wire == _BYTES:
        held = data[field.value : field.stop]
        text = _printable(held)
        if text is not None:
            tree.leaf(f"{number} text", text)
        else:
            tree.leaf(f"{number} bytes", show_bytes(held), held.hex())
    else:
        whole, real = ("<Q", "<d") if field.wire == _FIXED64 else ("<I", "<f")
        (count,) = struct.unpack_from(whole, data, field.value)
        (fraction,) = struct.unpack_from(real, data, field.value)
        word = "fixed64" if field.wire == _FIXED64 else "fixed32"
        tree.leaf(f"{number} {word}", f"{count} or {fraction:.6g}", str(count), NodeKind.NUMBER)
