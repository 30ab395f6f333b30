"""The form of a provider of one's own: what signs what, where it stands, and what it is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from inspector.domain.errors import ProviderError
from inspector.providers.own_scheme import FORM_FIELDS, OwnScheme
from inspector.signatures.encodings import ALGORITHM_NAMES, ENCODINGS, KEY_FORMS
from inspector.signatures.stamp import UNITS
from inspector.ui.form import Line, Row, Section
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.fields import ComboBox, TextField

KINDS = (
    ("hmac", "HMAC with a secret"),
    ("token", "The secret itself, sent along"),
    ("hash", "Plain hash that holds the secret"),
    ("ed25519", "Ed25519 public key"),
    ("ecdsa", "ECDSA public key"),
    ("rsa", "RSA public key"),
)
KEYS = {
    "utf8": "the text as it is",
    "whsec": "base64, maybe after whsec_",
    "base64": "base64",
    "hex": "hex",
    "sha1": "SHA-1 of the text",
    "nfkd": "the text, normalised",
}
UNIT_WORDS = {"s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds"} | {
    "iso": "ISO 8601 date",
    "http": "HTTP date",
}
BY_KIND = {
    "token": frozenset({"signed", "alg", "encoding", "key"}),
    "ed25519": frozenset({"alg", "key"}),
    "ecdsa": frozenset({"key"}),
    "rsa": frozenset({"key"}),
}
"""Rows a kind has no use for."""


@dataclass(frozen=True, slots=True)
class FormLine:
    """One row: its label, the keys it edits, its hint."""

    label: str
    keys: tuple[str, ...]
    hint: str = ""


SIGNING = (
    FormLine("Proof", ("kind",)),
    FormLine("Signature in", ("signature",), "header:X-Signature, query:sig, form:sig or json:meta.sig"),
    FormLine(
        "Signed text",
        ("signed",),
        "{body} is the raw body. Others: {header:X-Time}, {url}, {method}, {path}, {query:x}, {form:x}, {json:a.b}, "
        "{field:t}, {secret}; [[ and ]] stand for braces.",
    ),
    FormLine("Hash", ("alg",)),
    FormLine("Written in", ("encoding",)),
    FormLine("Text before it", ("prefix",), "Such as sha256= or v0=, where there is one."),
    FormLine("Secret read as", ("key",)),
    FormLine(
        "Several items",
        ("items", "pair", "field"),
        "For headers like t=1700000000,v1=5257a8…: split at “,”, pairs by “=”, signature in v1.",
    ),
    FormLine("Timestamp in", ("time_from", "time_unit"), "header:X-Timestamp or field:t, where it is signed too."),
    FormLine("Time limit", ("tolerance",), "Seconds; empty for none."),
)
NAMED = (FormLine("Name", ("name",)),)
ABOUT = (
    FormLine("Category", ("category",)),
    FormLine("Secret called", ("secret_label",)),
    FormLine("Where to find it", ("secret_help",)),
    FormLine("Documentation", ("docs",)),
    FormLine(
        "Event ID in", ("event_id",), "header:X-Event-Id or a path such as data.id; the same on every redelivery."
    ),
)
SECTIONS = (
    ("Provider", "", NAMED),
    ("Signature", "How the sender proves that an event is real.", SIGNING),
    ("More", "What helps whoever uses it.", ABOUT),
)
PLACEHOLDERS = {
    "signature": "header:X-Signature",
    "signed": "{body}",
    "items": "split at",
    "pair": "pairs by",
    "field": "item",
    "time_from": "header:X-Timestamp",
    "docs": "https://",
}
NAMES = {
    "items": "Items are split at",
    "pair": "Name and value are parted by",
    "field": "Item that holds the signature",
    "time_unit": "Written as",
}
CHOICES: dict[str, Sequence[tuple[str, str]]] = {
    "kind": KINDS,
    "alg": tuple(sorted(ALGORITHM_NAMES.items(), key=lambda item: item[0] != "sha256")),
    "encoding": tuple((name, name) for name in ENCODINGS),
    "key": tuple((name, KEYS.get(name, name)) for name in KEY_FORMS),
    "time_unit": tuple((name, UNIT_WORDS.get(name, name)) for name in UNITS),
}
DEFAULTS = {"kind": "hmac", "alg": "sha256", "encoding": "hex", "key": "utf8", "time_unit": "s"}
"""What a file means that says nothing; the form shows it and leaves the file as short as it was."""

SHORT_PX = 84
MONO = frozenset({"signature", "signed", "prefix", "items", "pair", "field", "time_from", "event_id", "docs"})


class SchemeForm(QWidget):
    """Edits an OwnScheme.

    Signals:
        edited: the user changed something.
    """

    edited = Signal()

    def __init__(self, theme: Theme, icons: Icons) -> None:
        super().__init__()
        self._theme, self._icons = theme, icons
        self._filling = False
        self._unsaid: set[str] = set()
        self.fields: dict[str, TextField | ComboBox] = {}
        self._rows: dict[str, Row] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 20)
        column.setSpacing(16)
        for number, (title, text, lines) in enumerate(SECTIONS):
            if number:
                column.addWidget(Line(theme))
            section = Section(theme, title, title, text)
            for line in lines:
                self._add(section, line)
            column.addWidget(section)
        column.addStretch(1)
        self.fields["kind"].currentIndexChanged.connect(self._on_kind)  # type: ignore[union-attr]  # made as a box

    def value(self) -> OwnScheme:
        """Return what the fields say."""
        return OwnScheme(**{name: self._text(name) for name in FORM_FIELDS})

    def show_scheme(self, scheme: OwnScheme) -> None:
        """Show another scheme; nobody is told."""
        self._filling = True
        for name in FORM_FIELDS:
            text = getattr(scheme, name)
            field = self.fields[name]
            if isinstance(field, ComboBox):
                (self._unsaid.discard if text else self._unsaid.add)(name)
                _choose(field, text or DEFAULTS[name])
            elif field.text() != text:
                field.setText(text)
                field.setCursorPosition(0)
        self._filling = False
        self._on_kind()

    def show_error(self, error: ProviderError | None) -> bool:
        """Show a mistake under its row; False where it is in none of them."""
        for row in self._rows.values():
            row.set_error("")
        if error is None:
            return True
        path, _colon, why = error.what.partition(": ")[2].partition(": ")
        key = _field_of(path)
        if key not in self._rows:
            return False
        self._rows[key].set_error(f"It {why}" if why.startswith(("is ", "must ", "needs ")) else why)
        return True

    def _add(self, section: Section, line: FormLine) -> None:
        widgets = [self._widget(name, line.label) for name in line.keys]
        texts = [place for place, widget in enumerate(widgets) if isinstance(widget, TextField)]
        for place in texts[:-1]:
            widgets[place].setFixedWidth(SHORT_PX)
        row = section.add(line.label, *widgets, hint=line.hint, stretch=texts[-1] if texts else -1)
        for name in line.keys:
            self._rows[name] = row

    def _widget(self, name: str, label: str) -> TextField | ComboBox:
        spoken = NAMES.get(name, label)
        if name in CHOICES:
            box = ComboBox(self._theme, self._icons, name=spoken)
            for value, words in CHOICES[name]:
                box.addItem(words, value)
            box.currentIndexChanged.connect(self._on_edit)
            self.fields[name] = box
            return box
        field = TextField(self._theme, name=spoken, placeholder=PLACEHOLDERS.get(name, ""), mono=name in MONO)
        field.setAccessibleName(spoken)
        field.textChanged.connect(self._on_edit)
        self.fields[name] = field
        return field

    def _text(self, name: str) -> str:
        field = self.fields[name]
        if not isinstance(field, ComboBox):
            return field.text()
        value = str(field.currentData())
        return "" if name in self._unsaid and value == DEFAULTS[name] else value

    def _on_edit(self, *_said: object) -> None:
        if not self._filling:
            self.edited.emit()

    def _on_kind(self, *_said: object) -> None:
        """Leave out what the kind has no use for, unless the file says something there."""
        unused = BY_KIND.get(self._text("kind") or DEFAULTS["kind"], frozenset())
        for name in ("signed", "alg", "encoding", "key"):
            self._rows[name].setVisible(name not in unused or bool(self._text(name)))


def _choose(box: ComboBox, value: str) -> None:
    """Choose a value; one that is none of the choices is added, so that nothing of a file is lost."""
    if box.findData(value) < 0:
        box.addItem(value, value)
    box.setCurrentIndex(box.findData(value))


def _field_of(path: str) -> str:
    """Return the form's name of the key a mistake names: `signing.time.from` is `time_from`."""
    if path.startswith("signing"):
        key = path.partition(".")[2]
        return {"time.from": "time_from", "time.unit": "time_unit", "time.tolerance": "tolerance"}.get(key, key)
    return path
