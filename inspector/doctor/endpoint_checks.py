"""The last steps: is this the endpoint that is meant, would a sender be let in, and what died on the way?"""

from __future__ import annotations

import asyncio
import difflib
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from inspector.directory import Resolved
from inspector.doctor.check import Check
from inspector.doctor.finding import Action, Deed, Finding, bad, doubt, good, skipped
from inspector.doctor.scene import Scene
from inspector.domain.event import EventId, EventSummary, Refusal
from inspector.domain.query import Query, Term
from inspector.receiver.addressing import PREFIX
from inspector.receiver.client_address import Client, is_among, parse_address, parse_network
from inspector.receiver.guard import Access, Guard
from inspector.tunnels.sender import INNER_PEER, can_trust
from inspector.tunnels.state import TunnelState

LOOK_BACK = timedelta(hours=1)
MOST_ROWS = 4_000
PAGE = 200

BAD_FREE_BYTES = 100 * 1024 * 1024
LITTLE_FREE_BYTES = 500 * 1024 * 1024
"""Amber at 500 MB free, as for the banner of the window."""

NEARLY = 0.75
"""How alike two paths have to be for one to be a slip of the pen (difflib's ratio)."""

WORDS = {
    Refusal.UNKNOWN_ENDPOINT: "to an unknown path",
    Refusal.TOO_LARGE: "too large",
    Refusal.MALFORMED: "not readable",
    Refusal.BLOCKED: "from an address that is not allowed",
    Refusal.RATE_LIMITED: "too many in a short time",
    Refusal.METHOD: "by a method that is not accepted",
    Refusal.PASSWORD: "without the right password",
    Refusal.TOO_SLOW: "too slow",
    Refusal.TLS: "without a working encryption",
}


@dataclass(frozen=True, slots=True)
class Refused:
    """One request that was turned away: why, in whose words, which path it asked for, and when."""

    refusal: Refusal
    reason: str
    path: str
    at: datetime
    here: bool = True  # meant for the endpoint that is looked at, or for none


# Path and method


async def path_and_method(scene: Scene) -> Finding:
    """Whether the address leads to the endpoint, and a provider's POST is accepted there."""
    resolved = scene.resolved
    if resolved is None:
        return bad("There is no endpoint.", "Every path is answered with 404.")
    refused = await refused_lately(scene, resolved)
    others = tuple(item.path for item in scene.directory.all())
    return judge_path(resolved, address_of(scene, resolved), others, refused, scene.now())


def address_of(scene: Scene, resolved: Resolved) -> str:
    """Return the address a provider has to be given: the public one where there is one."""
    return scene.tunnels.url_of(resolved.endpoint) or scene.receiver.address_of(resolved.endpoint)


def judge_path(
    resolved: Resolved, address: str, paths: Sequence[str], refused: Sequence[Refused], now: datetime
) -> Finding:
    """Return what is to be said about an endpoint's path and methods, from what was refused lately."""
    endpoint = resolved.endpoint
    settings = Action(Deed.ENDPOINT_SETTINGS, "Endpoint settings…", str(endpoint.id))
    methods = tuple(method.upper() for method in endpoint.access.methods)
    if methods and "POST" not in methods:
        return bad(f"{endpoint.name} accepts {', '.join(methods)} only, and providers POST.", endpoint.path, settings)
    copy = Action(Deed.COPY_ADDRESS, "Copy the address", address)
    unknown = [item for item in refused if item.refusal is Refusal.UNKNOWN_ENDPOINT]
    for item in reversed(unknown):
        slip = slip_of(item.path, endpoint.path, paths)
        if slip:
            return bad(f"A request came to {item.path}, {slip}.", f"{ago(item.at, now)}. Here it is {address}.", copy)
    return good(f"{endpoint.name} takes {'POST' if not methods else ', '.join(methods)} at its path.", address)


def slip_of(asked: str, path: str, known: Sequence[str]) -> str:
    """Return how a path that was asked for differs from the endpoint's, "" where it is something else altogether."""
    if asked in known:
        return ""
    if asked.lower().rstrip("/") == path.lower().rstrip("/"):
        return "which differs in capitals or a slash"
    if asked == path.removeprefix(PREFIX.rstrip("/")) or asked.endswith(path):
        return "which has a part too few or too many"
    nearest = difflib.get_close_matches(asked, known, 1, NEARLY)
    return "which is nearly this path" if nearest == [path] else ""


# Access


async def access_lets_in(scene: Scene) -> Finding:
    """Whether the endpoint's rules would let senders in."""
    resolved = scene.resolved
    if resolved is None:
        return skipped("There is no endpoint.")
    refused = await refused_lately(scene, resolved)
    return judge_access(resolved, scene.tunnels.state, refused, scene.now())


