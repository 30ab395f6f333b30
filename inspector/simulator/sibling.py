"""A sibling of a captured event: a sample of the same shape, whose ids and times are blanks that are new each time."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote_plus

from inspector.directory import Resolved
from inspector.domain.errors import UsageError
from inspector.domain.event import Event
from inspector.domain.report import Kind
from inspector.payload.body import Payload
from inspector.providers.mapping import normalise
from inspector.replay.body_edit import SHORTEST, with_ids
from inspector.replay.outgoing import HOP_BY_HOP, dropped_reason, nominated
from inspector.replay.rewrite import ids_of
from inspector.signatures.engine import signature_headers
from inspector.simulator.samples import BLANK, LIKE, Sample, Values
from inspector.simulator.template_leaves import leaves_of
from inspector.simulator.test_event import GENERAL

LARGEST = 100_000
TIMES = ("timestamp_ns", "timestamp_us", "timestamp_ms", "timestamp", "unix")
"""Blanks a captured time can be told to be, the most exact first."""

ID_NAMES = frozenset({"id", "eventid", "messageid", "uuid", "eventuuid", "deliveryid", "requestid", "msgid", "guid"})
"""Names of an event's own id at providers whose payloads are not described."""

LEAST_WRAPPED = 16

_MARK = "5b1e0f"  # stands for an id while the body is taken apart

_FITS = re.compile(r"[^{}\s\"\\]+(?: [^{}\s\"\\]+)*\Z")
_OURS = HOP_BY_HOP | {b"host", b"content-length", b"content-encoding", b"accept-encoding"}


def sibling_of(event: Event, resolved: Resolved | None) -> Sample:
    """Return a sample made from a captured event: it says the same about another message, now.

    Header lines of the signature, of the connection and of tunnels are left out: what is sent is signed anew. Raises
    UsageError for a body that is no text, or one that holds blanks of its own.
    """
    request = event.request
    profile = resolved.profile if resolved is not None else None
    text = _text_of(Payload(request))
    plain = replace(request, body=text.encode(), headers=_without_coding(request.headers))
    reports = normalise(profile, plain, Payload(plain))
    ids = ids_of(plain, profile) or _ids_by_name(text)
    marks = {old: f"zq{number}x{_MARK}" for number, old in enumerate(_fitting(ids))}
    body, inside = _unwrapped(with_ids(plain, marks, frozenset()).decode())
    blanks = {mark: f"{{{{{LIKE} {old}}}}}" for old, mark in marks.items()}
    moments = tuple(report.occurred_at for report in reports if report.occurred_at is not None)
    known = signature_headers(profile.recipes) if profile is not None else ()
    return Sample(
        provider=event.summary.provider or (profile.id if profile is not None else "") or GENERAL,
        key="sibling",
        title=f"{event.summary.label}, like #{event.id}",
        kind=next((report.kind for report in reports), Kind.OTHER),
        group=next((report.kind.category.value for report in reports), "other"),
        method=request.method,
        headers=tuple(_header_lines(plain.headers, known, {old: blanks[mark] for old, mark in marks.items()})),
        body_template=_with_blanks(body, blanks, moments),
        inside_template=_with_blanks(inside, blanks, moments),
        expect=(),
        compact=False,
        mine=True,
    )


def _text_of(payload: Payload) -> str:
    if len(payload.plain) > LARGEST:
        raise UsageError("The body is too large to be edited here.", "The limit is 100 kB.", "Replay it instead.")
    try:
        text = payload.plain.decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError("The body is no text.", "It is not UTF-8.", "Replay the event instead.") from None
    if own := BLANK.search(text):
        why = "It would be taken for a blank to fill in."
        raise UsageError(f"The body holds {own[0]}.", why, "Replay the event instead.")
    return text


def _without_coding(headers: Iterable[tuple[bytes, bytes]]) -> tuple[tuple[bytes, bytes], ...]:
    return tuple(line for line in headers if line[0].strip().lower() != b"content-encoding")


def _fitting(ids: Iterable[str]) -> list[str]:
    """Return the ids that a blank can name, as they stand in JSON and in a form alike."""
    return [old for old in ids if _FITS.match(old) and quote_plus(old, safe=":/") == old]


def _ids_by_name(text: str) -> tuple[str, ...]:
    """Return what looks like the event's own id where nothing says where it is: the values of the outermost such."""
    found: dict[int, list[str]] = {}
    for leaf in leaves_of(text):
        steps = leaf.path.split(".")
        if steps[-1].replace("_", "").lower() in ID_NAMES and len(leaf.value) >= SHORTEST:
            found.setdefault(len(steps), []).append(leaf.value)
    return tuple(dict.fromkeys(found[min(found)])) if found else ()


def _unwrapped(text: str) -> tuple[str, str]:
    """Return a body with its inner document, which stood in it in base64, taken out of it; "" where it has none."""
    for leaf in leaves_of(text):
        if leaf.kind != "text" or len(leaf.value) < LEAST_WRAPPED:
            continue
        try:
            inner = base64.b64decode(leaf.value, validate=True).decode("utf-8")
        except ValueError:
            continue
        if inner.lstrip().startswith(("{", "[")):
            return f'{text[: leaf.start]}"{{{{inside}}}}"{text[leaf.stop :]}', inner
    return text, ""


def _with_blanks(text: str, blanks: Mapping[str, str], moments: Iterable[datetime]) -> str:
    for mark, blank in blanks.items():
        text = text.replace(mark, blank)
    for moment in moments:
        text = _with_times(text, moment)
    return text


def _with_times(text: str, moment: datetime) -> str:
    """Return a text in which a moment, however it is written, is a blank."""
    written = replace(Values.fixed(), now=moment).texts()
    for name in TIMES:
        pattern = re.compile(rf"(?<![\w.]){re.escape(written[name])}(?![\w.])")
        text = pattern.sub(f"{{{{{name}}}}}", text)
    return text


def _header_lines(
    headers: Iterable[tuple[bytes, bytes]], signature: Iterable[str], blanks: Mapping[str, str]
) -> Iterable[tuple[str, str]]:
    lines = tuple(headers)
    gone = {name.lower().encode() for name in signature} | nominated(lines) | _OURS
    for name, value in lines:
        key = name.strip().lower()
        if key in gone or dropped_reason(key):
            continue
        shown = value.decode("utf-8", "replace").strip()
        yield name.decode("latin-1").strip(), blanks.get(shown, shown)
