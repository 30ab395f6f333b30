"""What stands beside the tabs while the Monitor page is in view: measured where, over which range, export, alerts."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from inspector.monitor.board import MeasuredAt, Span
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import SecondaryButton
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.menu import Menu
from inspector.ui.widgets.paint import text_width
from inspector.ui.widgets.segments import Segments

PLACES = ((MeasuredAt.RECEIVER, "Receiver"), (MeasuredAt.HANDLER, "My handler"))
_GAPS = (8, 15, 10, 6, 0)  # after each part
_ICON_BUTTON_PX = 40
_AIR_PX = 24
_WORD_PX = 8  # air between icon and word, and after it
_TIPS = {
    MeasuredAt.RECEIVER: "Our answers to the provider",
    MeasuredAt.HANDLER: "What your handler answered to forwarded and replayed events",
}


class HeadTools(QWidget):
    """The row of choices and buttons.

    Signals:
        changed: another place of measuring or another range was chosen.
        csv_requested, picture_requested: export the figures, or a picture of the page.
        alerts_requested: show the alerts.
    """

    changed = Signal()
    csv_requested = Signal()
    picture_requested = Signal()
    alerts_requested = Signal()

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._icons = theme, icons
        self.label = Label(theme, "Measured at", self, font="small", color="text2")
        self.places = Segments(theme, [(place.value, words) for place, words in PLACES], self, name="Measured at")
        for place, words in _TIPS.items():
            self.places.button(place.value).setToolTip(words)
        self.spans = Segments(theme, [(span.key, span.title) for span in Span], self, name="Range")
        self.export = SecondaryButton(theme, icons, "Export", "download", self)
        self.alerts = SecondaryButton(theme, icons, "Alerts", "bell", self)
        for button in (self.export, self.alerts):
            button.setAccessibleName(button.text())
        self._words = [button.text() for button in (self.export, self.alerts)]
        self.menu: Menu | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for part, gap in zip((self.label, self.places, self.spans, self.export, self.alerts), _GAPS, strict=True):
            row.addWidget(part)
            row.addSpacing(gap)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.places.changed.connect(lambda _key: self.changed.emit())
        self.spans.changed.connect(lambda _key: self.changed.emit())
        self.export.clicked.connect(lambda _checked=False: self._open_export())
        self.alerts.clicked.connect(self.alerts_requested)

    @property
    def span(self) -> Span:
        """The range that is chosen."""
        return next(span for span in Span if span.key == self.spans.current)

    @property
    def measured_at(self) -> MeasuredAt:
        """Whose answers are counted."""
        return MeasuredAt(self.places.current)

    def set_choice(self, span: str, measured_at: str) -> None:
        """Choose as it was kept."""
        self.spans.set_current(span)
        self.places.set_current(measured_at)

    def fit(self, room_px: int) -> None:
        """Leave out words where there is no room for them."""
        font = self._theme.font(self.export.look.font)
        words = [self.label.sizeHint().width() + _GAPS[0]]
        words += [text_width(name, font) + _WORD_PX for name in self._words]
        least = self.places.sizeHint().width() + self.spans.sizeHint().width() + sum(_GAPS)
        short = least + 2 * _ICON_BUTTON_PX + sum(words) + _AIR_PX > room_px
        self.label.setVisible(not short)
        for button in (self.export, self.alerts):
            name = button.accessibleName()
            button.setText("" if short else name)
            button.setToolTip(name if short else "")
            button.updateGeometry()

    def _open_export(self) -> None:
        if self.menu is None:
            self.menu = Menu(self._theme, self._icons, self)
            self.menu.add("Figures as CSV…", "table", self.csv_requested.emit)
            self.menu.add("Picture of the page…", "image", self.picture_requested.emit)
        self.menu.popup(self.export.mapToGlobal(QPoint(0, self.export.height())))
