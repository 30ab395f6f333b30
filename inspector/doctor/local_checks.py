"""The way inside this computer: does the receiver listen, and does this very program answer there?"""

from __future__ import annotations

import asyncio
import ssl
from urllib.parse import urlsplit

from inspector.doctor.check import Check
from inspector.doctor.fetching import fetch
from inspector.doctor.finding import Action, Deed, Finding, Outcome, bad, doubt, good, skipped
from inspector.doctor.judging import judge_own
from inspector.doctor.scene import Scene
from inspector.receiver.network import LOOPBACK_HOSTS, network_url
from inspector.receiver.state import PauseMode, Status

ASK_S = 3.0

_RESTART = Action(Deed.RESTART_RECEIVER, "Start the receiver")
_RESUME = Action(Deed.RESUME, "Resume receiving")
_OPEN_NETWORK = Action(Deed.LISTEN_ON_NETWORK, "Listen on the network")
_HTTPS = Action(Deed.HTTPS_SETTINGS, "Open settings…")


async def receiver_listens(scene: Scene) -> Finding:
    """Whether the receiver has its port."""
    state = scene.receiver.state
    if state.status is Status.RECEIVING:
        also = f" and {state.https_url}" if state.https_url and state.https_url != state.url else ""
        return good(f"The receiver listens on {state.url}{also}.", f"since {state.since.astimezone():%H:%M:%S}")
    if state.status is Status.PAUSED:
        if state.pause is PauseMode.CLOSED:
            return bad("The receiver is paused and its port is closed.", "Providers cannot connect.", _RESUME)
        return good(f"The receiver listens on {state.url}.", "It is paused, see below.")
    if state.error is not None:
        action = Action(Deed.CHOOSE_PORT, "Choose another port…") if state.error.taken else _RESTART
        return bad(f"{state.error.what}.".replace("..", "."), f"{state.error.why} {state.error.todo}".strip(), action)
    if state.status is Status.STARTING:
        return doubt("The receiver is starting.", "Try again in a moment.")
    return bad("The receiver is stopped.", "", _RESTART)


async def answers_on_loopback(scene: Scene) -> Finding:
    """Whether this very process answers on this computer, by every name this computer has for itself."""
    url = scene.receiver.state.inner_url
    path, expected = scene.receiver.nonces.make()
    nobody = bad("Nobody answers on this computer, although the port is ours.", f"{url} refuses.", _RESTART)
    finding = judge_own(await fetch(url + path, limit_s=ASK_S), expected, "on this computer", nobody)
    if finding.outcome is not Outcome.GOOD or urlsplit(url).hostname != "127.0.0.1":
        return finding
    return await _localhost_by_ipv6(scene, finding)


async def _localhost_by_ipv6(scene: Scene, finding: Finding) -> Finding:
    """Look who answers at ::1: many programs mean that first when they say localhost."""
    port = urlsplit(scene.receiver.state.inner_url).port
    path, expected = scene.receiver.nonces.make()
    heard = await fetch(f"http://[::1]:{port}{path}", limit_s=ASK_S)
    if heard.trouble is not None or heard.text == expected:
        return finding
    detail = f"At [::1]:{port} another program answers {heard.status}. Use 127.0.0.1 in addresses, or another port."
    return doubt("“localhost” may lead to another program.", detail, Action(Deed.CHOOSE_PORT, "Choose another port…"))


async def answers_by_https(scene: Scene) -> Finding:
    """Whether this very process answers by HTTPS, with a certificate a client can accept."""
    state, https = scene.receiver.state, scene.https
    if https.plan.mode == "off":
        return skipped("HTTPS is off; a tunnel or proxy in front brings its own.")
    trouble = state.https_error or https.state.error
    if not state.https_url:
        what = trouble.what if trouble else "HTTPS does not listen"
        return bad(f"{what.rstrip('.')}.", trouble.todo if trouble else "", _HTTPS)
    context = await asyncio.to_thread(_any_certificate)
    path, expected = scene.receiver.nonces.make()
    nobody = bad("Nobody answers at the HTTPS port.", f"{state.https_url} refuses.", _RESTART)
    heard = await fetch(state.https_url + path, limit_s=ASK_S, trust=context)
    finding = judge_own(heard, expected, "by HTTPS", nobody)
    if finding.outcome is not Outcome.GOOD:
        return finding
    if https.state.warning:
        return doubt("HTTPS works, but not for long.", https.state.warning, _HTTPS)
    if https.state.problems:
        first = https.state.problems[0]
        return doubt(first.words, first.todo, _HTTPS)
    facts = https.state.facts
    until = f", until {facts.not_after.day} {facts.not_after:%B %Y}" if facts else ""
    return good("This program answers by HTTPS.", f"for {', '.join(https.names[:4])}{until}")


def _any_certificate() -> ssl.SSLContext:
    """Return a context that takes any certificate: who answers is proved by the path, and trust is judged apart."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def answers_on_network(scene: Scene) -> Finding:
    """Whether this very process answers at this computer's address on the local network."""
    state = scene.receiver.state
    if state.host in LOOPBACK_HOSTS:
        words = "The receiver listens on this computer only; enough for a tunnel, not for other computers."
        return skipped(words, _OPEN_NETWORK)
    url = await asyncio.to_thread(
        network_url, state.host, state.port, "https" if state.url == state.https_url else "http"
    )
    if not url:
        return bad("This computer has no address on a network.", "Is it connected?")
    path, expected = scene.receiver.nonces.make()
    nobody = bad(f"Nobody answers at {url}.", "The receiver listens elsewhere.", _RESTART)
    trust = await asyncio.to_thread(_any_certificate)
    finding = judge_own(await fetch(url + path, limit_s=ASK_S, trust=trust), expected, "on the local network", nobody)
    if finding.outcome is Outcome.GOOD:
        return good(finding.words, f"{finding.detail}. Asked from here: a firewall may still keep others out.")
    return finding


async def not_paused(scene: Scene) -> Finding:
    """Whether the receiver and the endpoint take events."""
    state, resolved = scene.receiver.state, scene.resolved
    if state.status is Status.PAUSED:
        says = {PauseMode.REFUSE: "answers 503", PauseMode.DISCARD: "answers 200 and stores nothing"}
        how = says.get(state.pause or PauseMode.REFUSE, "is closed")
        since = f"{state.turned_away:,} requests were turned away since {state.since.astimezone():%H:%M}."
        return bad(f"The receiver is paused and {how}.", since, _RESUME)
    if resolved is not None and resolved.endpoint.paused:
        words = f"{resolved.endpoint.name} is paused and answers 503."
        return bad(words, "", Action(Deed.RESUME_ENDPOINT, "Resume this endpoint", str(resolved.endpoint.id)))
    return good("Receiver and endpoint take events.")


CHECKS = (
    Check("receiver", "Receiver listens", receiver_listens),
    Check("loopback", "Reached on this computer", answers_on_loopback, ("receiver",), 8.0),
    Check("https", "Reached by HTTPS", answers_by_https, ("receiver",), 8.0),
    Check("network", "Reached on the local network", answers_on_network, ("receiver",), 8.0),
    Check("paused", "Not paused", not_paused),
)
