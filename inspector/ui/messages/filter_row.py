"""The row over the list of messages: segments, and whether campaigns are kept together."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from inspector.store.message_query import Segment
from inspector.store.message_reader import MessageCounts
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import GhostButton
from inspector.ui.widgets.segments import Segments

TEMPLATES = "templates"
SEGMENTS: tuple[tuple[str, str], ...] = (
    (Segment.ALL.value, "All"),
    (Segment.PROGRESS.value, "In progress"),
    (Segment.COMPLETE.value, "Complete"),
    (Segment.FAILED.value, "Failed"),
    (Segment.GAPS.value, "Gaps"),
    (TEMPLATES, "Templates"),
)
GROUP_WORDS = "Group by campaign"
_LEFT_PX = 12
_RIGHT_PX = 12


class MessageFilterRow(QWidget):
    """Combines with the search field.

    Signals:
        changed: another segment was chosen, or grouping was switched.
    """

    changed = Signal()

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        self.segments = Segments(theme, SEGMENTS, self, name="State of messages")
        self.group = GhostButton(theme, icons, GROUP_WORDS, "list-filter", self)
        self.group.setCheckable(True)
        self.group.setAccessibleName(GROUP_WORDS)
        self.group.setToolTip("Keep the messages of a campaign together")
        row = QHBoxLayout(self)
        row.setContentsMargins(_LEFT_PX, 0, _RIGHT_PX, 0)
        row.setSpacing(0)
        row.addWidget(self.segments)
        row.addStretch(1)
        row.addWidget(self.group)
        self.segments.changed.connect(self._on_segment)
        self.group.toggled.connect(lambda _on: self.changed.emit())
        theme.changed.connect(self._on_theme)
        self._on_theme()

    def _on_theme(self) -> None:
        self.setFixedHeight(self._theme.size("filterRow"))
        self.fit()

    def _on_segment(self) -> None:
        self.group.setVisible(not self.shows_templates)
        self.fit()
        self.changed.emit()

    @property
    def shows_templates(self) -> bool:
        """Whether templates are shown in the place of messages."""
        return self.segments.current == TEMPLATES

    @property
    def segment(self) -> Segment:
        """The segment that is chosen; all messages while templates are shown."""
        return Segment.ALL if self.shows_templates else Segment(self.segments.current)

    @property
    def by_campaign(self) -> bool:
        """Whether campaigns are kept together."""
        return self.group.isChecked()

    def reset(self) -> None:
        """Show all messages again."""
        self.segments.set_current(Segment.ALL.value)

    def set_counts(self, counts: MessageCounts, templates: int | None) -> None:
        """Show how many messages each segment has, and how many templates there are."""
        numbers = {segment.value: counts.by_segment.get(segment, 0) for segment in Segment}
        self.segments.set_counts(numbers if templates is None else numbers | {TEMPLATES: templates})
        self.fit()  # a count needs room that may not be there

    def fit(self) -> None:
        """Leave out words and counts where room is short."""
        self.segments.set_counts_visible(True)
        self.segments.set_tight(False)
        self.group.setText(GROUP_WORDS)
        if self._is_short():
            self.group.setText("")
        if self._is_short():
            self.segments.set_counts_visible(False)
        self.segments.set_tight(self._is_short())
        self.segments.updateGeometry()
        self.group.updateGeometry()

    def _is_short(self) -> bool:
        # The row's own layout learns of a change only on a later turn of the loop.
        group = 0 if self.group.isHidden() else self.group.sizeHint().width()
        return _LEFT_PX + self.segments.sizeHint().width() + group + _RIGHT_PX > self.width()

    def minimumSizeHint(self) -> QSize:
        # The window decides how small it may be; a row that is too long leaves out words instead of widening it.
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()
