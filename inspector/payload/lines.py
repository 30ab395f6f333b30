"""A long text cut into rows that can be looked up by number; very long lines go on in further rows."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right

from inspector.payload.steps import Steps

LONGEST_ROW = 1000
_LINES_PER_STEP = 2000
_LINE_END = re.compile("\n")


class TextLines:
    """The rows of a text: `starts` has the first character of each, `numbers` its line (0 where a line goes on)."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = array("q")
        self.numbers = array("i")
        self.widest = 0

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return len(self.starts)

    def row(self, row: int) -> str:
        """Return a row's text without its line break."""
        stop = self.starts[row + 1] if row + 1 < len(self.starts) else len(self.text)
        return self.text[self.starts[row] : stop].rstrip("\n")

    def label(self, row: int) -> str:
        """Return a row's line number as shown, "" where a line goes on."""
        number = self.numbers[row]
        return f"{number}" if number else ""

    def row_at(self, position: int) -> int:
        """Return the row that holds a character."""
        return max(0, bisect_right(self.starts, position) - 1)

    def add_line(self, start: int, stop: int, number: int) -> None:
        """Append the rows of one line."""
        self.widest = max(self.widest, min(stop - start, LONGEST_ROW))
        self.starts.append(start)
        self.numbers.append(number)
        for further in range(start + LONGEST_ROW, stop, LONGEST_ROW):
            self.starts.append(further)
            self.numbers.append(0)


def split_lines(text: str) -> Steps[TextLines]:
    """Find the rows of a text in steps."""
    lines = TextLines(text)
    start, number = 0, 1
    for match in _LINE_END.finditer(text):
        lines.add_line(start, match.start(), number)
        start, number = match.end(), number + 1
        if number % _LINES_PER_STEP == 0:
            yield start / len(text)
    lines.add_line(start, len(text), number)
    return lines
