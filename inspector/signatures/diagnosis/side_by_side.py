"""Two signatures side by side: where they first differ, and what that says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SideBySide:
    """`at` is the first place that differs, counted from 0; -1 where the two are equal."""

    expected: str
    got: str
    at: int

    @property
    def words(self) -> str:
        """The first difference in a sentence."""
        if self.at < 0:
            return "Both are the same."
        if self.expected.startswith(self.got):
            return f"The one received ends after {len(self.got)} of {len(self.expected)} characters."
        if self.got.startswith(self.expected):
            return f"The one received goes on after {len(self.expected)} characters."
        if self.expected.lower() == self.got.lower():
            return "They differ in capital and small letters only."
        if self.at == 0:
            return "They differ from the first character on."
        return f"The first difference is at character {self.at + 1} of {len(self.expected)}."


def side_by_side(expected: str, got: str) -> SideBySide:
    """Compare two texts; where one ends and the other goes on, that is the difference."""
    if expected == got:
        return SideBySide(expected, got, -1)
    length = min(len(expected), len(got))
    return SideBySide(expected, got, next((at for at in range(length) if expected[at] != got[at]), length))
