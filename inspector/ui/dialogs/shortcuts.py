"""The list of keyboard shortcuts, made from the same table as the menus."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from inspector.ui.actions import ActionSpec
from inspector.ui.dialogs.base import PlainDialog
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import PrimaryButton
from inspector.ui.widgets.labels import Label, SectionLabel

SIZE = QSize(560, 620)

LIST_KEYS = (
    ("Up, Down, J, K", "Move"),
    ("Page Up, Page Down", "One page"),
    ("Home, End", "Newest (returns to Live), oldest"),
    ("Shift or Ctrl with these, Ctrl+A", "Extend the selection, add to it, select all"),
    ("Enter", "Focus the inspector"),
)
INSPECTOR_KEYS = (
    ("Alt+1 to 8", "Tab"),
    ("Ctrl+Tab, Ctrl+Shift+Tab", "Next, previous tab"),
    ("Left, Right, *", "Close, open, open all below (tree)"),
    ("Enter", "Open or close a value that holds something (tree)"),
    ("Ctrl+C, Ctrl+Shift+C", "Copy value, copy path (tree)"),
    ("Ctrl+F", "Find in the text (Raw)"),
    ("Ctrl+G, Ctrl+Shift+G", "Next, previous find (Raw)"),
)


class ShortcutsDialog(PlainDialog):
    """Keys on the left, what they do on the right."""

    def __init__(self, theme: Theme, icons: Icons, specs: Iterable[ActionSpec], parent: QWidget | None) -> None:
        super().__init__(theme, icons, "Keyboard shortcuts", parent, heading="Keyboard shortcuts")
        everywhere = [(", ".join(spec.keys), spec.text.rstrip("…")) for spec in specs if spec.keys]
        on_event = [(spec.list_key, spec.text.rstrip("…")) for spec in specs if spec.list_key]
        page = QWidget()
        grid = QGridLayout(page)
        grid.setContentsMargins(0, 0, 12, 0)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(7)
        grid.setColumnStretch(1, 1)
        groups = (
            ("Everywhere", everywhere),
            ("Event list", [*LIST_KEYS, *on_event]),
            ("Inspector", list(INSPECTOR_KEYS)),
        )
        row = 0
        for title, lines in groups:
            grid.addWidget(SectionLabel(theme, title), row, 0, 1, 2)
            for keys, words in lines:
                row += 1
                grid.addWidget(Label(theme, keys, font="mono"), row, 0)
                grid.addWidget(Label(theme, words, color="text2", wrap=True), row, 1)
            row += 1
        area = QScrollArea()
        area.setAccessibleName("Shortcuts")
        area.setWidgetResizable(True)
        area.setWidget(page)
        self.body.addWidget(area, 1)
        close = PrimaryButton(theme, icons, "Close")
        close.clicked.connect(self.accept)
        self.set_footer([close])
        self.resize(SIZE)
