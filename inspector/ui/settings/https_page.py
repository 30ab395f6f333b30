"""The settings page for HTTPS: whether, where, with which certificate, and how to make others trust it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from inspector.app import App
from inspector.domain.errors import InspectorError, ListenError, UsageError
from inspector.receiver.https import PASSPHRASE_KEY
from inspector.receiver.https_facts import CertificateFacts, Problem
from inspector.receiver.https_state import HttpsState
from inspector.receiver.ports import next_free_port
from inspector.receiver.state import ReceiverState
from inspector.settings import Settings
from inspector.ui.dialogs.question import Question, ask
from inspector.ui.form import Row, Section
from inspector.ui.icons import Icons
from inspector.ui.settings.trust_guide import TrustGuide
from inspector.ui.tasks import Tasks
from inspector.ui.theme import Theme
from inspector.ui.widgets.badges import Tone
from inspector.ui.widgets.buttons import SecondaryButton
from inspector.ui.widgets.callout import Callout
from inspector.ui.widgets.fields import TextField
from inspector.ui.widgets.labels import KeyValueRow
from inspector.ui.widgets.secret_field import SecretField
from inspector.ui.widgets.segments import Segments
from inspector.ui.widgets.window_size import scaled

MODES = (("off", "Off"), ("beside", "Beside HTTP"), ("only", "Only HTTPS"))
SOURCES = (("authority", "Made on this computer"), ("own", "My own"))
VERSIONS = (("1.2", "1.2"), ("1.3", "1.3"))
MODE_HINTS = {
    "off": "Fine behind a tunnel or proxy, which speaks HTTPS for you.",
    "beside": "HTTP stays as it is; HTTPS listens on a port of its own.",
    "only": "No plain HTTP on any network. Tunnels and test events use an inner port of this computer.",
}
INTRODUCTION = "Encrypts what is sent straight to this computer, without a tunnel or proxy."
TRUSTING = "Whoever sends here by HTTPS has to know the authority of this computer, once."
NAMES = ("https_mode", "https_port", "https_source", "https_certificate", "https_key", "https_lowest")
PEM = "PEM (*.pem *.crt *.cer *.key);;All files (*)"
KEY_PX = 96


class HttpsPage(QWidget):
    """Every change applies at once. The callout tells how it is now."""

    def __init__(self, theme: Theme, icons: Icons, app: App) -> None:
        super().__init__()
        self._theme, self._icons, self._app = theme, icons, app
        self._tasks = Tasks(self._show_error)
        self._filling = False
        self.status = Callout(theme, icons, "neut", "info", "")
        self.facts = QWidget()
        self._fact_rows = [
            KeyValueRow(theme, icons, key, mono=key == "SHA-256", key_width_px=KEY_PX)
            for key in ("For", "Issued by", "Valid until", "Key", "SHA-256")
        ]
        self._build()
        self._running: list[asyncio.Task[Any]] = []
        leave = [
            app.https.changed.subscribe(lambda _: self._show_state()),
            app.receiver.changed.subscribe(lambda _: self._show_state()),
            app.settings.changed.subscribe(lambda _: self._show_settings()),
        ]
        self.destroyed.connect(partial(_end, leave, self._running))
        self._show_settings()
        self._start(self._load_passphrase(), "Reading the passphrase")

    # -- building -----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        theme, icons = self._theme, self._icons
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        section = Section(
            theme, "https", "HTTPS", "Encrypts what providers on the network send straight to this computer."
        )
        self.mode = self._segments("https_mode", MODES)
        self._mode_row = section.add("HTTPS", self.mode)
        self.port = TextField(theme, name="HTTPS port")
        self.port.setFixedWidth(scaled(theme, 96))
        self.port.editingFinished.connect(self._apply_port)
        self._port_row = section.add("Port", self.port)
        self.lowest = self._segments("https_lowest", VERSIONS)
        self._lowest_row = section.add("Lowest TLS", self.lowest, hint="1.3 turns away what is older than about 2018.")
        self.source = self._segments("https_source", SOURCES)
        self._source_row = section.add("Certificate", self.source)
        self.certificate, self._certificate_row = self._file_row(section, "https_certificate", "Certificate file")
        self.key, self._key_row = self._file_row(section, "https_key", "Key file")
        self._certificate_row.set_hint("PEM with the full chain, your own certificate first.")
        self._key_row.set_hint("PEM. Leave it empty where the certificate's file holds the key too.")
        self.passphrase = SecretField(theme, name="Passphrase of the key")
        self.passphrase.setPlaceholderText("Only for an encrypted key")
        self.passphrase.setMinimumWidth(200)
        self.passphrase.editingFinished.connect(self._keep_passphrase)
        self._passphrase_row = section.add(
            "Passphrase", self.passphrase, hint=self._app.secret_store.description, stretch=0
        )
        column.addWidget(section)
        column.addWidget(self.status)
        rows = QVBoxLayout(self.facts)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        for row in self._fact_rows:
            rows.addWidget(row)
        column.addWidget(self.facts)
        column.addLayout(self._buttons())
        self.trust_section = Section(
            theme,
            "trust",
            "Make others trust it",
            "Whoever sends here has to know the authority of this computer once.",
        )
        self.guide = TrustGuide(theme, icons, self._app.https.authority_file, self._app.settings.current.https_port)
        inner = QVBoxLayout()
        inner.addWidget(self.guide)
        self.trust_section.add_layout(inner)
        column.addWidget(self.trust_section)
        column.addStretch(1)

    def _buttons(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(8)
        self.reload = SecondaryButton(self._theme, self._icons, "Load again", "rotate-cw")
        self.reload.clicked.connect(lambda: self._start(self._app.https.reload(), "Loading the certificate"))
        self.export = SecondaryButton(self._theme, self._icons, "Export authority…", "download")
        self.export.clicked.connect(self._choose_export)
        self.anew = SecondaryButton(self._theme, self._icons, "New authority…")
        self.anew.clicked.connect(lambda: self._start(self._make_anew(), "Making a new authority"))
        for button in (self.reload, self.export, self.anew):
            line.addWidget(button)
        line.addStretch(1)
        return line

    def _segments(self, name: str, choices: tuple[tuple[str, str], ...]) -> Segments:
        segments = Segments(self._theme, choices, name=name.removeprefix("https_"))
        segments.changed.connect(lambda key: self._apply(**{name: key}))
        return segments

    def _file_row(self, section: Section, name: str, words: str) -> tuple[TextField, Row]:
        field = TextField(self._theme, name=words, mono=True)
        browse = SecondaryButton(self._theme, self._icons, "Choose…")
        browse.setAccessibleName(f"Choose the {words.lower()}")
        row = section.add(words, field, browse, stretch=0)
        field.editingFinished.connect(lambda: self._apply(**{name: field.text().strip()}))
        browse.clicked.connect(lambda: self._choose_file(name, words))
        return field, row

    def sizeHint(self) -> QSize:
        return QSize(480, super().sizeHint().height())

    # -- showing ------------------------------------------------------------------------------------------------

    def _show_settings(self) -> None:
        settings = self._app.settings.current
        self._filling = True
        self.mode.set_current(settings.https_mode)
        self.source.set_current(settings.https_source)
        self.lowest.set_current(settings.https_lowest)
        for field, text in (
            (self.port, str(settings.https_port)),
            (self.certificate, settings.https_certificate),
            (self.key, settings.https_key),
        ):
            if not field.hasFocus() or not field.isModified():
                field.setText(text)
        self._filling = False
        self._mode_row.set_hint(MODE_HINTS[settings.https_mode])
        own, on = settings.https_source == "own", settings.https_mode != "off"
        for row in (self._certificate_row, self._key_row, self._passphrase_row):
            row.setVisible(own and on)
        always: tuple[QWidget, ...] = (self._port_row, self._lowest_row, self._source_row, self.reload)
        for part in always:
            part.setVisible(on)
        made_here: tuple[QWidget, ...] = (self.trust_section, self.export, self.anew)
        for part in made_here:
            part.setVisible(on and not own)
        self.guide.set_port(settings.https_port)
        self._show_state()

    def _show_state(self) -> None:
        state, receiver = self._app.https.state, self._app.receiver.state
        on = self._app.settings.current.https_mode != "off"
        self.facts.setVisible(on and state.facts is not None)
        if state.facts is not None:
            for row, (value, note) in zip(self._fact_rows, fact_values(state.facts), strict=True):
                row.set_value(value, note)
        self.status.setVisible(on)
        self.status.set_content(*status_words(state, receiver))
        taken = receiver.https_error or receiver.error
        if on and isinstance(taken, ListenError) and taken.taken:
            self._start(self._offer_port(receiver.host, taken.port), "Finding a free port")

    async def _offer_port(self, host: str, taken: int) -> None:
        """Offer the next port that is free in place of one that is not."""
        free = await asyncio.to_thread(next_free_port, host, taken)
        error = self._app.receiver.state.https_error
        if free and isinstance(error, ListenError) and error.port == taken:
            actions = ((f"Use port {free}", lambda: self._apply(https_port=free)),)
            self.status.set_content(*status_words(self._app.https.state, self._app.receiver.state), actions)

    def _show_error(self, error: InspectorError) -> None:
        self.status.setVisible(True)
        self.status.set_content("fail", "octagon-alert", error.what, f"{error.why} {error.todo}".strip())

    def _start(self, work: Coroutine[Any, Any, Any], name: str) -> None:
        self._running[:] = [task for task in self._running if not task.done()]
        self._running.append(self._tasks.start(work, name))

    # -- changing -----------------------------------------------------------------------------------------------

    def _apply(self, **changes: Any) -> None:
        if not self._filling:
            self._app.settings.change(**changes)

    def _apply_port(self) -> None:
        reason = ""
        try:
            self._apply(https_port=int(self.port.text()))
        except ValueError:
            reason = "Enter a number."
        except UsageError as error:
            reason = str(error)
        self.port.set_invalid(bool(reason), reason)
        self._port_row.set_error(reason)

    def restore_defaults(self) -> None:
        """Set everything on this page back; the certificate files stay where they are."""
        defaults = Settings()
        self._app.settings.change(**{name: getattr(defaults, name) for name in NAMES})

    async def _load_passphrase(self) -> None:
        found = await asyncio.to_thread(self._app.secret_store.get, PASSPHRASE_KEY)
        self.passphrase.setText(found or "")
        self.passphrase.setModified(False)

    def _keep_passphrase(self) -> None:
        if self.passphrase.isModified():
            self.passphrase.setModified(False)
            self._start(self._save_passphrase(self.passphrase.text()), "Keeping the passphrase")

    async def _save_passphrase(self, text: str) -> None:
        store = self._app.secret_store
        if text:
            await asyncio.to_thread(store.put, PASSPHRASE_KEY, text)
        else:
            await asyncio.to_thread(store.delete, PASSPHRASE_KEY)
        await self._app.https.reload()

    async def _make_anew(self) -> None:
        text = "Whoever trusted the present one has to trust the new one. Connections that are open go on."
        question = Question(
            self._theme, self._icons, "Make a new authority?", text, "Make it", self.window(), danger=True
        )
        if await ask(question) is not None:
            await self._app.https.reload(anew=True)

    # -- files --------------------------------------------------------------------------------------------------

    def _choose_file(self, name: str, words: str) -> None:
        chooser = QFileDialog(self, words, "", PEM)
        chooser.setFileMode(QFileDialog.FileMode.ExistingFile)
        chooser.fileSelected.connect(lambda path: self._apply(**{name: path}))
        chooser.finished.connect(lambda _result: chooser.deleteLater())
        chooser.open()

    def _choose_export(self) -> None:
        chooser = QFileDialog(self, "Export the authority's certificate", "", PEM)
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.selectFile("webhook-inspector-authority.pem")
        chooser.fileSelected.connect(lambda path: self._start(self._export(Path(path)), "Exporting the authority"))
        chooser.finished.connect(lambda _result: chooser.deleteLater())
        chooser.open()

    async def _export(self, path: Path) -> None:
        await asyncio.to_thread(export_authority, self._app.https.authority_file, path)


def export_authority(source: Path, path: Path) -> None:
    """Copy the authority's certificate (never its key). Raises InspectorError."""
    try:
        path.write_bytes(source.read_bytes())
    except OSError as error:
        raise InspectorError("The authority was not exported.", f"{error}.", "Choose another place.") from error


