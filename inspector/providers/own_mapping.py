"""A mapping made by clicking: "this value is the message ID" becomes a `[[report]]` of the user's own profile.

The user's profile is the text of the current provider's file, signing and all, under a name of its own, with one block
in front of its other reports. Picking writes that block anew and leaves every other line as it is.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from inspector.domain.errors import ProviderError
from inspector.domain.report import Kind, Report
from inspector.payload.body import Payload
from inspector.payload.selector import EACH, MISSING, parse_selector
from inspector.providers.mapping import normalise
from inspector.providers.moments import parse_moment
from inspector.providers.origins import write_path
from inspector.providers.profile import Profile, parse_profile
from inspector.providers.source import INTO, Reading, Source, Steps, parse_source, to_text, walk
from inspector.providers.toml_text import write_toml

BEGIN = "# Made by picking values in a payload; picking another writes this report anew."
END = "# End of what picking made."

ROLES = (
    *("message_id", "name", "recipient", "occurred_at", "error_code", "error_text", "event_id"),
    *("channel", "carrier", "campaign", "template", "text"),
)
"""What a value can be picked as; the first of them that was picked tells which list is fanned out over."""

WORDS: Mapping[Kind, tuple[str, ...]] = {
    Kind.QUEUED: ("queued", "accepted", "enqueued", "pending", "scheduled", "buffered", "processing", "sending"),
    Kind.SENT: ("sent", "submitted", "dispatched"),
    Kind.DELIVERED: ("delivered", "delivrd", "received_by_recipient"),
    Kind.READ: ("read", "seen", "displayed", "opened"),
    Kind.FAILED: ("failed", "undelivered", "undeliverable", "undeliv", "rejected", "error", "delivery_failed"),
    Kind.EXPIRED: ("expired", "revoked"),
    Kind.DELETED: ("deleted", "canceled", "cancelled"),
    Kind.INBOUND: ("received", "inbound", "incoming", "mo", "reply", "replied"),
    Kind.CLICKED: ("clicked", "click", "button", "suggestion", "postback"),
    Kind.TYPING: ("typing", "is_typing", "composing"),
    Kind.OPTOUT: ("optout", "opt_out", "opted_out", "unsubscribe", "unsubscribed", "stop"),
    Kind.OPTIN: ("optin", "opt_in", "opted_in", "subscribe", "subscribed", "start"),
}
"""What common words for an event mean; a name whose last word is one of them is understood without being told."""

_KIND_OF = {word: kind for kind, words in WORDS.items() for word in words}
_FIRST_REPORT = re.compile(r"^[ \t]*\[\[\s*report\s*\]\]", re.MULTILINE)
_BLOCK = re.compile(rf"^{re.escape(BEGIN)}$.*?^{re.escape(END)}$\n*", re.MULTILINE | re.DOTALL)
_KEY_LINE = r"^{key}\s*=\s*(?:\[[^\]]*\]|\"(?:[^\"\\]|\\.)*\"|'[^']*')[ \t]*(?:#.*)?\n"


@dataclass(frozen=True, slots=True)
class Picked:
    """The user's profile after a pick, and what the event it was picked in reads now."""

    text: str
    profile: Profile
    reports: tuple[Report, ...]


def start_profile(base: str, name: str) -> str:
    """Return the text of a profile of the user's own that begins as a copy of the current provider's file.

    It signs as that one does. Other ids of that one stay with it.
    """
    text = re.sub(_KEY_LINE.format(key="aliases"), "", base, count=1, flags=re.MULTILINE)
    for key in ("name", "title"):
        line = f"{key} = {write_toml({'x': name}).partition(' = ')[2].rstrip()}\n"
        text = re.sub(_KEY_LINE.format(key=key), line.replace("\\", r"\\"), text, count=1, flags=re.MULTILINE)
    return text


