"""The settings page of the tunnel: its kind, what that kind needs to know, and who was agreed to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from functools import partial

from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from inspector.domain.endpoint import EndpointId
from inspector.domain.errors import InspectorError, UsageError
from inspector.settings import Settings
from inspector.tunnels.kind import Kind
from inspector.tunnels.smee import new_channel
from inspector.tunnels.ssh import PASSPHRASE, PASSWORD
from inspector.tunnels.state import TunnelState, TunnelStatus
from inspector.ui.form import Row, Section
from inspector.ui.settings.page import SettingsPage, Show, label_of
from inspector.ui.settings.value_list import ValueList
from inspector.ui.tasks import Tasks
from inspector.ui.tunnels.consent import agreed
from inspector.ui.tunnels.kind_fields import KIND_FIELDS, FieldSpec
from inspector.ui.widgets.badges import Tone
from inspector.ui.widgets.buttons import SecondaryButton
from inspector.ui.widgets.callout import Callout
from inspector.ui.widgets.fields import ComboBox, TextField
from inspector.ui.widgets.secret_field import SecretField
from inspector.ui.widgets.window_size import scaled

SIGN_INS = (("agent", "SSH agent"), ("key", "Key file"), ("password", "Password"))
STATUS_LOOKS: dict[TunnelStatus, tuple[Tone, str]] = {
    TunnelStatus.UP: ("pass", "cable"),
    TunnelStatus.CONNECTING: ("neut", "cable"),
}
SMEE = "https://smee.io"
RUNNING = "A change applies when the tunnel is started again."


class TunnelPage(SettingsPage):
    """Every change applies at once; a running tunnel takes it over when it is started again."""

    def build(self) -> Iterator[None]:
        """Make the page."""
        self._tasks = Tasks(self._show_error)
        self._built = False
        self._running: list[asyncio.Task[object]] = []
        self._kinds: dict[str, Kind] = {kind.key: kind for kind in self.app.tunnels.kinds()}
        self._parts: dict[str, QWidget] = {}  # made when a kind is first chosen
        self._programs: dict[str, tuple[TextField, Row]] = {}
        self.status = Callout(self.theme, self.icons, "neut", "info", "")
        section = self.section("Tunnel", "A public address, so that a provider on the internet reaches this computer.")
        yield
        self.kind = ComboBox(self.theme, self.icons, name="Kind of tunnel")
        for kind in self._kinds.values():
            self.kind.addItem(kind.title, kind.key)
        self.kind.activated.connect(lambda _row: self._choose())
        self._kind_row = section.add("Kind", self.kind)
        yield
        self.run = SecondaryButton(self.theme, self.icons, "Start tunnel", "cable")
        self.run.clicked.connect(lambda: self._start(self._toggle(), "Start the tunnel"))
        section.add("", self.run)
        section.add("", self.box("tunnel_at_start"))
        yield
        self.column.addWidget(self.status)
        self._details = QVBoxLayout()
        self._details.setSpacing(16)
        self.column.addLayout(self._details)
        consents = self.section("Carriers agreed to", "They may carry your events without another question.")
        self.consents = ValueList(self.theme, self.icons, "Carriers agreed to", "Nobody yet.")
        self.consents.removed.connect(self._forget)
        consents.layout().addWidget(self.consents)  # type: ignore[union-attr]  # a section has its column
        yield
        self.follow("tunnel_consents", lambda settings: self.consents.set_values(settings.tunnel_consents))
        self.follow("tunnel_kind", self._show_kind)
        self._built = True
        unsubscribe = self.app.tunnels.changed.subscribe(self._show_state)
        self.destroyed.connect(partial(_end, unsubscribe, self._running))
        self._show_state(self.app.tunnels.state)

    def restore_defaults(self) -> None:
        """Put every setting of the tunnel back; secrets stay, and so does what was agreed to."""
        defaults = Settings()
        kept = ("tunnel_consents", "tunnel_urls", "tunnel_endpoint")
        names = [name for name in Settings.__slots__ if name.startswith("tunnel_") and name not in kept]
        self.apply(**{name: getattr(defaults, name) for name in names})

    def follow(self, name: str, show: Show) -> None:
        """Call `show` with the settings now and after every change; several fields may show the same setting."""
        before = self._shows.get(name)

        def show_all(settings: Settings) -> None:
            if before is not None:
                before(settings)
            show(settings)

        super().follow(name, show_all)
        if self._built:
            show(self.app.settings.current)

    def _show(self, settings: Settings) -> None:
        for show in tuple(self._shows.values()):  # showing a kind may make its fields, which follow too
            show(settings)

    # -- building -----------------------------------------------------------------------------------------------

    def _add_kind(self, key: str, kind: Kind) -> None:
        specs = KIND_FIELDS.get(key, ())
        if key == "ssh":
            self._add_ssh()
        if not specs and not kind.asks_for_program:
            return
        section = self._kind_section(key, kind.title)
        if kind.asks_for_program:
            self._add_program(section, key, kind)
        for spec in specs:
            if spec.secret:
                self._add_secret(section, spec)
            elif spec.setting == "tunnel_relay_url":
                self._add_channel(section, spec)
            else:
                self._add_text(section, spec)

    def _kind_section(self, key: str, title: str) -> Section:
        section = Section(self.theme, key, title, "")
        self._details.addWidget(section)
        self._parts[key] = section
        return section

    def _add_text(self, section: Section, spec: FieldSpec, *after: QWidget) -> TextField:
        field = TextField(self.theme, name=spec.label, placeholder=spec.placeholder, mono=True)
        row = section.add(spec.label, field, *after, hint=spec.hint, stretch=0)

        def keep() -> None:
            self.apply(**{spec.setting: field.text().strip()})
            self._check(field, row)

        def show(settings: Settings) -> None:
            text = str(getattr(settings, spec.setting))
            if field.text() != text:
                field.setText(text)

        field.editingFinished.connect(keep)
        self.follow(spec.setting, show)
        return field

    def _add_channel(self, section: Section, spec: FieldSpec) -> None:
        anew = SecondaryButton(self.theme, self.icons, "New channel")
        field = self._add_text(section, spec, anew)

        async def make() -> None:
            anew.setEnabled(False)
            try:
                self.apply(tunnel_relay_url=await new_channel(field.text().strip() or SMEE))
            finally:
                anew.setEnabled(True)

        anew.clicked.connect(lambda: self._start(make(), "Make a channel"))

    def _add_secret(self, section: Section, spec: FieldSpec) -> None:
        field = SecretField(self.theme, name=spec.label)
        hint = f"{spec.hint} {self.app.secret_store.description}".strip()
        section.add(spec.label, field, hint=hint, stretch=0)
        field.editingFinished.connect(
            lambda: self._start(self._keep_secret(spec.secret, field.text().strip()), "Keep the secret")
        )
        self._start(self._load_secret(spec.secret, field), "Read the secret")

    def _add_program(self, section: Section, key: str, kind: Kind) -> None:
        field = TextField(
            self.theme, name=f"Path of {kind.programs[0]}", placeholder="Looked for on the PATH", mono=True
        )
        browse = SecondaryButton(self.theme, self.icons, "Choose…")
        browse.setAccessibleName(f"Choose {kind.programs[0]}")
        browse.clicked.connect(lambda: self._browse(field, f"Choose {kind.programs[0]}"))
        row = section.add("Program", field, browse, stretch=0)
        field.editingFinished.connect(lambda: self._keep_program(key, field.text().strip()))
        self._programs[key] = (field, row)

        def show(settings: Settings) -> None:
            field.setText(_table(settings.tunnel_programs).get(key, ""))
            self._start(self._look(kind, row), "Look for the program")

        self.follow("tunnel_programs", show)

    def _add_ssh(self) -> None:
        section = self._kind_section("ssh", "SSH server")
        host = TextField(self.theme, name="SSH server", placeholder="example.com", mono=True)
        port = TextField(self.theme, name="SSH port")
        port.setFixedWidth(scaled(self.theme, 72))
        row = section.add("Server", host, "port", port, stretch=0)
        self._bind_text("tunnel_ssh_host", host)
        self._bind_number("tunnel_ssh_port", port, row)
        self._add_text(section, FieldSpec("User name", "tunnel_ssh_user", placeholder="Yours on this computer"))
        section.add("Sign in with", self.segments("tunnel_ssh_sign_in", SIGN_INS))
        browse = SecondaryButton(self.theme, self.icons, "Choose…")
        browse.setAccessibleName("Choose the key file")
        key_file = self._add_text(
            section, FieldSpec("Key file", "tunnel_ssh_key", placeholder="~/.ssh/id_ed25519"), browse
        )
        browse.clicked.connect(lambda: self._browse(key_file, "Choose the key file"))
        self._add_secret(section, FieldSpec("Passphrase", secret=PASSPHRASE, hint="Of the key file, where it has one."))
        self._add_secret(section, FieldSpec("Password", secret=PASSWORD))
        remote = TextField(self.theme, name=label_of("tunnel_ssh_remote_port"))
        remote.setFixedWidth(scaled(self.theme, 72))
        bind = TextField(self.theme, name=label_of("tunnel_ssh_bind"), placeholder="Left to the server", mono=True)
        row = section.add("Listens on", bind, "port", remote, hint="Port 0 lets the server choose.", stretch=0)
        self._bind_text("tunnel_ssh_bind", bind)
        self._bind_number("tunnel_ssh_remote_port", remote, row)
        spec = FieldSpec(
            "Public address",
            "tunnel_ssh_url",
            placeholder="https://hooks.example.com",
            hint="Where a web server there leads to it; {port} may stand in it. Empty is the server and its port.",
        )
        self._add_text(section, spec)

    def _bind_text(self, name: str, field: TextField) -> None:
        field.editingFinished.connect(lambda: self.apply(**{name: field.text().strip()}))
        self.follow(name, lambda settings: field.setText(str(getattr(settings, name))))

    def _bind_number(self, name: str, field: TextField, row: Row) -> None:
        def keep() -> None:
            try:
                self.apply(**{name: int(field.text())})
            except (ValueError, UsageError):
                reason = "Enter a port from 0 to 65,535." if "remote" in name else "Enter a port from 1 to 65,535."
                field.set_invalid(True, reason)
                row.set_error(reason)
                return
            field.set_invalid(False)
            row.set_error("")

        field.editingFinished.connect(keep)
        self.follow(name, lambda settings: field.setText(str(getattr(settings, name))))

    # -- showing ------------------------------------------------------------------------------------------------

    def _show_kind(self, settings: Settings) -> None:
        key = settings.tunnel_kind or self.kind.itemData(0)
        self.kind.setCurrentIndex(max(0, self.kind.findData(key)))
        kind = self._kinds[str(self.kind.currentData())]
        if kind.key not in self._parts:
            self._add_kind(kind.key, kind)
        for name, part in self._parts.items():
            part.setVisible(name == kind.key)
        self._kind_row.set_hint(kind.consent_text(settings))

    def _show_state(self, state: TunnelState) -> None:
        self.run.setText("Stop tunnel" if state.wanted else "Start tunnel")
        self.run.set_icon_name("square" if state.wanted else "cable")
        self.run.updateGeometry()
        if not state.wanted:
            self.status.hide()
            return
        text = str(state.error) if state.error is not None else " ".join(p for p in (state.public_url, state.note) if p)
        tone, icon = STATUS_LOOKS.get(state.status, ("warn", "unplug"))
        self.status.set_content(tone, icon, f"{state.title}: {state.status}", f"{text}\n{RUNNING}".strip())
        self.status.show()

    def _choose(self) -> None:
        self.apply(tunnel_kind=str(self.kind.currentData()))

    def _check(self, field: TextField, row: Row) -> None:
        kind = self._kinds[str(self.kind.currentData())]
        reason = kind.missing(self.app.settings.current) if field.text().strip() else ""
        field.set_invalid(bool(reason), reason)
        row.set_error(reason)

    def _show_error(self, error: InspectorError) -> None:
        self.status.set_content("fail", "octagon-alert", error.what, f"{error.why} {error.todo}".strip())
        self.status.show()

    async def _toggle(self) -> None:
        tunnels = self.app.tunnels
        if tunnels.state.wanted:
            await tunnels.stop()
            return
        key = str(self.kind.currentData())
        missing = self._kinds[key].missing(self.app.settings.current)
        if missing:
            raise UsageError("Something is missing.", missing)
        if await agreed(self.theme, self.icons, tunnels, key, self):
            endpoints = self.app.directory.all()
            shown = self.app.directory.by_id(EndpointId(self.app.settings.current.scope))
            await tunnels.start(key, endpoint=endpoints[0] if shown is None else shown.endpoint)

    # -- doing --------------------------------------------------------------------------------------------------

    def _forget(self, who: str) -> None:
        self.apply(tunnel_consents=tuple(item for item in self.app.settings.current.tunnel_consents if item != who))

    def _keep_program(self, key: str, path: str) -> None:
        programs = _table(self.app.settings.current.tunnel_programs)
        programs = {**programs, key: path} if path else {name: value for name, value in programs.items() if name != key}
        self.apply(tunnel_programs=tuple(f"{name}={value}" for name, value in programs.items()))

    async def _look(self, kind: Kind, row: Row) -> None:
        found = await asyncio.to_thread(self.app.tunnels.program_of, kind)
        row.set_hint(f"Found: {found}" if found else f"Not found. Get it at {kind.install}")

    async def _load_secret(self, key: str, field: SecretField) -> None:
        field.setText(await asyncio.to_thread(self.app.secret_store.get, key) or "")

    async def _keep_secret(self, key: str, value: str) -> None:
        store = self.app.secret_store
        await asyncio.to_thread(store.put, key, value) if value else await asyncio.to_thread(store.delete, key)

    def _start(self, work: Coroutine[object, object, None], name: str) -> None:
        self._running[:] = [task for task in self._running if not task.done()]
        self._running.append(self._tasks.start(work, name))

    def _browse(self, field: TextField, title: str) -> None:
        dialog = QFileDialog(self, title)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(field.setText)
        dialog.fileSelected.connect(lambda _path: field.editingFinished.emit())
        dialog.finished.connect(lambda _result: dialog.deleteLater())
        dialog.open()


def _table(items: tuple[str, ...]) -> dict[str, str]:
    return {key: value for key, _, value in (item.partition("=") for item in items)}


def _end(unsubscribe: Callable[[], None], running: list[asyncio.Task[object]], *_gone: object) -> None:
    unsubscribe()
    for task in running:
        task.cancel()
