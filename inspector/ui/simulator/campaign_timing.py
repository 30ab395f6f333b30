"""How long a campaign's steps take and which carriers are down meanwhile: as fields, and as the texts in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from inspector.simulator.campaign.latency import LONGEST_S, Latency
from inspector.simulator.campaign.scenario import EFFECTS, USUAL_LATENCY, Outage, Scenario
from inspector.ui.form import Row
from inspector.ui.theme import Theme
from inspector.ui.widgets.fields import TextField
from inspector.ui.widgets.labels import Label, SectionLabel
from inspector.ui.widgets.window_size import scaled

STEPS = (
    ("queued", "Queued"),
    ("sent", "Sent"),
    ("delivered", "Delivered"),
    ("expired", "Expired"),
    ("failed", "Failed"),
    ("read", "Read"),
    ("clicked", "Clicked"),
    ("replied", "Replied"),
    ("optout", "Opted out"),
    ("complained", "Reported spam"),
    ("answered", "Next message"),
)
MIXED_STEPS = (("event", "Event"),)
ALWAYS = (("duplicate", "Second copy"), ("recovery", "After an outage"))

WAIT_PX = 104
NAME_PX = 104
FORMS = "2, or 1 to 5, or 90, p95 900"
WRONG_WAIT = f"Write seconds as in: {FORMS}."
WRONG_OUTAGE = "Write it as in: att 300 to 900 hold, 1000 to 1200 fail 4102."

_NUMBER = r"(\d+(?:\.\d*)?|\.\d+)"
_FIXED = re.compile(rf"{_NUMBER}\s*s?")
_EVEN = re.compile(rf"{_NUMBER}\s*s?\s*(?:to|-|–)\s*{_NUMBER}\s*s?")
_SPREAD = re.compile(rf"{_NUMBER}\s*s?\s*,?\s*p95\s*{_NUMBER}\s*s?")
_OUTAGE = re.compile(rf"(?:(?P<carrier>\S.*?)\s+)?{_NUMBER}\s*(?:to|-|–)\s*{_NUMBER}\s*s?(?:\s+(?P<rest>.*))?")


def latency_text(latency: Latency) -> str:
    """Return a latency as it is typed, in seconds: "2", "1 to 5", "90, p95 900"."""
    if latency.p95 is not None:
        return f"{latency.low:.12g}, p95 {latency.p95:.12g}"
    low, high = f"{latency.low:.12g}", f"{latency.high:.12g}"
    return low if low == high else f"{low} to {high}"


def parse_latency(text: str) -> Latency:
    """Return what was typed. Raises ValueError for what is no latency, or longer than any step waits."""
    wanted = text.strip().lower()
    if found := _FIXED.fullmatch(wanted):
        latency = Latency.fixed(float(found[1]))
    elif found := _EVEN.fullmatch(wanted):
        latency = Latency(float(found[1]), float(found[2]))
    elif found := _SPREAD.fullmatch(wanted):
        latency = Latency.lognormal(float(found[1]), float(found[2]))
    else:
        raise ValueError(WRONG_WAIT)
    most = latency.high if latency.p95 is None else latency.p95
    if most > LONGEST_S:
        raise ValueError(f"No step takes longer than {LONGEST_S:,} seconds.")
    if most < latency.low:
        raise ValueError("The second number is the larger one.")
    if latency.p95 is not None and latency.low < 0.001:
        raise ValueError("Half of all take at least 0.001 seconds where a p95 is given.")
    return latency


def outage_text(outage: Outage) -> str:
    """Return an outage as it is typed: "att 300 to 900 hold", "1000 to 1200 fail 4102"."""
    parts = (outage.carrier, f"{outage.from_s:.12g} to {outage.until_s:.12g}", outage.effect, outage.code)
    return " ".join(part for part in parts if part)


def parse_outages(text: str) -> tuple[Outage, ...]:
    """Return what was typed, with commas between. Raises ValueError."""
    found = []
    for part in filter(None, map(str.strip, text.split(","))):
        match = _OUTAGE.fullmatch(part)
        if match is None:
            raise ValueError(WRONG_OUTAGE)
        effect, _space, code = (match["rest"] or EFFECTS[0]).partition(" ")
        if effect not in EFFECTS or (effect != "fail" and code.strip()):
            raise ValueError(WRONG_OUTAGE)
        from_s, until_s = float(match[2]), float(match[3])
        if not from_s < until_s <= LONGEST_S:
            raise ValueError("An outage ends after it begins.")
        found.append(Outage(from_s, until_s, match["carrier"] or "", effect, code.strip()))
    return tuple(found)


class TimingFields(QWidget):
    """The waits of a scenario, empty for the usual ones, and its outages.

    Signals:
        changed: something else was typed.
    """

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._scenario = Scenario("none", "None")
        self.waits = {key: self._field(f"Wait: {name}", WAIT_PX) for key, name in (*STEPS, *MIXED_STEPS, *ALWAYS)}
        for key, field in self.waits.items():
            field.setPlaceholderText(latency_text(USUAL_LATENCY[key]))
        self.outages = self._field("Outages")
        self.outages.setPlaceholderText("att 300 to 900 hold")
        hint = "Carrier (none: all), seconds of the campaign, then hold, or fail with a code; commas between."
        self.outage_row = Row(theme, "Outages", [self.outages], hint, 0)
        self._of_funnel, self._of_mix = self._grid(STEPS), self._grid(MIXED_STEPS)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(SectionLabel(theme, "Seconds after the step before"))
        column.addWidget(Label(theme, f"{FORMS}; empty is the usual.", self, font="small", color="text2", wrap=True))
        for part in (self._of_funnel, self._of_mix, self._grid(ALWAYS), self.outage_row):
            column.addWidget(part)

    def _field(self, name: str, width_px: int = 0) -> TextField:
        field = TextField(self._theme, "", self, name=name)
        if width_px:
            field.setFixedWidth(scaled(self._theme, width_px))
        field.textChanged.connect(lambda _text: self.changed.emit())
        return field

    def _grid(self, steps: Sequence[tuple[str, str]]) -> QWidget:
        box = QWidget(self)
        grid = QGridLayout(box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        for place, (key, name) in enumerate(steps):
            row, left = place // 2, place % 2 * 3
            grid.addWidget(Label(self._theme, name, box), row, left)
            grid.addWidget(self.waits[key], row, left + 1)
        for left in (0, 3):
            grid.setColumnMinimumWidth(left, scaled(self._theme, NAME_PX))
        grid.setColumnMinimumWidth(2, 12)
        grid.setColumnStretch(5, 1)
        return box

    def show_scenario(self, scenario: Scenario) -> None:
        """Begin with another scenario."""
        self._scenario = scenario
        for key, field in self.waits.items():
            latency = scenario.latency.get(key)
            field.setText("" if latency is None else latency_text(latency))
        self.outages.setText(", ".join(map(outage_text, scenario.outages)))
        self._of_funnel.setVisible(not scenario.mix)
        self._of_mix.setVisible(bool(scenario.mix))

    def problems(self) -> dict[str, str]:
        """Return what cannot be used, by step, and under "outages"."""
        found: dict[str, str] = {}
        for key, field in self.waits.items():
            if field.isVisibleTo(self) and field.text().strip():
                found |= _problem(key, parse_latency, field.text())
        return found | _problem("outages", self._known_outages, self.outages.text())

    def _known_outages(self, text: str) -> tuple[Outage, ...]:
        """Return what was typed. Raises ValueError, also for a carrier that nobody in the campaign has."""
        found, carriers = parse_outages(text), self._scenario.carriers
        for outage in found:
            if carriers and outage.carrier and outage.carrier not in carriers:
                raise ValueError(f"Nobody here has the carrier {outage.carrier}: they have {', '.join(carriers)}.")
        return found

    def show_problems(self) -> str:
        """Mark what cannot be used, and return the first problem of a wait with its name, "" for none."""
        wrong = self.problems()
        self.outage_row.set_error(wrong.get("outages", ""))
        self.outages.set_invalid("outages" in wrong, wrong.get("outages", ""))
        for key, field in self.waits.items():
            field.set_invalid(key in wrong, wrong.get(key, ""))
        names = dict((*STEPS, *MIXED_STEPS, *ALWAYS))
        return next((f"{names[key]}: {why}" for key, why in wrong.items() if key in names), "")

    def latency(self) -> Mapping[str, Latency]:
        """Return the waits that are not the usual ones; only where there is no problem."""
        typed = {key: field.text() for key, field in self.waits.items()}
        return {key: parse_latency(text) for key, text in typed.items() if text.strip()}

    def read_outages(self) -> tuple[Outage, ...]:
        """Return the outages; only where there is no problem. A known code keeps its text."""
        texts = {item.code: item.text for item in self._scenario.failed}
        texts |= {item.code: item.text for item in self._scenario.outages}
        return tuple(
            Outage(one.from_s, one.until_s, one.carrier, one.effect, one.code, texts.get(one.code, ""))
            for one in parse_outages(self.outages.text())
        )


def _problem(key: str, parse: Callable[[str], object], text: str) -> dict[str, str]:
    try:
        parse(text)
    except ValueError as error:
        return {key: str(error)}
    return {}
