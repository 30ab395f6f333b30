"""Bytes as rows of a hex dump, each row made when it is looked at."""

from __future__ import annotations

from dataclasses import dataclass

_PRINTABLE = bytes(code if 0x20 <= code < 0x7F else 0x2E for code in range(256))


@dataclass(frozen=True, slots=True)
class HexDump:
    """A hex dump of `data` with `width` bytes a row, grouped by eight."""

    data: bytes
    width: int = 16

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return -(-len(self.data) // self.width)

    @property
    def offset_digits(self) -> int:
        """Hex digits of an offset, four or eight for all rows."""
        return 4 if len(self.data) <= 0x10000 else 8

    @property
    def columns(self) -> int:
        """Characters of a full row."""
        return self.offset_digits + 2 + self._hex_columns + 2 + self.width

    @property
    def _hex_columns(self) -> int:
        return self.width * 3 - 1 + (self.width - 1) // 8

    def parts(self, row: int) -> tuple[str, str, str]:
        """Return a row's offset, its bytes in hex and its printable characters (a dot for the others)."""
        start = row * self.width
        piece = self.data[start : start + self.width]
        groups = (piece[at : at + 8].hex(" ") for at in range(0, len(piece), 8))
        hex_text = "  ".join(groups).ljust(self._hex_columns)
        return f"{start:0{self.offset_digits}x}", hex_text, piece.translate(_PRINTABLE).decode("ascii")

    def line(self, row: int) -> str:
        """Return a row as text."""
        return "  ".join(self.parts(row))

    def text(self, rows: int | None = None) -> str:
        """Return the first `rows` rows as text, all by default."""
        count = self.row_count if rows is None else min(rows, self.row_count)
        return "\n".join(self.line(row) for row in range(count))
