"""Renders every screen to PNG, light and dark, from fixed data: `python -m inspector.ui.gallery FOLDER [SCREEN …]`."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QWidget

from inspector.app import App, AppOptions, open_app
from inspector.domain.errors import ListenError
from inspector.domain.event import EventId
from inspector.ui import gallery_alerts as alerts
from inspector.ui import gallery_check as checks
from inspector.ui import gallery_doctor as doctors
from inspector.ui import gallery_endpoints as endpoints
from inspector.ui import gallery_forwarding as forwards
from inspector.ui import gallery_messages as messages
from inspector.ui import gallery_monitor as monitors
from inspector.ui import gallery_outage as outages
from inspector.ui import gallery_payloads as payloads
from inspector.ui import gallery_replay as replays
from inspector.ui import gallery_room as rooms
from inspector.ui import gallery_series as series
from inspector.ui import gallery_simulator as simulators
from inspector.ui import gallery_tunnels as tunnels
from inspector.ui.detail.diff_view import DiffView
from inspector.ui.detail.signature_view import SignatureView
from inspector.ui.detail.try_secret import TrySecretDialog
from inspector.ui.gallery_data import OLD_SECRET, fill
from inspector.ui.gui import make_application
from inspector.ui.icons import Icons
from inspector.ui.loop import AppLoop
from inspector.ui.main_window import MainWindow
from inspector.ui.theme import Mode, Theme

USUAL = QSize(1440, 900)
SMALL = QSize(960, 600)
MODES: tuple[Mode, ...] = ("light", "dark")
SETTLE_S = 0.35


@dataclass(frozen=True, slots=True)
class Stage:
    """What a screen is arranged on: the program, its window, and the gallery's event ids, oldest first."""

    app: App
    window: MainWindow
    ids: list[EventId]


Arrange = Callable[[Stage], Awaitable[QWidget | None]]


@dataclass(frozen=True, slots=True)
class Screen:
    """One picture. `arrange` brings the window into the state and may return another widget to picture."""

    name: str
    arrange: Arrange
    size: QSize = USUAL
    empty: bool = False


async def _newest(stage: Stage, view: str = "payload", back: int = 1) -> None:
    stage.window.page.table.select_event(stage.ids[-back])
    stage.window.page.table.setFocus()
    stage.window.pane.show_view(view)
    await _settle()


def _view(view: str, back: int = 1) -> Arrange:
    async def arrange(stage: Stage) -> None:
        await _newest(stage, view, back)

    return arrange


async def _first_run(stage: Stage) -> None:
    await _settle()


async def _no_match(stage: Stage) -> None:
    stage.window.page.set_search("type:optout sig:invalid carrier:att")
    await _settle()


async def _paused(stage: Stage) -> None:
    await stage.app.receiver.pause()
    await _newest(stage)


async def _port_taken(stage: Stage) -> None:
    taken = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    port = taken.sockets[0].getsockname()[1]
    with suppress(ListenError):
        await stage.app.receiver.restart("127.0.0.1", port)
    await _newest(stage)
    taken.close()


async def _held(stage: Stage) -> None:
    await _newest(stage, back=5)
    stage.window.page.table.hold()
    for number in range(3):
        await stage.app.simulator.send(stage.window.endpoints.current.id, "message.sent" if number else "message.read")
    await asyncio.sleep(0.3)


async def _several(stage: Stage) -> None:
    table = stage.window.page.table
    table.setFocus()
    table.selectAll()
    await _settle()


async def _try_secret(stage: Stage) -> QWidget | None:
    await _newest(stage, "signature", 8)
    view = stage.window.pane.view("signature")
    assert isinstance(view, SignatureView)
    view.tools.try_button.click()
    dialog = await _dialog()
    if isinstance(dialog, TrySecretDialog):
        dialog.field.setText(OLD_SECRET)
    return await _dialog()


async def _diff(stage: Stage, page: str) -> None:
    await _newest(stage, "diff")
    view = stage.window.pane.view("diff")
    assert isinstance(view, DiffView)
    view.segments.set_current(page)
    await _settle()


async def _settings(stage: Stage, page: str = "general") -> QWidget | None:
    stage.window.commands.open_settings(page)
    return await _dialog()


async def _shortcuts(stage: Stage) -> QWidget | None:
    stage.window.actions_table["shortcuts"].trigger()
    return await _dialog()


async def _palette(stage: Stage) -> QWidget | None:
    await _newest(stage)
    stage.window.commands.open_palette()
    await _settle()
    return QApplication.activePopupWidget()


async def _test_menu(stage: Stage) -> QWidget | None:
    stage.window.top_bar.test.open_menu()
    await _settle()
    return QApplication.activePopupWidget()


async def _context_menu(stage: Stage) -> QWidget | None:
    await _newest(stage, back=4)
    stage.window.page.commands.open_menu(stage.window.mapToGlobal(stage.window.rect().center()))
    await _settle()
    return QApplication.activePopupWidget()


