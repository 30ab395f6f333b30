"""ngrok, version 3: its address comes from its log, or from its local interface where the log does not tell.

ngrok.com/docs/agent/cli and /docs/agent/api; the account's token is in ngrok's own configuration.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

from inspector.tunnels.addresses import tidy
from inspector.tunnels.helper import run_helper
from inspector.tunnels.kind import READS_ALL, Kind, Reporter, Setup, always
from inspector.tunnels.state import TunnelError

USUAL_INTERFACE = "127.0.0.1:4040"
QUIET_S = 3.0
"""Where the log has not told by then, the usual place of the local interface is asked."""

ASK_EVERY_S = 0.5
PROBE_S = 300.0
"""A free account has 20,000 requests a month (ngrok.com/pricing): one probe in five minutes leaves room for events."""

_NO_ACCOUNT = ("ERR_NGROK_4018", "ERR_NGROK_105", "ERR_NGROK_107")
_ONE_ONLY = ("ERR_NGROK_108", "ERR_NGROK_334")


async def run(setup: Setup, tell: Reporter) -> None:
    """Open the tunnel, under the user's own domain where one is set."""
    argv = [setup.program, "http", setup.url, "--log", "stdout", "--log-format", "json"]
    if setup.settings.tunnel_ngrok_domain:
        argv += ["--url", tidy(f"https://{setup.settings.tunnel_ngrok_domain}")]
    asking = _Asking(setup.port)
    asking.begin(USUAL_INTERFACE, tell, after_s=QUIET_S)

    def reads(line: str) -> str:
        said = _object(line)
        if said.get("obj") == "web" and isinstance(said.get("addr"), str):
            asking.begin(said["addr"], tell)
        url = said.get("url")
        if isinstance(url, str) and "started tunnel" in str(said.get("msg")):
            asking.end()
            return tidy(url)
        return ""

    try:
        await run_helper("ngrok", argv, tell, reads, explains=explains)
    finally:
        asking.end()


def explains(line: str) -> TunnelError | None:
    """Return what a refusal of ngrok means."""
    if any(code in line for code in _NO_ACCOUNT):
        return TunnelError(
            "ngrok does not know you.",
            "It needs the token of a (free) account.",
            "Run `ngrok config add-authtoken` with the token from dashboard.ngrok.com.",
            lasting=True,
        )
    if any(code in line for code in _ONE_ONLY):
        return TunnelError(
            "ngrok already runs elsewhere.",
            "The account allows no second tunnel at this address.",
            "End the other one, then try again.",
            lasting=True,
        )
    return None


def _object(line: str) -> dict[str, Any]:
    with contextlib.suppress(ValueError):
        said = json.loads(line)
        if isinstance(said, dict):
            return said
    return {}


class _Asking:
    """Asks ngrok's local interface for the address until it knows one."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._task: asyncio.Task[None] | None = None

    def begin(self, address: str, tell: Reporter, after_s: float = 0.0) -> None:
        """Ask at this address, and no longer at another one."""
        self.end()
        self._task = asyncio.create_task(self._ask(address, tell, after_s), name="ngrok-interface")

    def end(self) -> None:
        """Stop asking."""
        if self._task is not None:
            self._task.cancel()

    async def _ask(self, address: str, tell: Reporter, after_s: float) -> None:
        await asyncio.sleep(after_s)
        import aiohttp

        from inspector.tunnels.connection import session

        async with await session(total_s=2.0) as http:
            while True:
                await asyncio.sleep(ASK_EVERY_S)
                with contextlib.suppress(aiohttp.ClientError, TimeoutError, ValueError, OSError):
                    async with http.get(f"http://{address}/api/tunnels") as answer:
                        url = public_url(await answer.json(content_type=None), self._port)
                    if url:
                        tell.up(url)
                        return


def public_url(told: Any, port: int) -> str:
    """Return the public address in what `/api/tunnels` tells, the https one first; "" for none.

    Tunnels that lead to another port belong to somebody else's agent.
    """
    tunnels = told.get("tunnels") if isinstance(told, dict) else None
    ours = [item for item in tunnels or () if isinstance(item, dict) and _leads_to(item, port)]
    urls = [tidy(str(item.get("public_url"))) for item in ours]
    return next((url for url in sorted(filter(None, urls), key=lambda url: not url.startswith("https"))), "")


def _leads_to(tunnel: dict[str, Any], port: int) -> bool:
    config = tunnel.get("config")
    address = str(config.get("addr", "")) if isinstance(config, dict) else ""
    return not address or address.rpartition(":")[2].strip("/") == str(port)


KIND = Kind(
    key="ngrok",
    title="ngrok",
    run=run,
    who=always("ngrok"),
    consent=READS_ALL,
    programs=("ngrok",),
    install="https://ngrok.com/download",
    client_header="X-Forwarded-For",
    probe_s=PROBE_S,
    asks_for_program=True,
)