def judge_access(resolved: Resolved, tunnel: TunnelState, refused: Sequence[Refused], now: datetime) -> Finding:
    """Return whether allow-list, rate limit and password keep senders away."""
    rule, endpoint = resolved.endpoint.access, resolved.endpoint
    settings = Action(Deed.ENDPOINT_SETTINGS, "Endpoint settings…", str(endpoint.id))
    access = Guard().access_of(resolved)
    if access.asks_address:
        problem = _tunnel_problem(access, tunnel)
        if problem:
            return bad(problem, _allowed_words(access), _trust_action(resolved, tunnel) or settings)
        problem = _ranges_problem(access, resolved)
        if problem:
            return bad(problem, _allowed_words(access), settings)
    here = Counter(item.refusal for item in refused if item.here)
    if here[Refusal.RATE_LIMITED]:
        latest = _latest(refused, Refusal.RATE_LIMITED)
        words = f"The rate limit turned {here[Refusal.RATE_LIMITED]:,} requests away in the last hour."
        return doubt(words, f"{ago(latest.at, now)}: {latest.reason}", settings)
    if here[Refusal.BLOCKED]:
        latest = _latest(refused, Refusal.BLOCKED)
        words = f"The allow-list turned {here[Refusal.BLOCKED]:,} requests away in the last hour."
        return doubt(words, f"{ago(latest.at, now)}: {latest.reason}", settings)
    if rule.username or rule.password is not None:
        words = "A user name and password are asked for; the provider has to send them."
        if resolved.password is None and rule.password is not None:
            return bad("The password of this endpoint is not in the secret store any more.", "", settings)
        return doubt(words, "As in https://user:password@host, or in a header of its own.", settings)
    if access.asks_address:
        loopback = parse_address(INNER_PEER)
        listed = loopback is not None and is_among(loopback, access.allowed)
        more = "" if listed else " This computer is not on it: test events from here get 403."
        return good("The allow-list can be passed.", _allowed_words(access) + more)
    if rule.sender_rate is not None and tunnel.wanted and not _tells_senders(access):
        words = "Through the tunnel all senders count as one: the limit of one sender is the limit of all."
        return doubt(words, f"They all have the address {INNER_PEER}.", _trust_action(resolved, tunnel) or settings)
    limits = [limit for limit in (rule.rate, rule.sender_rate) if limit is not None]
    if limits:
        shown = ", ".join(f"{limit.events:,} in {limit.per_s:g} s" for limit in limits)
        return good("Everybody may send, up to the rate limit.", shown)
    return good("Everybody may send here.", "No allow-list, no rate limit, no password.")


def _tunnel_problem(access: Access, tunnel: TunnelState) -> str:
    """Return why nobody who comes through the tunnel can pass the allow-list, "" where somebody can."""
    loopback = parse_address(INNER_PEER)
    if not tunnel.wanted or loopback is None or is_among(loopback, access.allowed) or _tells_senders(access):
        return ""
    header = f" Trust {INNER_PEER} and its header {tunnel.client_header}." if tunnel.client_header else ""
    return (
        f"Through the tunnel every sender has the address {INNER_PEER}, which is not on the allow-list."
        f"{header or ' This carrier does not tell who sent.'}"
    )


def _tells_senders(access: Access) -> bool:
    """Return whether a header names the sender of what comes through a tunnel."""
    loopback = parse_address(INNER_PEER)
    return loopback is not None and is_among(loopback, access.trusted) and bool(access.rule.client_header)


def _trust_action(resolved: Resolved, tunnel: TunnelState) -> Action | None:
    """Return the offer to take senders' addresses from the tunnel's header, None where that cannot be one click."""
    if not can_trust(resolved.endpoint.access, tunnel.client_header):
        return None
    return Action(Deed.TRUST_TUNNEL, "Trust its header", f"{resolved.endpoint.id} {tunnel.client_header}")


def _ranges_problem(access: Access, resolved: Resolved) -> str:
    """Return which of the provider's published ranges cannot pass."""
    profile = resolved.profile
    if profile is None or not profile.ranges:
        return ""
    shut = [text for text in profile.ranges if not _passes(access, text)]
    if not shut:
        return ""
    many = f" and {len(shut) - 1} more" if len(shut) > 1 else ""
    return f"{profile.name} sends from {shut[0]}{many} too, which the allow-list shuts out."


def _passes(access: Access, text: str) -> bool:
    try:
        network = parse_network(text)
    except ValueError:
        return True
    client = Client(network.network_address, str(network.network_address))
    return client.address is not None and is_among(client.address, access.allowed)


