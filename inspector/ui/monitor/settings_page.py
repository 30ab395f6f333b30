"""The settings page of alerts: how they are told, where they are posted, and the rules that open and close them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from typing import Any

from PySide6.QtWidgets import QHBoxLayout

from inspector.domain.errors import InspectorError, UsageError
from inspector.monitor.alerts import Rule, RuleId
from inspector.settings import Settings
from inspector.ui.form import Line
from inspector.ui.monitor.settings_page_rules import RuleEditor
from inspector.ui.settings.page import SettingsPage, help_of
from inspector.ui.tasks import Tasks
from inspector.ui.tray import Tray
from inspector.ui.widgets.announce import announce
from inspector.ui.widgets.buttons import IconButton, SecondaryButton
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.secret_address import SecretAddressField
from inspector.ui.widgets.secret_field import SecretField

WEBHOOK_HINT = "Every opening and closing, as JSON that Slack understands, and with it Mattermost and Discord's /slack."
NO_TRAY = "This desktop has no tray for the program's icon, so nothing can be shown now."
ARRIVED = "The test message arrived."
SHOW, COVER = "Show the address", "Cover the address"


class AlertsPage(SettingsPage):
    """Rules and address are the monitor's own; a change is in force from the next check on."""

    def build(self) -> Iterator[None]:
        self._tasks = Tasks(self._say_trouble)
        self._running: set[asyncio.Task[object]] = set()
        section = self.section("Alerts", "Rules are checked every ten seconds. An open alert is on the Monitor page.")
        hint = help_of("alert_notify") if Tray.is_there() else NO_TRAY
        section.add("Notification", self.box("alert_notify"), hint=hint)
        yield
        section.add("Sound", self.box("alert_sound"), hint=help_of("alert_sound"))
        yield
        self._build_webhook()
        yield
        rules = self.section("Rules")
        self.trouble = Label(self.theme, "", font="small", color="failFg", wrap=True)
        self.trouble.hide()
        self.column.addWidget(self.trouble)
        rules.setAccessibleName("Rules of alerts")
        self.editors: dict[RuleId, RuleEditor] = {}
        for place, rule in enumerate(self.app.monitor.rules):
            if place:
                self.column.addWidget(Line(self.theme))
            editor = self.editors[rule.id] = RuleEditor(self.theme, rule)
            editor.changed.connect(self._change)
            self.column.addWidget(editor)
            yield
        yield
        unsubscribe = self.app.monitor.rules_changed.subscribe(lambda _: self.show_rules())
        self.destroyed.connect(partial(_leave, unsubscribe, self._running))
        self._start(self._load(), "Reading the rules")

    def _build_webhook(self) -> None:
        section = self.section("Webhook")
        self.url = SecretAddressField(
            self.theme, name="Address alerts are posted to", placeholder="https://hooks.slack.com/services/…"
        )
        self.eye = IconButton(self.theme, self.icons, "eye", SHOW)
        self.eye.clicked.connect(self._toggle_url)
        self.test = SecondaryButton(self.theme, self.icons, "Send test", "send")
        self.test.clicked.connect(lambda: self._start(self._send_test(), "Send a test message"))
        self.url.textChanged.connect(lambda text: self.test.setEnabled(bool(text.strip())))
        self.url.editingFinished.connect(self._on_url)
        self.test.setEnabled(False)
        hint = f"{WEBHOOK_HINT} {self.app.secret_store.description}"
        self.url_row = section.add("Post alerts to", self.url, self.eye, self.test, hint=hint, stretch=0)
        self.result = Label(self.theme, "", font="small", wrap=True)
        self.result.setAccessibleName("Result of the last message")
        line = QHBoxLayout()
        line.addWidget(self.result)
        section.add_layout(line)
        self.result.hide()

    # -- rules --------------------------------------------------------------------------------------------------

    def show_rules(self) -> None:
        """Show the rules and the address that are in force."""
        for rule in self.app.monitor.rules:
            self.editors[rule.id].show_rule(rule)
        if not self.url.isModified():
            self.url.setText(self.app.monitor.webhook_url)
            self.url.setCursorPosition(0)
        if self.app.monitor.webhook_trouble:
            self._say_result(self.app.monitor.webhook_trouble)

    def restore_defaults(self) -> None:
        """Put rules and settings back; the address stays, for it cannot be guessed again."""
        defaults = Settings()
        self.apply(alert_notify=defaults.alert_notify, alert_sound=defaults.alert_sound)
        self._start(self.app.monitor.reset_rules(), "Restore the rules")

    async def _load(self) -> None:
        """Wait until what was changed before is known."""
        await self.app.monitor.history(limit=1)
        self.show_rules()

    def _change(self, rule: Rule) -> None:
        self._start(self._put(rule), f"Change the rule {rule.title}")

    async def _put(self, rule: Rule) -> None:
        try:
            await self.app.monitor.change_rule(rule)
        except UsageError as error:
            self.show_rules()
            self._say_trouble(error)
            return
        self.trouble.hide()

    # -- webhook ------------------------------------------------------------------------------------------------

    def _toggle_url(self) -> None:
        shown = self.url.echoMode() is SecretField.EchoMode.Password
        self.url.set_shown(shown)
        self.eye.set_icon_name("eye-off" if shown else "eye")
        self.eye.set_name(COVER if shown else SHOW)

    def _on_url(self) -> None:
        if self.url.isModified():
            self._start(self._set_url(), "Set the address of alerts")

    async def _set_url(self) -> bool:
        try:
            await self.app.monitor.set_webhook(self.url.text())
        except UsageError as error:
            reason = f"{error.what} {error.todo}".strip()
            self.url.set_invalid(True, reason)
            self.url_row.set_error(reason)
            return False
        self.url.setModified(False)
        self.url.set_invalid(False, "")
        self.url_row.set_error("")
        self.result.hide()
        self.show_rules()
        return True

    async def _send_test(self) -> None:
        if self.url.text().strip() != self.app.monitor.webhook_url and not await self._set_url():
            return
        self.test.setEnabled(False)
        self.test.setText("Sending…")
        self._say_result(None)
        try:
            trouble = await self.app.monitor.send_test()
        finally:
            self.test.setText("Send test")
            self.test.setEnabled(True)
        self._say_result(trouble)
        announce(self, self.result.text())

    def _say_result(self, trouble: str | None) -> None:
        """Say how the last message went: "" is well, None is not known."""
        self.result.setVisible(trouble is not None)
        self.result.set_color("failFg" if trouble else "passFg")
        words = trouble.rstrip(".") if trouble else ""
        known = f"The last message did not arrive: {words}." if trouble else ARRIVED
        self.result.setText("" if trouble is None else known)

    # -- work ---------------------------------------------------------------------------------------------------

    def _start(self, work: Coroutine[Any, Any, object], name: str) -> None:
        task: asyncio.Task[object] = self._tasks.start(work, name)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def _say_trouble(self, error: InspectorError) -> None:
        self.trouble.setText(f"{error.what} {error.why} {error.todo}".strip())
        self.trouble.show()


def _leave(unsubscribe: Callable[[], None], running: set[asyncio.Task[object]], *_gone: object) -> None:
    unsubscribe()
    for task in tuple(running):
        task.cancel()
