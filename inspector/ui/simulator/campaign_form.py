"""A scenario's numbers as a form: how many people, what becomes of the messages, what goes wrong, how fast."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from inspector.domain.errors import UsageError
from inspector.simulator.campaign.scenario import (
    FAST,
    MOST_RATE,
    MOST_RECIPIENTS,
    FailedShare,
    MixShare,
    Noise,
    Scenario,
    check,
)
from inspector.ui.endpoints.checks import number_problem
from inspector.ui.form import Row
from inspector.ui.icons import Icons
from inspector.ui.simulator.campaign_timing import TimingFields
from inspector.ui.theme import Theme
from inspector.ui.widgets.choices import CheckBox
from inspector.ui.widgets.fields import TextField
from inspector.ui.widgets.labels import Label, SectionLabel
from inspector.ui.widgets.segments import Segments
from inspector.ui.widgets.window_size import scaled

SPEEDS = (("fast", "As fast as possible"), ("own", "×60"), ("real", "Real time"))
USUAL_SPEED = 60.0
NUMBER_PX = 76
PERCENT_PX = 58
SEED_PX = 132
NAME_PX, SECOND_NAME_PX = 84, 98
MOST_SEED = 10**12

FUNNEL = (
    ("sent", "Sent", "of the people"),
    ("delivered", "Delivered", "of sent"),
    ("expired", "Expired", "of sent"),
    ("read", "Read", "of delivered"),
    ("clicked", "Clicked", "of read"),
    ("replied", "Replied", "of read"),
    ("optout", "Opted out", "of read"),
    ("complained", "Reported spam", "of read"),
)
NOISE = (
    ("duplicates", "Duplicates", "of events"),
    ("disorder", "Out of order", "of steps"),
    ("lost", "Lost", "of events"),
)

_NAMES = {key: name for key, name, _of in (*FUNNEL, *NOISE)}


class CampaignForm(QWidget):
    """Edits a scenario.

    Signals:
        changed: a number is another.
    """

    changed = Signal()

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._scenario = Scenario("none", "None")
        self._showing = False
        self.recipients = self._field("People", NUMBER_PX)
        self.rate = self._field("Events a second at most", NUMBER_PX)
        self.seed = self._field("Seed", SEED_PX)
        self.seed.setPlaceholderText("new each time")
        self.speed = Segments(theme, SPEEDS, self, name="Speed")
        self.failed = self._field("Failed by code")
        self.failed.setPlaceholderText("4102 2.5, 4040 1")
        self.mix = self._field("Mix of events")
        self.retries = CheckBox(theme, icons, "Try again what is not answered 2xx", self)
        self.percents = {key: self._field(name, PERCENT_PX) for key, name, _of in (*FUNNEL, *NOISE)}
        self.rows = {
            "recipients": Row(theme, "People", [self.recipients], "", -1),
            "rate": Row(theme, "At most", [self.rate, "events a second"], "", -1),
            "speed": Row(theme, "Speed", [self.speed], "", -1),
            "seed": Row(theme, "Seed", [self.seed], "The same number makes the same events, their times too.", -1),
            "failed": Row(theme, "Failed by code", [self.failed], "Code and percent of sent, with commas between.", 0),
            "mix": Row(theme, "Events", [self.mix], "Test event and percent, with commas between.", 0),
        }
        self.timing = TimingFields(theme, self)
        self._lay_out(theme)
        self.timing.changed.connect(self._on_change)
        self.speed.changed.connect(lambda _key: self._on_change())
        self.retries.toggled.connect(lambda _on: self._on_change())

    def _field(self, name: str, width_px: int = 0) -> TextField:
        field = TextField(self._theme, "", self, name=name)
        if width_px:
            field.setFixedWidth(scaled(self._theme, width_px))
        field.textChanged.connect(lambda _text: self._on_change())
        return field

    def _lay_out(self, theme: Theme) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        for key in ("recipients", "rate", "speed", "seed"):
            column.addWidget(self.rows[key])
        column.addSpacing(4)
        self.funnel_title = SectionLabel(theme, "What becomes of the messages")
        column.addWidget(self.funnel_title)
        self.funnel_box = self._grid(FUNNEL)
        column.addWidget(self.funnel_box)
        column.addWidget(self.rows["failed"])
        column.addWidget(self.rows["mix"])
        column.addSpacing(4)
        column.addWidget(SectionLabel(theme, "What goes wrong on the way"))
        column.addWidget(self._grid(NOISE))
        column.addWidget(self.retries)
        column.addSpacing(4)
        column.addWidget(self.timing)
        self.problem = Label(theme, "", self, font="small", color="failFg", wrap=True)
        column.addWidget(self.problem)
        column.addStretch(1)

    def _grid(self, fields: Sequence[tuple[str, str, str]]) -> QWidget:
        box = QWidget(self)
        grid = QGridLayout(box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        for place, (key, name, of) in enumerate(fields):
            row, left = place // 2, place % 2 * 4
            grid.addWidget(Label(self._theme, name, box), row, left)
            grid.addWidget(self.percents[key], row, left + 1)
            grid.addWidget(Label(self._theme, f"% {of}", box, font="small", color="text2"), row, left + 2)
        grid.setColumnMinimumWidth(0, scaled(self._theme, NAME_PX))
        grid.setColumnMinimumWidth(3, 12)
        grid.setColumnMinimumWidth(4, scaled(self._theme, SECOND_NAME_PX))
        grid.setColumnStretch(7, 1)
        return box

    # -- the scenario ---------------------------------------------------------------------------------------------

    def show_scenario(self, scenario: Scenario) -> None:
        """Begin with another scenario."""
        self._showing = True
        self._scenario = scenario
        self.recipients.setText(str(scenario.recipients))
        self.rate.setText(f"{scenario.rate:g}")
        self.seed.setText("" if scenario.seed is None else str(scenario.seed))
        own = scenario.speed if scenario.speed not in (FAST, 1.0) else USUAL_SPEED
        self.speed.button("own").setText(f"×{own:g}")
        self.speed.set_current({FAST: "fast", 1.0: "real"}.get(scenario.speed, "own"))
        for key, _name, _of in FUNNEL:
            self.percents[key].setText(f"{getattr(scenario.funnel, key):g}")
        for key, _name, _of in NOISE:
            self.percents[key].setText(f"{getattr(scenario.noise, key):g}")
        self.failed.setText(", ".join(f"{item.code} {item.share:g}" for item in scenario.failed))
        self.mix.setText(", ".join(f"{item.sample} {item.share:g}" for item in scenario.mix))
        self.retries.setChecked(scenario.retries.on)
        self.timing.show_scenario(scenario)
        mixed = bool(scenario.mix)
        for part in (self.funnel_title, self.funnel_box, self.rows["failed"]):
            part.setVisible(not mixed)
        self.rows["mix"].setVisible(mixed)
        for field in self.findChildren(TextField):
            field.setCursorPosition(0)
        self._showing = False
        self._on_change()

    def problems(self) -> dict[str, str]:
        """Return what cannot be used, by row or percentage."""
        found = {
            "recipients": number_problem(self.recipients.text(), 1, MOST_RECIPIENTS, "a number"),
            "rate": number_problem(self.rate.text(), 0.01, MOST_RATE, "a number", whole=False),
            "seed": number_problem(self.seed.text(), 0, MOST_SEED, "a number", empty_ok=True),
        }
        for key, field in self.percents.items():
            if field.isVisibleTo(self):
                found[key] = number_problem(field.text(), 0, 100, "a percentage", whole=False)
        for key, shown in (("failed", self.failed), ("mix", self.mix)):
            if shown.isVisibleTo(self):
                found[key] = _shares_problem(shown.text(), needed=key == "mix")
        found |= {f"timing.{key}": problem for key, problem in self.timing.problems().items()}
        return {key: problem for key, problem in found.items() if problem}

    def scenario(self) -> Scenario:
        """Return the scenario with the numbers of the form. Raises UsageError for what cannot be used."""
        wrong = self.problems()
        if wrong:
            raise UsageError(next(iter(wrong.values())))
        base = self._scenario
        speed = {"fast": FAST, "real": 1.0}.get(self.speed.current)
        own = base.speed if base.speed not in (FAST, 1.0) else USUAL_SPEED
        seed = self.seed.text().strip()
        changes: dict[str, Any] = {
            "recipients": int(self.recipients.text()),
            "rate": float(self.rate.text()),
            "speed": own if speed is None else speed,
            "seed": int(seed) if seed else None,
            "noise": Noise(**self._numbers(NOISE)),
            "retries": replace(base.retries, on=self.retries.isChecked()),
            "latency": self.timing.latency(),
            "outages": self.timing.read_outages(),
        }
        if base.mix:
            changes["mix"] = tuple(MixShare(name, share) for name, share in _shares(self.mix.text()))
        else:
            texts = {item.code: item.text for item in base.failed}
            changes["funnel"] = replace(base.funnel, **self._numbers(FUNNEL))
            changes["failed"] = tuple(
                FailedShare(code, share, texts.get(code, "")) for code, share in _shares(self.failed.text())
            )
        found = replace(base, **changes)
        check(found)
        return found

    def _numbers(self, fields: Sequence[tuple[str, str, str]]) -> Mapping[str, float]:
        return {key: float(self.percents[key].text()) for key, _name, _of in fields}

    def _on_change(self) -> None:
        if self._showing or not hasattr(self, "problem"):
            return
        wrong = self.problems()
        for name, row in self.rows.items():
            row.set_error(wrong.get(name, ""))
        for key, field in self.percents.items():
            field.set_invalid(key in wrong, wrong.get(key, ""))
        wait = self.timing.show_problems()
        percent = next((f"{_NAMES[key]}: {why}" for key, why in wrong.items() if key in _NAMES), "")
        self.problem.setText((percent or wait) if wrong else self._sum_problem())
        self.problem.setVisible(bool(self.problem.text()))
        self.changed.emit()

    def _sum_problem(self) -> str:
        try:
            self.scenario()
        except UsageError as error:
            return " ".join(part for part in (error.what, error.why, error.todo) if part)
        return ""


def _shares(text: str) -> list[tuple[str, float]]:
    """Return names with their percentages: "4102 2.5, 4040 1". Raises ValueError."""
    found = []
    for part in text.split(","):
        if part.strip():
            name, _space, share = part.strip().replace("=", " ").rpartition(" ")
            found.append((name.strip(), float(share.removesuffix("%"))))
    return found


def _shares_problem(text: str, *, needed: bool) -> str:
    try:
        found = _shares(text)
    except ValueError:
        return "Write names and percentages, as in: 4102 2.5, 4040 1."
    if needed and not found:
        return "Name at least one event."
    if any(not name or not 0 <= share <= 100 for name, share in found):
        return "Each needs a name and a percentage from 0 to 100."
    return ""
