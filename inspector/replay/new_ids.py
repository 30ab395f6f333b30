"""Other ids in the place of captured ones: the same for the same id wherever it stands, and of the same shape."""

from __future__ import annotations

import re
from hashlib import blake2b
from uuid import UUID

_UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
_PREFIX = re.compile(r"(?:[A-Za-z]{1,12}[_.:-])+(?=.*\d)")
_HEX = re.compile(r"[0-9a-f]*\d[0-9a-f]*|[0-9A-F]*\d[0-9A-F]*")

# Crockford's base 32, which ULIDs are written in, has no I, L, O and U.
_UPPER = "ABCDEFGHJKMNPQRSTVWXYZ"
_LOWER = _UPPER.lower()
_MOST_TRIES = 64


class NewIds:
    """Gives every id a new one. Two with the same seed give the same; no two ids get the same new one.

    The new id has the length, the prefix (`msg_`) and the kinds of characters of the old: what parses one parses the
    other. A UUID becomes a random one (version 4).
    """

    def __init__(self, seed: str) -> None:
        self._key = seed.encode()[:64]
        self._new: dict[str, str] = {}
        self._used: set[str] = set()

    def of(self, old: str) -> str:
        """Return the new id of an old one; "" stays ""."""
        if old not in self._new:
            self._new[old] = new = self._made(old)
            self._used.add(new)
        return self._new[old]

    def _made(self, old: str) -> str:
        for number in range(_MOST_TRIES):
            new = _like(old, blake2b(f"{number}:{old}".encode("utf-8", "surrogatepass"), key=self._key).digest())
            if new not in self._used and new != old:
                return new
        return old  # so short that there are no others left


def _like(old: str, mark: bytes) -> str:
    """Return an id in the form of an old one, made of the bytes of a digest."""
    if _UUID.fullmatch(old):
        made = str(UUID(bytes=mark[:16], version=4))
        return made.upper() if old.upper() == old and old.lower() != old else made
    prefix = _PREFIX.match(old)
    start = prefix.end() if prefix else 0
    rest = old[start:]
    hexadecimal = bool(_HEX.fullmatch(rest.replace("-", ""))) and not rest.isdigit()
    made = "".join(_other(letter, mark[place % len(mark)], place, hexadecimal) for place, letter in enumerate(rest))
    return old[:start] + made


def _other(letter: str, byte: int, place: int, hexadecimal: bool) -> str:
    if letter.isascii() and letter.isdigit():
        # A number does not begin with 0, or its JSON would be wrong and its length another.
        return str(byte % 9 + 1) if place == 0 else str(byte % 10)
    if "a" <= letter <= "z":
        return "abcdef"[byte % 6] if hexadecimal else _LOWER[byte % len(_LOWER)]
    if "A" <= letter <= "Z":
        return "ABCDEF"[byte % 6] if hexadecimal else _UPPER[byte % len(_UPPER)]
    return letter
