"""The handler check from the window: opens its dialog, knows the endpoints' secrets, asks, writes reports."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from inspector import __version__
from inspector.app import App
from inspector.directory import Resolved
from inspector.domain.endpoint import DEFAULT_PROVIDER, EndpointId
from inspector.domain.errors import UsageError
from inspector.domain.secret import Secret
from inspector.providers.catalogue import Catalogue
from inspector.resources import resource_path
from inspector.ui.dialogs.base import shown
from inspector.ui.dialogs.question import Question, ask

if TYPE_CHECKING:
    from inspector.simulator.check.bench import Seams
    from inspector.simulator.check.fixes import Framework
    from inspector.simulator.check.provider import Identity
    from inspector.simulator.check.report import Report
    from inspector.simulator.check.report_formats import ReportFormat
    from inspector.simulator.check.runner import HandlerCheck
    from inspector.ui.check.dialog import CheckDialog, Findings
    from inspector.ui.check.setup import SecretChoice
    from inspector.ui.main_window import MainWindow

KEPT_TARGETS = 10
SUGGESTED_TARGET = "http://localhost:5000/webhooks/rcs"


class CheckControl(QObject):
    """One dialog at a time. What it had found of an endpoint's handler is there again when it is opened again."""

    def __init__(self, window: MainWindow, app: App) -> None:
        super().__init__(window)
        self._window, self._app = window, app
        self.dialog: CheckDialog | None = None
        self._found: dict[EndpointId | None, Findings] = {}
        self.seams: Seams | None = None
        """The clock and waits of checks, None for the real ones."""

    def open(self) -> CheckDialog:
        """Open the dialog for the endpoint in view, or bring it to the front."""
        from inspector.ui.check.dialog import CheckDialog
        from inspector.ui.forwarding.tester_desk import offer_test

        if self.dialog is not None:
            self.dialog.raise_()
            self.dialog.activateWindow()
            return self.dialog
        window, settings = self._window, self._app.settings.current
        resolved = self._in_view()
        target = resolved.endpoint.target if resolved is not None else ""
        history = settings.targets
        target = target or (history[0] if history else SUGGESTED_TARGET)
        dialog = CheckDialog(window.theme, window.icons, window.tasks, self, history, window, target=target)
        provider = resolved.endpoint.provider if resolved is not None else DEFAULT_PROVIDER
        mine = [one for one in self.secrets_for(provider) if resolved and one.endpoint == resolved.endpoint.id]
        dialog.play(provider, mine[0] if mine else None)
        endpoint_id = resolved.endpoint.id if resolved is not None else None
        found = self._found.get(endpoint_id)
        if found is not None and found.provider == provider:
            dialog.take_up(found)
        dialog.finished.connect(lambda _result: self._on_closed(endpoint_id))
        self.dialog = dialog
        offer_test(dialog.setup.target, self._app, window.theme, window.icons, window.tasks, dialog)
        dialog.show()
        dialog.setup.go.setFocus()
        return dialog

    def _in_view(self) -> Resolved | None:
        directory, scope = self._app.directory, self._app.settings.current.scope
        if scope:
            return directory.by_id(EndpointId(scope))
        endpoints = directory.all()
        return directory.by_id(endpoints[0].id) if endpoints else None

    def _on_closed(self, endpoint_id: EndpointId | None) -> None:
        if self.dialog is not None:
            found = self.dialog.findings()
            if found is not None:
                self._found[endpoint_id] = found
            self.dialog.deleteLater()
            self.dialog = None

    # -- what the dialog asks for --------------------------------------------------------------------------------

    @property
    def catalogue(self) -> Catalogue:
        """All providers."""
        return self._app.catalogue

    def frameworks(self) -> tuple[Framework, ...]:
        """Return the frameworks there is advice for."""
        from inspector.simulator.check.fixes import load_frameworks

        return load_frameworks(resource_path("fixes"))

    def program(self) -> str:
        """Return the program's name and version."""
        return f"Webhook Inspector {__version__}"

    def secrets_for(self, provider: str) -> Sequence[SecretChoice]:
        """Return the secrets of the endpoints that use a provider."""
        from inspector.ui.check.setup import SecretChoice

        found: list[SecretChoice] = []
        for endpoint in self._app.directory.all():
            resolved = self._app.directory.by_id(endpoint.id)
            if resolved is None or endpoint.provider != provider or not provider:
                continue
            for secret in resolved.secrets:
                ending = f" (••••{secret.ending})" if secret.ending else ""
                found.append(SecretChoice(f"{endpoint.name}{ending}", secret, endpoint.id))
        return found

    def identity(self, provider: str, secret: Secret | None, choice: SecretChoice | None) -> Identity:
        """Return whom to play: the provider with a secret, and the facts of the endpoint the secret belongs to."""
        from inspector.simulator.check.provider import Identity

        profile = self._app.catalogue.get(provider)
        samples = self._app.simulator.samples_of(provider or DEFAULT_PROVIDER)
        if profile is None or not profile.recipes:
            return Identity(None, None, samples)
        resolved = self._app.directory.by_id(choice.endpoint) if choice is not None else None
        if resolved is None:
            return Identity(profile, secret, samples)
        return Identity(profile, secret, samples, resolved.facts, resolved.documents, resolved.secrets)

    def checking(self, url: str, identity: Identity, probe: str) -> HandlerCheck:
        """Return what runs the checks. Raises InspectorError."""
        from inspector.replay.target import parse_target
        from inspector.simulator.check.bench import Seams
        from inspector.simulator.check.runner import HandlerCheck

        seams = self.seams or Seams(options=lambda: self._app.settings.current.target_options)
        return HandlerCheck(url, identity, probe_url=parse_target(probe).url if probe else "", seams=seams)

    async def may_send(self, url: str, over: QWidget) -> bool:
        """Ask before made-up events go to somebody else's computer, and remember the address."""
        host = self._app.replayer.needs_consent(url)
        if host is not None:
            question = Question(
                self._window.theme,
                self._window.icons,
                f"Check the handler on {host}?",
                f"This sends about a hundred made-up events, forged ones among them, to {host}, outside this computer.",
                "Check",
                over,
                tick="Do not ask again for this host",
            )
            reply = await ask(question)
            if reply is None:
                return False
            if reply.ticked:
                hosts = self._app.settings.current.confirmed_hosts
                self._app.settings.change(confirmed_hosts=(*hosts, host))
        history = self._app.settings.current.targets
        kept = (url, *(target for target in history if target != url))
        self._app.settings.change(targets=kept[:KEPT_TARGETS])
        return True

    async def save(self, report: Report, form: ReportFormat, over: QWidget) -> None:
        """Have a file chosen and write the report into it. Raises UsageError where it cannot be written."""
        from inspector.simulator.check.report_formats import written

        dialog = QFileDialog(over, "Export report")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(f"{form.name} (*.{form.suffix})")
        dialog.setDefaultSuffix(form.suffix)
        dialog.selectFile(f"handler-check.{form.suffix}")
        if not await shown(dialog) or not dialog.selectedFiles():
            return
        file = Path(dialog.selectedFiles()[0])
        try:
            await asyncio.to_thread(lambda: file.write_text(written(report, form), "utf-8"))
        except OSError as error:
            raise UsageError(f"{file.name} cannot be written.", f"{error.strerror}.") from error
        self._window.notices.tell(f"Report saved as {file.name}", "circle-check", "pass")
