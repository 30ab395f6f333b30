"""Tabs: words over a line, the chosen one underlined; what does not fit goes to a More menu."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QSizePolicy, QTabBar, QWidget

from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.theme_tokens import FontName
from inspector.ui.widgets.buttons import ButtonLook, ThemedButton
from inspector.ui.widgets.counts import grouped
from inspector.ui.widgets.focus import FocusWatch, paint_ring
from inspector.ui.widgets.menu import Menu
from inspector.ui.widgets.paint import draw_text, text_width

_UNDERLINE_PX = 2
_LINE_PX = 1
_COUNT_GAP_PX = 5
_MORE = ButtonLook("text2", hover="", pressed="", font="column", padding_px=6, gap_px=2)


class UnderlineTabs(QWidget):
    """A tab bar; tabs are addressed by key. Counts are shown beside the words, alerts as a red dot.

    `large` is for the pages of the window (13 px words, 44 px row), else for the inspector (12 px, and 32 px over its
    line).

    Signals:
        changed(str): another tab was chosen, by the user or by `set_current`.
    """

    changed = Signal(str)

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        tabs: list[tuple[str, str]],
        parent: QWidget | None = None,
        *,
        name: str = "",
        large: bool = False,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        self._keys = [key for key, _ in tabs]
        self.bar = _Bar(theme, large, self)
        self.bar.setAccessibleName(name)
        for _, text in tabs:
            self.bar.addTab(text)
        self.more = ThemedButton(theme, icons, "More", "", self, look=_MORE, size_name="controlSmall")
        self.more.setAccessibleName("More tabs")
        self.more.clicked.connect(self._open_more)
        self.more.hide()
        self.menu: Menu | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        # The layout must not keep us as wide as all tabs: what does not fit goes to More.
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        row.addWidget(self.bar)
        row.addWidget(self.more)
        row.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusProxy(self.bar)
        self.bar.currentChanged.connect(self._on_current)
        theme.changed.connect(self._fit)

    @property
    def current(self) -> str:
        """The key of the chosen tab."""
        return self._keys[self.bar.currentIndex()]

    def set_current(self, key: str) -> None:
        """Choose a tab.

        Raises:
            ValueError: there is no such key.
        """
        self.bar.setCurrentIndex(self._keys.index(key))

    def set_count(self, key: str, count: int | None) -> None:
        """Show a count beside a tab's words, None for none."""
        self.bar.set_count(self._keys.index(key), count)
        self._fit()

    def set_counts_visible(self, visible: bool) -> None:
        """Hide the counts where the window is narrow."""
        self.bar.set_counts_visible(visible)
        self._fit()

    def set_alert(self, key: str, alert: bool) -> None:
        """Show or hide the red dot beside a tab's words."""
        self.bar.set_alert(self._keys.index(key), alert)
        self._fit()

    def step(self, by: int) -> None:
        """Choose the tab that many places further, round the ends."""
        self.bar.setCurrentIndex((self.bar.currentIndex() + by) % self.bar.count())

    def visible_keys(self) -> list[str]:
        """Return the keys of the tabs that fit."""
        return [key for index, key in enumerate(self._keys) if self.bar.isTabVisible(index)]

    def sizeHint(self) -> QSize:
        return QSize(self.bar.width_of(range(self.bar.count())), self.bar.height_px())

    def minimumSizeHint(self) -> QSize:
        return QSize(self.more.sizeHint().width() + self.bar.width_of([0]), self.bar.height_px())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _on_current(self, index: int) -> None:
        self._fit()
        self.changed.emit(self._keys[index])

    def _fit(self) -> None:
        """Show as many tabs as fit from the left, and always the chosen one."""
        count, chosen = self.bar.count(), self.bar.currentIndex()
        shown = list(range(count))
        if self.bar.width_of(shown) > self.width():
            room = self.width() - self.more.sizeHint().width()
            while len(shown) > 1 and self.bar.width_of(shown) > room:
                shown.remove(next(index for index in reversed(shown) if index != chosen))
        for index in range(count):
            self.bar.setTabVisible(index, index in shown)
        self.more.setVisible(len(shown) < count)
        self.bar.updateGeometry()

    def _open_more(self) -> None:
        if self.menu is None:
            self.menu = Menu(self._theme, self._icons, self)
        self.menu.clear()
        for index, key in enumerate(self._keys):
            if not self.bar.isTabVisible(index):
                self.menu.add(self.bar.tabText(index), slot=partial(self._choose, key))
        self.menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height())))

    def _choose(self, key: str) -> None:
        self.set_current(key)
        self.bar.setFocus(Qt.FocusReason.OtherFocusReason)


