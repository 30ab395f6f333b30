"""What the search field offers while something is typed: filters, their values with counts, and recent searches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from inspector.domain.report import Kind
from inspector.search import FIELDS, Field
from inspector.ui.icons import VERDICT_ICONS, Look, kind_look

MOST_VALUES = 8
MOST_RECENT = 5

OfferKind = Literal["caption", "offer", "line"]


@dataclass(frozen=True, slots=True)
class Offer:
    """One line of the list: a caption, a dividing line, or `text` that can be taken.

    Taking it replaces the whole search text by `result` with the cursor at its end. `count` stands at the right.
    """

    kind: OfferKind
    text: str = ""
    icon: str = ""
    color: str = "text2"
    count: int | None = None
    result: str = ""


# Icons of values, and of the filters whose values have none; the rest shows a funnel.
_VALUE_LOOKS: Mapping[str, Mapping[str, Look]] = {
    "type": {kind.value.rpartition(".")[2]: kind_look(kind.value) for kind in Kind},
    "sig": {
        "valid": VERDICT_ICONS["valid"],
        "invalid": VERDICT_ICONS["invalid"],
        "stale": VERDICT_ICONS["stale"],
        "unsigned": VERDICT_ICONS["unsigned"],
        "nosecret": VERDICT_ICONS["no_secret"],
    },
}
_KEY_ICONS = {
    "dup": "layers-2",
    "retry": "rotate-cw",
    "replay": "repeat-2",
    "star": "star",
    "unread": "circle-dot",
    "time": "timer",
    "after": "clock",
    "before": "clock",
}
_OTHER_ICON = "list-filter"
_BY_KEY: Mapping[str, Field] = {field.key: field for field in FIELDS}


@dataclass(frozen=True, slots=True)
class Word:
    """The word the cursor stands in: `before` and `after` are the rest of the text, `sign` is a leading minus."""

    before: str
    sign: str
    text: str
    after: str

    @property
    def field(self) -> str:
        """The key of a filter that is being typed, "" for a plain word."""
        key, colon, _ = self.text.partition(":")
        return key.lower() if colon else ""

    def replaced(self, text: str) -> str:
        """Return the whole text with another word in this place."""
        return f"{self.before}{self.sign}{text}{self.after}"


def word_at(text: str, cursor: int) -> Word:
    """Return the word that ends or continues at the cursor; spaces part words."""
    start = text.rfind(" ", 0, cursor) + 1
    end = text.find(" ", cursor)
    end = len(text) if end < 0 else end
    word = text[start:end]
    sign = "-" if word.startswith("-") else ""
    return Word(text[:start], sign, word[len(sign) :], text[end:])


def counted_field(text: str, cursor: int) -> str:
    """Return the key of the filter whose values are being typed and could be counted, "" for none."""
    field = word_at(text, cursor).field
    return field if field in _BY_KEY else ""


def offers(text: str, cursor: int, recent: Sequence[str], counts: Mapping[str, int] | None = None) -> tuple[Offer, ...]:
    """Return what to offer at the cursor; `counts` are events by value of the filter that is being typed."""
    word = word_at(text, cursor)
    field = _BY_KEY.get(word.field)
    first = _value_offers(word, field, counts or {}) if field else _key_offers(word)
    second = _recent_offers(text, recent)
    parting = (Offer("line"),) if first and second else ()
    return (*first, *parting, *second)


def _value_offers(word: Word, field: Field, counts: Mapping[str, int]) -> tuple[Offer, ...]:
    given, comma, typed = word.text.partition(":")[2].rpartition(",")
    head = f"{field.key}:{given}{comma}"
    known = dict.fromkeys((*field.values, *sorted(counts, key=lambda value: -counts[value])))
    taken = {*given.split(","), typed}
    fitting = [value for value in known if value.lower().startswith(typed.lower()) and value not in taken]
    if not fitting:
        return ()
    return (
        Offer("caption", f"{field.key}: {field.label.lower()}"),
        *(_value_offer(word, field.key, head, value, counts) for value in fitting[:MOST_VALUES]),
    )


def _value_offer(word: Word, key: str, head: str, value: str, counts: Mapping[str, int]) -> Offer:
    look = _VALUE_LOOKS.get(key, {}).get(value, Look(_KEY_ICONS.get(key, _OTHER_ICON), "text2"))
    shown = f'"{value}"' if set(value) & set(' ,"') else value
    count = counts.get(value, 0) if counts else None
    return Offer("offer", f"{key}:{shown}", look.icon, look.color, count, word.replaced(head + shown))


def _key_offers(word: Word) -> tuple[Offer, ...]:
    typed = word.text.lower()
    fitting = [field for field in FIELDS if field.key.startswith(typed)][:MOST_VALUES]
    if not fitting:
        return ()
    return (
        Offer("caption", "Filters"),
        *(
            Offer(
                "offer",
                f"{field.key}: {field.label.lower()}",
                _KEY_ICONS.get(field.key, _OTHER_ICON),
                result=word.replaced(f"{field.key}:"),
            )
            for field in fitting
        ),
    )


def _recent_offers(text: str, recent: Sequence[str]) -> tuple[Offer, ...]:
    fitting = [item for item in recent if item != text.strip()][:MOST_RECENT]
    if not fitting:
        return ()
    return (
        Offer("caption", "Recent"),
        *(Offer("offer", item, "history", "text2", None, item) for item in fitting),
    )


def remembered(recent: Sequence[str], text: str, *, most: int = 12) -> tuple[str, ...]:
    """Return the recent searches with one more, the newest first and none twice."""
    text = text.strip()
    if not text:
        return tuple(recent)
    return (text, *(item for item in recent if item != text))[:most]
