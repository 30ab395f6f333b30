"""Events we make up: a provider's sample requests, with their blanks filled in and ready to be signed.

A sample is a TOML file that serves three ends: an entry of the test event menu, a test case (with fixed values the
mapping must give exactly its [[expect]] reports), and documentation of what the provider sends.
"""

from __future__ import annotations

import base64
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote_plus
from uuid import UUID

from inspector.domain.errors import ProviderError
from inspector.domain.report import Kind, Report
from inspector.providers.moments import parse_moment
from inspector.replay.new_ids import NewIds
from inspector.signatures.table import Table

GROUPS = ("status", "engagement", "template", "trouble", "other")

KEYS = ("title", "kind", "group", "order", "method", "headers", "body", "inside", "compact", "expect")

BLANK = re.compile(r"\{\{\s*(\w+)(?:\s+([^{}\s][^{}]*?))?\s*\}\}")
"""`{{name}}` is filled with a value; `{{like OLD}}` with a new id in the form of an old one, each time another."""

LIKE = "like"
_CARRIERS = ("verizon", "tmobile", "att", "vodafone", "orange", "telefonica")
_CAMPAIGNS = ("cart_recovery_dec", "holiday_flash_sale", "order_updates", "welcome_series", "appointment_reminders")
_TEMPLATES = ("cart_reminder_v4", "flash_sale_v7", "order_upd_v3", "welcome_v2", "appointment_v1")


@dataclass(frozen=True, slots=True)
class Values:
    """What fills a sample's blanks: `message_id` and `uuid` name the message, `event` (32 hex digits) the event."""

    message_id: str
    uuid: str
    event: str
    recipient: str
    carrier: str
    campaign: str
    template: str
    user_id: str
    now: datetime

    @classmethod
    def fresh(cls, rng: Random, now: datetime) -> Values:
        """Return values for a message nobody has seen, sent to a number of the range kept free for examples."""
        return cls(
            message_id=f"msg_{rng.getrandbits(48):012x}",
            uuid=str(UUID(int=rng.getrandbits(128), version=4)),
            event=f"{rng.getrandbits(128):032x}",
            recipient=f"+1{rng.choice(('415', '212', '305', '646', '512'))}55501{rng.randrange(100):02d}",
            carrier=rng.choice(_CARRIERS),
            campaign=rng.choice(_CAMPAIGNS),
            template=rng.choice(_TEMPLATES),
            user_id=f"user_{rng.randrange(100, 1000)}",
            now=now.astimezone(UTC),
        )

    @classmethod
    def fixed(cls) -> Values:
        """Return the values that documentation and tests use."""
        return cls(
            message_id="msg_8f31c07a",
            uuid="a418d672-9781-4d97-b517-a56f7d95ad8a",
            event="5b1e2c3d4f60718293a4b5c6d7e8f901",
            recipient="+14155550132",
            carrier="verizon",
            campaign="cart_recovery_dec",
            template="cart_reminder_v4",
            user_id="user_456",
            now=datetime(2024, 12, 20, 14, 23, 44, 886358, tzinfo=UTC),
        )

    def next(self, rng: Random, now: datetime) -> Values:
        """Return values for another event about the same message."""
        return replace(self, event=f"{rng.getrandbits(128):032x}", now=now.astimezone(UTC))

    def texts(self) -> dict[str, str]:
        """Return every blank's name with its text: the fields and the forms providers write them in."""
        now = self.now
        day_and_time = now.strftime("%Y-%m-%dT%H:%M:%S")
        bare = self.uuid.replace("-", "")
        texts = {field.name: getattr(self, field.name) for field in fields(self) if field.name not in ("now", "event")}
        return {
            **texts,
            "digits": self.recipient.lstrip("+"),
            "event_id": f"evt_{self.event[:24]}",
            "event_hex": self.event,
            "event_uuid": str(UUID(hex=self.event)),
            "event_ulid": f"01{self.event.upper()[:24]}",
            "hex32": bare,
            "ulid": f"01{bare.upper()[:24]}",
            "timestamp": f"{day_and_time}Z",
            "timestamp_ms": f"{day_and_time}.{now.microsecond // 1000:03d}Z",
            "timestamp_us": f"{day_and_time}.{now.microsecond:06d}Z",
            "timestamp_ns": f"{day_and_time}.{now.microsecond:06d}000Z",
            "unix": str(int(now.timestamp())),
            "day": now.strftime("%Y-%m-%d"),
            "clock": now.strftime("%H:%M:%S"),
            "millis": f"{now.microsecond // 1000:03d}",
            "micros": f"{now.microsecond:06d}",
        }


@dataclass(frozen=True, slots=True)
class Sample:
    """One event a provider could send. Templates have blanks like `{{message_id}}`.

    `inside_template` is a JSON document that goes into the body in base64, at `{{inside}}` (or form-encoded, at
    `{{inside_form}}`). `compact` writes JSON without blanks, as senders do. `expect` are the fields of the reports the
    mapping must give.
    """

    provider: str
    key: str
    title: str
    kind: Kind
    group: str
    method: str
    headers: tuple[tuple[str, str], ...]
    body_template: str
    expect: tuple[Mapping[str, str], ...]
    inside_template: str = ""
    compact: bool = True
    order: int = 0
    mine: bool = False  # it lies in the user's own folder