def _allowed_words(access: Access) -> str:
    shown = ", ".join(map(str, access.allowed[:4]))
    more = len(access.allowed) - 4
    return f"Allowed: {shown}{f' and {more} more' if more > 0 else ''}." if shown else "Nobody is allowed."


# What died on the way


async def what_died(scene: Scene) -> Finding:
    """What was turned away or broke off in the last hour, before it became an event."""
    resolved = scene.resolved
    refused = await refused_lately(scene, resolved)
    return judge_died(refused, scene.receiver.state.aborted, scene.receiver.state.turned_away, scene.now())


def judge_died(refused: Sequence[Refused], aborted: int, turned_away: int, now: datetime) -> Finding:
    """Return what is to be said about requests that never became events."""
    counts = Counter(item.refusal for item in refused)
    parts = [f"{count:,} {WORDS[refusal]}" for refusal, count in counts.most_common()]
    since = []
    if aborted:
        since.append(f"{aborted:,} uploads were broken off by the sender since the start.")
    if turned_away:
        since.append(f"{turned_away:,} requests were turned away by a pause.")
    if not refused:
        if since:
            return doubt("Nothing was refused in the last hour, but some requests broke off.", " ".join(since))
        return good("Nothing was turned away in the last hour.")
    latest = max(refused, key=lambda item: item.at)
    detail = f"Latest, {ago(latest.at, now)}: {latest.reason} {' '.join(since)}".strip()
    some = f"{len(refused):,} request{'s were' if len(refused) > 1 else ' was'}"
    words = f"{some} turned away in the last hour: {', '.join(parts)}."
    moment = (now - LOOK_BACK).astimezone()
    return doubt(words, detail, Action(Deed.SHOW_REFUSED, "Show them", f"after:{moment:%Y-%m-%dT%H:%M}"))


def _latest(refused: Sequence[Refused], refusal: Refusal) -> Refused:
    return max((item for item in refused if item.refusal is refusal), key=lambda item: item.at)


async def refused_lately(scene: Scene, resolved: Resolved | None) -> tuple[Refused, ...]:
    """Return what was turned away in the last hour, oldest first, in slices that leave the loop free.

    Only the latest of each kind has its reason: it is what is shown.
    """
    since = scene.now() - LOOK_BACK
    query = Query(terms=(Term("after", (since.astimezone(UTC).isoformat(timespec="seconds"),)),))
    ids = list(await scene.store.ids(query))[-MOST_ROWS:]
    mine = resolved.endpoint.id if resolved is not None else None
    rows: list[EventSummary] = []
    for start in range(0, len(ids), PAGE):
        page = scene.store.page([EventId(item) for item in ids[start : start + PAGE]])
        rows += [row for row in page if row.refusal is not None and row.endpoint_id in (None, mine)]
        await asyncio.sleep(0)
    latest = {row.refusal: row.id for row in rows}
    return tuple(_refused(scene, row, row.id in latest.values()) for row in rows)


def _refused(scene: Scene, row: EventSummary, told: bool) -> Refused:
    assert row.refusal is not None
    event = scene.store.event(row.id) if told else None
    path = row.label.partition(" ")[2].partition("?")[0]
    return Refused(row.refusal, event.reason if event else "", path, row.received_at, row.endpoint_id is not None)


# Room on the disk


async def disk_has_room(scene: Scene) -> Finding:
    """Whether the events can be stored."""
    free = await asyncio.to_thread(_free_bytes, scene.folder)
    return judge_disk(free, scene.folder)


def _free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def judge_disk(free: int, folder: Path) -> Finding:
    """Return whether `free` bytes are enough."""
    size = f"{free / 1024**3:.1f} GB" if free >= 1024**3 else f"{free / 1024**2:.0f} MB"
    show = Action(Deed.SHOW_FOLDER, "Show the folder", str(folder))
    if free < BAD_FREE_BYTES:
        return bad(f"Only {size} are free: events may not be stored.", f"{folder}. They get 503 then.", show)
    if free < LITTLE_FREE_BYTES:
        return doubt(f"Only {size} are free.", str(folder), show)
    return good(f"{size} are free for events.", str(folder))


def ago(moment: datetime, now: datetime) -> str:
    """Return how long ago something was: "just now", "3 min ago"."""
    seconds = max(0.0, (now - moment).total_seconds())
    return "just now" if seconds < 60 else f"{seconds / 60:.0f} min ago"


CHECKS = (
    Check("path", "Path and method", path_and_method),
    Check("access", "Senders are let in", access_lets_in),
)
AFTER = (
    Check("died", "Nothing died on the way", what_died),
    Check("disk", "Room on the disk", disk_has_room),
)