SCREENS = (
    Screen("main", _view("payload")),
    Screen("overview-duplicate", _view("overview", 4)),
    Screen("raw", _view("raw")),
    Screen("headers", _view("headers")),
    Screen("signature-valid", _view("signature")),
    Screen("signature-failed", _view("signature", 8)),
    Screen("signature-try", _try_secret),
    Screen("replays", _view("replays")),
    Screen("diff", lambda stage: _diff(stage, "fields")),
    Screen("diff-text", lambda stage: _diff(stage, "text")),
    Screen("diff-headers", lambda stage: _diff(stage, "headers")),
    Screen("diff-same", _view("diff", 4)),
    Screen("diff-min", lambda stage: _diff(stage, "fields"), SMALL),
    Screen("retry", _view("overview", 8)),
    Screen("several", _several),
    Screen("held", _held),
    Screen("no-match", _no_match),
    Screen("paused", _paused),
    Screen("port-taken", _port_taken),
    Screen("disk-full", rooms.full),
    Screen("disk-full-min", rooms.full, SMALL),
    Screen("disk-low", rooms.low),
    Screen("disk-limit", rooms.limit),
    Screen("disk-delete", rooms.deleting),
    Screen("quit-held", rooms.quitting),
    Screen("first-run", _first_run, empty=True),
    Screen("endpoint-settings", endpoints.settings),
    Screen("endpoint-answer", lambda stage: endpoints.settings(stage, "answer")),
    Screen("endpoint-forwarding", endpoints.forwarding),
    Screen("endpoint-access", endpoints.access),
    Screen("endpoint-storage", lambda stage: endpoints.settings(stage, "storage")),
    Screen("endpoint-replacing", endpoints.replacing),
    Screen("endpoint-duplicates", endpoints.duplicates),
    Screen("endpoint-public-key", lambda stage: endpoints.other_provider(stage, "sendgrid")),
    Screen("endpoint-facts", lambda stage: endpoints.other_provider(stage, "jira-connect")),
    Screen("endpoint-min", endpoints.replacing, SMALL),
    Screen("providers", endpoints.providers),
    Screen("scheme-form", lambda stage: endpoints.scheme(stage, "form")),
    Screen("scheme-text", lambda stage: endpoints.scheme(stage, "text")),
    Screen("scheme-min", lambda stage: endpoints.scheme(stage, "form"), SMALL),
    Screen("messages", messages.swapped),
    Screen("messages-failed", messages.failed),
    Screen("messages-campaigns", messages.grouped),
    Screen("messages-templates", messages.templates),
    Screen("messages-min", messages.swapped, SMALL),
    Screen("timeline", messages.timeline),
    Screen("payload-envelope", payloads.envelope),
    Screen("payload-parts", payloads.parts),
    Screen("payload-parts-min", payloads.parts, SMALL),
    Screen("payload-menu", payloads.menu),
    Screen("payload-protobuf", payloads.protobuf),
    Screen("settings", _settings),
    Screen("settings-receiver", lambda stage: _settings(stage, "receiver")),
    Screen("settings-storage", lambda stage: _settings(stage, "storage")),
    Screen("settings-keyboard", lambda stage: _settings(stage, "keyboard")),
    Screen("shortcuts", _shortcuts),
    Screen("replay-dialog", replays.edited),
    Screen("replay-captured", replays.captured),
    Screen("replay-min", replays.smallest),
    Screen("replay-many", replays.many),
    Screen("replay-series", series.through),
    Screen("replay-series-waiting", series.waiting),
    Screen("replay-series-custom", series.custom),
    Screen("replay-many-series", series.many),
    Screen("replay-many-closed", series.many_closed),
    Screen("replays-series", series.replays),
    Screen("fast-clock", series.fast_clock),
    Screen("fast-clock-week", series.fast_clock_running),
    Screen("versus", series.versus),
    Screen("composer", simulators.composed),
    Screen("composer-sibling", simulators.sibling),
    Screen("campaign", simulators.planned),
    Screen("campaign-running", simulators.running),
    Screen("campaign-result", simulators.compared),
    Screen("tunnel-up", tunnels.up),
    Screen("tunnel-down", tunnels.down),
    Screen("tunnel-changed", tunnels.changed),
    Screen("tunnel-offline", tunnels.offline),
    Screen("tunnel-connecting", tunnels.connecting),
    Screen("tunnel-menu", tunnels.menu),
    Screen("tunnel-start-menu", tunnels.start_menu),
    Screen("tunnel-consent", tunnels.consent),
    Screen("tunnel-host-key", tunnels.host_key),
    Screen("tunnel-log", tunnels.log),
    Screen("tunnel-settings", lambda stage: tunnels.settings(stage, "cloudflared")),
    Screen("tunnel-settings-ssh", lambda stage: tunnels.settings(stage, "ssh")),
    Screen("tunnel-first-run", tunnels.first_run, empty=True),
    Screen("tunnel-first-run-up", tunnels.first_run_up, empty=True),
    Screen("tunnel-min", tunnels.down, SMALL),
    Screen("doctor", doctors.doctor),
    Screen("doctor-trouble", doctors.doctor_trouble),
    Screen("doctor-min", doctors.doctor_small),
    Screen("https", doctors.https),
    Screen("https-own", doctors.https_own),
    Screen("handler-check", checks.running),
    Screen("handler-check-ended", checks.ended),
    Screen("handler-check-request", checks.request),
    Screen("handler-check-fresh", checks.fresh),
    Screen("handler-check-down", checks.down),
    Screen("handler-check-min", checks.smallest),
    Screen("forwarding", forwards.forwarding),
    Screen("forwarding-min", forwards.smallest),
    Screen("forwarding-none", forwards.nothing),
    Screen("outage-running", outages.running),
    Screen("outage-over", outages.over),
    Screen("outage-min", outages.smallest),
    Screen("outage-fresh", outages.fresh),
    Screen("outage-banner", outages.banner),
    Screen("target-refused", forwards.target_refused),
    Screen("target-good", forwards.target_good),
    Screen("monitor", monitors.whole),
    Screen("monitor-rule", monitors.ruled),
    Screen("monitor-lower", monitors.lower),
    Screen("monitor-tables", monitors.tables),
    Screen("monitor-empty", monitors.empty),
    Screen("monitor-min", monitors.whole, SMALL),
    Screen("alerts-open", alerts.monitor),
    Screen("alerts-unfolded", alerts.unfolded),
    Screen("alerts-list", alerts.history),
    Screen("alerts-min", alerts.monitor, SMALL),
    Screen("settings-alerts", alerts.rules),
    Screen("by-hand", alerts.by_hand),
    Screen("by-hand-none", alerts.by_hand_none),
    Screen("by-hand-banner", alerts.by_hand_banner),
    Screen("palette", _palette),
    Screen("test-menu", _test_menu),
    Screen("context-menu", _context_menu),
    Screen("min-window", _view("payload"), SMALL),
    Screen("min-signature-failed", _view("signature", 8), SMALL),
    Screen("min-first-run", _first_run, SMALL, empty=True),
)


