"""One rule at work: its targets with their health, and its log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from inspector.domain.forwarding import ForwardRule
from inspector.domain.series import Series
from inspector.store.rule_figures import TargetFigures
from inspector.store.series import RuleKey
from inspector.ui.form import Line
from inspector.ui.forwarding.desk import ForwardDesk
from inspector.ui.forwarding.log_model import PAGE, LogModel
from inspector.ui.forwarding.log_table import LogTable
from inspector.ui.forwarding.words import rule_title, rule_words, target_health, target_look
from inspector.ui.icons import Icons
from inspector.ui.tasks import Tasks
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import GhostButton, IconButton
from inspector.ui.widgets.labels import ElidingLabel, Label

ICON_PX = 16
MOST_TARGETS = 6
"""More targets than this are not listed; each has its lines in the log all the same."""

TICK_MS = 1000


class RulePane(QWidget):
    """The right side of the dialog.

    Signals:
        pause_wanted(bool): let the rule wait, or go on.
        stop_wanted: stop all that waits.
        test_wanted(str): test a target.
        chosen_changed: other rows of the log are chosen.
    """

    pause_wanted = Signal(bool)
    stop_wanted = Signal()
    test_wanted = Signal(str)
    chosen_changed = Signal()

    def __init__(self, theme: Theme, icons: Icons, tasks: Tasks, desk: ForwardDesk, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._icons, self._tasks, self._desk = theme, icons, tasks, desk
        self.key: RuleKey | None = None
        self._targets: tuple[str, ...] | None = None
        self._rows: dict[str, _TargetRow] = {}
        self._paused = False
        self._build()
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self._on_tick)

    def _build(self) -> None:
        theme, icons = self._theme, self._icons
        self.title = ElidingLabel(theme, "", self, font="title")
        self.words = ElidingLabel(theme, "", self, font="small", color="text2")
        self.pause = GhostButton(theme, icons, "Pause", "pause", self, size_name="control")
        self.pause.clicked.connect(lambda: self.pause_wanted.emit(not self._paused))
        self.stop = GhostButton(theme, icons, "Stop all", "square", self, size_name="control")
        self.stop.setToolTip("Stop everything of this rule that still waits")
        self.stop.clicked.connect(self.stop_wanted)
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addWidget(self.title)
        names.addWidget(self.words)
        head = QHBoxLayout()
        head.setContentsMargins(14, 12, 10, 8)
        head.setSpacing(6)
        head.addLayout(names, 1)
        head.addWidget(self.pause)
        head.addWidget(self.stop)
        self._list = QVBoxLayout()
        self._list.setContentsMargins(14, 0, 10, 10)
        self._list.setSpacing(6)
        self.model = LogModel(self)
        self.table = LogTable(self.model, theme, icons, self)
        self.table.event_wanted.connect(self._desk.show_event)
        self.table.chosen_changed.connect(self.chosen_changed)
        self.model.more_wanted.connect(self._read_more)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(self._list)
        column.addWidget(Line(theme))
        column.addWidget(self.table, 1)

    # -- showing ------------------------------------------------------------------------------------------------

    def show_rule(self, key: RuleKey, rule: ForwardRule, figures: Sequence[TargetFigures], *, paused: bool) -> None:
        """Show a rule as it is now; another one than before begins its log anew."""
        self._paused = self.model.paused = paused
        self.title.setText(rule_title(rule))
        self.words.setText(rule_words(rule))
        self.pause.setText("Resume" if paused else "Pause")
        self.pause.set_icon_name("play" if paused else "pause")
        self.pause.setToolTip("Let it go on" if paused else "What is due waits, also after a restart, until you resume")
        self.pause.updateGeometry()
        known = {one.target: one for one in figures}
        waiting = sum(one.waiting for one in figures)
        self.stop.setEnabled(waiting > 0)
        self._show_targets(tuple(dict.fromkeys((*rule.targets, *known)))[:MOST_TARGETS])
        for target, row in self._rows.items():
            row.show_figures(known.get(target, TargetFigures(target)))
        if key != self.key:
            self.key = key
            self.model.begin()
            self._read_more()
        self.table.viewport().update()

    def _show_targets(self, targets: tuple[str, ...]) -> None:
        if targets == self._targets:
            return
        self._targets = targets
        for row in self._rows.values():
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = {}
        for target in targets:
            row = _TargetRow(self._theme, self._icons, target, self)
            row.test.clicked.connect(lambda _checked=False, target=target: self.test_wanted.emit(target))
            self._list.addWidget(row)
            self._rows[target] = row

    def take(self, changed: Sequence[Series]) -> None:
        """Take over what changed of the rule in view."""
        key = self.key
        mine = [
            one
            for one in changed
            if key is not None and (one.endpoint_id, one.rule_id) == (key.endpoint_id, key.rule_id)
        ]
        if mine:
            self.model.take(mine)
            if self.table.at_top:
                self.model.trim()

    def set_live(self, live: bool) -> None:
        """Count down while somebody looks."""
        if live:
            self._tick.start()
        else:
            self._tick.stop()

    def _on_tick(self) -> None:
        if self.model.waits:
            self.table.viewport().update()

    # -- reading ------------------------------------------------------------------------------------------------

    def _read_more(self) -> None:
        if self.key is not None:
            self._tasks.start(self._read(self.key), "Read the log")

    async def _read(self, key: RuleKey) -> None:
        before = self.model.last_id
        page = await self._desk.page(key, before)
        if key == self.key:
            self.model.append(page, whole=len(page) < PAGE)


class _TargetRow(QWidget):
    """One target: how it goes, and the button that tests it."""

    def __init__(self, theme: Theme, icons: Icons, target: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._icons, self._target = theme, icons, target
        self._look = ("circle-dashed", "text3")
        self.mark = QLabel(self)
        self.address = ElidingLabel(theme, target, self, font="mono")
        self.words = Label(theme, "", self, font="small", color="text2", wrap=True, numbers=True)
        self.test = IconButton(theme, icons, "plug-zap", f"Test target {target}", self)
        column = QVBoxLayout()
        column.setSpacing(1)
        column.addWidget(self.address)
        column.addWidget(self.words)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(9)
        row.addWidget(self.mark)
        row.addLayout(column, 1)
        row.addWidget(self.test)
        theme.changed.connect(self._on_theme)

    def show_figures(self, figures: TargetFigures) -> None:
        """Show how it goes."""
        self._look = target_look(figures)
        self.words.setText(target_health(figures, datetime.now(UTC)))
        self.words.set_color("failFg" if self._look[1] == "failFg" else "text2")
        self.setAccessibleName(f"{self._target}: {self.words.text()}")
        self._on_theme()

    def _on_theme(self) -> None:
        icon, color = self._look
        self.mark.setPixmap(self._icons.pixmap(icon, color, ICON_PX))
