"""Which picture a body is, and how large, read from its first bytes without decoding it."""

from __future__ import annotations

import struct
from dataclasses import dataclass

_MARKER_LIMIT = 1000
_JPEG_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture's format and its size in pixels, 0 where the beginning does not tell."""

    format: str
    width: int = 0
    height: int = 0

    @property
    def words(self) -> str:
        """What the window says: "PNG image, 320 × 200"."""
        size = f", {self.width:,} × {self.height:,}" if self.width and self.height else ""
        return f"{self.format} image{size}"


def picture_of(data: bytes) -> Picture | None:
    """Return what picture some bytes are (PNG, JPEG, GIF, WebP or BMP), None for anything else."""
    try:
        return _read(data)
    except (struct.error, IndexError):
        return None


def _read(data: bytes) -> Picture | None:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Picture("PNG", *(struct.unpack_from(">II", data, 16) if data[12:16] == b"IHDR" else ()))
    if data.startswith((b"GIF87a", b"GIF89a")):
        return Picture("GIF", *struct.unpack_from("<HH", data, 6))
    if data.startswith(b"\xff\xd8\xff"):
        return Picture("JPEG", *_jpeg_size(data))
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return Picture("WebP", *_webp_size(data))
    if data.startswith(b"BM") and len(data) >= 26 and data[6:10] == bytes(4) and data[14] in (12, 40, 108, 124):
        width, height = struct.unpack_from("<ii", data, 18)
        return Picture("BMP", abs(width), abs(height))
    return None


def _jpeg_size(data: bytes) -> tuple[int, ...]:
    """Return width and height from the frame header (ITU-T T.81 B.2.2), () where it is not near the beginning."""
    position = 2
    for _marker in range(_MARKER_LIMIT):
        if data[position : position + 1] != b"\xff":
            return ()
        code = data[position + 1]
        if code in _JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", data, position + 5)
            return width, height
        if code == 0xFF:  # padding
            position += 1
        elif code == 0x01 or 0xD0 <= code <= 0xD8:
            position += 2
        else:
            position += 2 + int.from_bytes(data[position + 2 : position + 4], "big")
    return ()


def _webp_size(data: bytes) -> tuple[int, ...]:
    """Return width and height of the three forms (RFC 9649)."""
    form = data[12:16]
    if form == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if form == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    if form == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return ()
