"""The inspector: a head, tabs and the chosen view for one event, or a summary for several."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QStackedLayout, QVBoxLayout, QWidget

from inspector.domain.attempt import Attempt
from inspector.domain.event import Event, EventId, EventSummary
from inspector.ui.detail.detail_view import DetailView, Surroundings, Wishes, no_advice, no_facts
from inspector.ui.detail.diff_others import Against
from inspector.ui.detail.event_menus import EventMenus
from inspector.ui.detail.header import DetailHeader
from inspector.ui.detail.many_view import ManyView
from inspector.ui.detail.notes import Note
from inspector.ui.detail.payload_facts import PayloadFacts
from inspector.ui.detail.reader import EventReader
from inspector.ui.detail.views import VIEWS
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.empty_state import EmptyState
from inspector.ui.widgets.menu import Menu
from inspector.ui.widgets.tabs import UnderlineTabs

LOW_PX = 490  # the smallest window has room for the badges, but not for a banner too
_TAB_LEFT_PX = 9


class DetailPane(QWidget):
    """The right-hand pane. A view is made when its tab is first opened, and filled only while it is in sight.

    Signals (ids are Python numbers):
        replay_requested(id), replay_to_requested(id), attempt_cancel_requested(id), star_toggled(id, bool),
        unread_requested(id), delete_requested(id), open_event_requested(id), filter_requested(str),
        edit_secret_requested(endpoint id), deed_requested(Deed): as in `Wishes`.
        replay_many_requested(list of ids), compare_many_requested(two ids), delete_many_requested(list of ids): of a
        selection.
        view_changed(str): another tab is open.
        shortcuts_requested: the list of all shortcuts is asked for.
    """

    replay_requested = Signal(object)
    replay_to_requested = Signal(object)
    attempt_cancel_requested = Signal(object)
    star_toggled = Signal(object, bool)
    unread_requested = Signal(object)
    delete_requested = Signal(object)
    open_event_requested = Signal(object)
    filter_requested = Signal(str)
    edit_secret_requested = Signal(object)
    deed_requested = Signal(object)
    replay_many_requested = Signal(object)
    compare_many_requested = Signal(object)
    delete_many_requested = Signal(object)
    view_changed = Signal(str)
    shortcuts_requested = Signal()

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        reader: EventReader,
        parent: QWidget | None = None,
        *,
        advise: Callable[[Event], tuple[Note, ...]] = no_advice,
        facts: Callable[[Event, bytes], PayloadFacts] = no_facts,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._event: Event | None = None
        self._attempts: tuple[Attempt, ...] = ()
        self._running = ""
        self._narrow = False
        self._open_menu: Menu | None = None
        self.wishes = Wishes(self)
        self._around = Surroundings(theme, icons, reader, self.wishes, advise, facts)
        self.menus = EventMenus(self._around, self)
        self._views: dict[str, DetailView] = {}
        self._attending: dict[str, list[Callable[[DetailView], None]]] = {}
        self._fresh: set[str] = set()
        self.header = DetailHeader(theme, icons, self)
        self.tabs = UnderlineTabs(
            theme, icons, [(entry.key, entry.title) for entry in VIEWS], self, name="Event details"
        )
        self.nothing = EmptyState(
            theme,
            icons,
            "mouse-pointer-2",
            "Select an event",
            "Arrow keys move, Enter opens the payload, R replays.",
            self,
            links=(("Show all shortcuts", self.shortcuts_requested.emit),),
        )
        self.many = ManyView(theme, icons, self)
        self._lay_out()
        self._connect()
        theme.changed.connect(self.update)

    def _lay_out(self) -> None:
        self._single = QWidget(self)
        self._stack = QStackedLayout()
        tab_row = _TabRow(self._theme, self.tabs)
        column = QVBoxLayout(self._single)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(tab_row)
        column.addLayout(self._stack, 1)
        self._pages = QStackedLayout(self)
        for page in (self.nothing, self._single, self.many):
            self._pages.addWidget(page)

    def _connect(self) -> None:
        for name in (
            "replay_requested",
            "replay_to_requested",
            "attempt_cancel_requested",
            "star_toggled",
            "unread_requested",
            "delete_requested",
            "open_event_requested",
            "filter_requested",
            "edit_secret_requested",
            "deed_requested",
        ):
            getattr(self.wishes, name).connect(getattr(self, name))
        self.wishes.view_requested.connect(self.show_view)
        self.wishes.compare_requested.connect(lambda: self.compare(Against.ORIGINAL))
        self.many.replay_requested.connect(self.replay_many_requested)
        self.many.compare_requested.connect(self.compare_many_requested)
        self.many.delete_requested.connect(self.delete_many_requested)
        self.tabs.changed.connect(self._on_tab)
        self.header.star_clicked.connect(self._on_star)
        self.header.more_clicked.connect(self._on_more)
        self.header.replay_clicked.connect(self._on_replay)
        self.header.replay_menu_requested.connect(self._on_replay_menu)

    @property
    def event_shown(self) -> Event | None:
        """The event that is shown, None for nothing or several."""
        return self._event

    @property
    def current_view(self) -> str:
        """The key of the open tab."""
        return self.tabs.current

    def view(self, key: str) -> DetailView:
        """Return a view, made if it was not open yet.

        Raises:
            StopIteration: there is no such key.
        """
        if key not in self._views:
            entry = next(entry for entry in VIEWS if entry.key == key)
            self._views[key] = entry.make(self._around, self)
            self._stack.addWidget(self._views[key])
            for attend in self._attending.pop(key, ()):
                attend(self._views[key])
        return self._views[key]

    def when_made(self, key: str, attend: Callable[[DetailView], None]) -> None:
        """Call `attend` with a view once it is made; views are made when they are first opened."""
        if key in self._views:
            attend(self._views[key])
        else:
            self._attending.setdefault(key, []).append(attend)

    def show_event(self, event: Event | None) -> None:
        """Show one event, or that nothing is selected. The same event may come again with other marks."""
        moved = event is None or self._event is None or event.id != self._event.id
        self._event = event
        self._fresh.clear()
        if moved:
            self._attempts, self._running = (), ""
        if event is None:
            for view in self._views.values():
                view.show_event(None)
            self._pages.setCurrentWidget(self.nothing)
            return
        self.header.show_event(event)
        self._show_count()
        self._pages.setCurrentWidget(self._single)
        self._fill_current()

    def show_many(self, summaries: Sequence[EventSummary]) -> None:
        """Show what several selected events have in common; for none and for one say so with `show_event`."""
        self.show_event(None)
        self.many.show_many(summaries)
        self._pages.setCurrentWidget(self.many)

    def show_ids(self, ids: Sequence[int]) -> None:
        """Show how many events are selected where telling what they have in common takes a while."""
        self.show_event(None)
        self.many.show_ids(ids)
        self._pages.setCurrentWidget(self.many)

    def set_attempts(self, attempts: tuple[Attempt, ...], running: str = "") -> None:
        """Show the replays of the event, newest first; `running` is the target of one that runs now."""
        self._attempts, self._running = attempts, running
        self._show_count()
        if self._event is not None and self.tabs.current in self._fresh:
            self.view(self.tabs.current).show_attempts(attempts, running)

    def _show_count(self) -> None:
        count = len(self._attempts) or (self._event.summary.replay_count if self._event is not None else 0)
        self.tabs.set_count("replays", count or None)

    def show_view(self, key: str) -> None:
        """Open a tab."""
        self.tabs.set_current(key)

    def compare(self, against: Against, other: EventId | None = None) -> None:
        """Open the comparison of the event that is shown; `other` is the one that was picked."""
        from inspector.ui.detail.diff_view import DiffView

        view = self.view("diff")
        assert isinstance(view, DiffView)
        view.compare_with(against, other)
        self.show_view("diff")

    def set_narrow(self, narrow: bool) -> None:
        """Leave out the size and the counts where the window is narrow."""
        self._narrow = narrow
        self.tabs.set_counts_visible(not narrow)
        self._fit_header()

    def _fit_header(self) -> None:
        self.header.set_compact(self.height() < LOW_PX, self._narrow)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out the badges where a banner takes their room in a low window."""
        super().resizeEvent(event)
        self._fit_header()

    def focus_content(self) -> None:
        """Give the focus to the open view."""
        view = self.view(self.tabs.current)
        view.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if not view.hasFocus():
            view.focusNextChild()

    def _on_tab(self, key: str) -> None:
        if self._event is not None:
            self._fill_current()
        self.view_changed.emit(key)

    def _fill_current(self) -> None:
        key = self.tabs.current
        view, before = self.view(key), self._stack.currentWidget()
        focused = QApplication.focusWidget()
        if before is not view and before is not None and focused is not None and before.isAncestorOf(focused):
            # The tabs keep the focus, which would go to any control when the one that has it is hidden.
            self.tabs.bar.setFocus(Qt.FocusReason.OtherFocusReason)
        self._stack.setCurrentWidget(view)
        if key not in self._fresh:
            self._fresh.add(key)
            view.show_event(self._event)
            view.show_attempts(self._attempts, self._running)

    def _on_star(self, starred: bool) -> None:
        if self._event is not None:
            self.wishes.star_toggled.emit(self._event.id, starred)

    def _on_replay(self) -> None:
        if self._event is not None:
            self.menus.replay(self._event)

    def _on_replay_menu(self) -> None:
        if self._event is not None:
            self.header.replay.set_menu(self._keep(self.menus.replay_menu(self._event)))

    def _on_more(self) -> None:
        if self._event is not None:
            button = self.header.more
            menu = self._keep(self.menus.more_menu(self._event))
            menu.popup(button.mapToGlobal(QPoint(0, button.height() + 4)))

    def _keep(self, menu: Menu) -> Menu:
        """Hold a menu until the next one is opened."""
        if self._open_menu is not None:
            self._open_menu.deleteLater()
        self._open_menu = menu
        return menu

    def event(self, event: QEvent) -> bool:
        # Said here, a key is ours while the focus is inside, whatever shortcut of the window has it too.
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._is_ours(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._event is None or not self._act_on(event):
            super().keyPressEvent(event)

    def _is_ours(self, event: QKeyEvent) -> bool:
        if event.matches(QKeySequence.StandardKey.Find):
            return self._event is not None and self.tabs.current == "raw"
        return _tab_number(event) in range(len(VIEWS)) or _tab_step(event) != 0

    def _act_on(self, event: QKeyEvent) -> bool:
        if event.matches(QKeySequence.StandardKey.Find):
            return self.view(self.tabs.current).begin_search()
        number, step = _tab_number(event), _tab_step(event)
        if number in range(len(VIEWS)):
            self.tabs.set_current(VIEWS[number].key)
        elif step:
            self.tabs.step(step)
        return number >= 0 or step != 0

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.tokens.surface)
        painter.end()


