"""Made-up events from the window: the composer, siblings of captured events, and campaigns."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QWidget

from inspector.app import App
from inspector.directory import Resolved
from inspector.domain.attempt import Outgoing
from inspector.domain.endpoint import DEFAULT_PROVIDER, Endpoint, EndpointId
from inspector.domain.errors import InspectorError, ProviderError, UsageError
from inspector.domain.event import Event, EventId
from inspector.resources import resource_path
from inspector.simulator.samples import Sample
from inspector.simulator.test_event import PATIENCE_S
from inspector.ui.dialogs.question import Question, TextQuestion, ask, ask_text

if TYPE_CHECKING:
    from inspector.replay.sender import Result
    from inspector.simulator.campaign.scenario import Scenario
    from inspector.simulator.campaign.session import Stage
    from inspector.simulator.own_samples import OwnSamples
    from inspector.ui.main_window import MainWindow
    from inspector.ui.simulator.campaign_dialog import CampaignDialog
    from inspector.ui.simulator.composer import Composer

KEPT_TARGETS = 10
_KINDS = {"public": "Public", "local": "Local", "network": "Network"}


class SimulatorControl:
    """Opens the two dialogs, and is what they ask of the program. Nothing is loaded before one is opened."""

    def __init__(self, window: MainWindow, app: App) -> None:
        self._window, self._app = window, app
        self.campaign: CampaignDialog | None = None
        self.composers: list[Composer] = []
        self._retold: Callable[[], object] = window.scopes.reload
        window.endpoints.simulator_wanted = self.open

    # -- opening --------------------------------------------------------------------------------------------------

    def open(self, key: str) -> None:
        """Open what an entry of the test event menu names."""
        if key == "campaign:":
            self.open_campaign()
        else:
            self.compose()

    def compose(self, chosen: str = "") -> Composer:
        """Open the composer with a test event by its key, "" with the last used one."""
        _items, last = self._window.endpoints.tests(self._endpoint())
        return self._open(chosen=chosen or last)

    def sibling(self, event_ids: Sequence[EventId]) -> Composer | None:
        """Open the composer with an event like a captured one; None where that cannot be."""
        if not event_ids:
            return None
        try:
            return self.like(self._app.replayer.event(event_ids[0]))
        except InspectorError as error:
            self._window.notices.error(error)
            return None

    def like(self, event: Event) -> Composer | None:
        """Open the composer with an event like this one, whose request may have been edited."""
        from inspector.simulator.sibling import sibling_of

        try:
            endpoint_id = event.summary.endpoint_id
            made = sibling_of(event, self.resolved(endpoint_id) if endpoint_id is not None else None)
        except InspectorError as error:
            self._window.notices.error(error)
            return None
        return self._open(sibling=made, endpoint_id=endpoint_id)

    def _open(
        self, *, chosen: str = "", sibling: Sample | None = None, endpoint_id: EndpointId | None = None
    ) -> Composer:
        from inspector.ui.forwarding.tester_desk import offer_test
        from inspector.ui.simulator.composer import Composer

        window = self._window
        endpoint = endpoint_id if endpoint_id is not None else self._endpoint().id
        history = self._app.settings.current.targets
        dialog = Composer(
            window.theme, window.icons, window.tasks, self, endpoint, history, window, chosen=chosen, sibling=sibling
        )
        self.composers.append(dialog)
        offer_test(dialog.target.handler, self._app, window.theme, window.icons, window.tasks, dialog)
        dialog.finished.connect(lambda _result: self._on_composer_closed(dialog))
        dialog.show()
        return dialog

    def _on_composer_closed(self, dialog: Composer) -> None:
        if dialog in self.composers:
            self.composers.remove(dialog)
            dialog.deleteLater()

    def open_campaign(self) -> CampaignDialog:
        """Open the campaign dialog, or bring it to the front."""
        from inspector.ui.forwarding.tester_desk import offer_test
        from inspector.ui.simulator.campaign_dialog import CampaignDialog

        if self.campaign is not None:
            self.campaign.raise_()
            self.campaign.activateWindow()
            return self.campaign
        window = self._window
        history = self._app.settings.current.targets
        dialog = CampaignDialog(
            window.theme, window.icons, window.tasks, self, self._endpoint().id, history, window
        )  # fmt: skip
        self.campaign = dialog
        offer_test(dialog.target.handler, self._app, window.theme, window.icons, window.tasks, dialog)
        dialog.finished.connect(lambda _result: self._on_campaign_closed())
        dialog.show()
        return dialog

    def _on_campaign_closed(self) -> None:
        if self.campaign is not None:
            self.campaign.deleteLater()
            self.campaign = None

    def _endpoint(self) -> Endpoint:
        return self._window.endpoints.current

    # -- what both dialogs ask ------------------------------------------------------------------------------------

    def endpoints(self) -> Sequence[Endpoint]:
        """Return every endpoint."""
        return self._app.directory.all()

    def addresses(self, endpoint: Endpoint) -> Sequence[tuple[str, str]]:
        """Return an endpoint's addresses, () while nothing is received."""
        if self._app.receiver.address_of(endpoint).startswith("/"):
            return ()
        choices, shown = self._window.endpoints.addresses(endpoint)
        ordered = sorted(choices, key=lambda item: item.kind != shown)
        return [(_KINDS[item.kind], item.url) for item in ordered]

    def resolved(self, endpoint_id: EndpointId) -> Resolved | None:
        """Return an endpoint with its secrets."""
        return self._app.directory.by_id(endpoint_id)

    async def _may_send(self, url: str) -> bool:
        """Ask before the first request to a host outside this computer; keep the target."""
        app, window = self._app, self._window
        host = app.replayer.needs_consent(url)
        if host is not None:
            words = f"This sends made-up events to {host}, outside this computer."
            again = "Do not ask again for this host"
            over = self._over()
            question = Question(window.theme, window.icons, f"Send to {host}?", words, "Send", over, tick=again)
            reply = await ask(question)
            if reply is None:
                return False
            if reply.ticked:
                app.settings.change(confirmed_hosts=(*app.settings.current.confirmed_hosts, host))
        kept = (url, *(target for target in app.settings.current.targets if target != url))
        app.settings.change(targets=kept[:KEPT_TARGETS])
        return True

    # -- the composer ---------------------------------------------------------------------------------------------

    def samples(self, endpoint: Endpoint) -> Sequence[Sample]:
        """Return the events an endpoint's provider could send, and Mine."""
        return self._app.simulator.samples(endpoint)

    def problems(self, endpoint: Endpoint) -> Sequence[ProviderError]:
        """Return what is wrong with those of Mine that cannot be read."""
        return self._app.simulator.problems(endpoint.provider or DEFAULT_PROVIDER)

    async def send(self, outgoing: Outgoing, *, ours: bool) -> Result | None:
        """Send a request, None where the user did not agree to the target."""
        if not ours and not await self._may_send(outgoing.url):
            return None
        return await self._app.replayer.sender.send(outgoing, timeout_s=PATIENCE_S)

    async def keep(self, sample: Sample) -> Sample | None:
        """Ask for a name and keep a sample under Mine."""
        title = await self._name("Save under Mine", "It is listed with the test events.", "Save", sample.title)
        if title is None:
            return None
        sample = replace(sample, provider=sample.provider or DEFAULT_PROVIDER)
        bundled = resource_path("samples")
        taken = frozenset(path.stem for path in (bundled / sample.provider).glob("*.toml"))
        kept = await asyncio.to_thread(self._own().save, sample, title, taken)
        self._tell_changed(kept.provider, f"Saved as {kept.title}")
        return kept

    async def rename(self, sample: Sample) -> Sample | None:
        """Ask for another name of one of Mine."""
        title = await self._name("Rename", "The name in the menu.", "Rename", sample.title)
        if title is None:
            return None
        renamed = await asyncio.to_thread(self._own().rename, sample, title)
        self._tell_changed(sample.provider, f"Renamed to {renamed.title}")
        return renamed

    async def delete(self, sample: Sample) -> bool:
        """Ask, and delete one of Mine."""
        window = self._window
        words = "The file is removed from the data folder. Events that were sent with it stay."
        question = Question(window.theme, window.icons, f"Delete {sample.title}?", words, "Delete", self._over())
        if await ask(question) is None:
            return False
        await asyncio.to_thread(self._own().delete, sample)
        self._tell_changed(sample.provider, f"{sample.title} deleted")
        return True

    def _own(self) -> OwnSamples:
        from inspector.simulator.own_samples import OwnSamples

        return OwnSamples(self._app.folder)

    def _tell_changed(self, provider: str, words: str) -> None:
        self._app.simulator.forget(provider)
        self._retold()
        self._window.notices.tell(words, "circle-check", "pass")

    async def _name(self, title: str, words: str, button: str, value: str) -> str | None:
        window = self._window
        question = TextQuestion(
            window.theme, window.icons, title, words, button, self._over(), value=value, placeholder="Name", mono=False
        )
        reply = await ask_text(question)
        return reply.text if reply is not None else None

    def _over(self) -> QWidget:
        """Return the window a question belongs over: the dialog of ours in front, else the main window."""
        active = QApplication.activeWindow()
        ours: list[QWidget] = [*self.composers, *([self.campaign] if self.campaign is not None else [])]
        return active if active in ours and active is not None else next(iter(ours), self._window)

    # -- campaigns ------------------------------------------------------------------------------------------------

    def scenarios(self) -> tuple[tuple[Scenario, ...], tuple[UsageError, ...]]:
        """Return the scenarios there are, the user's own among them."""
        from inspector.simulator.campaign.scenario_file import FOLDER, load_scenarios

        return load_scenarios([resource_path(FOLDER), self._app.folder / FOLDER])

    async def stage(self, endpoint_id: EndpointId, url: str, *, ours: bool) -> Stage | None:
        """Return where a campaign is played, None where the user did not agree to the target."""
        from inspector.simulator.campaign.session import Stage

        resolved = self.resolved(endpoint_id)
        if resolved is None:
            raise UsageError("That endpoint no longer exists.")
        if ours and not url:
            raise UsageError("The receiver is not listening.", "The campaign goes through it.", "Start it first.")
        if not ours and not await self._may_send(url):
            return None
        samples = self._app.simulator.samples(resolved.endpoint)
        return Stage(resolved, samples, url, self._app.folder if ours else None)

    def save(self, scenario: Scenario) -> None:
        """Ask for a name and keep a scenario under it."""
        self._window.tasks.start(self._save(scenario), "Save the scenario")

    async def _save(self, scenario: Scenario) -> None:
        from inspector.simulator.campaign.scenario_file import FOLDER
        from inspector.simulator.campaign.scenario_text import save_scenario
        from inspector.simulator.own_samples import checked_title, key_of

        words = "It is kept in the data folder and can be chosen from then on."
        title = await self._name("Save scenario", words, "Save", scenario.title)
        if title is None:
            return
        title = checked_title(title)
        named = replace(scenario, name=key_of(title), title=title)
        folder = self._app.folder / FOLDER
        await asyncio.to_thread(save_scenario, folder, named)
        show = ("Show folder", lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))))
        self._window.notices.tell(f"Scenario saved as {title}", "circle-check", "pass", show)
        if self.campaign is not None:
            self.campaign.reload(named.name)

    def show_events(self, endpoint_id: EndpointId, search: str) -> None:
        """Show the events a search text finds, in the list of their endpoint."""
        window = self._window
        window.head.tabs.set_current("events")
        window.select_endpoint(endpoint_id)
        window.page.set_search(search)
        window.activateWindow()

    def tell(self, text: str) -> None:
        """Say something in passing."""
        self._window.notices.tell(text, "copy")
