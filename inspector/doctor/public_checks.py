"""The way from outside: the tunnel, the name, the certificate, and one request all the way round to this process."""

from __future__ import annotations

from urllib.parse import urlsplit

from inspector.doctor.check import Check
from inspector.doctor.fetching import PublicTls, fetch, resolve, shake_hands
from inspector.doctor.finding import Action, Deed, Finding, bad, doubt, good, skipped
from inspector.doctor.judging import judge_clock, judge_names, judge_public, judge_tls
from inspector.doctor.scene import Scene
from inspector.tunnels.state import TunnelState, TunnelStatus

NAME_S, PUBLIC_S = 5.0, 10.0

NO_ADDRESS = "There is no public address."
RELAYED = "A relay takes requests and streams them here; it tests itself all the time."

_START = Action(Deed.START_TUNNEL, "Start a tunnel…")
_RESTART = Action(Deed.RESTART_TUNNEL, "Restart the tunnel")


async def tunnel_lives(scene: Scene) -> Finding:
    """Whether there is a public address, and whether whoever carries it is there."""
    return judge_tunnel(scene.tunnels.state)


def judge_tunnel(state: TunnelState) -> Finding:
    """Return what the tunnel's own state means."""
    if state.status is TunnelStatus.OFF:
        return skipped(f"{NO_ADDRESS} Providers on the internet need one.", _START)
    if state.status is TunnelStatus.UP:
        shown = f", {state.latency_ms:.0f} ms" if state.latency_ms is not None else ""
        detail = f"{state.title} since {state.since.astimezone():%H:%M:%S}{shown}. {state.note}".strip()
        if state.changed_from:
            words = "The public address changed; the provider may still send to the old one."
            return doubt(words, f"Now {state.public_url}, before {state.changed_from}.", _copy(state.public_url))
        return good(f"{state.public_url} is open.", detail)
    if state.status is TunnelStatus.ASKING:
        answer = Action(Deed.START_TUNNEL, "Answer its question…")
        return bad("The tunnel waits for an answer of yours.", "Its server is not known yet.", answer)
    if state.status is TunnelStatus.CONNECTING:
        return doubt("The tunnel is being opened.", "Try again in a moment.")
    if state.status is TunnelStatus.NO_NETWORK:
        return bad("This computer has no network.", "The tunnel comes back with it.")
    error = state.error
    detail = f"{error.why} {error.todo}".strip() if error else ""
    what = error.what.rstrip(".") if error else "its program ended"
    return bad(f"The tunnel is down: {what[:1].lower()}{what[1:]}.", detail, _RESTART)


def _copy(address: str) -> Action:
    return Action(Deed.COPY_ADDRESS, "Copy the address", address)


def _no_public(scene: Scene) -> Finding | None:
    """Return why there is nothing to ask at a public address, None where there is."""
    if not scene.public_url:
        return skipped(NO_ADDRESS)
    return skipped(RELAYED) if scene.tunnels.state.single_endpoint else None


async def name_is_known(scene: Scene) -> Finding:
    """Whether the public name leads anywhere, and to where."""
    if not scene.public_url:
        return skipped(NO_ADDRESS)
    host = urlsplit(scene.public_url).hostname or ""
    try:
        return judge_names(host, await resolve(host, NAME_S))
    except TimeoutError:
        return bad("The name server does not answer.", f"{host} was asked for. Is this computer online?")
    except OSError as error:
        words = f"The name {host} is not known."
        return bad(words, f"{error.strerror or error}. New names take up to a minute to spread.", _RESTART)


async def certificate_is_trusted(scene: Scene) -> Finding:
    """Whether providers will accept the certificate of the public address."""
    url = scene.public_url
    if not url:
        return skipped(NO_ADDRESS)
    tls = await shake_hands(url, NAME_S) if url.startswith("https") else None
    return judge_tls(url, tls or PublicTls(), scene.now())


async def arrives_here(scene: Scene) -> Finding:
    """Whether a request to the public address arrives at this very process."""
    nothing = _no_public(scene)
    if nothing is not None:
        return nothing
    path, expected = scene.receiver.nonces.make()
    heard = scene.heard = await fetch(scene.public_url + path, limit_s=PUBLIC_S, outside=True)
    return judge_public(heard, expected)


async def clock_is_right(scene: Scene) -> Finding:
    """Whether this computer's clock agrees with that of the public address."""
    nothing = _no_public(scene)
    if nothing is not None:
        return nothing
    found = judge_clock(scene.heard) if scene.heard is not None else None
    return found or skipped("The public address did not tell the time.")


ROUND_TRIP = (
    Check("tunnel", "Tunnel is up", tunnel_lives, ("receiver",)),
    Check("name", "Public name is known", name_is_known, (), 8.0),
    Check("certificate", "Public certificate is trusted", certificate_is_trusted, ("name",), 8.0),
    Check("round_trip", "Public address leads here", arrives_here, ("receiver", "loopback", "name"), 14.0),
)
CLOCK = Check("clock", "Clock is right", clock_is_right, ("round_trip",))