def fact_values(facts: CertificateFacts) -> tuple[tuple[str, str], ...]:
    """Return value and note of each row about a certificate."""
    issuer = "itself" if facts.self_signed else facts.issuer
    until = facts.not_after.astimezone()
    return (
        (", ".join(facts.names) or facts.subject, ""),
        (issuer, f"{len(facts.chain)} in the chain" if len(facts.chain) > 1 else ""),
        (f"{until.day} {until:%B %Y}", ""),
        (facts.key, ""),
        (facts.fingerprint, ""),
    )


def status_words(state: HttpsState, receiver: ReceiverState) -> tuple[Tone, str, str, str]:
    """Return tone, icon, title and text of the callout."""
    trouble = state.error or receiver.https_error or receiver.error
    if trouble is not None:
        keeps = " The certificate loaded before stays in use." if state.facts and receiver.https_url else ""
        return "fail", "octagon-alert", trouble.what, f"{trouble.why} {trouble.todo}{keeps}".strip()
    if not receiver.https_url:
        return "neut", "info", "HTTPS is not listening", "It starts with the receiver."
    if state.problems:
        first: Problem = state.problems[0]
        more = [f"{problem.words} {problem.todo}" for problem in state.problems[1:]]
        return "warn", "triangle-alert", first.words, " ".join([first.todo, *more]).strip()
    text = f"Loaded at {loaded(state.loaded_at)}." if state.loaded_at else ""
    if state.unnamed:
        names = ", ".join(state.unnamed)
        text += f" Not for {names}: this authority was made before and is limited. A new authority includes them."
    return "pass", "shield-check", f"Listening on {receiver.https_url}", text.strip()


def loaded(moment: datetime) -> str:
    """Return a moment as local time of day."""
    return f"{moment.astimezone():%H:%M:%S}"


def _end(subscriptions: list[Callable[[], None]], running: list[asyncio.Task[Any]], *_: object) -> None:
    """Let go of everything that would call a page that is gone."""
    for leave in subscriptions:
        leave()
    for task in running:
        task.cancel()
