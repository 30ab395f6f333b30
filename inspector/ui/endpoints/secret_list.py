"""The secrets of an endpoint in its form: those accepted, those on their way out, and one more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from inspector.domain.endpoint import GRACE_S
from inspector.domain.endpoint_secret import SecretRef
from inspector.ui.dialogs.question import TextQuestion
from inspector.ui.endpoints import secret_drafts as drafting
from inspector.ui.endpoints.secret_drafts import Drafts, SecretDraft
from inspector.ui.endpoints.secret_rows import EndingRow, SecretRow
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import link_button


class SecretList(QWidget):
    """Edits drafts; nothing is kept here.

    Signals:
        changed: what would be saved has changed.
        rebuilt: there are other fields than before.
    """

    changed = Signal()
    rebuilt = Signal()

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        refs: Iterable[SecretRef],
        values: Mapping[str, str],
        clock: Callable[[], datetime],
    ) -> None:
        super().__init__()
        self._theme, self._icons, self._clock = theme, icons, clock
        self._before = tuple(refs)
        self._drafts = drafting.drafts_of(self._before, values)
        self._graces: dict[str, int] = {}
        self._label, self._several_lines = "Secret", False
        self.rows: list[SecretRow] = []
        self.ending: list[EndingRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self.add_button = link_button(theme, icons, "Add another", self.add, self)
        self._column.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)
        self._build()

    @property
    def drafts(self) -> Drafts:
        """What Save would keep."""
        return drafting.settled(self._drafts, self._before)

    def set_asked(self, label: str, *, several_lines: bool) -> None:
        """Call the secrets what the provider calls them; `several_lines` for public keys."""
        if (label, several_lines) != (self._label, self._several_lines):
            self._label, self._several_lines = label, several_lines
            self._build()

    def add(self) -> None:
        """Open a field for one more secret."""
        self._drafts = drafting.added(self._drafts, self._clock())
        self._build()
        self.rows[-1].field.setFocus()

    # -- building -----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        for old in (*self.rows, *self.ending):
            self._column.removeWidget(old)
            old.hide()
            old.deleteLater()
        if not any(draft.ref.until is None for draft in self._drafts):
            self._drafts = drafting.added(self._drafts, self._clock())
        now = self._clock()
        lasting = [draft for draft in self._drafts if draft.ref.until is None]
        self.rows = [self._row(draft, only=len(lasting) == 1) for draft in lasting]
        leaving = {draft.replaces for draft in lasting}  # their row says already until when they are accepted
        self.ending = [
            self._ending_row(draft, now)
            for draft in self._drafts
            if draft.ref.until is not None and draft.ref.key not in leaving
        ]
        for place, row in enumerate((*self.rows, *self.ending)):
            self._column.insertWidget(place, row)
        self._column.removeWidget(self.add_button)
        self._column.insertWidget(len(self.rows), self.add_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.add_button.setVisible(all(draft.value for draft in lasting))
        self.rebuilt.emit()

    def _row(self, draft: SecretDraft, *, only: bool) -> SecretRow:
        old = next((item for item in self._drafts if item.ref.key == draft.replaces), None)
        row = SecretRow(
            self._theme,
            self._icons,
            draft,
            self._label,
            several_lines=self._several_lines,
            replaced=old,
            grace_s=self._graces.get(draft.replaces, GRACE_S),
            only=only and not draft.replaces,
        )
        key = draft.ref.key
        row.written.connect(partial(self._write, key))
        row.named.connect(partial(self._name, key))
        row.replace_wanted.connect(partial(self._replace, key))
        row.rename_wanted.connect(partial(self._ask_name, key))
        row.removed.connect(partial(self._remove, key))
        row.grace_chosen.connect(partial(self._grace, draft.replaces))
        return row

    def _ending_row(self, draft: SecretDraft, now: datetime) -> EndingRow:
        row = EndingRow(self._theme, self._icons, draft, now)
        key = draft.ref.key
        row.accepted_until.connect(partial(self._accept_until, key))
        row.rename_wanted.connect(partial(self._ask_name, key))
        row.removed.connect(partial(self._remove, key))
        return row

    # -- reacting -----------------------------------------------------------------------------------------------

    def _write(self, key: str, value: str) -> None:
        self._drafts = drafting.written(self._drafts, key, value)
        lasting = [draft for draft in self._drafts if draft.ref.until is None]
        self.add_button.setVisible(all(draft.value for draft in lasting))
        self.changed.emit()

    def _name(self, key: str, name: str) -> None:
        self._drafts = drafting.renamed(self._drafts, key, name)
        self.changed.emit()

    def _replace(self, key: str) -> None:
        self._drafts, new = drafting.replaced(self._drafts, key, self._clock(), GRACE_S)
        self._rebuilt()
        next(row for row in self.rows if row.key == new).field.setFocus()

    def _grace(self, key: str, seconds: int) -> None:
        self._graces[key] = seconds
        self._accept_until(key, self._clock() + timedelta(seconds=seconds), rebuild=False)

    def _accept_until(self, key: str, until: datetime | None, *, rebuild: bool = True) -> None:
        self._drafts = drafting.accepted_until(self._drafts, key, until)
        if rebuild:
            self._rebuilt()
        else:
            self.changed.emit()

    def _remove(self, key: str) -> None:
        gone = next(draft for draft in self._drafts if draft.ref.key == key)
        if gone.replaces:
            before = {ref.key: ref.until for ref in self._before}
            self._drafts = drafting.accepted_until(self._drafts, gone.replaces, before.get(gone.replaces))
        self._drafts = drafting.removed(self._drafts, key)
        self._rebuilt()

    def _ask_name(self, key: str) -> None:
        draft = next(item for item in self._drafts if item.ref.key == key)
        question = TextQuestion(
            self._theme,
            self._icons,
            "Rename the secret",
            f"A name tells {draft.dots} from your other secrets.",
            "Rename",
            self.window(),
            value=draft.ref.name,
            mono=False,
        )
        question.accepted.connect(lambda: self._rename(key, question.field.text()))
        question.finished.connect(lambda _result: question.deleteLater())
        question.open()

    def _rename(self, key: str, name: str) -> None:
        self._drafts = drafting.renamed(self._drafts, key, name)
        self._rebuilt()

    def _rebuilt(self) -> None:
        self._build()
        self.changed.emit()
