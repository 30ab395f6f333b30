"""The row over the table: segments, issues, live or held, and how the table looks."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from inspector.domain.report import Category
from inspector.ui.events.live_button import LiveButton
from inspector.ui.events.rows import Counts
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import GhostButton, IconButton
from inspector.ui.widgets.counts import grouped
from inspector.ui.widgets.segments import Segments

ALL = "all"
SEGMENTS: tuple[tuple[str, str], ...] = (
    (ALL, "All"),
    (Category.STATUS.value, "Status"),
    (Category.ENGAGEMENT.value, "Engagement"),
    (Category.TEMPLATE.value, "Templates"),
    (Category.OTHER.value, "Other"),
)
_LEFT_PX = 12
_RIGHT_PX = 7


class FilterRow(QWidget):
    """Combines with the search field.

    Signals:
        changed: another segment was chosen, or issues were switched.
        live_clicked: follow or stand still.
        view_clicked: show the menu of columns and row heights.
    """

    changed = Signal()
    live_clicked = Signal()
    view_clicked = Signal()

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._short = False
        self._issue_count = 0
        self.segments = Segments(theme, SEGMENTS, self, name="Kind of events")
        self.issues = GhostButton(theme, icons, "Issues", "triangle-alert", self)
        self.issues.setCheckable(True)
        self.live = LiveButton(theme, icons, self)
        self.view = IconButton(theme, icons, "settings-2", "Columns and rows", self)
        row = QHBoxLayout(self)
        row.setContentsMargins(_LEFT_PX, 0, _RIGHT_PX, 0)
        row.setSpacing(0)
        row.addWidget(self.segments)
        row.addStretch(1)
        row.addWidget(self.issues)
        row.addWidget(self.live)
        row.addWidget(self.view)
        self.segments.changed.connect(self.changed)
        self.issues.toggled.connect(self.changed)
        self.live.clicked.connect(self.live_clicked)
        self.view.clicked.connect(self.view_clicked)
        theme.changed.connect(self._on_theme)
        self._on_theme()
        self._word_issues()

    def _on_theme(self) -> None:
        self.setFixedHeight(self._theme.size("filterRow"))

    @property
    def category(self) -> Category | None:
        """The segment that is chosen, None for all."""
        return None if self.segments.current == ALL else Category(self.segments.current)

    @property
    def issues_only(self) -> bool:
        """Whether only events with trouble are shown."""
        return self.issues.isChecked()

    def reset(self) -> None:
        """Show all kinds again, and not issues alone."""
        self.blockSignals(True)
        self.segments.set_current(ALL)
        self.issues.setChecked(False)
        self.blockSignals(False)

    def minimumSizeHint(self) -> QSize:
        # The window decides how small it may be; a row that is too long leaves out words instead of widening it.
        return QSize(0, super().minimumSizeHint().height())

    def set_counts(self, counts: Counts) -> None:
        """Show how many events there are of each kind, and how many issues."""
        numbers = {category.value: counts.by_category.get(category, 0) for category in Category}
        self.segments.set_counts({ALL: counts.total, **numbers})
        self._issue_count = counts.issues
        self._word_issues()

    def fit(self, width_px: int, *, narrow: bool) -> None:
        """Leave out counts and words where the window is narrow or the row too long, then bring segments closer."""
        self.set_short(narrow or width_px < self.long_width())
        self.segments.set_tight(False)
        self.segments.set_tight(self.sizeHint().width() > width_px)

    def set_short(self, short: bool) -> None:
        """Leave out counts and words where room is short."""
        self._short = short
        self.segments.set_counts_visible(not short)
        self.live.set_short(short)
        self._word_issues()

    def long_width(self) -> int:
        """Return how wide it is with all its counts and words."""
        short = self._short
        self.set_short(False)
        width = self.sizeHint().width()
        self.set_short(short)
        return width

    def _word_issues(self) -> None:
        count = grouped(self._issue_count)
        self.issues.setText("" if self._short else f"Issues {count}")
        self.issues.setAccessibleName(f"Issues, {count}")
        self.issues.setToolTip(f"Only wrong signatures, repeats, failed messages and answers that are not 2xx: {count}")
        self.issues.updateGeometry()
