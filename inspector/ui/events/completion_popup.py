"""The list under the search field; the field keeps the focus and steers it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QListView, QStyledItemDelegate, QStyleOptionViewItem, QVBoxLayout, QWidget

from inspector.ui.events.completion import Offer
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.theme_tokens import FontName
from inspector.ui.widgets.counts import grouped
from inspector.ui.widgets.paint import draw_text, fill_box

ROW_PX = 28
LINE_PX = 9
_PADDING_PX = 5
_ICON_PX = 16
_TEXT_LEFT_PX = 33
_RIGHT_PX = 9
_LEAST_WIDTH_PX = 330

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole


class OfferModel(QAbstractListModel):
    """Offers as rows; only those that can be taken are enabled."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._offers: tuple[Offer, ...] = ()

    def set_offers(self, offers: Sequence[Offer]) -> None:
        """Offer something else."""
        self.beginResetModel()
        self._offers = tuple(offers)
        self.endResetModel()

    def offer(self, row: int) -> Offer:
        """Return the offer of a row."""
        return self._offers[row]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._offers)

    def data(self, index: Index, role: int = Role.DisplayRole) -> str | None:
        if not index.isValid():
            return None
        offer = self._offers[index.row()]
        if role == Role.DisplayRole:
            return offer.text
        if role == Role.AccessibleTextRole:
            return offer.text if offer.count is None else f"{offer.text}, {grouped(offer.count)} events"
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if index.isValid() and self._offers[index.row()].kind == "offer":
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return Qt.ItemFlag.NoItemFlags


class OfferDelegate(QStyledItemDelegate):
    """Paints captions, lines and offers as the menus do."""

    def __init__(self, model: OfferModel, theme: Theme, icons: Icons, parent: QObject) -> None:
        super().__init__(parent)
        self._offers = model
        self._theme = theme
        self._icons = icons

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, LINE_PX if self._offers.offer(index.row()).kind == "line" else ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        offer = self._offers.offer(index.row())
        tokens, rect = self._theme.tokens, QRectF(option.rect)
        painter.save()
        if offer.kind == "line":
            painter.fillRect(QRectF(rect.left() + 5, rect.center().y(), rect.width() - 10, 1), tokens.border)
        elif offer.kind == "caption":
            room = rect.adjusted(_RIGHT_PX, 0, -_RIGHT_PX, 0)
            draw_text(painter, room, offer.text, self._theme.font("caption"), tokens.text3)
        else:
            view = self.parent()
            lit = isinstance(view, QListView) and view.currentIndex().row() == index.row()
            self._paint_offer(painter, rect, offer, lit=lit)
        painter.restore()

    def _paint_offer(self, painter: QPainter, rect: QRectF, offer: Offer, *, lit: bool) -> None:
        tokens = self._theme.tokens
        if lit:
            fill_box(painter, rect, self._theme.radius("control"), tokens.accentFill)
        if offer.icon:
            tint = tokens.onAccent if lit else self._theme.color(offer.color)
            y = rect.top() + (rect.height() - _ICON_PX) // 2
            self._icons.paint(painter, offer.icon, tint, rect.left() + _RIGHT_PX, y, _ICON_PX)
        font: FontName = "body" if lit else "mono"
        right = rect.right() - _RIGHT_PX
        if offer.count is not None:
            room = QRectF(rect.left(), rect.top(), right - rect.left(), rect.height())
            ink = tokens.onAccent if lit else tokens.text2
            numbers = self._theme.font("small", numbers=True)
            align = Qt.AlignmentFlag.AlignRight
            right -= draw_text(painter, room, grouped(offer.count), numbers, ink, align=align) + 12
        left = rect.left() + _TEXT_LEFT_PX
        ink = tokens.onAccent if lit else tokens.text
        draw_text(
            painter, QRectF(left, rect.top(), right - left, rect.height()), offer.text, self._theme.font(font), ink
        )


class CompletionPopup(QFrame):
    """A card inside the window, right under the field.

    Signals:
        taken(str): an offer was chosen; the text is the whole search that results.
    """

    taken = Signal(str)

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = OfferModel(self)
        self.view = QListView(self)
        self.view.setModel(self._model)
        self.view.setItemDelegate(OfferDelegate(self._model, theme, icons, self.view))
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setMouseTracking(True)
        self.view.setAccessibleName("Suggestions")
        self.view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setStyleSheet("QListView { background: transparent; }")
        self.view.entered.connect(self._light)
        self.view.clicked.connect(self._on_clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(_PADDING_PX, _PADDING_PX, _PADDING_PX, _PADDING_PX)
        column.addWidget(self.view)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        theme.changed.connect(self.update)
        self.hide()

    def offer(self, offers: Sequence[Offer], field: QWidget) -> None:
        """Show offers under a field; nothing to offer hides the list."""
        self._model.set_offers(offers)
        if not offers:
            self.hide()
            return
        height = sum(LINE_PX if offer.kind == "line" else ROW_PX for offer in offers) + 2 * _PADDING_PX + 2
        window = field.window()
        place = field.mapTo(window, QPoint(0, field.height() + 4))
        width = max(_LEAST_WIDTH_PX, field.width())
        x = max(4, min(place.x(), window.width() - width - 4))
        self.setGeometry(x, place.y(), width, min(height, window.height() - place.y() - 8))
        self.raise_()
        self.show()

    @property
    def texts(self) -> list[str]:
        """What is offered, captions left out."""
        rows = range(self._model.rowCount())
        return [self._model.offer(row).text for row in rows if self._model.offer(row).kind == "offer"]

    def step(self, by: int) -> None:
        """Light the next or previous offer; past the end nothing is lit."""
        row = self.view.currentIndex().row()
        count = self._model.rowCount()
        row = row + by if row >= 0 else (0 if by > 0 else count - 1)
        while 0 <= row < count and self._model.offer(row).kind != "offer":
            row += by
        self.view.setCurrentIndex(self._model.index(row, 0) if 0 <= row < count else QModelIndex())

    def take(self) -> bool:
        """Take the lit offer; False when none is lit."""
        row = self.view.currentIndex().row()
        if not self.isVisible() or row < 0:
            return False
        self.taken.emit(self._model.offer(row).result)
        return True

    def _light(self, index: QModelIndex) -> None:
        if self._model.offer(index.row()).kind == "offer":
            self.view.setCurrentIndex(index)

    def _on_clicked(self, index: QModelIndex) -> None:
        self._light(index)
        self.take()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        fill_box(painter, QRectF(self.rect()), self._theme.radius("card"), tokens.surface, tokens.borderStrong)
        painter.end()
