"""One secret on screen: being typed, kept and accepted, or on its way out."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from inspector.domain.endpoint import GRACE_S
from inspector.ui.endpoints.secret_drafts import SecretDraft, end_words
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import IconButton, SecondaryButton
from inspector.ui.widgets.fields import ComboBox, TextField
from inspector.ui.widgets.labels import ElidingLabel, Label
from inspector.ui.widgets.menu import Menu
from inspector.ui.widgets.secret_field import SecretField

KEY_LINES_PX = 92
NAME_PX = 120
GRACES = (
    (GRACE_S, "24 hours"),
    (3600, "1 hour"),
    (7 * 86_400, "7 days"),
    (0, "not at all"),
)


class KeyArea(QPlainTextEdit):
    """A public key, which has several lines and nothing to hide; Tab leaves it."""

    def __init__(self, theme: Theme, text: str, name: str, *, placeholder: str = "") -> None:
        super().__init__(text)
        self._theme = theme
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.setFixedHeight(KEY_LINES_PX)
        theme.changed.connect(self._on_theme)
        self._on_theme()

    def _on_theme(self) -> None:
        self.setFont(self._theme.font("mono"))


class SecretRow(QWidget):
    """A secret that is accepted for good: an open field while it is new, covered and replaceable once it is kept.

    Signals:
        written(str): a new secret's value changed.
        named(str): a new secret's name changed.
        replace_wanted, rename_wanted, removed: what the user asks for.
        grace_chosen(int): how many seconds the replaced one stays accepted.
    """

    written = Signal(str)
    named = Signal(str)
    replace_wanted = Signal()
    rename_wanted = Signal()
    removed = Signal()
    grace_chosen = Signal(int)

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        draft: SecretDraft,
        label: str,
        *,
        several_lines: bool,
        replaced: SecretDraft | None = None,
        grace_s: int = GRACE_S,
        only: bool = False,
    ) -> None:
        super().__init__()
        self._theme, self._icons, self._draft, self._label = theme, icons, draft, label
        self.key = draft.ref.key
        self.field: SecretField | KeyArea
        self.show_secret = IconButton(theme, icons, "eye", f"Show {label}")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(8)
        column.addLayout(row)
        value = draft.value or ""
        if several_lines or "\n" in value:
            self.field = self._key_area(value)
        else:
            self.field = self._secret_field(value)
        row.addWidget(self.field, 1)
        self._top = Qt.AlignmentFlag.AlignTop
        if isinstance(self.field, SecretField):
            row.addWidget(self.show_secret, 0, self._top)
        else:
            self.show_secret.setParent(None)
        (self._build_new if draft.new else self._build_kept)(row, only)
        if draft.new and draft.replaces:
            column.addLayout(self._grace_line(replaced.dots if replaced else "", grace_s))
        elif not draft.new:
            at = draft.ref.added_at.astimezone()
            words = f"Added {at.day} {at:%b %Y}" if draft.value else _LOST
            words = f"{draft.ref.name} · {words}" if draft.ref.name else words
            column.addWidget(Label(theme, words, font="small", color="text2" if draft.value else "failFg", wrap=True))

    def _secret_field(self, value: str) -> SecretField:
        field = SecretField(self._theme, value, name=self._label)
        field.setPlaceholderText(f"Paste the {self._label[:1].lower()}{self._label[1:]}")
        field.setReadOnly(not self._draft.new)
        field.textChanged.connect(self.written)
        self.show_secret.setCheckable(True)
        self.show_secret.toggled.connect(self._on_show)
        return field

    def _key_area(self, value: str) -> KeyArea:
        area = KeyArea(self._theme, value, self._label, placeholder="-----BEGIN PUBLIC KEY-----")
        area.setReadOnly(not self._draft.new)
        area.textChanged.connect(lambda: self.written.emit(area.toPlainText()))
        return area

    def _on_show(self, shown: bool) -> None:
        if isinstance(self.field, SecretField):
            self.field.set_shown(shown)
        self.show_secret.set_name(f"Hide {self._label}" if shown else f"Show {self._label}")
        self.show_secret.set_icon_name("eye-off" if shown else "eye")

    def _build_new(self, row: QHBoxLayout, only: bool) -> None:
        name = TextField(self._theme, self._draft.ref.name, name="Name of the secret", placeholder="Name (optional)")
        name.setFixedWidth(NAME_PX)
        name.textChanged.connect(self.named)
        row.addWidget(name, 0, self._top)
        if not only:
            words = "Keep the old one" if self._draft.replaces else "Do not add this secret"
            drop = IconButton(self._theme, self._icons, "undo-2" if self._draft.replaces else "x", words)
            drop.clicked.connect(lambda: self.removed.emit())
            row.addWidget(drop, 0, self._top)

    def _build_kept(self, row: QHBoxLayout, _only: bool) -> None:
        copy = IconButton(self._theme, self._icons, "copy", f"Copy {self._label}")
        copy.clicked.connect(lambda: QApplication.clipboard().setText(self._draft.value or ""))
        self.replace_button = SecondaryButton(self._theme, self._icons, "Replace…")
        self.replace_button.clicked.connect(lambda: self.replace_wanted.emit())
        self.more = IconButton(self._theme, self._icons, "ellipsis", f"More for {self._draft.ref.name or self._label}")
        self.more.clicked.connect(lambda: self.menu().popup(self.more.mapToGlobal(self.more.rect().bottomLeft())))
        for button in (copy, self.replace_button, self.more):
            row.addWidget(button, 0, self._top)

    def menu(self) -> Menu:
        """Return what else can be done with a kept secret."""
        menu = Menu(self._theme, self._icons, self)
        menu.add("Rename…", "pencil", self.rename_wanted.emit)
        menu.line()
        menu.add("Remove", "trash-2", self.removed.emit, danger=True)
        return menu

    def _grace_line(self, dots: str, grace_s: int) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(8)
        words = f"The old one, {dots}, is accepted for"
        line.addWidget(Label(self._theme, words, font="small", color="text2"))
        self.grace = ComboBox(self._theme, self._icons, name=words)
        for seconds, text in GRACES:
            self.grace.addItem(text, seconds)
        self.grace.setCurrentIndex(max(0, self.grace.findData(grace_s)))
        self.grace.currentIndexChanged.connect(lambda _row: self.grace_chosen.emit(int(self.grace.currentData())))
        line.addWidget(self.grace)
        line.addStretch(1)
        return line


class EndingRow(QWidget):
    """A secret that stops or stopped being accepted.

    Signals:
        accepted_until(object): a moment, None for good.
        rename_wanted, removed: what the user asks for.
    """

    accepted_until = Signal(object)
    rename_wanted = Signal()
    removed = Signal()

    def __init__(self, theme: Theme, icons: Icons, draft: SecretDraft, now: datetime) -> None:
        super().__init__()
        self._theme, self._icons, self._now = theme, icons, now
        self.key = draft.ref.key
        until = draft.ref.until or now
        self._over = until <= now
        name = f"{draft.ref.name} " if draft.ref.name else ""
        self.words = f"{name}{draft.dots} · {end_words(until.astimezone(), now.astimezone())}"
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(ElidingLabel(theme, self.words, font="small", color="text3" if self._over else "text2"), 1)
        self.more = IconButton(theme, icons, "ellipsis", f"More for the secret {draft.dots}")
        self.more.clicked.connect(lambda: self.menu().popup(self.more.mapToGlobal(self.more.rect().bottomLeft())))
        row.addWidget(self.more)

    def menu(self) -> Menu:
        """Return what can be done with it."""
        menu = Menu(self._theme, self._icons, self)
        for hours, words in ((24, "Accept for 24 hours"), (7 * 24, "Accept for 7 days")):
            until = self._now + timedelta(hours=hours)
            menu.add(words, "clock", partial(self.accepted_until.emit, until))
        menu.add("Accept for good", "check", lambda: self.accepted_until.emit(None))
        if not self._over:
            menu.add("Stop accepting it", "ban", lambda: self.accepted_until.emit(self._now))
        menu.line()
        menu.add("Rename…", "pencil", self.rename_wanted.emit)
        menu.add("Remove", "trash-2", self.removed.emit, danger=True)
        return menu


_LOST = "Its value is no longer in the keychain; replace it"