def pick(text: str, payload: Payload, path: str, role: str, *, kind: Kind | None = None, id: str = "own") -> Picked:
    """Return a profile's text with one more value picked; `path` is the payload tree's or one of origins.fields_of.

    `kind` tells what the picked name means where its word is not a common one. Raises ProviderError where the value
    cannot serve: there is none, it is no single value, or no time where a time is wanted.
    """
    if role not in ROLES:
        raise ValueError(f"{role!r} is none of {', '.join(ROLES)}")
    value = _checked(Reading(payload), path, role)
    picks = _picks_of(text) | {role: _absolute(path, payload)}
    kinds = _kinds_of(text)
    if role == "name":
        kinds |= _prefixed(value) if kind is None else {value: kind.value}
    made = _with_block(text, _table(picks, kinds))
    profile = read_own(made, id)
    reports = normalise(profile, payload.request, payload)
    if role != "name" and not any(_has(report, role, value) for report in reports):
        raise ProviderError(
            f"{path} was picked, but the event does not read so.",
            "Values picked before come from another kind of event." if len(picks) > 1 else "",
            "Remove what was picked and begin with the message ID.",
        )
    return Picked(made, profile, reports)


def unpick(text: str, role: str) -> str:
    """Return a profile's text with one role no longer picked; the block goes with the last of them."""
    picks = {name: source for name, source in _picks_of(text).items() if name != role}
    return _with_block(text, _table(picks, _kinds_of(text)) if picks else None)


def picked_roles(text: str) -> dict[str, str]:
    """Return what was picked so far: each role with where its value comes from."""
    return {role: source.removeprefix("root:") for role, source in _picks_of(text).items()}


def read_own(text: str, id: str) -> Profile:
    """Return the profile a text describes; raises ProviderError naming what is wrong."""
    try:
        return parse_profile(id, tomllib.loads(text))
    except tomllib.TOMLDecodeError as reason:
        raise ProviderError(f"{id}.toml cannot be read.", f"{reason}.") from None


def kind_of(word: str) -> Kind | None:
    """Return what a provider's word for an event most likely means, by its last part; None for an uncommon one."""
    plain = word.strip().lower().replace("-", "_").replace(" ", "_")
    return _KIND_OF.get(plain) or _KIND_OF.get(re.split(r"[.:/]", plain)[-1])


def _prefixed(word: str) -> dict[str, str]:
    """Return what the common words mean behind the first part of a name: `order.read` where `order.sent` was picked."""
    prefix = word.removesuffix(re.split(r"[.:/]", word)[-1])
    if not prefix or kind_of(word) is None:
        return {}
    return {f"{prefix}{common}": kind.value for common, kind in _KIND_OF.items()}


def _checked(reading: Reading, path: str, role: str) -> str:
    source = parse_source(_absolute(path, reading.payload))
    value = source.value(reading)
    text = to_text(value)
    if value is MISSING or value is None:
        raise ProviderError(f"There is no value at {path}.")
    if not text:
        raise ProviderError(f"{path} is no single value.", todo="Pick a text or a number inside it.")
    if role == "occurred_at" and parse_moment(value) is None:
        raise ProviderError(f"{path} is no time that can be read.")
    return text


def _absolute(path: str, payload: Payload) -> str:
    """Return a clicked path as a source that reads it from the top: `param:X`, `header:X`, or a selector."""
    kind, colon, name = path.partition(":")
    if colon and kind in ("header", "query"):
        return f"{'param' if kind == 'query' else kind}:{name}"
    try:
        ways = [parse_selector(part.strip()) for part in path.split(INTO)]
    except ValueError as reason:
        raise ProviderError(f"{path} is no path.", f"{reason}.") from None
    if len(ways) == 1 and len(ways[0]) == 1 and payload.json is MISSING and Reading(payload).form:
        return f"param:{ways[0][0]}"
    ways[0] = _entered(Reading(payload).root, ways[0])
    return f"root:{INTO.join(write_path(way) for way in ways)}"


def _entered(value: Any, steps: Steps) -> Steps:
    """Return steps with 0 where a list is entered without a number: the tree of an XML body shows no lists."""
    entered: list[str | int] = []
    for step in steps:
        if isinstance(value, list) and isinstance(step, str):
            entered.append(0)
            value = walk(value, (0,))
        entered.append(step)
        value = walk(value, (step,))
    return tuple(entered)


