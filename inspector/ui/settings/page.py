"""What the pages of the settings have in common: fields that show a setting, apply a change at once, and go back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from functools import partial
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from inspector.app import App
from inspector.domain.errors import UsageError
from inspector.settings import Settings
from inspector.ui.form import Row, Section
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.choices import CheckBox
from inspector.ui.widgets.fields import ComboBox, TextField
from inspector.ui.widgets.segments import Segments
from inspector.ui.widgets.window_size import scaled

Show = Callable[[Settings], object]


class SettingsPage(QWidget):
    """A page whose fields follow the settings, whoever changes them. Subclasses make their rows in `build`.

    The rows are made in steps, because making all of them at once would hold up what is being received. `whole` says
    that all are there, `fills` that one of them takes all the height there is.
    """

    fills = False

    def __init__(self, theme: Theme, icons: Icons, app: App) -> None:
        super().__init__()
        self.theme, self.icons, self.app = theme, icons, app
        self._shows: dict[str, Show] = {}
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(16)
        self.whole = False
        self._steps = self.build()

    @property
    def names(self) -> tuple[str, ...]:
        """The settings that Restore defaults puts back."""
        return tuple(self._shows)

    def build(self) -> Iterator[None]:
        """Make the page; every `yield` is a place to stop and go on in a later turn of the loop."""
        raise NotImplementedError

    def step(self) -> bool:
        """Make a few more rows; False where all are there."""
        if not self.whole:
            try:
                next(self._steps)
            except StopIteration:
                self._end()
        return not self.whole

    def finish(self) -> None:
        """Make all rows that are missing."""
        while self.step():
            pass

    def _end(self) -> None:
        self.whole = True
        if not self.fills:
            self.column.addStretch(1)
        self._show(self.app.settings.current)
        self.destroyed.connect(partial(_leave, self.app.settings.changed.subscribe(self._show)))

    def section(self, title: str, text: str = "") -> Section:
        """Return a new section of the page."""
        section = Section(self.theme, title.lower(), title, text)
        self.column.addWidget(section)
        return section

    def follow(self, name: str, show: Show) -> None:
        """Call `show` with the settings now and after every change; `name` goes back with Restore defaults."""
        self._shows[name] = show

    def apply(self, **changes: Any) -> None:
        """Change settings. Raises UsageError for what is not allowed."""
        self.app.settings.change(**changes)

    # -- fields -------------------------------------------------------------------------------------------------

    def segments(self, name: str, choices: Sequence[tuple[str, str]]) -> Segments:
        """Return a choice of a few."""
        segments = Segments(self.theme, choices, name=label_of(name))
        segments.changed.connect(lambda key: self.apply(**{name: key}))
        self.follow(name, lambda settings: segments.set_current(str(getattr(settings, name))))
        return segments

    def box(self, name: str) -> CheckBox:
        """Return a box to tick."""
        box = CheckBox(self.theme, self.icons, label_of(name))
        box.toggled.connect(lambda on: self.apply(**{name: on}))
        self.follow(name, lambda settings: box.setChecked(bool(getattr(settings, name))))
        return box

    def choice(self, name: str, choices: Sequence[tuple[str, str]]) -> ComboBox:
        """Return a list of choices; a value that is none of them is added."""
        box = ComboBox(self.theme, self.icons, name=label_of(name))

        def show(settings: Settings) -> None:
            value = str(getattr(settings, name))
            if box.findData(value) < 0:
                box.addItem(value, value)
            box.setCurrentIndex(box.findData(value))

        for value, words in choices:
            box.addItem(words, value)
        box.activated.connect(lambda _row: self.apply(**{name: str(box.currentData())}))
        self.follow(name, show)
        return box

    def add_number(
        self, section: Section, name: str, words: str, *after: str, unit: int = 1, hint: str | None = None
    ) -> TextField:
        """Add a row for a number, in units of so many; it applies when the field is left, or says why not."""
        field = TextField(self.theme, name=label_of(name))
        field.setFixedWidth(scaled(self.theme, 96))
        row = section.add(words, field, *after, hint=help_of(name) if hint is None else hint)
        field.editingFinished.connect(lambda: self._apply_number(name, field, row, unit))

        def show(settings: Settings) -> None:
            text = f"{getattr(settings, name) / unit:.10g}"
            if field.text() != text:
                field.setText(text)
                _say(field, row, "")

        self.follow(name, show)
        return field

    def _apply_number(self, name: str, field: TextField, row: Row, unit: int) -> None:
        reason = ""
        try:
            self.apply(**{name: round(float(field.text()) * unit)})
        except (ValueError, OverflowError):
            reason = "Enter a number."
        except UsageError as error:
            reason = limits_words(name, unit) or str(error)
        _say(field, row, reason)

    def _show(self, settings: Settings) -> None:
        for show in self._shows.values():
            show(settings)


def _say(field: TextField, row: Row, reason: str) -> None:
    field.set_invalid(bool(reason), reason)
    row.set_error(reason)


def _leave(unsubscribe: Callable[[], None], *_gone: object) -> None:
    unsubscribe()


def metadata_of(name: str) -> Any:
    """Return what a setting says of itself."""
    return next(item.metadata for item in fields(Settings) if item.name == name)


def label_of(name: str) -> str:
    """Return what a setting is called."""
    return str(metadata_of(name)["label"])


def help_of(name: str) -> str:
    """Return what a setting does."""
    return str(metadata_of(name)["help"])


def limits_words(name: str, unit: int) -> str:
    """Return which numbers a setting takes, in the unit the field shows; "" where it takes any."""
    low, high = metadata_of(name)["low"], metadata_of(name)["high"]
    if low is None or high is None:
        return ""
    return f"{label_of(name)} cannot be that. Choose a number from {low / unit:.3g} to {high / unit:,.10g}."
