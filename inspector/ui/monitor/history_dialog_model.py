"""All alerts there have been as a table: open ones first, then the newest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from inspector.monitor.alerts import Alert, RuleId
from inspector.monitor.wording import duration, per_cent
from inspector.ui.icons import Icons
from inspector.ui.monitor.alert_words import LOOKS, MICRO, by_severity, clock, lasted, where
from inspector.ui.theme import Theme

NOTHING = "\N{EN DASH}"
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Sight:
    """What the words of a row are made with."""

    names: Mapping[int, str]
    now_us: int


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `px` 0 takes the room that is left."""

    title: str
    px: int
    words: Callable[[Alert, Sight], str]


def worst_words(alert: Alert) -> str:
    """Return the highest figure so far: "1.6 %", "5.7 s", "3"; an en dash where there is none to tell."""
    if alert.rule is RuleId.FAILURE_RATE:
        return per_cent(alert.worst)
    if alert.rule is RuleId.PROCESSING_TIME:
        return duration(alert.worst)
    if alert.rule in (RuleId.SIGNATURE_FAILURE, RuleId.OPT_OUT_VIOLATION, RuleId.SHAPE_DRIFT):
        return f"{alert.worst:,.0f}"
    return NOTHING


def lasted_words(alert: Alert, sight: Sight) -> str:
    """Return how long it lasted, or that it is open."""
    if alert.closed_us is not None:
        return lasted((alert.closed_us - alert.opened_us) / MICRO)
    return "Muted" if alert.is_muted(sight.now_us) else "Open"


COLUMNS = (
    Column("Opened", 136, lambda alert, sight: clock(alert.opened_us, sight.now_us)),
    Column("Alert", 0, lambda alert, _sight: alert.title),
    Column("Where", 150, lambda alert, sight: where(alert, sight.names) or NOTHING),
    Column("Worst", 80, lambda alert, _sight: worst_words(alert)),
    Column("Lasted", 84, lasted_words),
)
_TITLES: Mapping[int, str] = MappingProxyType({place: column.title for place, column in enumerate(COLUMNS)})


class AlertModel(QAbstractTableModel):
    """Rows are replaced as a whole: alerts are few, and news of them rare."""

    def __init__(self, theme: Theme, icons: Icons) -> None:
        super().__init__()
        self._theme, self._icons = theme, icons
        self._alerts: list[Alert] = []
        self._sight = Sight({}, 0)

    def show_alerts(self, alerts: Sequence[Alert], sight: Sight) -> None:
        """Show other alerts."""
        open_first = [*by_severity(alert for alert in alerts if alert.is_open)]
        rows = open_first + [alert for alert in alerts if not alert.is_open]
        if rows == self._alerts and self._sight == sight:
            return
        self.beginResetModel()
        self._alerts, self._sight = rows, sight
        self.endResetModel()

    def alert(self, row: int) -> Alert | None:
        """Return the alert of a row."""
        return self._alerts[row] if 0 <= row < len(self._alerts) else None

    def row_of(self, alert_id: int) -> int:
        """Return the row of an alert, -1 where it is not shown."""
        return next((row for row, alert in enumerate(self._alerts) if alert.id == alert_id), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return 0 if parent.isValid() else len(self._alerts)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _TITLES[section]
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        alert = self.alert(index.row())
        if alert is None or not index.isValid():
            return None
        words = COLUMNS[index.column()].words(alert, self._sight)
        if role == Qt.ItemDataRole.DisplayRole:
            return words
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{alert.title} {alert.detail}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{_TITLES[index.column()]}: {words}"
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 1:
            look = LOOKS[alert.rule]
            return self._icons.icon(look.icon, f"{look.tone}Fg" if alert.is_open else "text3")
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._theme.color(self._ink(alert, index.column()))
        return None

    @staticmethod
    def _ink(alert: Alert, column: int) -> str:
        if not alert.is_open:
            return "text" if column == 1 else "text2"
        return f"{LOOKS[alert.rule].tone}Fg" if column in (1, 4) else "text"
