"""One JSON text as other programs would write it: compact, spaced, indented, sorted, escaped in their ways.

The text is worked on token by token, so that numbers, repeated keys and odd escapes stay what they are unless a
rewrite is about them. Every function yields None now and then, so that a large body never holds up others for long.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Generator, Iterator
from typing import TypeAlias

Tokens: TypeAlias = list[bytes]
Waiting: TypeAlias = Generator[None, None, bytes]

_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{},:]|[^\s"\[\]{},:]+|\s+', re.DOTALL)
_SPECIAL = re.compile(rb"[\\/<>&\x7f-\xff]")
_REAL = re.compile(rb"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?\Z")
_SLICE = 1024
_MOST_TOKENS = 400_000
_MANY_TOKENS = 40_000
_DEEPEST = 200


def rewrites(body: bytes) -> Iterator[tuple[str, bytes] | None]:
    """Yield how else the text may have been written, in words and as bytes; nothing for what is no JSON text."""
    if body.lstrip()[:1] not in (b"{", b"["):
        return
    full: Tokens = []
    for number, found in enumerate(_TOKEN.finditer(body)):
        full.append(found[0])
        if number % _SLICE == 0:
            yield None
        if number > _MOST_TOKENS:
            return
    bare: Tokens = []
    for start in range(0, len(full), _SLICE):
        bare += [token for token in full[start : start + _SLICE] if not token.isspace()]
        yield None
    escapes = yield from _escapes(bare)
    layouts = _LAYOUTS
    if len(bare) > _MANY_TOKENS:  # a rewrite of these takes tens of milliseconds: the usual ones must do
        layouts, escapes = _LAYOUTS[:3], escapes[:4]
    for words, swap in escapes:
        if swap:
            yield words, (yield from _joined(full, swap))
    for layout, lay in layouts:
        for words, swap in escapes:
            yield _both(layout, words), (yield from lay(bare, swap))
    ordered = (yield from _sorted(bare)) if layouts is _LAYOUTS else None
    if ordered is not None:
        for layout, lay in layouts:
            for words, swap in escapes:
                yield _both(f"{layout} and with sorted keys", words), (yield from lay(ordered, swap))
    numbers: dict[bytes, bytes] = {}
    for number, token in enumerate(bare):
        if number % _SLICE == 0:
            yield None
        if (plain := _as_javascript(token)) != token:
            numbers[token] = plain
    if numbers:
        for layout, lay in layouts[:2]:
            swap = dict(escapes[-1][1] if len(escapes) > 1 else {}) | numbers
            yield f"{layout} and with numbers written shorter", (yield from lay(bare, numbers))
            yield f"{layout} and with numbers written shorter", (yield from lay(bare, swap))


def _both(layout: str, words: str) -> str:
    return f"{layout}, {words}" if words else layout


# -- escapes -----------------------------------------------------------------------------------------------------


def _plain(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _ascii(text: str) -> str:
    return json.dumps(text)


def _html(text: str) -> str:
    written = json.dumps(text, ensure_ascii=False)
    for sign in "<>&\u2028\u2029":
        written = written.replace(sign, f"\\u{ord(sign):04x}")
    return written


def _dotnet(text: str) -> str:
    written = json.dumps(text).replace('\\"', "\\u0022")
    inner = written[1:-1]
    for sign in "<>&'+`":
        inner = inner.replace(sign, f"\\u{ord(sign):04X}")
    return f'"{inner}"'


_ESCAPES: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("with nothing escaped that need not be", _plain),
    ("with letters beyond ASCII escaped", _ascii),
    ("with slashes escaped and letters beyond ASCII too, as PHP does", lambda text: _ascii(text).replace("/", "\\/")),
    ("with slashes escaped", lambda text: _plain(text).replace("/", "\\/")),
    ("with <, > and & escaped, as Go does", _html),
    ("with HTML signs and letters beyond ASCII escaped, as .NET does", _dotnet),
    (
        "with < and > escaped and letters beyond ASCII too",
        lambda text: _html(text).encode("ascii", "backslashreplace").decode(),
    ),
)


def _escapes(tokens: Tokens) -> Generator[None, None, list[tuple[str, dict[bytes, bytes]]]]:
    """Return the ways of escaping that differ on this text, each with the tokens it changes; the first changes none."""
    texts: dict[bytes, str] = {}
    for number, token in enumerate(tokens):
        if number % _SLICE == 0:
            yield None
        if token[:1] != b'"' or token in texts or not _SPECIAL.search(token):
            continue
        try:
            texts[token] = json.loads(token.decode("utf-8", "surrogateescape"), strict=False)
        except ValueError:
            return [("", {})]
    found: list[tuple[str, dict[bytes, bytes]]] = [("", {})]
    for words, write in _ESCAPES:
        swap: dict[bytes, bytes] = {}
        for number, (token, text) in enumerate(texts.items()):
            try:
                written = write(text).encode("utf-8", "surrogatepass")
            except UnicodeEncodeError:
                written = token
            if written != token:
                swap[token] = written
            if number % _SLICE == 0:
                yield None
        if all(swap != known for _words, known in found):
            found.append((words, swap))
    return found


def _as_javascript(token: bytes) -> bytes:
    """Return a number as JSON.stringify writes it, another token unchanged."""
    if not (b"." in token or b"e" in token or b"E" in token) or not _REAL.match(token):
        return token
    value = float(token)
    if value == int(value) and abs(value) < 1e21 if abs(value) < 1e300 else False:
        return str(int(value)).encode()
    return repr(value).encode()


# -- layouts -----------------------------------------------------------------------------------------------------


def _joined(tokens: Tokens, swap: dict[bytes, bytes]) -> Waiting:
    parts: list[bytes] = []
    for start in range(0, len(tokens), _SLICE):
        chunk = tokens[start : start + _SLICE]
        parts.append(b"".join([swap.get(token, token) for token in chunk] if swap else chunk))
        yield None
    return b"".join(parts)


def _spaced(tokens: Tokens, swap: dict[bytes, bytes]) -> Waiting:
    return (yield from _joined(tokens, {**swap, b",": b", ", b":": b": "}))


def _indented(unit: bytes) -> Callable[[Tokens, dict[bytes, bytes]], Waiting]:
    def lay(tokens: Tokens, swap: dict[bytes, bytes]) -> Waiting:
        done: list[bytes] = []
        parts: list[bytes] = []
        line = b"\n"
        before = b""
        for number, token in enumerate(tokens):
            if before in (b"{", b"[") and token not in (b"}", b"]"):
                line += unit
                parts.append(line)
            elif token in (b"}", b"]") and before not in (b"{", b"["):
                line = line[: len(line) - len(unit)] or b"\n"
                parts.append(line)
            parts.append(swap.get(token, token))
            if token == b",":
                parts.append(line)
            elif token == b":":
                parts.append(b" ")
            before = token
            if number % _SLICE == 0:
                done.append(b"".join(parts))
                parts = []
                yield None
        return b"".join([*done, *parts])

    return lay


_LAYOUTS: tuple[tuple[str, Callable[[Tokens, dict[bytes, bytes]], Waiting]], ...] = (
    ("compactly", _joined),
    ("with a blank after each comma and colon", _spaced),
    ("indented by 2", _indented(b"  ")),
    ("indented by 4", _indented(b"    ")),
    ("indented by tabs", _indented(b"\t")),
)


# -- order -------------------------------------------------------------------------------------------------------


def _sorted(tokens: Tokens) -> Generator[None, None, Tokens | None]:
    """Return the tokens with every object's keys sorted; None where that changes nothing or the text is broken."""
    stack: list[list[Tokens]] = [[[]]]  # for each open object or list its parts, for each part its tokens
    opened: list[bytes] = []
    for number, token in enumerate(tokens):
        if number % _SLICE == 0:
            yield None
        if token in (b"{", b"["):
            if len(stack) > _DEEPEST:
                return None
            opened.append(token)
            stack.append([[]])
        elif token in (b"}", b"]"):
            if not opened or {b"{": b"}", b"[": b"]"}[opened[-1]] != token:
                return None
            parts = [part for part in stack.pop() if part]
            start = opened.pop()
            if start == b"{":
                parts.sort(key=_key_of)
            stack[-1][-1] += [start, *_with_commas(parts), token]
        elif token == b",":
            stack[-1].append([])
        else:
            stack[-1][-1].append(token)
    if opened or len(stack[0]) != 1:
        return None
    return stack[0][0] if stack[0][0] != tokens else None


def _key_of(part: Tokens) -> str:
    try:
        return str(json.loads(part[0]))
    except ValueError:
        return part[0].decode("utf-8", "replace")


def _with_commas(parts: list[Tokens]) -> Iterator[bytes]:
    for number, part in enumerate(parts):
        if number:
            yield b","
        yield from part
