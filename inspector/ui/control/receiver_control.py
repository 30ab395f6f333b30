"""Receiver and window: its state in the top bar, the status bar and the banners, and the ways to change it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Protocol

from PySide6.QtWidgets import QWidget

from inspector.app import App
from inspector.domain.errors import ListenError
from inspector.receiver.network import LOOPBACK_HOSTS
from inspector.receiver.ports import next_free_port
from inspector.receiver.state import PauseMode, ReceiverState, Status
from inspector.ui.control.words import lower_first
from inspector.ui.dialogs.question import TextQuestion, ask_text
from inspector.ui.endpoints.endpoint_form import number_problem
from inspector.ui.icons import Icons
from inspector.ui.tasks import Tasks
from inspector.ui.theme import Theme
from inspector.ui.widgets.banner import BannerContent, BannerHost

Actions = list[tuple[str, Callable[[], object]]]

LOOPBACK = "127.0.0.1"
EVERYWHERE = "0.0.0.0"  # only ever used after the user asked for it

PORT, PAUSED, DAMAGED, PROVIDERS = "port", "paused", "damaged", "providers"


PAUSED_WORDS = {
    PauseMode.REFUSE: ("Paused: answering 503, storing nothing", "Providers will retry."),
    PauseMode.DISCARD: ("Paused: answering 200, storing nothing", "Providers will not retry."),
    PauseMode.CLOSED: ("Paused: not listening", "Providers cannot connect and will retry."),
}
PAUSE_CHOICES = (
    (PauseMode.REFUSE, "Answer 503"),
    (PauseMode.DISCARD, "Answer 200, discard"),
    (PauseMode.CLOSED, "Stop listening"),
)


class Blocked(Protocol):
    """The page that stands where the list would be while nothing can come in."""

    def show_page(self, title: str, text: str, actions: Actions) -> None:
        """Say why nothing is received, and what can be done; the first action is the best."""

    def hide_page(self) -> None:
        """Go back to the usual page."""


class ReceiverControl:
    """Keeps the banners about receiving true, and runs what the receiver's menu offers."""

    def __init__(
        self,
        app: App,
        theme: Theme,
        icons: Icons,
        tasks: Tasks,
        banners: BannerHost,
        window: QWidget,
        on_state: Callable[[ReceiverState], None],
        show_file: Callable[[str], None],
        blocked: Blocked,
    ) -> None:
        self._app, self._theme, self._icons = app, theme, icons
        self._tasks, self._banners, self._window = tasks, banners, window
        self._on_state, self._blocked = on_state, blocked
        self._free_port = 0
        self._dismissed: set[str] = set()
        banners.dismissed.connect(self._dismissed.add)
        self._unsubscribe = app.receiver.changed.subscribe(self._changed)
        self._show_file = show_file

    def start(self) -> None:
        """Show what the receiver does already, and what went wrong while the program started."""
        self._tell_start()
        self._changed(self._app.receiver.state)

    def close(self) -> None:
        """Stop listening to the receiver."""
        self._unsubscribe()

    @property
    def on_network(self) -> bool:
        """Whether other computers can reach the receiver."""
        return self._app.receiver.state.host not in LOOPBACK_HOSTS

    def toggle_pause(self) -> None:
        """Pause, or resume."""
        receiver = self._app.receiver
        paused = receiver.state.status is Status.PAUSED
        mode = PauseMode(self._app.settings.current.pause_mode)
        self._tasks.start(receiver.resume() if paused else receiver.pause(mode), "Resume" if paused else "Pause")

    def pause_by(self, mode: PauseMode) -> None:
        """Pause in this way, also while the receiver is paused in another, and keep it for the next time."""
        self._app.settings.change(pause_mode=mode.value)
        self._tasks.start(self._app.receiver.pause(mode), "Pause")

    def restart(self) -> None:
        """Stop and start the receiver as the settings say."""
        self._tasks.start(self._restart(), "Restart the receiver")

    def listen_on_network(self, on: bool) -> None:
        """Listen on every network, or on this computer only."""
        self._app.settings.change(host=EVERYWHERE if on else LOOPBACK)
        self.restart()

    def use_port(self, port: int) -> None:
        """Move to another port and keep it."""
        self._app.settings.change(port=port, port_chosen=True)
        self.restart()

    def choose_port(self) -> None:
        """Ask for a port."""
        self._tasks.start(self._choose_port(), "Choose a port")

    async def _choose_port(self) -> None:
        question = TextQuestion(
            self._theme,
            self._icons,
            "Choose a port",
            "Providers must be given the new address afterwards.",
            "Use this port",
            self._window,
            value=str(self._app.settings.current.port),
            check=lambda text: number_problem(text, 1, 65_535, "a port"),
        )
        reply = await ask_text(question)
        if reply is not None:
            self.use_port(int(reply.text))

    async def _restart(self) -> None:
        settings = self._app.settings.current
        self._app.receiver.max_body_bytes = settings.max_body_bytes
        try:
            await self._app.receiver.restart(settings.host, settings.port)
        except ListenError as error:
            if not error.taken:
                raise

    def _changed(self, state: ReceiverState) -> None:
        if state.status is Status.FAILED:
            self._tasks.start(self._tell_failure(state), "Find a free port")
        elif state.status is not Status.STARTING:  # which may end where it began
            self._banners.remove(PORT)
            self._blocked.hide_page()
        if state.status is not Status.PAUSED:
            self._dismissed.discard(PAUSED)
            self._banners.remove(PAUSED)
        elif PAUSED not in self._dismissed:
            self._banners.put(self._pause_banner(state))
        self._on_state(state)

    def _pause_banner(self, state: ReceiverState) -> BannerContent:
        mode = state.pause or PauseMode.REFUSE
        since = state.since.astimezone().strftime("%H:%M")
        word = "request" if state.turned_away == 1 else "requests"
        counted = "" if mode is PauseMode.CLOSED else f" {state.turned_away:,} {word} turned away since {since}."
        title, text = PAUSED_WORDS[mode]
        others = [(words, partial(self.pause_by, other)) for other, words in PAUSE_CHOICES if other is not mode]
        return BannerContent(PAUSED, "warn", "pause", title, text + counted, (("Resume", self.toggle_pause), *others))

    async def _tell_failure(self, state: ReceiverState) -> None:
        error = state.error
        host = state.host or LOOPBACK
        port = state.port or self._app.settings.current.port
        free = await asyncio.to_thread(next_free_port, host, port)
        self._free_port = free or 0
        title = error.what if error is not None else "The receiver stopped."
        actions: Actions = [("Try again", self.restart), ("Choose port…", self.choose_port)]
        if self._free_port:
            actions.insert(0, (f"Use port {self._free_port}", lambda: self.use_port(self._free_port)))
        if self._app.receiver.state.status is Status.FAILED:
            text = error.why if error is not None and error.why else "Providers get no answer."
            self._blocked.show_page(title.rstrip("."), text, actions)
            self._banners.put(
                BannerContent(PORT, "fail", "circle-x", f"Not receiving: {lower_first(title)}", text, tuple(actions))
            )

    def _tell_start(self) -> None:
        damaged = self._app.store.set_aside
        if damaged is not None:
            self._banners.put(
                BannerContent(
                    DAMAGED,
                    "warn",
                    "hard-drive",
                    "The stored events could not be read",
                    f"The file was set aside as {damaged.name}; a new one begins.",
                    (("Show file", lambda: self._show_file(str(damaged.parent))),),
                )
            )
        for error in self._app.trouble:
            text = f"{error.why} Your own providers are left out until it is mended.".strip()
            self._banners.put(BannerContent(PROVIDERS, "warn", "triangle-alert", error.what, text))
