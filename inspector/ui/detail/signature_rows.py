"""Painted lists of the Signature view: the checks that were made, and two signatures compared."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from inspector.domain.verification import Step, StepState
from inspector.signatures.diagnosis.side_by_side import side_by_side
from inspector.ui.detail.compare import Comparison, is_digest
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.paint import draw_text, fill_box, text_width

ROW_PX = 28
_SECOND_LINE_PX = 17
_ICON_PX = 15
_NAME_LEFT_PX = 26
_COMPARE_ROW_PX = 30
_COMPARE_LEFT_PX = 110
_COMPARE_GAP_PX = 12
_LABEL_SHARE = 0.45
_STATES = {
    StepState.PASSED: ("check", "passFg"),
    StepState.FAILED: ("x", "failFg"),
    StepState.SKIPPED: ("minus", "text3"),
}


class StepRows(QWidget):
    """The checks in order: state, name, detail; a failed one says below what was expected and what came."""

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        self.steps: tuple[Step, ...] = ()
        self.setAccessibleName("Checked")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._on_change)

    def set_steps(self, steps: tuple[Step, ...]) -> None:
        """Show other checks."""
        self.steps = steps
        spoken = (f"{step.name}: {step.state.value}, {step.detail} {second_line(step)}".strip() for step in steps)
        self.setAccessibleDescription("; ".join(spoken))
        self._on_change()

    def _on_change(self) -> None:
        self.updateGeometry()
        self.update()

    def _row_px(self, step: Step) -> int:
        return ROW_PX + (_SECOND_LINE_PX if second_line(step) else 0)

    def sizeHint(self) -> QSize:
        return QSize(320, sum(map(self._row_px, self.steps)))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        top = 0
        for number, step in enumerate(self.steps):
            height = self._row_px(step)
            self._paint_step(painter, step, QRectF(0, top, self.width(), height))
            top += height
            if number + 1 < len(self.steps):
                painter.fillRect(QRectF(0, top - 1, self.width(), 1), self._theme.tokens.grid)
        painter.end()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            step = self._step_at(event.pos().y())
            words = [step.name, step.detail, second_line(step)] if step is not None else []
            QToolTip.showText(event.globalPos(), "\n".join(filter(None, words)), self)
            return True
        return super().event(event)

    def _step_at(self, y: int) -> Step | None:
        bottom = 0
        for step in self.steps:
            bottom += self._row_px(step)
            if y < bottom:
                return step
        return None

    def _paint_step(self, painter: QPainter, step: Step, rect: QRectF) -> None:
        tokens = self._theme.tokens
        icon, tint = _STATES[step.state]
        self._icons.paint(painter, icon, tint, 2, rect.top() + (ROW_PX - _ICON_PX) / 2, _ICON_PX)
        telling = step.state is StepState.FAILED or " of " in step.name
        small = self._theme.font("small", numbers=True)
        line = QRectF(_NAME_LEFT_PX, rect.top(), rect.width() - _NAME_LEFT_PX, ROW_PX)
        ink = self._theme.color(tint) if telling else tokens.text3
        room = min(text_width(step.detail, small), line.width() * 0.6)
        detail = QRectF(line.right() - room, line.top(), room + 1, ROW_PX)
        draw_text(painter, detail, step.detail, small, ink)
        font = self._theme.font("label" if telling else "body")
        draw_text(painter, line.adjusted(0, 0, -room - 10, 0), step.name, font, tokens.text)
        words = second_line(step)
        if words:
            below = QRectF(_NAME_LEFT_PX, rect.top() + ROW_PX - 6, line.width(), _SECOND_LINE_PX)
            draw_text(painter, below, words, small, tokens.text2)


def second_line(step: Step) -> str:
    """Return what stands below a check that failed for another reason than a signature that differs."""
    if step.state is not StepState.FAILED or is_digest(step):
        return ""
    expected = f"Expected {step.expected}" if step.expected else ""
    return ", ".join(part for part in (expected, f"got {step.got}" if step.got else "") if part)


class CompareCard(QWidget):
    """What was received above what was expected, with the first group that differs underlined."""

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        self._comparison: Comparison | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def set_comparison(self, comparison: Comparison) -> None:
        """Compare other values."""
        self._comparison = comparison
        self.setAccessibleName("Compared signatures")
        spoken = [f"Received {comparison.received}"]
        for row in comparison.expected:
            words = side_by_side(row.value, comparison.received).words
            spoken.append(f"expected with {row.label.lower()} secret {row.value}: {words}")
        self.setAccessibleDescription("; ".join(spoken))
        self.setToolTip(
            "\n".join(f"{line.partition(' secret ')[0]}: {line.rpartition(': ')[2]}" for line in spoken[1:])
        )
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        rows = 1 + len(self._comparison.expected) if self._comparison is not None else 0
        return QSize(320, rows * _COMPARE_ROW_PX + 2 if rows else 0)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._comparison is None:
            return
        tokens = self._theme.tokens
        painter = QPainter(self)
        fill_box(painter, QRectF(self.rect()), self._theme.radius("control"), tokens.subtle, tokens.borderStrong)
        self._paint_row(painter, 0, "Received", self._comparison.groups, -1, "text", "download")
        for number, row in enumerate(self._comparison.expected, 1):
            top = number * _COMPARE_ROW_PX + 1
            painter.fillRect(QRectF(12, top, self.width() - 24, 1), tokens.border)
            color, icon = ("passFg", "check") if row.value == self._comparison.received else ("failFg", "x")
            self._paint_row(painter, number, row.label, row.groups, row.differs_at, color, icon)
        painter.end()

    def label_px(self) -> int:
        """Return how wide the names of the secrets stand; a very long one is cut."""
        font = self._theme.font("small")
        rows = self._comparison.expected if self._comparison is not None else ()
        widest = max((text_width(row.label, font) for row in rows), default=0)
        return min(max(widest, _COMPARE_LEFT_PX - _COMPARE_GAP_PX), round((self.width() - 24) * _LABEL_SHARE))

    def _paint_row(
        self,
        painter: QPainter,
        number: int,
        label: str,
        groups: tuple[str, ...],
        differs_at: int,
        color: str,
        icon: str,
    ) -> None:
        tokens = self._theme.tokens
        rect = QRectF(12, 1 + number * _COMPARE_ROW_PX, self.width() - 24, _COMPARE_ROW_PX)
        named = QRectF(rect.left(), rect.top(), self.label_px(), rect.height())
        draw_text(painter, named, label, self._theme.font("small"), tokens.text2)
        mono = self._theme.font("mono")
        gap = text_width(" ", mono)
        left = named.right() + _COMPARE_GAP_PX
        for place, group in enumerate(groups):
            room = QRectF(left, rect.top(), rect.right() - left - 24, rect.height())
            width = draw_text(painter, room, group, mono, self._theme.color(color))
            if place == differs_at:
                y = rect.center().y() + mono.pixelSize() * 0.62
                painter.fillRect(QRectF(left, round(y), width, 1.5), self._theme.color(color))
            left += width + gap
        tint = "text2" if icon == "download" else color
        self._icons.paint(painter, icon, tint, rect.right() - _ICON_PX, rect.center().y() - _ICON_PX / 2, _ICON_PX)
