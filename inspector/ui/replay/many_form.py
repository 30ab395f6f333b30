"""How many events are replayed, as a form."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from inspector.domain.errors import UsageError
from inspector.domain.identity import Identity
from inspector.replay.plan import MOST_AT_ONCE, MOST_REPEATS, Options, Order, Spacing, check
from inspector.ui.endpoints.endpoint_form import number_problem
from inspector.ui.form import Row
from inspector.ui.icons import Icons
from inspector.ui.replay.identity_card import NAMES, NOTES
from inspector.ui.theme import Theme
from inspector.ui.widgets.choices import CheckBox
from inspector.ui.widgets.fields import TextField
from inspector.ui.widgets.segments import Segments

ORDERS = (
    (Order.CAPTURED.value, "As captured"),
    (Order.REVERSED.value, "Newest first"),
    (Order.SHUFFLED.value, "Shuffled"),
)
SPACINGS = (
    (Spacing.NONE.value, "None"),
    (Spacing.CAPTURED.value, "As captured"),
    (Spacing.FIXED.value, "Fixed"),
)
FIELD_PX = 64
MOST_SPEED = 100_000
LONGEST_GAP_S = 86_400


class ManyForm(QWidget):
    """Identity, order, spacing, how many at once, and chaos.

    Signals:
        changed: something else is chosen.
    """

    changed = Signal()

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.identity = Segments(theme, NAMES, self, name="Send as")
        self.order = Segments(theme, ORDERS, self, name="Order")
        self.spacing = Segments(theme, SPACINGS, self, name="Spacing")
        self.speed = self._field("1", "Speed")
        self.gap = self._field("1", "Seconds between events")
        self.at_once = self._field("1", "At once")
        self.repeat = self._field("1", "Repeat")
        self.drop = self._field("0", "Percent left out")
        self.duplicate = self._field("0", "Percent sent twice")
        self.seed = self._field("1", "Seed")
        self.stop = CheckBox(theme, icons, "Stop on the first failure", self)
        self.rows = {
            "identity": Row(theme, "Send", [self.identity], NOTES[Identity.CAPTURED], -1),
            "order": Row(theme, "Order", [self.order], "", -1),
            "spacing": Row(theme, "Spacing", [self.spacing], "", -1),
            "speed": Row(theme, "Speed", ["×", self.speed], "2 halves the time between events.", -1),
            "gap": Row(theme, "Every", [self.gap, "s"], "", -1),
            "many": Row(theme, "At once", [self.at_once, "sent", self.repeat, "times"], "", -1),
            "chaos": Row(theme, "Chaos", ["leave out", self.drop, "%, send twice", self.duplicate, "%"], "", -1),
            "seed": Row(theme, "Seed", [self.seed], "The same number makes the same order and the same chaos.", -1),
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for row in self.rows.values():
            column.addWidget(row)
        column.addWidget(self.stop)
        for segments in (self.identity, self.order, self.spacing):
            segments.changed.connect(lambda _key: self._on_change())
        self._on_change()

    def _field(self, text: str, name: str) -> TextField:
        field = TextField(self._theme, text, self, name=name)
        field.setFixedWidth(FIELD_PX)
        field.textChanged.connect(lambda _text: self._on_change())
        return field

    @property
    def chosen_identity(self) -> Identity:
        """As whom the events are sent."""
        return Identity(self.identity.current)

    def problems(self) -> dict[str, str]:
        """Return what cannot be used, by row."""
        spacing = self.spacing.current
        found = {
            "speed": number_problem(self.speed.text(), 0, MOST_SPEED, "a number", whole=False)
            if spacing == Spacing.CAPTURED
            else "",
            "gap": number_problem(self.gap.text(), 0, LONGEST_GAP_S, "seconds", whole=False)
            if spacing == Spacing.FIXED
            else "",
            "many": number_problem(self.at_once.text(), 1, MOST_AT_ONCE, "how many at once,")
            or number_problem(self.repeat.text(), 1, MOST_REPEATS, "repeats"),
            "chaos": number_problem(self.drop.text(), 0, 100, "percent", whole=False)
            or number_problem(self.duplicate.text(), 0, 100, "percent", whole=False),
            "seed": number_problem(self.seed.text(), 0, 10**9, "a number"),
        }
        return {row: problem for row, problem in found.items() if problem}

    def options(self) -> Options:
        """Return what the form says. Raises UsageError for what cannot be used."""
        wrong = self.problems()
        if wrong:
            raise UsageError(next(iter(wrong.values())))
        spacing = Spacing(self.spacing.current)
        found = Options(
            order=Order(self.order.current),
            spacing=spacing,
            gap_s=float(self.gap.text()) if spacing is Spacing.FIXED else 0.0,
            speed=float(self.speed.text()) if spacing is Spacing.CAPTURED else 1.0,
            repeat=int(self.repeat.text()),
            drop_percent=float(self.drop.text()),
            duplicate_percent=float(self.duplicate.text()),
            seed=int(self.seed.text()),
            at_once=int(self.at_once.text()),
            stop_on_failure=self.stop.isChecked(),
        )
        check(found)
        return found

    def _on_change(self) -> None:
        if not hasattr(self, "rows"):
            return
        spacing = self.spacing.current
        self.rows["speed"].setVisible(spacing == Spacing.CAPTURED)
        self.rows["gap"].setVisible(spacing == Spacing.FIXED)
        self.rows["identity"].set_hint(NOTES[self.chosen_identity])
        wrong = self.problems()
        for name, row in self.rows.items():
            row.set_error(wrong.get(name, ""))
        self.changed.emit()