def _tab_number(event: QKeyEvent) -> int:
    """Return which tab Alt and a digit ask for (Ctrl on macOS), counted from 0; -1 for other keys."""
    modifier = Qt.KeyboardModifier.MetaModifier if sys.platform == "darwin" else Qt.KeyboardModifier.AltModifier
    digit = event.key() - Qt.Key.Key_1
    return digit if event.modifiers() == modifier and 0 <= digit <= 8 else -1


def _tab_step(event: QKeyEvent) -> int:
    """Return 1 for Ctrl+Tab, -1 for Ctrl+Shift+Tab, 0 for other keys."""
    control = Qt.KeyboardModifier.MetaModifier if sys.platform == "darwin" else Qt.KeyboardModifier.ControlModifier
    if not event.modifiers() & control:
        return 0
    return {Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1}.get(Qt.Key(event.key()), 0)


class _TabRow(QWidget):
    """The tabs above their line."""

    def __init__(self, theme: Theme, tabs: UnderlineTabs) -> None:
        super().__init__()
        self._theme = theme
        column = QVBoxLayout(self)
        column.setContentsMargins(_TAB_LEFT_PX, 0, 8, 1)
        column.setSpacing(0)
        column.addWidget(tabs)
        theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, self.height() - 1, self.width(), 1, self._theme.tokens.border)
        painter.end()
