"""Endpoints and window: which one is in view, its addresses, its dialog, its test events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from inspector.app import App
from inspector.domain.endpoint import Endpoint, EndpointId
from inspector.domain.event import EventId
from inspector.domain.request import Request
from inspector.formats.curl import to_curl
from inspector.receiver.network import network_url
from inspector.simulator.trouble import BURST, DUPLICATE, READ_FIRST, TROUBLE, WRONG_SIGNATURE
from inspector.ui.control.words import counted
from inspector.ui.dialogs.question import Question, TextQuestion, ask, ask_text
from inspector.ui.endpoints.endpoint_form import url_problem
from inspector.ui.icons import Icons
from inspector.ui.notices import Notices
from inspector.ui.tasks import Tasks
from inspector.ui.theme import Theme
from inspector.ui.top_bar import AddressChoice, TestItem
from inspector.ui.widgets.address_field import AddressKind

if TYPE_CHECKING:
    from inspector.ui.endpoints.endpoint_desk import EndpointDesk
    from inspector.ui.endpoints.settings_dialog import EndpointSettings

GROUP_NAMES = {
    "status": "Status",
    "engagement": "Engagement",
    "template": "Templates",
    "other": "Events",
    "trouble": "Trouble",
}
MINE = "Mine"
MADE_UP = "Make your own"
MAKING = (
    ("compose:", "Edit before sending…\tCtrl+Shift+T", ("pencil", "text2")),
    ("campaign:", "Run a campaign…", ("route", "text2")),
)
"""What follows the test events in their menu; the keys are none of a test event."""

FIRST_SAMPLE = "message.delivered"
TROUBLE_MARKS = {
    WRONG_SIGNATURE: ("shield-x", "failFg"),
    DUPLICATE: ("layers-2", "dupFg"),
    READ_FIRST: ("arrow-left-right", "warnFg"),
    BURST: ("zap", "text2"),
}


class EndpointControl:
    """Everything a user does to an endpoint. `scope` is the endpoint in view, None for all of them."""

    def __init__(
        self,
        app: App,
        theme: Theme,
        icons: Icons,
        tasks: Tasks,
        notices: Notices,
        window: QWidget,
        select: Callable[[EndpointId | None], None],
        reload: Callable[[], None],
        selected: Callable[[], EventId | None] = lambda: None,
    ) -> None:
        self._app, self._theme, self._icons = app, theme, icons
        self._tasks, self._notices, self._window = tasks, notices, window
        self._select, self._reload = select, reload
        self._selected = selected
        self.simulator_wanted: Callable[[str], object] = lambda _key: None  # likewise: the composer and campaigns
        self.settings_wanted: Callable[[str], object] = lambda _page: None  # the window says what opens them
        self.scope: EndpointId | None = None

    @cached_property
    def _desk(self) -> EndpointDesk:
        # Its dialogs are a good part of the window's code, and not needed to show it.
        from inspector.ui.endpoints.endpoint_desk import EndpointDesk

        return EndpointDesk(
            self._app, self._theme, self._icons, self._tasks, self._notices, self._window, self._selected
        )

    @property
    def current(self) -> Endpoint:
        """The endpoint in view; the first one while all are."""
        resolved = self._app.directory.by_id(self.scope) if self.scope is not None else None
        return resolved.endpoint if resolved is not None else self._app.directory.all()[0]

    def addresses(self, endpoint: Endpoint) -> tuple[list[AddressChoice], AddressKind]:
        """Return every address an endpoint can be reached at, and the kind to show first."""
        state = self._app.receiver.state
        port = state.port or self._app.settings.current.port
        scheme = "https" if state.https_url and state.url == state.https_url else "http"
        choices = [AddressChoice("local", f"{scheme}://127.0.0.1:{port}{endpoint.path}")]
        network = network_url(state.host, state.port, scheme)
        if network:
            choices.append(AddressChoice("network", network + endpoint.path))
        public = self._app.tunnels.url_of(endpoint) or endpoint.signing.public_url
        if public:
            choices.insert(0, AddressChoice("public", public))
        return choices, choices[0].kind

    def tests(self, endpoint: Endpoint) -> tuple[list[TestItem], str]:
        """Return the test events an endpoint can be sent, and the key of the last used one."""
        samples = self._app.simulator.samples(endpoint)
        items = [
            TestItem(
                item.key,
                item.title,
                MINE if item.mine else GROUP_NAMES.get(item.group, item.group.title()),
                item.kind,
            )
            for item in samples
        ]
        keys = {item.key for item in items}
        last = self._app.settings.current.last_sample
        fallback = FIRST_SAMPLE if FIRST_SAMPLE in keys else (items[0].key if items else "")
        if items:
            items += [
                TestItem(item.key, item.title, GROUP_NAMES["trouble"], mark=TROUBLE_MARKS[item.key]) for item in TROUBLE
            ]
            items += [TestItem(key, title, MADE_UP, mark=mark) for key, title, mark in MAKING]
        return items, last if last in keys else fallback

    # -- doing --------------------------------------------------------------------------------------------------

    def send_test(self, key: str = "", endpoint_id: EndpointId | None = None) -> None:
        """Send a test event to an endpoint, None being the one in view; "" is the last used test event."""
        resolved = self._app.directory.by_id(endpoint_id) if endpoint_id is not None else None
        endpoint = resolved.endpoint if resolved is not None else self.current
        _items, last = self.tests(endpoint)
        chosen = key or last
        if any(chosen == making for making, _title, _mark in MAKING):
            self.simulator_wanted(chosen)
            return
        if any(item.key == chosen for item in self._app.simulator.samples(endpoint)):
            self._app.settings.change(last_sample=chosen)
        self._tasks.start(self._send_test(endpoint.id, chosen), "Send a test event")

    async def _send_test(self, endpoint_id: EndpointId, key: str) -> None:
        sent = await self._app.simulator.send(endpoint_id, key)
        if sent.sent > 1 or not sent.results:
            self._notices.tell(sent.sentence, "send")
        elif sent.results[0].response is None:
            self._notices.tell(sent.sentence, "circle-x", "fail")

    def send_samples(self) -> None:
        """Send one of every sample to the endpoint in view, one after the other."""
        endpoint = self.current

        async def send_all() -> None:
            for item in self._app.simulator.samples(endpoint):
                await self._app.simulator.send(endpoint.id, item.key)

        self._tasks.start(send_all(), "Send sample events")

    def add(self) -> None:
        """Make an endpoint, show it and open its settings."""
        self._tasks.start(self._add(), "New endpoint")

    async def _add(self) -> None:
        endpoint = await self._app.directory.create(f"Endpoint {len(self._app.directory.all()) + 1}")
        self._select(endpoint.id)
        self.open_settings(endpoint.id, "general")

    def rename(self, endpoint_id: EndpointId, name: str) -> None:
        """Give an endpoint another name."""
        resolved = self._app.directory.by_id(endpoint_id)
        if resolved is not None and name.strip():
            changed = replace(resolved.endpoint, name=name.strip())
            self._tasks.start(self._app.directory.save(changed), "Rename the endpoint")

    def toggle_pause(self, endpoint_id: EndpointId) -> None:
        """Let an endpoint turn events away, or take them again."""
        resolved = self._app.directory.by_id(endpoint_id)
        if resolved is not None:
            changed = replace(resolved.endpoint, paused=not resolved.endpoint.paused)
            self._tasks.start(self._app.directory.save(changed), "Pause the endpoint")

    def copy_address(self, endpoint_id: EndpointId | None = None) -> None:
        """Put an endpoint's address on the clipboard."""
        resolved = self._app.directory.by_id(endpoint_id) if endpoint_id is not None else None
        endpoint = resolved.endpoint if resolved is not None else self.current
        choices, shown = self.addresses(endpoint)
        QGuiApplication.clipboard().setText(next(item.url for item in choices if item.kind == shown))
        self._notices.tell("Address copied", "copy")

    def copy_https_address(self) -> None:
        """Put the address by HTTPS on the clipboard: that of the network where the receiver listens there."""
        state, endpoint = self._app.receiver.state, self.current
        network = network_url(state.host, state.https_port, "https")
        url = network + endpoint.path if network else self._app.receiver.https_address_of(endpoint)
        if url:
            QGuiApplication.clipboard().setText(url)
            self._notices.tell("HTTPS address copied", "copy")
        else:
            self._notices.tell("HTTPS is off", "lock", action=("Settings…", lambda: self.settings_wanted("https")))

    def copy_curl(self) -> None:
        """Put a command on the clipboard that sends a signed test event to the endpoint in view."""
        endpoint = self.current
        event = self._app.simulator.test_event(endpoint.id, self.tests(endpoint)[1])
        request = Request(event.method, "/", event.headers, event.body, datetime.now(UTC))
        QGuiApplication.clipboard().setText(to_curl(request, event.url))
        self._notices.tell("Command copied. It holds a signature, not the secret.", "terminal")

    def use_own_address(self) -> None:
        """Ask for the address the endpoint has to the outside."""
        self._tasks.start(self._use_own_address(), "Own address")

    async def _use_own_address(self) -> None:
        endpoint = self.current
        question = TextQuestion(
            self._theme,
            self._icons,
            f"Public address of {endpoint.name}",
            "The address your provider calls, forwarded to this computer by your proxy or tunnel program.",
            "Use this address",
            self._window,
            value=endpoint.signing.public_url,
            placeholder=f"https://hooks.example.com{endpoint.path}",
            check=url_problem,
        )
        reply = await ask_text(question)
        if reply is not None:
            signing = replace(endpoint.signing, public_url=reply.text)
            await self._app.directory.save(replace(endpoint, signing=signing))

    def give_secret(self, provider: str, secret: str) -> None:
        """Keep what the first-run page was told: the provider, and its secret where one was pasted."""
        self._tasks.start(self._give_secret(provider, secret), "Save the secret")

    async def _give_secret(self, provider: str, secret: str) -> None:
        endpoint = await self._app.directory.save(replace(self.current, provider=provider))
        if secret:
            await self._app.directory.set_secret(endpoint.id, secret)
        words = "Provider and secret saved" if secret else "Provider saved"
        self._notices.tell(words, "check", "pass")

    def tell_where_secret_is(self, provider: str) -> None:
        """Say where a provider's console shows the signing secret."""
        profile = self._app.catalogue.get(provider)
        if profile is not None:
            self._notices.tell(profile.secret_help or f"See {profile.docs}.", "key-round")

    def clear(self, endpoint_id: EndpointId) -> None:
        """Ask, then delete all events of an endpoint."""
        self._tasks.start(self._clear(endpoint_id), "Clear events")

    async def _clear(self, endpoint_id: EndpointId) -> None:
        resolved = self._app.directory.by_id(endpoint_id)
        if resolved is None:
            return
        count = await self._count(endpoint_id)
        question = Question(
            self._theme,
            self._icons,
            f"Delete {counted(count, 'event')} of {resolved.endpoint.name}?",
            "This cannot be undone. The figures on the Monitor page stay: they tell what was received.",
            "Delete",
            self._window,
            danger=True,
        )
        if await ask(question) is not None:
            await self._app.store.clear_endpoint(endpoint_id)
            self._reload()

    def delete(self, endpoint_id: EndpointId, dialog: EndpointSettings | None = None) -> None:
        """Ask, then delete an endpoint with its events."""
        self._tasks.start(self._delete(endpoint_id, dialog), "Delete the endpoint")

    async def _delete(self, endpoint_id: EndpointId, dialog: EndpointSettings | None) -> None:
        resolved = self._app.directory.by_id(endpoint_id)
        if resolved is None:
            return
        count = await self._count(endpoint_id)
        belongings = f" and its {counted(count, 'event')}" if count else ""
        question = Question(
            self._theme,
            self._icons,
            f"Delete {resolved.endpoint.name}{belongings}?",
            "This cannot be undone. Its address stops working.",
            "Delete",
            dialog or self._window,
            danger=True,
        )
        if await ask(question) is None:
            return
        if dialog is not None:
            dialog.reject()
        self._select(None)
        await self._app.directory.delete(endpoint_id)
        self._reload()
        if not self._app.directory.all():
            self._select((await self._app.directory.create("My endpoint")).id)

    async def _count(self, endpoint_id: EndpointId) -> int:
        return next(
            (item.events for item in await self._app.store.scope_counts() if item.endpoint_id == endpoint_id), 0
        )

    # -- the dialog ---------------------------------------------------------------------------------------------

    def open_settings(self, endpoint_id: EndpointId | None = None, section: str = "signature") -> None:
        """Open an endpoint's settings; None is the endpoint in view."""
        dialog = self._desk.open(self.current.id if endpoint_id is None else endpoint_id, section)
        if dialog is not None:
            dialog.delete_requested.connect(lambda number: self.delete(EndpointId(number), dialog))
            dialog.test_requested.connect(lambda number: self.send_test("", EndpointId(number)))
            dialog.clear_requested.connect(lambda number: self.clear(EndpointId(number)))
            dialog.settings_wanted.connect(self.settings_wanted)
