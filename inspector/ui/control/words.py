"""How sentences are joined in messages to the user."""

from __future__ import annotations


def lower_first(sentence: str) -> str:
    """Return a sentence as it goes on after a colon: "Nothing is listening…" → "nothing is listening…"."""
    return sentence[:1].lower() + sentence[1:].rstrip(".")


def counted(count: int, noun: str) -> str:
    """Return a number with its noun: "1 event", "1,204 events"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