def _table(picks: Mapping[str, str], kinds: Mapping[str, str]) -> dict[str, Any]:
    """Return the `[[report]]` table of what was picked; the anchor, the surest role picked, has to be there."""
    anchor = parse_source(picks[next(role for role in ROLES if role in picks)])
    each = _each_of(anchor)
    table: dict[str, Any] = {"final": True}
    if each is None:
        table["when"] = {anchor.text: True}
    else:
        table["when"] = {f"root:{write_path(each[:-1] or (0,))}": True}
        table["each"] = _selector(tuple(EACH if isinstance(step, int) else step for step in each))
        table["where"] = {_relative(anchor, each): True}
    for role in ROLES:
        if role in picks:
            source = parse_source(picks[role])
            table[role] = source.text if each is None else _relative(source, each)
    if "name" in picks:
        values = {word: kind.value for kind, words in WORDS.items() for word in words}
        table["kind"] = {"from": table["name"], "values": values | dict(kinds)}
    else:
        table["kind"] = Kind.OTHER.value
    return table


def _each_of(anchor: Source) -> Steps | None:
    """Return the way up to and with the last list the anchor lies in, None where it lies in none."""
    if anchor.kind != "root" or anchor.into:
        return None
    last = max((number for number, step in enumerate(anchor.steps) if isinstance(step, int)), default=-1)
    return anchor.steps[: last + 1] if last >= 0 else None


def _relative(source: Source, each: Steps) -> str:
    """Return a source as seen from the item: of the item, of an object around it, or as it is."""
    if source.kind != "root":
        return source.text
    inner = f"{INTO}{write_path(source.into)}" if source.into else ""
    for depth in range(len(each), 0, -1):
        rest = source.steps[depth:]
        if isinstance(each[depth - 1], int) and rest and _unnumbered(source.steps[:depth]) == _unnumbered(each[:depth]):
            return ("" if depth == len(each) else "parent:") + _selector(rest) + inner
    return source.text


def _unnumbered(steps: Steps) -> Steps:
    """Return steps with all numbers alike: which item of a list was clicked does not matter."""
    return tuple(0 if isinstance(step, int) else step for step in steps)


def _selector(steps: Steps) -> str:
    """Return steps without the leading `$`; EACH is written `[]`."""
    text = write_path(tuple(0 if step == EACH else step for step in steps)).removeprefix("$").removeprefix(".")
    return text.replace("[0]", "[]") if EACH in steps else text


def _picks_of(text: str) -> dict[str, str]:
    """Return what a block says was picked, each as a source from the top; lists are entered at their first item."""
    table = _own_table(text)
    each = parse_selector(table["each"]) if "each" in table else ()
    front = tuple(0 if step == EACH else step for step in each)
    picks = {}
    for role in ROLES:
        if role in table:
            source = parse_source(str(table[role]))
            if source.kind == "json":
                inner = f"{INTO}{write_path(source.into)}" if source.into else ""
                picks[role] = f"root:{write_path((*front, *source.steps))}{inner}"
            else:
                picks[role] = source.text
    return picks


def _kinds_of(text: str) -> dict[str, str]:
    """Return what a person said a name means, beyond the common words."""
    kind = _own_table(text).get("kind")
    values = kind.get("values", {}) if isinstance(kind, dict) else {}
    return {word: told for word, told in values.items() if _KIND_OF.get(word) != told}


def _own_table(text: str) -> dict[str, Any]:
    block = _BLOCK.search(text)
    if block is None:
        return {}
    try:
        return dict(tomllib.loads(block.group())["report"][0])
    except (tomllib.TOMLDecodeError, KeyError, IndexError, TypeError, ValueError):
        raise ProviderError("What was picked before cannot be read.", todo="Remove its lines from the file.") from None


def _with_block(text: str, table: dict[str, Any] | None) -> str:
    rest = _BLOCK.sub("", text)
    if table is None:
        return rest
    block = f"{BEGIN}\n{write_toml({'report': [table]}).strip()}\n{END}\n"
    first = _FIRST_REPORT.search(rest)
    if first is None:
        return f"{rest.rstrip()}\n\n{block}"
    return f"{rest[: first.start()]}{block}\n{rest[first.start() :]}"


def _has(report: Report, role: str, value: str) -> bool:
    told = getattr(report, role)
    if role == "occurred_at":
        return bool(told == parse_moment(value))
    left_out = role in ("error_code", "error_text", "text") and not told
    return bool(told == value) or left_out
