"""Where the time of an attempt went: a bar of four parts and what each took."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from inspector.domain.attempt import Attempt
from inspector.ui.theme import Theme
from inspector.ui.widgets.badges import duration
from inspector.ui.widgets.labels import ElidingLabel, Label
from inspector.ui.widgets.paint import fill_box

BAR_PX = 10
DOT_PX = 8
GAP_PX = 2
LEAST_PX = 8
PARTS = ("Connect", "Send", "Handler", "Download")
_HANDLER = 2


def spans_of(attempt: Attempt) -> tuple[float, float, float, float]:
    """Return the milliseconds of each part."""
    return attempt.connect_ms, attempt.send_ms, attempt.wait_ms, attempt.download_ms


def widths(spans: tuple[float, ...], room: float) -> list[float]:
    """Share out a width by time; every part stays visible."""
    whole = sum(spans)
    free = room - GAP_PX * (len(spans) - 1) - LEAST_PX * len(spans)
    return [LEAST_PX + (free * span / whole if whole else free / len(spans)) for span in spans]


class TimingBar(QWidget):
    """The handler's part in full colour, the way there and back paler."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.caption = Label(theme, "", self, font="caption", color="text2", numbers=True)
        self.total = Label(theme, "", self, font="caption", numbers=True)
        self.bar = _Bar(theme, self)
        self.legend = [_Part(theme, name, place == _HANDLER, self) for place, name in enumerate(PARTS)]
        self.facts = ElidingLabel(theme, "", self, font="small", color="text2")
        head = QHBoxLayout()
        head.addWidget(self.caption)
        head.addStretch(1)
        head.addWidget(self.total)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(4)
        self._grid.setVerticalSpacing(2)
        self._across = 0
        self._arrange()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(7)
        column.addLayout(head)
        column.addWidget(self.bar)
        column.addLayout(self._grid)
        column.addWidget(self.facts)

    def _arrange(self) -> None:
        """Have the legend in one line where it fits, else in two."""
        wanted = sum(part.sizeHint().width() for part in self.legend)
        gaps = self._grid.horizontalSpacing() * len(self.legend)
        across = len(self.legend) if wanted + gaps <= self.width() else len(self.legend) // 2
        if across == self._across:
            return
        self._across = across
        for place, part in enumerate(self.legend):
            self._grid.removeWidget(part)
            self._grid.addWidget(part, place // across, place % across)
        for column in range(len(self.legend) + 1):
            self._grid.setColumnStretch(column, int(column == across))

    def minimumSizeHint(self) -> QSize:
        """Leave out the one-line legend: in a narrow window it has two."""
        half = len(self.legend) // 2
        widths = [part.sizeHint().width() for part in self.legend]
        least = max(map(max, zip(widths[:half], widths[half:], strict=True))) * half
        return QSize(least + self._grid.horizontalSpacing() * half, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def show_attempt(self, attempt: Attempt, number: int) -> None:
        """Show an attempt's times, and how it was connected."""
        spans = spans_of(attempt)
        self.caption.setText(f"Timing of attempt {number:,}")
        self.total.setText(duration(attempt.total_ms))
        self.bar.set_spans(spans)
        for part, span in zip(self.legend, spans, strict=True):
            part.set_span(span)
        self._arrange()
        self.facts.setText(connection_words(attempt))
        self.facts.setVisible(bool(self.facts.text()))
        words = ", ".join(f"{name} {duration(span)}" for name, span in zip(PARTS, spans, strict=True))
        self.bar.setAccessibleName(f"Timing: {words}")


def connection_words(attempt: Attempt) -> str:
    """Return the other side's address and how the connection was encrypted."""
    parts = [f"Connected to {attempt.remote}" if attempt.remote else ""]
    tls = attempt.tls
    if tls is not None:
        parts.append(f"{tls.version.replace('TLSv', 'TLS ')}, {tls.cipher}")
        if tls.subject:
            issuer = f", issued by {tls.issuer}" if tls.issuer else ""
            until = f", until {tls.until}" if tls.until else ""
            parts.append(f"certificate of {tls.subject}{issuer}{until}")
    return " · ".join(part for part in parts if part)


class _Bar(QWidget):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._spans: tuple[float, ...] = (0.0,) * len(PARTS)
        self.setFixedHeight(BAR_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def set_spans(self, spans: tuple[float, ...]) -> None:
        self._spans = spans
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        x = 0.0
        for place, width in enumerate(widths(self._spans, self.width())):
            color = self._theme.color(part_token(place == _HANDLER))
            fill_box(painter, QRectF(x, 0, width, BAR_PX), 2, color)
            x += width + GAP_PX
        painter.end()


class _Part(QWidget):
    """A dot in the part's colour, its name and its time."""

    def __init__(self, theme: Theme, name: str, strong: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self._name, self._token = name, part_token(strong)
        self.dot = _Dot(theme, self._token, self)
        self.label = Label(theme, name, self, font="small", color="text2", numbers=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3)
        row.addWidget(self.dot)
        row.addWidget(self.label)

    def set_span(self, span: float) -> None:
        self.label.setText(f"{self._name} {duration(span)}")


class _Dot(QWidget):
    def __init__(self, theme: Theme, token: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._token = theme, token
        self.setFixedSize(QSize(DOT_PX, DOT_PX))
        theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        fill_box(painter, QRectF(self.rect()), 2, self._theme.color(self._token))
        painter.end()


def part_token(strong: bool) -> str:
    """Return the colour of a part."""
    return "chart" if strong else "chartSoft"