class _Bar(QTabBar):
    """The QTabBar inside: Qt gives it the keyboard and accessibility, the painting is ours."""

    def __init__(self, theme: Theme, large: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._large = large
        self._counts: dict[int, int] = {}
        self._counts_visible = True
        self._alerts: set[int] = set()
        self._ring = FocusWatch(self)
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(False)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._on_theme)

    def _on_theme(self) -> None:
        # QTabBar keeps its tabs' sizes until something about a tab changes.
        for index in range(self.count()):
            self.setTabText(index, self.tabText(index))
        self.updateGeometry()
        self.update()

    def set_count(self, index: int, count: int | None) -> None:
        if self._counts.get(index) == count:
            return
        if count is None:
            self._counts.pop(index)
        else:
            self._counts[index] = count
        words = self.tabText(index)
        self.setAccessibleTabName(index, words if count is None else f"{words}, {grouped(count)}")
        self._on_theme()

    def set_counts_visible(self, visible: bool) -> None:
        self._counts_visible = visible
        self._on_theme()

    def set_alert(self, index: int, alert: bool) -> None:
        (self._alerts.add if alert else self._alerts.discard)(index)
        self.setAccessibleTabName(index, f"{self.tabText(index)}, alert open" if alert else self.tabText(index))
        self._on_theme()

    def height_px(self) -> int:
        return self._theme.size("tabRow") if self._large else self._theme.size("inspectorTabs") - _LINE_PX

    def _word_font(self) -> FontName:
        return "label" if self._large else "column"

    def _padding(self) -> int:
        return 9 if self._large else 6

    def _count_text(self, index: int) -> str:
        return grouped(self._counts[index]) if self._counts_visible and index in self._counts else ""

    def width_of(self, indexes: range | list[int]) -> int:
        return sum(self.tabSizeHint(index).width() for index in indexes)

    def tabSizeHint(self, index: int) -> QSize:
        width = text_width(self.tabText(index), self._theme.font(self._word_font())) + 2 * self._padding() + 1
        count = self._count_text(index)
        if count:
            width += _COUNT_GAP_PX + text_width(count, self._theme.font("small", numbers=True))
        if index in self._alerts:
            width += 10
        return QSize(width, self.height_px())

    def minimumTabSizeHint(self, index: int) -> QSize:
        return self.tabSizeHint(index)

    def sizeHint(self) -> QSize:
        shown = [index for index in range(self.count()) if self.isTabVisible(index)]
        return QSize(self.width_of(shown), self.height_px())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        for index in range(self.count()):
            if self.isTabVisible(index):
                self._paint_tab(painter, index)
        painter.end()

    def _paint_tab(self, painter: QPainter, index: int) -> None:
        tokens = self._theme.tokens
        rect = QRectF(self.tabRect(index))
        chosen = index == self.currentIndex()
        over = self.underMouse() and rect.contains(self.mapFromGlobal(self.cursor().pos()))
        padding = self._padding()
        inner = rect.adjusted(padding, 0, -padding + 1, -_UNDERLINE_PX)
        font = self._theme.font(self._word_font())
        ink = tokens.text if chosen or over else tokens.text2
        width = draw_text(painter, inner, self.tabText(index), font, ink)
        count = self._count_text(index)
        after = inner.adjusted(width + _COUNT_GAP_PX, 0, 0, 0)
        if count:
            counted = self._theme.font("small", numbers=True)
            after.setLeft(after.left() + draw_text(painter, after, count, counted, tokens.text3))
        if index in self._alerts:
            painter.setRenderHint(painter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tokens.failSolid)
            painter.drawEllipse(QRectF(after.left(), rect.center().y() - 3, 6, 6))
        if chosen:
            line = QRectF(rect.left() + padding - 1, rect.bottom() - _UNDERLINE_PX, rect.width() - 2 * padding + 1, 2)
            painter.fillRect(line, tokens.accent)
            if self._ring.visible:
                paint_ring(painter, rect.adjusted(1, 4, -1, -4), self._theme.radius("control"), tokens.focus)
