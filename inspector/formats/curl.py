"""A captured request as a cURL command for bash that sends the same bytes again."""

from __future__ import annotations

import re

from inspector.domain.request import Request

# Made anew by whoever sends (RFC 9110 section 7.6.1 and the length that follows from the body).
_LEFT_OUT = frozenset(
    {
        b"host",
        b"content-length",
        b"connection",
        b"transfer-encoding",
        b"keep-alive",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"upgrade",
        b"expect",
    }
)
_SAFE = re.compile(r"[\w@%+=:,./-]+", re.ASCII)
_ESCAPES = {0x27: "\\'", 0x5C: "\\\\", 0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t"}
LONGEST_ARGUMENT = 120_000
"""Linux takes at most 128 KiB in one argument; a longer body, or one with NUL bytes, is piped in."""


def to_curl(request: Request, url: str) -> str:
    """Return the command that sends `request` to `url`: method, headers in order and case, body byte for byte.

    Headers that describe one connection are left out, and so is everything cURL would add by itself.
    """
    lines = ["curl"]
    if request.method == "HEAD" and not request.body:
        lines[0] += " --head"
    elif request.method != ("POST" if request.body else "GET"):
        lines[0] += f" -X {_quoted(request.method.encode('utf-8', 'surrogateescape'))}"
    lines[0] += " " + _quoted(url.encode("utf-8", "surrogateescape"))
    sent = [(name, value) for name, value in request.headers if name.lower() not in _LEFT_OUT]
    lines += [f"-H {_quoted(_header(name, value))}" for name, value in sent]
    names = {name.lower() for name, _ in sent}
    unwanted = [b"User-Agent:", b"Accept:", *([b"Content-Type:"] if request.body else [])]
    lines += [f"-H {_quoted(line)}" for line in unwanted if line[:-1].lower() not in names]
    if not request.body:
        return " \\\n  ".join(lines)
    if b"\x00" in request.body or len(request.body) > LONGEST_ARGUMENT:
        lines.append("--data-binary @-")
        return f"printf '%b' {_printf_text(request.body)} |\n  " + " \\\n  ".join(lines)
    # After --data-binary, cURL would take a leading @ for a file name.
    option = "--data-raw" if request.body.startswith(b"@") else "--data-binary"
    lines.append(f"{option} {_quoted(request.body)}")
    return " \\\n  ".join(lines)


def _header(name: bytes, value: bytes) -> bytes:
    # cURL drops a header that ends in a colon; a semicolon instead makes it send an empty value.
    return name + b": " + value if value else name + b";"


def _quoted(data: bytes) -> str:
    """Return bytes as one word of bash: plain, in single quotes, or in $'…' where bytes need escapes."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if text and "'" not in text and text.replace("\n", "").isprintable():
        return text if _SAFE.fullmatch(text) else f"'{text}'"
    return "$'" + "".join(_ansi_c(byte) for byte in data) + "'"


def _ansi_c(byte: int) -> str:
    if byte in _ESCAPES:
        return _ESCAPES[byte]
    return chr(byte) if 0x20 <= byte < 0x7F else f"\\{byte:03o}"


def _printf_text(data: bytes) -> str:
    """Return bytes as the argument of bash's built-in `printf '%b'`, which takes any length and NUL as `\\0000`."""
    parts = (chr(byte) if 0x20 <= byte < 0x7F and byte not in (0x27, 0x5C) else f"\\0{byte:03o}" for byte in data)
    return "'" + "".join(parts) + "'"
