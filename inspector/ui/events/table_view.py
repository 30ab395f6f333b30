"""The list of events: a table that follows what comes in, or stands still under the reader's eyes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QCursor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QTableView, QWidget

from inspector.domain.event import EventId, EventSummary
from inspector.ui.events.blind_bands import BlindBands
from inspector.ui.events.columns import COLUMN_KEYS, COLUMNS
from inspector.ui.events.fade import Fade
from inspector.ui.events.following import Following
from inspector.ui.events.kit import CellKit
from inspector.ui.events.list_keys import MOVE_KEYS, Command, command_for
from inspector.ui.events.live import LiveState
from inspector.ui.events.new_events_pill import NewEventsPill
from inspector.ui.events.row_delegate import RowDelegate
from inspector.ui.events.selection import SelectionById
from inspector.ui.events.table_header import EventHeader
from inspector.ui.events.table_model import EventTableModel
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme

Density = Literal["normal", "compact", "roomy"]
DENSITY_SIZES: dict[Density, str] = {"normal": "eventRow", "compact": "eventRowCompact", "roomy": "eventRowRoomy"}

_FADE_FRAME_MS = 33
_Move = QAbstractItemView.CursorAction
_SHIFT = Qt.KeyboardModifier.ShiftModifier


class EventsTable(QTableView):
    """Rows of one height, painted by the delegate; live or held as in live.py.

    Signals:
        selection_changed(list[int]): ids of the selected events, from the top down.
        current_changed(object): id of the event to show, or None.
        command(Command): a key asked for something.
        activated_event(int): an event was double-clicked.
        live_changed(LiveState): the list follows or stands still, or more events wait.
        menu_requested(QPoint): show the context menu at this place of the screen.
        dragged: the pointer draws the selected events away with its button held.
    """

    selection_changed = Signal(object)
    current_changed = Signal(object)
    command = Signal(object)
    activated_event = Signal(int)
    live_changed = Signal(object)
    menu_requested = Signal(QPoint)
    dragged = Signal()

    def __init__(
        self,
        model: EventTableModel,
        theme: Theme,
        icons: Icons,
        parent: QWidget | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._events = model
        self._theme = theme
        self._clock = clock
        self._density: Density = "normal"
        self.letters = True
        self._pressed_at: QPoint | None = None
        self._drawn_away = False
        self._kit = CellKit(theme, icons)
        self._fade = Fade(theme.motion_ms("rowFlash") / 1000)
        self._rows = RowDelegate(model, self._kit, self._fade, self, clock=clock)
        self.bands = BlindBands(self, theme, model.summary)
        self.header = EventHeader(theme, icons, self)
        self.pill = NewEventsPill(theme, icons, self)
        self._fade_timer = QTimer(self, interval=_FADE_FRAME_MS)
        self._set_up_view(model)
        self.by_id = SelectionById(model, self.selectionModel(), self)
        self.following = Following(self, model, self.pill)
        self._connect(model)
        self._apply_density()

    def _set_up_view(self, model: EventTableModel) -> None:
        self.setAccessibleName("Events")
        self.setHorizontalHeader(self.header)
        self.setItemDelegate(self._rows)
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(self.horizontalScrollBarPolicy().ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setMouseTracking(True)
        rows = self.verticalHeader()
        rows.hide()
        rows.setMinimumSectionSize(1)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        stretch = COLUMN_KEYS.index("event")
        self.header.setSectionResizeMode(stretch, QHeaderView.ResizeMode.Stretch)

    def _connect(self, model: EventTableModel) -> None:
        self.by_id.changed.connect(self.selection_changed)
        self.by_id.current_changed.connect(self.current_changed)
        model.modelReset.connect(self._fade.clear)
        self.following.changed.connect(self.live_changed)
        self.verticalScrollBar().valueChanged.connect(self._hover_below_pointer)
        self._fade_timer.timeout.connect(self._on_fade_frame)
        self.doubleClicked.connect(self._on_double_click)
        self._theme.changed.connect(self._on_theme)

    # What is shown

    @property
    def density(self) -> Density:
        """How tall rows are."""
        return self._density

    def set_density(self, density: Density) -> None:
        """Make rows taller or lower."""
        if density != self._density:
            self._density = density
            self._apply_density()

    def _apply_density(self) -> None:
        height = self._theme.size(DENSITY_SIZES[self._density])
        self._rows.row_height_px = height
        first = self.rowAt(0)
        self.verticalHeader().setDefaultSectionSize(height)
        if self.live.held and first >= 0:
            with self.following.moving():
                self.verticalScrollBar().setValue(first * height)

    def set_columns(self, keys: Sequence[str], *, narrow: bool) -> None:
        """Show these columns, in their narrow widths where room is short."""
        for place, column in enumerate(COLUMNS):
            hidden = column.key not in keys
            if self.isColumnHidden(place) != hidden:
                self.setColumnHidden(place, hidden)
            width = column.width_at(narrow=narrow, text_scale=self._theme.text_scale)
            if width and not hidden:
                self.setColumnWidth(place, width)

    def set_dimmed(self, dimmed: bool) -> None:
        """Pale the rows while others are being looked up."""
        if dimmed != self._rows.dimmed:
            self._rows.dimmed = dimmed
            self.viewport().update()

    def row_height(self) -> int:
        """Return the height of every row in pixels."""
        return self.verticalHeader().defaultSectionSize()

    def visible_rows(self) -> tuple[int, int]:
        """Return the first and last row in view, (0, -1) when there is none."""
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        return (0, -1) if first < 0 else (first, last if last >= 0 else self._events.rowCount() - 1)

    # Rows that come, go and change

    def add(self, batch: Sequence[EventSummary]) -> int:
        """Put new events at the newest end; return how many were new. Held, the rows in view stay where they are."""
        if not self._theme.reduced_motion and self.isVisible():
            self._fade.add((row.id for row in batch), self._clock())
        return self._after_adding(self._events.add(batch))

    def add_ids(self, ids: Iterable[int]) -> int:
        """Put events of which only the ids are known at the newest end."""
        return self._after_adding(self._events.add_ids(ids))

    def _after_adding(self, count: int) -> int:
        if count:
            self.following.added(count)
        if self._fade.active and not self._fade_timer.isActive():
            self._fade_timer.start()
        return count

    def remove(self, ids: Iterable[int]) -> None:
        """Take events out; the row that moves up takes the place of the current one."""
        gone = set(ids)
        current = self.current_id()
        row = self.currentIndex().row()
        self._events.remove(gone)
        count = self._events.rowCount()
        if current in gone and count:
            self.by_id.select_row(min(row, count - 1))

    def refresh(self, ids: Iterable[int]) -> None:
        """Show what changed about events: those in view now, others when they come into view."""
        self._events.refresh(ids, *self.visible_rows())

    # Live and held

    @property
    def live(self) -> LiveState:
        """Whether the list follows, and how many events wait."""
        return self.following.state

    def follow(self) -> None:
        """Go to the newest event and follow what comes in."""
        self.following.follow()

    def hold(self) -> None:
        """Stand still."""
        self.following.hold()

    def toggle_live(self) -> None:
        """Switch between following and standing still."""
        if self.live.held:
            self.follow()
        else:
            self.hold()

    # Selection

    def selected_ids(self) -> list[EventId]:
        """Return the ids of the selected events, from the top down."""
        return self.by_id.ids()

    def current_id(self) -> EventId | None:
        """Return the id of the event the keyboard stands on."""
        return self.by_id.current()

    def select_event(self, event_id: int) -> bool:
        """Select an event and bring it into view; False when it is not in the list."""
        row = self._events.row_of(event_id)
        if row is None:
            return False
        self.by_id.select_row(row)
        self.scrollTo(self._events.index(row, 0))
        return True

    def _on_double_click(self, index: QModelIndex) -> None:
        self.activated_event.emit(self._events.id_at(index.row()))

    # Keys and mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:
        command = command_for(event.keyCombination(), letters=self.letters)
        if command is Command.HOLD:
            self.toggle_live()
        elif command is not None:
            self.command.emit(command)
        else:
            self._press(event)

    def _press(self, event: QKeyEvent) -> None:
        before = self.currentIndex().row()
        key, modifiers = event.key(), event.modifiers()
        step = MOVE_KEYS.get(Qt.Key(key)) if self.letters and not modifiers & ~_SHIFT else None
        if before >= 0 and not self.selectionModel().hasSelection() and (step or key in MOVE_KEYS.values()):
            self.by_id.select_row(before)  # the first step selects where the keyboard stands
            return
        super().keyPressEvent(QKeyEvent(event.type(), step, modifiers) if step else event)
        row, count = self.currentIndex().row(), self._events.rowCount()
        if count and (row != before or key in {Qt.Key.Key_Home, Qt.Key.Key_End}):
            if row == (count - 1 if self._events.oldest_first else 0):
                self.follow()
            else:
                self.hold()

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        count = self._events.rowCount()
        if count and action in {_Move.MoveHome, _Move.MoveEnd}:
            return self._events.index(
                0 if action is _Move.MoveHome else count - 1, max(0, self.currentIndex().column())
            )
        return super().moveCursor(action, modifiers)

    def keyboardSearch(self, search: str) -> None:
        """Do nothing: letters are keys of the list."""

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        place = event.globalPos()
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            rect = self.visualRect(self.currentIndex())
            place = self.viewport().mapToGlobal(rect.bottomLeft() + QPoint(24, 0))
        if self._events.rowCount():
            self.menu_requested.emit(place)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        plain = event.button() is Qt.MouseButton.LeftButton and event.modifiers() == Qt.KeyboardModifier.NoModifier
        self._pressed_at = place if plain and self.rowAt(place.y()) >= 0 else None
        self._drawn_away = False
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = None
        super().mouseReleaseEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self._pressed_at is not None:
            # Rows that are drawn away go out as a file; with Shift or Ctrl the pointer selects as ever.
            far = (event.position().toPoint() - self._pressed_at).manhattanLength()
            if far >= QApplication.startDragDistance() and not self._drawn_away:
                self._drawn_away = True
                self.dragged.emit()
            return
        super().mouseMoveEvent(event)
        self._hover(self.rowAt(round(event.position().y())))

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Leave:
            self._hover(-1)
        elif isinstance(event, QHelpEvent) and self.bands.tell(event.pos(), event.globalPos()):
            return True
        return super().viewportEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self.bands.paint()

    def _hover(self, row: int) -> None:
        for changed in {row, self._rows.hover_row} - {-1} if row != self._rows.hover_row else ():
            self._update_row(changed)
        self._rows.hover_row = row

    def _hover_below_pointer(self) -> None:
        if self._rows.hover_row >= 0:
            self._hover(self.rowAt(self.viewport().mapFromGlobal(QCursor.pos()).y()))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        with self.following.moving():
            super().resizeEvent(event)
        self.following.resized()

    # Looks

    def _on_fade_frame(self) -> None:
        rows = (self._events.row_of(event_id) for event_id in self._fade.ids())
        first, last = self.visible_rows()
        for row in rows:
            if row is not None and first <= row <= last:
                self._update_row(row)
        self._fade.settle(self._clock())
        if not self._fade.active:
            self._fade_timer.stop()

    def _update_row(self, row: int) -> None:
        self.viewport().update(0, self.rowViewportPosition(row), self.viewport().width(), self.row_height())

    def _on_theme(self) -> None:
        self._kit.refresh()
        self._apply_density()
        self.following.place_pill()
        self.viewport().update()