async def _settle() -> None:
    await asyncio.sleep(SETTLE_S)


async def _dialog() -> QWidget | None:
    await _settle()
    return QApplication.activeModalWidget() or QApplication.activeWindow()


@asynccontextmanager
async def staged(screen: Screen, mode: Mode, theme: Theme, icons: Icons) -> AsyncIterator[tuple[Stage, QWidget]]:
    """Bring a fresh program into a screen's state; yield it with the widget to picture, and clear everything away."""
    with tempfile.TemporaryDirectory(prefix="gallery-") as data:
        async with open_app(Path(data), AppOptions(apart=False)) as app:
            ids = [] if screen.empty else await fill(app)
            app.settings.change(theme=mode, reduce_motion=True)
            if ids:
                app.settings.change(scope=int(app.directory.all()[0].id))
            window = MainWindow(app, theme, icons)
            window.resize(screen.size)
            window.start()
            window.show()
            await _settle()
            stage = Stage(app, window, ids)
            shown = await screen.arrange(stage)
            try:
                yield stage, shown if isinstance(shown, QWidget) else window
            finally:
                for popup in QApplication.topLevelWidgets():
                    if popup is not window and popup.isVisible():
                        popup.close()
                await window.finish()
                window.deleteLater()


async def render(screen: Screen, mode: Mode, folder: Path, theme: Theme, icons: Icons) -> Path:
    """Render one screen in a fresh program and return the picture's path."""
    path = folder / f"{screen.name}-{mode}.png"
    async with staged(screen, mode, theme, icons) as (_stage, shown):
        shown.grab().save(str(path))
    return path


async def _main(application: QApplication, folder: Path, wanted: list[str]) -> None:
    theme = Theme("light")
    theme.apply(application)
    theme.changed.connect(lambda: theme.apply(application))
    icons = Icons(theme)
    for screen in SCREENS:
        if wanted and screen.name not in wanted:
            continue
        for mode in MODES:
            print(await render(screen, mode, folder, theme, icons))


def main(arguments: list[str]) -> int:
    """Render into the folder that is named first; further words choose screens."""
    parser = argparse.ArgumentParser(prog="gallery", description="Render the program's screens, light and dark.")
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("screens", metavar="SCREEN", nargs="*", help="only these; without a name all of them")
    options = parser.parse_args(arguments)
    if unknown := set(options.screens) - {screen.name for screen in SCREENS}:
        parser.error(f"no such screen: {', '.join(sorted(unknown))}. There are {', '.join(s.name for s in SCREENS)}.")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["INSPECTOR_SECRETS"] = "file"
    os.environ["TZ"] = "UTC"
    if hasattr(time, "tzset"):
        time.tzset()
    options.folder.mkdir(parents=True, exist_ok=True)
    application = make_application(sys.argv[:1])
    with asyncio.Runner(loop_factory=lambda: AppLoop(application)) as runner:
        runner.run(_main(application, options.folder, options.screens))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
