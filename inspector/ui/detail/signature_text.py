"""The signed text with every byte visible, and where each part of it came from."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QTextCharFormat, QTextCursor, QTextOption
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from inspector.signatures.diagnosis.signed_text import SHOWN_BYTES, Part, runs
from inspector.ui.detail.detail_view import copy_text
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import link_button
from inspector.ui.widgets.labels import Label

MOST_LINES = 12
LEAST_LINES = 3
_GROUNDS = ("subtle", "accentTint")


class SignedText(QWidget):
    """A caption, a legend, the text; parts from different places stand on different grounds."""

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.parts: tuple[Part, ...] = ()
        self.caption = Label(theme, "Signed text", self, font="caption", color="text2")
        self.copy_link = link_button(theme, icons, "Copy", self.copy, self)
        self.legend = Label(theme, "", self, font="small", color="text2", wrap=True)
        self.area = _Area(theme, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        head = QHBoxLayout()
        head.addWidget(self.caption)
        head.addStretch(1)
        head.addWidget(self.copy_link)
        column.addLayout(head)
        column.addWidget(self.legend)
        column.addWidget(self.area)
        theme.changed.connect(self._fill)

    def set_parts(self, parts: tuple[Part, ...]) -> None:
        """Show another text; nothing is shown for ()."""
        self.parts = parts
        self.setVisible(bool(parts))
        self.legend.setText(legend_of(parts))
        self._fill()

    def copy(self) -> None:
        """Copy the text as it is signed; a part that is the secret is left out."""
        data = b"".join(part.data for part in self.parts if not part.hidden)
        copy_text(data.decode("utf-8", "replace"), self, "Signed text")

    def _fill(self) -> None:
        self.area.fill(self.parts)


class _Area(QPlainTextEdit):
    """The text itself, read-only, as high as it needs to be up to a dozen lines."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setReadOnly(True)
        self.setAccessibleName("Signed text")
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )

    def fill(self, parts: tuple[Part, ...]) -> None:
        """Write the parts."""
        self.setFont(self._theme.font("mono"))
        self.clear()
        cursor = QTextCursor(self.document())
        left = SHOWN_BYTES
        for number, part in enumerate(parts):
            ground = self._theme.color(_GROUNDS[number % 2])
            if part.hidden:
                cursor.insertText("•" * 8, self._format("text3", ground))
                continue
            for run in runs(part.data, max(0, left)):
                color = {"plain": "text", "wide": "accent", "escape": "warnFg"}[run.kind]
                cursor.insertText(run.text, self._format(color, ground))
            left -= len(part.data)
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.updateGeometry()

    def _format(self, color: str, ground: QColor) -> QTextCharFormat:
        form = QTextCharFormat()
        form.setForeground(self._theme.color(color))
        form.setBackground(ground)
        return form

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(self.font())
        characters = max(1, int((max(self.width(), 240) - 24) / max(1.0, metrics.horizontalAdvance("0"))))
        lines = sum(max(1, -(-len(line) // characters)) for line in self.toPlainText().split("\n"))
        shown = min(max(lines, LEAST_LINES), MOST_LINES)
        return QSize(240, round(metrics.lineSpacing() * shown + 14))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())


def legend_of(parts: tuple[Part, ...]) -> str:
    """Say what the text is made of, in order: `“v0:”, X-Slack-Request-Timestamp (10 B), “:”, raw body (438 B)`."""
    words = []
    for part in parts:
        if not part.source:
            words.append(f"“{part.data.decode('utf-8', 'replace')}”".replace("\n", "\\n"))
        elif part.hidden:
            words.append("the secret")
        else:
            words.append(f"{part.source} ({len(part.data):,} B)")
    total = sum(len(part.data) for part in parts)
    joined = ", ".join(words)
    return f"{joined[:1].upper()}{joined[1:]}" + (f"; {total:,} bytes in all." if len(parts) > 1 else ".")
