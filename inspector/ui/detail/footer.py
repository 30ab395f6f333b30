"""The tinted line at the foot of a view: where one is at the left, what it is at the right, and a link."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from inspector.ui.theme import Theme
from inspector.ui.theme_tokens import FontName
from inspector.ui.widgets.labels import ElidingLabel

HEIGHT_PX = 34


class Footer(QWidget):
    """Two texts of which one gives way where the room is short, and an optional button behind them."""

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, *, left_font: FontName = "mono", left_yields: bool = True
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.left = ElidingLabel(
            theme, "", self, font=left_font, color="text2", mode=Qt.TextElideMode.ElideMiddle, numbers=True
        )
        right = Qt.AlignmentFlag.AlignRight
        self.right = ElidingLabel(theme, "", self, font="small", color="text2", numbers=True, align=right)
        yielding = self.left if left_yields else self.right
        yielding.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 1, 16, 0)
        self._row.setSpacing(12)
        self._row.addWidget(self.left, 1 if left_yields else 0)
        self._row.addWidget(self.right, 0 if left_yields else 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(HEIGHT_PX)
        theme.changed.connect(self.update)

    def add_button(self, button: QWidget) -> None:
        """Put a button at the right end."""
        self._row.addWidget(button)

    def set_texts(self, left: str, right: str) -> None:
        """Show other words."""
        self.left.setText(left)
        self.right.setText(right)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.tokens.subtle)
        painter.fillRect(QRectF(0, 0, self.width(), 1), self._theme.tokens.border)
        painter.end()
