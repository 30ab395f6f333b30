"""The list on the left: numbered rows with state, what is sent, the result and its time."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from inspector.ui.check.looks import LOOKS
from inspector.ui.check.model import FOLD_KEY, LINE_ROLE, CheckLine, CheckModel
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.focus import paint_ring
from inspector.ui.widgets.menu import Menu
from inspector.ui.widgets.paint import draw_text, fill_box, text_width
from inspector.ui.widgets.spinner import Turning, paint_spinner

SIDE_PX = 8
NUMBER_PX = 21
ICON_PX = 18
_ICON_LEFT_PX = 41
_TEXT_LEFT_PX = 73
_RIGHT_PX = 12
_GAP_PX = 12


class CheckRows(QListView):
    """The checks. Enter runs the row, Space opens and closes the fold.

    Signals:
        run_requested(str): run the check with this key.
        request_requested(str): show what it sent.
        chosen(str): another row has the focus.
    """

    run_requested = Signal(str)
    request_requested = Signal(str)
    chosen = Signal(str)

    def __init__(self, theme: Theme, icons: Icons, model: CheckModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.menu = Menu(theme, icons, self)
        self.turning = Turning(theme, self)
        self.turning.turned.connect(self.viewport().update)
        self.setModel(model)
        self.setItemDelegate(_Delegate(theme, icons, self))
        self.setProperty("bare", True)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setAccessibleName("Checks")
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setUniformItemSizes(False)
        self.setMouseTracking(True)
        self.selectionModel().currentChanged.connect(self._on_current)
        theme.changed.connect(self._on_theme)

    @property
    def current_key(self) -> str:
        """The key of the row with the focus, "" for none."""
        line = self.currentIndex().data(LINE_ROLE)
        return line.key if isinstance(line, CheckLine) else ""

    def show_key(self, key: str) -> None:
        """Give a check the focus; a folded one is unfolded."""
        if self._model.row_of(key) < 0:
            self._model.set_open(True)
        self.setCurrentIndex(self._model.index(self._model.row_of(key)))

    def toggle(self) -> None:
        """Open or close the fold."""
        self._model.set_open(not self._model.unfolded)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, on_fold = event.key(), self.current_key == FOLD_KEY
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if on_fold:
                self.toggle()
            elif self.current_key:
                self.run_requested.emit(self.current_key)
        elif on_fold and key == Qt.Key.Key_Space:
            self.toggle()
        elif on_fold and key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._model.set_open(key == Qt.Key.Key_Right)
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        line = self.indexAt(event.position().toPoint()).data(LINE_ROLE)
        if isinstance(line, CheckLine) and line.key == FOLD_KEY:
            self.toggle()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        line = self.currentIndex().data(LINE_ROLE)
        if isinstance(line, CheckLine) and line.key != FOLD_KEY:
            self.fill_menu(line)
            self.menu.popup(event.globalPos())

    def fill_menu(self, line: CheckLine) -> None:
        """Offer what can be done with a row."""
        menu, outcome = self.menu, line.outcome
        menu.clear()
        menu.add(
            "Run this check again" if outcome else "Run this check",
            "play",
            lambda: self.run_requested.emit(line.key),
            shortcut="Enter",
            reason="It is running." if line.running else "",
        )
        menu.add(
            "Show request",
            "external-link",
            lambda: self.request_requested.emit(line.key),
            reason="" if outcome and outcome.exchanges else "Nothing was sent for this check yet.",
        )
        said = f"{outcome.ruling.title}. {outcome.ruling.text}" if outcome else ""
        menu.add(
            "Copy result",
            "copy",
            lambda: QGuiApplication.clipboard().setText(f"{line.title}: {line.word.replace('  ', ' ')}. {said}"),
            reason="" if outcome else "It was not run yet.",
        )

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.HoverMove, QEvent.Type.Leave):
            self.viewport().update()
        return super().viewportEvent(event)

    def _on_current(self, current: QModelIndex) -> None:
        line = current.data(LINE_ROLE)
        if isinstance(line, CheckLine) and line.key != FOLD_KEY:
            self.chosen.emit(line.key)

    def _on_theme(self) -> None:
        self.scheduleDelayedItemsLayout()
        self.viewport().update()


class _Delegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, icons: Icons, rows: CheckRows) -> None:
        super().__init__(rows)
        self._theme, self._icons, self._rows = theme, icons, rows

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        line = index.data(LINE_ROLE)
        font = self._theme.font("body").pixelSize() + self._theme.font("small").pixelSize()
        height = 26 + round(font * 1.02)
        return QSize(200, 40 if isinstance(line, CheckLine) and line.key == FOLD_KEY else height)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        line = index.data(LINE_ROLE)
        if not isinstance(line, CheckLine):
            return
        painter.save()
        rect = QRectF(option.rect)
        state: QStyle.StateFlag = option.state
        if line.key == FOLD_KEY:
            self._paint_fold(painter, rect, line)
        else:
            self._paint_ground(painter, rect, state)
            self._paint_line(painter, rect, line)
        if state & QStyle.StateFlag.State_HasFocus and self._rows.hasFocus():
            ring = rect.adjusted(SIDE_PX, 1, -SIDE_PX, -1)
            paint_ring(painter, ring, self._theme.radius("control"), self._theme.tokens.focus)
        painter.restore()

    def _paint_ground(self, painter: QPainter, rect: QRectF, state: QStyle.StateFlag) -> None:
        tokens = self._theme.tokens
        ground = rect.adjusted(SIDE_PX, 0, -SIDE_PX, -1)
        if state & QStyle.StateFlag.State_Selected:
            fill_box(painter, ground, self._theme.radius("control"), tokens.selected)
        elif state & QStyle.StateFlag.State_MouseOver:
            fill_box(painter, ground, self._theme.radius("control"), tokens.hover)

    def _paint_line(self, painter: QPainter, rect: QRectF, line: CheckLine) -> None:
        tokens, theme = self._theme.tokens, self._theme
        number = QRectF(rect.left(), rect.top(), SIDE_PX + NUMBER_PX, rect.height())
        draw_text(
            painter, number, str(line.number), theme.font("small"), tokens.text2, align=Qt.AlignmentFlag.AlignRight
        )
        self._paint_state(painter, rect, line)
        half = rect.height() / 2
        top = QRectF(rect.left() + _TEXT_LEFT_PX, rect.top() + 5, 0, half - 4)
        low = QRectF(rect.left() + _TEXT_LEFT_PX, rect.top() + half, 0, half - 6)
        right = rect.right() - SIDE_PX - _RIGHT_PX
        color = "accent" if line.running else LOOKS[line.state].color if line.state else "text2"
        strong, small = theme.font("strong"), theme.font("small")
        word_px = text_width(line.word, strong) if line.word else 0
        time_px = text_width(line.time, small) if line.time else 0
        place = QRectF(right - word_px, top.top(), word_px + 1, top.height())
        draw_text(painter, place, line.word, strong, theme.color(color))
        draw_text(
            painter, QRectF(right - time_px, low.top(), time_px + 1, low.height()), line.time, small, tokens.text2
        )
        top.setRight(right - word_px - _GAP_PX)
        low.setRight(right - time_px - _GAP_PX)
        draw_text(painter, top, line.title, theme.font("body"), tokens.text)
        draw_text(painter, low, line.sends, small, tokens.text2)

    def _paint_state(self, painter: QPainter, rect: QRectF, line: CheckLine) -> None:
        x, y = rect.left() + _ICON_LEFT_PX, rect.center().y() - ICON_PX / 2
        if line.running:
            center = QPointF(x + ICON_PX / 2, rect.center().y())
            paint_spinner(painter, self._icons, center, ICON_PX, "accent", self._rows.turning.degrees)
        elif line.state is None:
            self._icons.paint(painter, "circle-dashed", "text3", x, round(y), ICON_PX)
        else:
            look = LOOKS[line.state]
            self._icons.paint(painter, look.icon, look.color, x, round(y), ICON_PX)

    def _paint_fold(self, painter: QPainter, rect: QRectF, line: CheckLine) -> None:
        tokens, theme = self._theme.tokens, self._theme
        painter.fillRect(QRectF(rect.left(), rect.top(), rect.width(), 1), tokens.border)
        icon = "chevron-down" if line.open else "chevron-right"
        self._icons.paint(painter, icon, "text2", rect.left() + 20, round(rect.center().y() - 7), 14)
        if line.running:
            center = QPointF(rect.right() - SIDE_PX - _RIGHT_PX - ICON_PX / 2, rect.center().y())
            paint_spinner(painter, self._icons, center, ICON_PX, "accent", self._rows.turning.degrees)
        left = rect.left() + 43
        wide = draw_text(
            painter, QRectF(left, rect.top(), 200, rect.height()), line.title, theme.font("label"), tokens.text
        )
        room = QRectF(left + wide + 10, rect.top(), rect.right() - left - wide - 60, rect.height())
        draw_text(painter, room, line.sends, theme.font("small"), tokens.text2)
