"""What the Diff view says where there is nothing to list. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.payload.diff_bodies import MOST_LINES, BodyDiff
from inspector.ui.detail.sizes import spell_count, spell_size


@dataclass(frozen=True, slots=True)
class Message:
    """An empty state; `action` is the words on its button, "" for none."""

    icon: str
    title: str
    text: str = ""
    action: str = ""
    color: str = "text3"


NOTHING = Message(
    "git-compare", "Nothing to compare with", "Pick another event, or select two in the list.", "Choose event…"
)
SAME = Message("circle-check", "The bodies are the same, byte for byte", color="passFg")
NOT_KEPT = Message("ban", "The body was not kept", "It was turned away, or its endpoint keeps none.")
STOPPED = Message("git-compare", "Comparing was stopped", "", "Compare again")
NO_FIELDS = "These bodies have no fields in common"


def text_summary(diff: BodyDiff) -> str:
    """Say how many lines differ."""
    if diff.text is None:
        return ""
    removed, added = diff.text.removed, diff.text.added
    if not removed and not added:
        return "Only the ends of lines or the encoding differ"
    return f"{_lines(removed)} removed, {_lines(added)} added"


def same_fields(diff: BodyDiff) -> Message:
    """Say that bodies differ though none of their fields does."""
    where = f"The bytes do, from byte {spell_count(diff.differ_at + 1)} on."
    return Message("circle-check", "No field differs", f"{where} Text shows them as they came.")


def why_no_text(diff: BodyDiff) -> Message:
    """Say where bodies differ that are not compared line by line."""
    before, after = diff.sizes
    where = f"They differ from byte {spell_count(diff.differ_at + 1)} on: {spell_size(before)} before, "
    where += f"{spell_size(after)} now."
    if diff.too_large:
        return Message("file-text", "The bodies differ", f"{where} Bodies over 1 MB are not compared further.")
    if diff.too_long:
        limit = spell_count(MOST_LINES)
        return Message("file-text", "The bodies differ", f"{where} Texts over {limit} lines are not compared by line.")
    return Message("file-text", "The bodies differ", f"{where} They are not text.")


def _lines(count: int) -> str:
    return f"{spell_count(count)} line{'' if count == 1 else 's'}"