def load_samples(folder: Path, provider: str) -> tuple[Sample, ...]:
    """Return the samples in `folder/<provider>/*.toml` in their order; () where there are none.

    Raises ProviderError naming the file and the key that cannot be understood.
    """
    found = [load_sample(path, provider) for path in (folder / provider).glob("*.toml")]
    return tuple(sorted(found, key=lambda sample: (sample.order, sample.key)))


def read_samples(folder: Path, provider: str, wrong: list[ProviderError]) -> tuple[Sample, ...]:
    """Return the user's own samples in a folder; what is wrong with the others is added to `wrong`."""
    found: list[Sample] = []
    for path in sorted((folder / provider).glob("*.toml")):
        try:
            found.append(load_sample(path, provider, mine=True))
        except ProviderError as error:
            wrong.append(error)
    return tuple(found)


def render(sample: Sample, values: Values) -> tuple[tuple[tuple[bytes, bytes], ...], bytes]:
    """Return the header lines and the body of a sample with its blanks filled; it is not signed yet."""
    return fill_sample(sample, values.texts())


def fill_sample(sample: Sample, texts: dict[str, str]) -> tuple[tuple[tuple[bytes, bytes], ...], bytes]:
    """Return header lines and body with the blanks filled from `texts`, which has every blank.

    A text that is meant to be compact JSON and is none stays as it is written.
    """
    if sample.inside_template:
        inside = _compact(_fill(sample.inside_template, texts))
        coded = base64.b64encode(inside.encode()).decode()
        texts = {**texts, "inside": coded, "inside_form": quote_plus(inside)}
    body = _fill(sample.body_template.strip(), texts)
    if sample.compact and body.startswith(("{", "[")):
        body = _compact(body)
    headers = tuple((name.encode(), _fill(value, texts).encode()) for name, value in sample.headers)
    return headers, body.encode()


def expected(sample: Sample, values: Values) -> tuple[Report, ...]:
    """Return the reports the provider's mapping must give for a rendered sample."""
    texts = values.texts()
    return tuple(_report({name: _fill(text, texts) for name, text in table.items()}) for table in sample.expect)


def _report(table: dict[str, str]) -> Report:
    kind = Kind(table.pop("kind"))
    moment = parse_moment(table.pop("occurred_at", ""))
    return Report(kind, occurred_at=moment, **table)


def _fill(template: str, texts: Mapping[str, str]) -> str:
    ids = NewIds(texts["event_hex"])
    return BLANK.sub(lambda match: texts[match[1]] if match[2] is None else ids.of(match[2]), template)


def _compact(text: str) -> str:
    try:
        return json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=False)
    except ValueError:
        return text


def load_sample(path: Path, provider: str, *, mine: bool = False) -> Sample:
    """Return the sample in one file. Raises ProviderError naming the file and the key."""
    where = f"{provider}/{path.name}"
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as reason:
        raise ProviderError(f"{where} cannot be read.", f"{reason}.") from None
    return replace(parse_sample(text, provider, path.stem), mine=mine)


def parse_sample(text: str, provider: str, key: str) -> Sample:
    """Return the sample a TOML text describes. Raises ProviderError naming the file and the key."""
    where = f"{provider}/{key}.toml"
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as reason:
        raise ProviderError(f"{where} cannot be read.", f"{reason}.") from None
    table = Table(data, where, KEYS)
    expect = tuple(_expectation(table, number, item) for number, item in enumerate(table.tables("expect"), 1))
    kind = table.choice("kind", tuple(Kind), str(expect[0]["kind"]) if expect else "")
    sample = Sample(
        provider=provider,
        key=key,
        title=table.text("title", key),
        kind=Kind(kind),
        group=table.choice("group", GROUPS, Kind(kind).category.value),
        method=table.text("method", "POST"),
        headers=table.pairs("headers"),
        body_template=table.text("body", ""),
        expect=expect,
        inside_template=table.text("inside", ""),
        compact=table.flag("compact", True),
        order=table.number("order", 0),
    )
    _check_blanks(table, sample)
    return sample


def _expectation(table: Table, number: int, item: Any) -> Mapping[str, str]:
    known = tuple(field.name for field in fields(Report))
    inner = Table(item, f"{table.where}: expect {number}", known)
    inner.choice("kind", tuple(Kind), "")
    return {name: inner.text(name) for name in inner.data}


def known_blanks() -> frozenset[str]:
    """Return the names of all blanks that are filled with a value."""
    return frozenset({*Values.fixed().texts(), "inside", "inside_form"})


def unknown_blank(texts: Iterable[str]) -> str:
    """Return the first blank that nothing can be filled into, as it is written; "" where there is none."""
    known = known_blanks()
    for text in texts:
        for match in BLANK.finditer(text):
            if match[1] != LIKE if match[2] is not None else match[1] not in known:
                return match[0]
    return ""


def _check_blanks(table: Table, sample: Sample) -> None:
    texts = [sample.body_template, sample.inside_template, *(value for _name, value in sample.headers)]
    texts.extend(text for expected in sample.expect for text in expected.values())
    if wrong := unknown_blank(texts):
        raise table.error("body", f"{wrong} is no blank; known are {', '.join(sorted(known_blanks()))}")
