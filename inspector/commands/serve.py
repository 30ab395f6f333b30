"""`inspector serve`: receive without a window and print what comes in."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.client_contexts import import_aiohttp
from inspector.collector import hold_during_start, settle_after_start
from inspector.commands.command import OK, Command, data_dir
from inspector.commands.printing import Paint, Printer, event_as_json, event_as_text, json_line
from inspector.commands.room_lines import RoomLines
from inspector.commands.serve_https import declare_https, https_lines, https_plan, passphrase
from inspector.commands.serve_tunnel import a_tunnel, declare_tunnel
from inspector.domain.event import EventSummary

if TYPE_CHECKING:
    from inspector.app import App
    from inspector.monitor.alerts import AlertNews
    from inspector.store.host import Started

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


GATHER_S = 0.03
"""Events of so long are printed at once: a reader sees no difference, the receiver does."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("--json", action="store_true", help="print JSON on a terminal too")
    parser.add_argument(
        "--synchronous",
        choices=("FULL", "NORMAL"),
        default="FULL",
        help="NORMAL is faster, but a power cut may lose the last events (FULL)",
    )
    declare_tunnel(parser)
    declare_https(parser)
    parser.add_argument(
        "--metrics-port", type=int, metavar="N", help="offer /metrics in the format of Prometheus on this port"
    )
    parser.add_argument(
        "--metrics-host", metavar="ADDRESS", default="127.0.0.1", help="where to offer them (127.0.0.1, this computer)"
    )


def run(options: argparse.Namespace) -> int:
    """Receive until told to stop."""
    hold_during_start()
    from inspector.log import start_logging
    from inspector.store.host import in_process

    folder = data_dir(options)
    start_logging(folder)
    writer = in_process()  # it gets ready while we do
    with asyncio.Runner() as runner:
        return runner.run(_serve(folder, options, writer))


async def _serve(folder: Path, options: argparse.Namespace, writer: Started) -> int:
    import_aiohttp()
    from inspector.app import SETTLE_S, AppOptions, open_app

    stop = asyncio.Event()
    _stop_on_signals(stop)
    printer = Printer()
    try:
        app_options = AppOptions(
            host=options.host,
            port=options.port,
            synchronous=options.synchronous,
            started=writer,
            settle_s=SETTLE_S,
            https=https_plan(options),
            https_passphrase=passphrase(options),
        )
        async with open_app(folder, app_options) as app:
            if error := app.receiver.state.error or app.receiver.state.https_error:
                raise error
            face = _Face(app, printer, as_json=options.json or not sys.stdout.isatty())
            async with _metrics(app, options.metrics_host, options.metrics_port) as metrics_url:
                face.begin(metrics_url)
                async with a_tunnel(app, options, printer.put, as_json=face.as_json):
                    settle_after_start()
                    await stop.wait()
            await app.receiver.stop()
            face.print_waiting()
    finally:
        await asyncio.to_thread(printer.close)
    return OK


@contextlib.asynccontextmanager
async def _metrics(app: App, host: str, port: int | None) -> AsyncIterator[str]:
    """Offer /metrics where a port was asked for; yields the address, "" without one."""
    if port is None:
        yield ""
        return
    from inspector.monitor.metrics_server import PATH, serve_metrics

    async with serve_metrics(host, port, app.monitor.metrics) as bound:
        yield f"http://{f'[{host}]' if ':' in host else host}:{bound}{PATH}"


class _Face:
    """What `serve` prints: where it receives, then one line for each event and each alert."""

    def __init__(self, app: App, printer: Printer, *, as_json: bool) -> None:
        self._app = app
        self._printer = printer
        self._as_json = as_json
        self._waiting: list[EventSummary] = []
        self._paint = Paint(colours=not as_json and not os.environ.get("NO_COLOR"))

    @property
    def as_json(self) -> bool:
        """Whether every line is JSON."""
        return self._as_json

    def begin(self, metrics_url: str) -> None:
        """Print the addresses, and every event and alert from now on."""
        receiver, endpoints = self._app.receiver, self._app.directory.all()
        if self._as_json:
            listed = [
                {"id": item.id, "name": item.name, "provider": item.provider, "url": receiver.address_of(item)}
                for item in endpoints
            ]
            self._printer.put(
                json_line({"receiving": receiver.state.url, "endpoints": listed, "data_dir": str(self._app.folder)})
            )
        else:
            lines = [f"Receiving on {receiver.state.url}, Ctrl+C ends.", ""]
            lines += [f"  {item.name}: {receiver.address_of(item)}" for item in endpoints]
            self._printer.put("\n".join([*lines, "", ""]))
        if https := https_lines(self._app, as_json=self._as_json):
            self._printer.put(https)
        if metrics_url:
            self._printer.put(json_line({"metrics": metrics_url}) if self._as_json else f"  Metrics: {metrics_url}\n\n")
        self._app.store.added.subscribe(self._collect)
        self._app.monitor.news.subscribe(self._tell)
        RoomLines(self._app, self._printer.put, self._paint, as_json=self._as_json)

    def _tell(self, news: AlertNews) -> None:
        """Print what opened or closed; other figures of an open alert are no news here."""
        if news.kind == "changed":
            return
        from inspector.commands.alert_lines import alert_as_json, alert_as_text

        names = {item.id: item.name for item in self._app.directory.all()}
        name = "" if news.alert.endpoint_id is None else names.get(news.alert.endpoint_id, "")
        if self._as_json:
            self._printer.put(json_line(alert_as_json(news.alert, name)))
        else:
            self._printer.put(alert_as_text(news.alert, name, self._paint))

    def _collect(self, batch: Sequence[EventSummary]) -> None:
        """Keep events for a moment: their answers leave first, and many are written at once."""
        if not self._waiting:
            asyncio.get_running_loop().call_later(GATHER_S, self.print_waiting)
        self._waiting.extend(batch)

    def print_waiting(self) -> None:
        """Print the events that came since the last time."""
        batch, self._waiting = self._waiting, []
        names = {int(item.id): item.name for item in self._app.directory.all()}
        self._printer.put("".join(self._line(event, names) for event in batch))

    def _line(self, event: EventSummary, names: dict[int, str]) -> str:
        reason = ""
        if event.refusal is not None and (whole := self._app.store.event(event.id)) is not None:
            reason = whole.reason
        if self._as_json:
            return json_line(event_as_json(event, names.get(event.endpoint_id or 0, ""), reason))
        return event_as_text(event, names, self._paint, reason)


def _stop_on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for name in SIGNALS:
        number = getattr(signal, name, None)
        if number is None:
            continue
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows
            with contextlib.suppress(ValueError, OSError):
                signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))


COMMAND = Command(
    name="serve",
    help="receive without a window",
    description=(
        "Receives, checks and keeps events like the window does, and prints one line for each: for a person on a "
        "terminal, as JSON where the output goes to a file or another program. The first line tells the address."
    ),
    examples="inspector serve\ninspector serve --port 9000 --data-dir ./events | jq -r .event\n"
    "inspector serve --tunnel cloudflared",
    declare=declare,
    run=run,
)
