"""Work cut into steps: a generator that yields the share done so far and returns its result."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")

Steps = Generator[float, None, T]
"""A computation that pauses about every millisecond, so that whoever runs it decides how long it holds the thread."""


def finish(steps: Steps[T]) -> T:
    """Run steps to their end in one go and return the result."""
    while True:
        try:
            next(steps)
        except StopIteration as done:
            result: T = done.value
            return result
