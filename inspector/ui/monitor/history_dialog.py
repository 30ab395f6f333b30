"""The list of all alerts, open and closed, with what was found, what to do, and the events they were about."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSize, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QAbstractItemView, QDialog, QHBoxLayout, QHeaderView, QTableView, QVBoxLayout, QWidget

from inspector.app import App
from inspector.monitor.alerts import MUTE_S, Alert, AlertId
from inspector.ui.dialogs.base import Footer
from inspector.ui.form import Line
from inspector.ui.icons import Icons
from inspector.ui.monitor.alert_words import LOOKS, advice, clock, detail, since_words, wall_us, where
from inspector.ui.monitor.history_dialog_model import COLUMNS, AlertModel, Sight
from inspector.ui.tasks import Tasks
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import GhostButton, SecondaryButton
from inspector.ui.widgets.callout import Action, Callout
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.segments import Segments
from inspector.ui.widgets.window_size import WindowSize

SIZE = QSize(760, 560)
SMALLEST = QSize(560, 400)
READ = 500
REFRESH_MS = 20_000
ALL, OPEN = "all", "open"
ROW_PX = 32
SIDE_PX = 16
EMPTY = "Nothing has been wrong so far. What opens an alert is in the rules."


class AlertHistoryDialog(QDialog):
    """Modeless, and true while it is open.

    Signals:
        events_wanted(object): show the events of this Alert.
        mute_wanted(object, int): mute this Alert for so many seconds, 0 ends it.
        rules_wanted: edit the rules.
        doctor_wanted: find out why nothing arrives.
        gone: the dialog was closed.
    """

    events_wanted = Signal(object)
    mute_wanted = Signal(object, int)
    rules_wanted = Signal()
    doctor_wanted = Signal()
    gone = Signal()

    def __init__(self, theme: Theme, icons: Icons, app: App, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._icons, self._app, self._tasks = theme, icons, app, tasks
        self._alerts: tuple[Alert, ...] = ()
        self._chosen: AlertId | None = None
        self.setWindowTitle("Alerts")
        self.setModal(False)
        WindowSize(self, theme, SIZE, SMALLEST)
        self._build()
        self._unsubscribe = app.monitor.news.subscribe(lambda _: self.read())
        self._timer = QTimer(self, interval=REFRESH_MS)
        self._timer.timeout.connect(self._refresh)
        self._timer.start()
        self.read()

    # -- parts --------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        theme, icons = self._theme, self._icons
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(20, 14, 20, 12)
        self.count = Label(theme, "", color="text2", numbers=True)
        self.which = Segments(theme, ((ALL, "All"), (OPEN, "Open")), name="Alerts shown")
        self.which.changed.connect(lambda _key: self._refresh())
        head.addWidget(self.which)
        head.addSpacing(10)
        head.addWidget(self.count, 1)
        outer.addLayout(head)
        outer.addWidget(Line(theme))
        self.model = AlertModel(theme, icons)
        self.table = self._table()
        outer.addWidget(_indented(self.table), 1)
        self.callout = Callout(theme, icons, "neut", "bell", "")
        below = QVBoxLayout()
        below.setContentsMargins(20, 12, 20, 14)
        below.addWidget(self.callout)
        outer.addWidget(Line(theme))
        outer.addLayout(below)
        rules = GhostButton(theme, icons, "Edit rules…", "sliders-horizontal")
        rules.clicked.connect(self.rules_wanted)
        close = SecondaryButton(theme, icons, "Close")
        close.clicked.connect(self.close)
        outer.addWidget(Footer(theme, [close], rules))

    def _table(self) -> QTableView:
        table = QTableView()
        table.setAccessibleName("Alerts")
        table.setModel(self.model)
        table.setShowGrid(False)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        scale = max(1.0, self._theme.text_scale)
        table.verticalHeader().setDefaultSectionSize(round(ROW_PX * scale))
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        for place, column in enumerate(COLUMNS):
            if column.px:
                table.setColumnWidth(place, round(column.px * scale))
            else:
                header.setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch)
        table.selectionModel().currentRowChanged.connect(self._on_row)
        table.activated.connect(lambda index: self._activate(index.row()))
        return table

    # -- what is shown ------------------------------------------------------------------------------------------

    def read(self) -> None:
        """Read everything again."""
        self._tasks.start(self._read(), "Read alerts")

    async def _read(self) -> None:
        self._alerts = await self._app.monitor.history(limit=READ)
        self._refresh()

    def _refresh(self) -> None:
        wanted = self.which.current
        shown = [alert for alert in self._alerts if wanted == ALL or alert.is_open]
        names = {int(endpoint.id): endpoint.name for endpoint in self._app.directory.all()}
        chosen = self._chosen
        self.model.show_alerts(shown, Sight(names, wall_us()))
        row = self.model.row_of(chosen) if chosen is not None else -1
        if shown:
            index = self.model.index(max(row, 0), 0)
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.table.selectionModel().setCurrentIndex(index, flags)
        self._show_chosen(self.model.alert(max(row, 0)))
        open_now = sum(alert.is_open for alert in self._alerts)
        self.count.setText(f"{open_now} open, {len(self._alerts) - open_now:,} closed" if self._alerts else "")

    def _on_row(self, now: QModelIndex, _before: QModelIndex) -> None:
        if now.isValid():
            self._show_chosen(self.model.alert(now.row()))

    def _show_chosen(self, alert: Alert | None) -> None:
        self._chosen = alert.id if alert is not None else None
        if alert is None:
            self.callout.set_content("neut", "bell", "No alerts", EMPTY)
            return
        now_us, look = wall_us(), LOOKS[alert.rule]
        names = {int(endpoint.id): endpoint.name for endpoint in self._app.directory.all()}
        place = where(alert, names)
        if alert.closed_us is None:
            times = since_words(alert, now_us)
        else:
            times = f"From {clock(alert.opened_us, now_us)} to {clock(alert.closed_us, now_us)}"
        text = f"{detail(alert)} {times}{f', {place}' if place else ''}. {advice(alert)}"
        tone = look.tone if alert.is_open else "neut"
        self.callout.set_content(tone, look.icon, alert.title, text, self._actions(alert, now_us))

    def _actions(self, alert: Alert, now_us: int) -> list[Action]:
        actions: list[Action] = []
        if alert.search:
            actions.append(("Show the events", partial(self.events_wanted.emit, alert)))
        if not alert.is_open:
            return actions
        if LOOKS[alert.rule].asks_doctor:
            actions.append(("Find out why", self.doctor_wanted.emit))
        muted = alert.is_muted(now_us)
        actions.append(
            ("Unmute" if muted else "Mute 1 h", partial(self.mute_wanted.emit, alert, 0 if muted else MUTE_S))
        )
        return actions

    def _activate(self, row: int) -> None:
        alert = self.model.alert(row)
        if alert is not None and alert.search:
            self.events_wanted.emit(alert)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self._timer.stop()
        self._unsubscribe()
        self.gone.emit()

    def reject(self) -> None:
        """Escape closes it as the button does."""
        self.close()


def _indented(table: QTableView) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(SIDE_PX, 0, SIDE_PX, 0)
    row.addWidget(table)
    return holder
