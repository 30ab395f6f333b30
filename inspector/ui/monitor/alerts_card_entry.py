"""One line of the alerts card; that of an open alert unfolds to what was found, what to do, and links that act."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from inspector.monitor.alerts import MUTE_S, Alert
from inspector.ui.icons import Icons
from inspector.ui.monitor.alert_words import LOOKS, Line, advice, detail, show_words, spoken, where
from inspector.ui.monitor.bar_rows import ROW_PX
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import LinkButton
from inspector.ui.widgets.focus import FocusWatch, paint_ring
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.paint import draw_text, text_width

ICON_PX = 16
TEXT_LEFT_PX = 24
GAP_PX = 10
CHEVRON_PX = 14


class AlertRow(QAbstractButton):
    """Icon, title and note; a click or the space bar unfolds the line of an open alert."""

    def __init__(self, theme: Theme, icons: Icons, line: Line, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._icons = theme, icons
        self._line = line
        self._ring = FocusWatch(self)
        self.last = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.changed.connect(self.updateGeometry)

    def show_line(self, line: Line, name: str) -> None:
        """Show another state of the same line; `name` is what a screen reader says."""
        self._line = line
        is_open = line.alert is not None
        self.setCheckable(is_open)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if is_open else Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor if is_open else Qt.CursorShape.ArrowCursor)
        self.setText(line.title.replace("&", "&&"))
        self.setAccessibleName(name)
        self.setAccessibleDescription("Unfolds what to do" if is_open else "")
        self.setToolTip(name if is_open else "")
        self.update()

    @property
    def line(self) -> Line:
        """What is shown."""
        return self._line

    def sizeHint(self) -> QSize:
        return QSize(180, max(ROW_PX, self._theme.font("small").pixelSize() + 15))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, line = self._theme, self._line
        tokens = theme.tokens
        painter = QPainter(self)
        room = QRectF(0, 0, self.width(), self.height() - 1)
        ink = theme.color(f"{line.tone}Fg")
        self._icons.paint(painter, line.icon, ink, 0, round((room.height() - ICON_PX) / 2), ICON_PX)
        is_open = line.alert is not None
        note_font = theme.font("column" if is_open else "small", numbers=True)
        note_ink = ink if is_open else tokens.text2
        chevron = CHEVRON_PX + 2 if is_open and self._shows_chevron() else 0
        note_px = min(text_width(line.note, note_font), round(room.width() * 0.62))
        note = room.adjusted(room.width() - note_px - chevron, 0, -chevron, 0)
        draw_text(painter, note, line.note, note_font, note_ink, align=Qt.AlignmentFlag.AlignRight)
        title = room.adjusted(TEXT_LEFT_PX, 0, -note_px - chevron - GAP_PX, 0)
        draw_text(painter, title, line.title, theme.font("small", numbers=True), tokens.text)
        if chevron:
            icon = "chevron-down" if self.isChecked() else "chevron-right"
            y = round((room.height() - CHEVRON_PX) / 2)
            self._icons.paint(painter, icon, "text2", self.width() - CHEVRON_PX, y, CHEVRON_PX)
        if not self.last and not self.isChecked():
            painter.fillRect(0, self.height() - 1, self.width(), 1, tokens.grid)
        if self._ring.visible:
            paint_ring(painter, QRectF(self.rect()), theme.radius("control"), tokens.focus)
        painter.end()

    def _shows_chevron(self) -> bool:
        return self.underMouse() or self.isChecked() or self._ring.visible


class AlertEntry(QWidget):
    """A line and what it unfolds to.

    Signals:
        events_wanted(object): show the events of this Alert.
        mute_wanted(object, int): mute this Alert for so many seconds, 0 ends it.
        doctor_wanted: find out why nothing arrives.
        folded: it was folded or unfolded.
    """

    events_wanted = Signal(object)
    mute_wanted = Signal(object, int)
    doctor_wanted = Signal()
    folded = Signal()

    def __init__(self, theme: Theme, icons: Icons, line: Line, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.row = AlertRow(theme, icons, line, self)
        self.row.toggled.connect(self._on_fold)
        self.found = Label(theme, "", self, font="small", color="text2", wrap=True)
        self.advice = Label(theme, "", self, font="small", wrap=True)
        self.show_events = LinkButton(theme, icons, show_words(None), "", self)
        self.mute = LinkButton(theme, icons, "Mute 1 h", "", self)
        self.doctor = LinkButton(theme, icons, "Find out why", "", self)
        self.show_events.clicked.connect(lambda: self.events_wanted.emit(self.alert))
        self.mute.clicked.connect(self._on_mute)
        self.doctor.clicked.connect(self.doctor_wanted)
        self.more = QWidget(self)
        below = QVBoxLayout(self.more)
        below.setContentsMargins(TEXT_LEFT_PX, 0, 0, 4)
        below.setSpacing(2)
        below.addWidget(self.found)
        below.addWidget(self.advice)
        links = QHBoxLayout()
        links.setSpacing(16)
        for link in (self.show_events, self.doctor, self.mute):
            links.addWidget(link)
        links.addStretch(1)
        below.addLayout(links)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.row)
        column.addWidget(self.more)
        self.more.hide()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    @property
    def alert(self) -> Alert | None:
        """The alert, None for a quiet rule."""
        return self.row.line.alert

    def show_line(self, line: Line, names: Mapping[int, str], now_us: int, *, last: bool) -> None:
        """Show another state; `last` leaves the dividing line out."""
        self.row.last = last
        alert = line.alert
        if alert is None:
            self.row.setChecked(False)
            self.row.show_line(line, f"{line.title}. {line.note}")
            return
        self.row.show_line(line, spoken(alert, names, now_us))
        place = where(alert, names)
        self.found.setText(f"{detail(alert)}{f' On {place}.' if place else ''}")
        self.advice.setText(advice(alert))
        self.show_events.setVisible(bool(alert.search))
        self.doctor.setVisible(LOOKS[alert.rule].asks_doctor)
        self._muted = alert.is_muted(now_us)
        self.mute.setText("Unmute" if self._muted else "Mute 1 h")
        self.mute.setAccessibleName(f"{self.mute.text()}: {alert.title}")
        self.mute.updateGeometry()

    def _on_fold(self, unfolded: bool) -> None:
        self.more.setVisible(unfolded)
        self.row.setAccessibleDescription("Folds what to do" if unfolded else "Unfolds what to do")
        self.folded.emit()

    def _on_mute(self) -> None:
        self.mute_wanted.emit(self.alert, 0 if self._muted else MUTE_S)

    _muted = False
