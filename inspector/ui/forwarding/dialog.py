"""Forwarding: the rules of an endpoint at work, each with its switch, its health and its log. It stays open."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QScrollArea, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from inspector.domain.attempt import SeriesId
from inspector.domain.endpoint import Endpoint, EndpointId
from inspector.domain.series import Series, SeriesState
from inspector.store.rule_figures import TargetFigures
from inspector.store.series import RuleKey
from inspector.ui.dialogs.base import Footer
from inspector.ui.form import Line
from inspector.ui.forwarding.desk import ForwardDesk
from inspector.ui.forwarding.rule_pane import RulePane
from inspector.ui.forwarding.rule_row import RuleRow
from inspector.ui.icons import Icons
from inspector.ui.tasks import Tasks
from inspector.ui.theme import Theme
from inspector.ui.widgets.announce import announce
from inspector.ui.widgets.buttons import SecondaryButton
from inspector.ui.widgets.empty_state import EmptyState
from inspector.ui.widgets.fields import ComboBox
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.spaced_reading import SpacedReading
from inspector.ui.widgets.window_size import WindowSize

SIZE = QSize(1020, 640)
SMALLEST = QSize(760, 440)
SHARES = (332, 688)
BATCH_MS = 100
LOOK_MS = 1_000
MOST_LOOKED_AT = 500
"""So many of the chosen rows decide what can be done; where all of a log is chosen it would take long to ask each."""

AGE_MS = 30_000
"""Shares of the last hour change by themselves."""

Figures = dict[RuleKey, tuple[TargetFigures, ...]]


class ForwardDialog(QDialog):
    """Modeless: events keep arriving, and the list behind shows the one that is clicked."""

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        tasks: Tasks,
        desk: ForwardDesk,
        endpoint_id: EndpointId,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._icons, self._tasks, self._desk = theme, icons, tasks, desk
        self.endpoint_id = endpoint_id
        self.rows: list[RuleRow] = []
        self._figures: Figures = {}
        self._paused: frozenset[RuleKey] = frozenset()
        self._pending: dict[SeriesId, Series] = {}
        self._closed = False
        self.setWindowTitle("Forwarding")
        self.setModal(False)
        WindowSize(self, theme, SIZE, SMALLEST)
        self._batch = QTimer(self, singleShot=True, interval=BATCH_MS)
        self._batch.timeout.connect(self._apply)
        self._reading = SpacedReading(tasks, "Read how forwarding goes", self._read, LOOK_MS, self)
        self._age = QTimer(self, interval=AGE_MS)
        self._age.timeout.connect(self._reading.soon)
        self._build()
        self._unsubscribe = (
            desk.changed.subscribe(self._on_changed),
            desk.endpoints_changed.subscribe(lambda _: self.reload()),
        )
        self.reload()
        self._reading.now()
        (self.rows[0] if self.rows else self.edit).setFocus()

    # -- parts --------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        theme, icons = self._theme, self._icons
        self._page = QWidget(self)
        self._list = QVBoxLayout(self._page)
        self._list.setContentsMargins(4, 8, 4, 8)
        self._list.setSpacing(2)
        self._list.addStretch(1)
        area = QScrollArea(self)
        area.setAccessibleName("Forward rules")
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self._page)
        area.setMinimumWidth(240)
        area.viewport().setAutoFillBackground(False)
        self._page.setAutoFillBackground(False)
        self._area = area
        self.pane = RulePane(theme, icons, self._tasks, self._desk, self)
        self.pane.pause_wanted.connect(self._pause_one)
        self.pane.stop_wanted.connect(self._stop_all)
        self.pane.test_wanted.connect(self._desk.test)
        self.pane.chosen_changed.connect(self._on_chosen)
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.setHandleWidth(1)
        split.setChildrenCollapsible(False)
        split.addWidget(area)
        split.addWidget(self.pane)
        split.setSizes(list(SHARES))
        split.setStretchFactor(1, 1)
        self.empty = EmptyState(theme, icons, "corner-down-right", "No forward rules", "", self)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(split)
        self.stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head())
        column.addWidget(Line(theme))
        column.addWidget(self.stack, 1)
        column.addWidget(self._foot())
        for keys, slot in (("Ctrl+I", self._edit), ("Delete", self._stop_chosen)):
            QShortcut(QKeySequence(keys), self).activated.connect(slot)

    def _head(self) -> QHBoxLayout:
        theme, icons = self._theme, self._icons
        self.endpoint = ComboBox(theme, icons, self, name="Endpoint")
        self.endpoint.currentIndexChanged.connect(self._on_endpoint)
        self.pause_all = SecondaryButton(theme, icons, "Pause all", "pause", self)
        self.pause_all.clicked.connect(self._pause_all)
        self.edit = SecondaryButton(theme, icons, "Edit rules…", "pencil", self)
        self.edit.setToolTip("Edit rules (Ctrl+I)")
        self.edit.clicked.connect(self._edit)
        line = QHBoxLayout()
        line.setContentsMargins(16, 12, 12, 12)
        line.setSpacing(8)
        line.addWidget(Label(theme, "Endpoint", self, color="text2"))
        line.addWidget(self.endpoint)
        line.addStretch(1)
        line.addWidget(self.pause_all)
        line.addWidget(self.edit)
        return line

    def _foot(self) -> Footer:
        theme, icons = self._theme, self._icons
        self.note = Label(theme, "", self, font="small", color="text2", numbers=True)
        self.stop = SecondaryButton(theme, icons, "Stop", "square", self)
        self.stop.setToolTip("Stop what is chosen and still waits (Del)")
        self.stop.clicked.connect(self._stop_chosen)
        self.again = SecondaryButton(theme, icons, "Send again now", "rotate-cw", self)
        self.again.setToolTip("Send what is chosen once more, without waiting")
        self.again.clicked.connect(self._again)
        close = SecondaryButton(theme, icons, "Close", parent=self)
        close.clicked.connect(self.close)
        return Footer(theme, [self.stop, self.again, close], self.note)

    # -- rules --------------------------------------------------------------------------------------------------

    @property
    def shown_endpoint(self) -> Endpoint | None:
        """The endpoint in view."""
        return self._desk.endpoint(self.endpoint_id)

    def look_at(self, endpoint_id: EndpointId) -> None:
        """Show the rules of another endpoint."""
        if endpoint_id != self.endpoint_id:
            self.endpoint_id = endpoint_id
            self.reload()
            self._reading.now()

    def reload(self) -> None:
        """Take over the rules as they are now."""
        endpoints = self._desk.endpoints()
        if all(endpoint.id != self.endpoint_id for endpoint in endpoints):
            if not endpoints:
                self.close()
                return
            self.endpoint_id = endpoints[0].id
        self._show_endpoints(endpoints)
        endpoint = self.shown_endpoint
        rules = endpoint.forwards if endpoint is not None else ()
        if [row.rule.id for row in self.rows] != [rule.id for rule in rules]:
            self._make_rows()
        elif any(row.rule != rule for row, rule in zip(self.rows, rules, strict=True)):
            for row, rule in zip(self.rows, rules, strict=True):
                row.rule = rule
        self._show()

    def _show_endpoints(self, endpoints: Sequence[Endpoint]) -> None:
        self.endpoint.blockSignals(True)
        self.endpoint.clear()
        for endpoint in endpoints:
            self.endpoint.addItem(endpoint.name, int(endpoint.id))
        self.endpoint.setCurrentIndex(self.endpoint.findData(int(self.endpoint_id)))
        self.endpoint.blockSignals(False)

    def _make_rows(self) -> None:
        chosen = self.chosen_rule
        for row in self.rows:
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        endpoint = self.shown_endpoint
        self.rows = []
        for rule in endpoint.forwards if endpoint is not None else ():
            row = RuleRow(self._theme, self._icons, rule, self._page)
            row.switched.connect(self._switch)
            row.toggled.connect(self._on_rule)
            row.moved.connect(self._move)
            self._list.insertWidget(len(self.rows), row)
            self.rows.append(row)
        again = next((row for row in self.rows if chosen and self._key(row) == chosen), None)
        first = again or next(iter(self.rows), None)
        if first is not None:
            first.setChecked(True)

    def _key(self, row: RuleRow) -> RuleKey:
        return RuleKey(self.endpoint_id, row.rule.id)

    @property
    def keys(self) -> tuple[RuleKey, ...]:
        """The rules in view."""
        return tuple(map(self._key, self.rows))

    @property
    def chosen_rule(self) -> RuleKey | None:
        """The rule whose log is shown."""
        return next((self._key(row) for row in self.rows if row.isChecked()), None)

    def _move(self, step: int) -> None:
        """Go to the rule above or below."""
        here = next((place for place, row in enumerate(self.rows) if row.isChecked()), 0)
        row = self.rows[min(max(here + step, 0), len(self.rows) - 1)]
        row.setChecked(True)
        row.setFocus(Qt.FocusReason.TabFocusReason)
        self._area.ensureWidgetVisible(row)

    def _on_rule(self, checked: bool) -> None:
        if checked:
            self._show()

    def _on_endpoint(self) -> None:
        self.look_at(EndpointId(int(self.endpoint.currentData())))

    def _show(self) -> None:
        """Show rows, pane and buttons as they are now."""
        if self._closed:
            return
        endpoint = self.shown_endpoint
        self.stack.setCurrentIndex(0 if self.rows else 1)
        if endpoint is not None and not self.rows:
            words = f"What {endpoint.name} receives stays here. A rule sends it on while it comes in."
            self.empty.set_content(
                "corner-down-right", "No forward rules", words, primary=("Add a forward rule", self._edit)
            )
        for row in self.rows:
            key = self._key(row)
            row.show_rule(row.rule, self._figures.get(key, ()), paused=key in self._paused)
            if row.isChecked():
                self.pane.show_rule(key, row.rule, self._figures.get(key, ()), paused=key in self._paused)
        all_paused = bool(self.rows) and all(key in self._paused for key in self.keys)
        self.pause_all.setText("Resume all" if all_paused else "Pause all")
        self.pause_all.set_icon_name("play" if all_paused else "pause")
        self.pause_all.setEnabled(bool(self.rows))
        self.pause_all.updateGeometry()
        self._on_chosen()

    def _on_chosen(self) -> None:
        count = self.pane.table.chosen_count if self.rows else 0
        chosen = self.pane.table.chosen(MOST_LOOKED_AT) if self.rows else []
        many = count > MOST_LOOKED_AT
        self.stop.setEnabled(many or any(one.state.is_open for one in chosen))
        self.again.setEnabled(many or any(one.state is not SeriesState.SENDING for one in chosen))
        hint = "Click a line to show its event" if self.rows else ""
        self.note.setText(f"{count:,} chosen" if count > 1 else hint)

    # -- live ---------------------------------------------------------------------------------------------------

    def _on_changed(self, changed: Sequence[Series]) -> None:
        for series in changed:
            if series.endpoint_id == self.endpoint_id:
                self._pending[series.id] = series
        if self._pending and not self._batch.isActive():
            self._batch.start()

    def _apply(self) -> None:
        """Take over all that changed since the last time, at once."""
        pending, self._pending = tuple(self._pending.values()), {}
        self.pane.take(pending)
        self._on_chosen()
        self._reading.soon()

    async def _read(self) -> None:
        """Read the figures anew."""
        keys = self.keys
        paused = await self._desk.paused()
        figures = await self._desk.figures(keys)
        if self._closed:
            return
        self._paused = paused
        self._figures = self._figures | figures
        self._show()
        if keys != self.keys:
            self._reading.now()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._age.start()
        self.pane.set_live(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._age.stop()
        self.pane.set_live(False)

    # -- doing --------------------------------------------------------------------------------------------------

    def _edit(self) -> None:
        self._desk.edit(self.endpoint_id)

    def _switch(self, rule_id: str, on: bool) -> None:
        self._tasks.start(self._desk.switch(RuleKey(self.endpoint_id, rule_id), on), "Switch a rule")

    def _pause_all(self) -> None:
        paused = not all(key in self._paused for key in self.keys)
        self._tasks.start(self._set_paused(self.keys, paused), "Pause forwarding")

    def _pause_one(self, paused: bool) -> None:
        if self.pane.key is not None:
            self._tasks.start(self._set_paused((self.pane.key,), paused), "Pause a rule")

    async def _set_paused(self, keys: Sequence[RuleKey], paused: bool) -> None:
        await self._desk.set_paused(keys, paused)
        self._paused = self._paused | set(keys) if paused else self._paused - set(keys)
        self._show()
        announce(self, "Forwarding paused" if paused else "Forwarding resumed")

    def _stop_all(self) -> None:
        if self.pane.key is not None:
            self._tasks.start(self._stop_rule(self.pane.key), "Stop forwarding")

    async def _stop_rule(self, key: RuleKey) -> None:
        count = await self._desk.stop_rule(key)
        if not self._closed:
            self.note.setText(f"{count:,} stopped")
            announce(self, self.note.text())

    def _stop_chosen(self) -> None:
        ids = [one.id for one in self.pane.table.chosen() if one.state.is_open]
        if ids:
            self._tasks.start(self._desk.stop(ids), "Stop forwarding")

    def _again(self) -> None:
        ids = [one.id for one in self.pane.table.chosen() if one.state is not SeriesState.SENDING]
        if ids:
            self._tasks.start(self._send_again(ids), "Send again")

    async def _send_again(self, ids: Sequence[SeriesId]) -> None:
        done = await self._desk.again(ids)
        if not self._closed:
            gone = len(ids) - done
            left_out = f", {gone:,} left out: their event is gone or they are under way" if gone else ""
            self.note.setText(f"{done:,} sent again{left_out}")

    def done(self, result: int) -> None:
        """Close and listen no more; forwarding goes on."""
        self._closed = True
        self._reading.stop()
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        super().done(result)
