"""What the window says about the tunnel. Pure: the clock is a value."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from inspector.tunnels.state import Outage, TunnelState, TunnelStatus


@dataclass(frozen=True, slots=True)
class ChipWords:
    """The chip: words, a quieter detail after them, and the colour token of the words."""

    words: str
    detail: str = ""
    color: str = "text"

    @property
    def spoken(self) -> str:
        """All of it for a screen reader."""
        return f"{self.words} {self.detail}".strip()


def chip_words(state: TunnelState, now: datetime) -> ChipWords:
    """Return what the chip says."""
    status = state.status
    if status is TunnelStatus.UP:
        return ChipWords("Tunnel up", "" if state.latency_ms is None else f"{state.latency_ms:.0f} ms")
    if status is TunnelStatus.CONNECTING:
        return ChipWords("Connecting")
    if status is TunnelStatus.ASKING:
        return ChipWords("Tunnel asks", "Answer", "warnFg")
    if status is TunnelStatus.NO_NETWORK:
        return ChipWords("No network", color="failFg")
    if status is TunnelStatus.DOWN:
        wait = retry_words(state, now)
        return ChipWords(f"Tunnel down, {wait}" if wait else "Tunnel down", color="failFg")
    return ChipWords("No tunnel", "Start")


def retry_words(state: TunnelState, now: datetime) -> str:
    """Return "retry in 4 s", "" where no try is planned."""
    if state.retry_at is None:
        return ""
    return f"retry in {max(0, math.ceil((state.retry_at - now).total_seconds()))} s"


def duration_words(seconds: float) -> str:
    """Return a duration in its two largest units: "2 h 14 min", "3 min", "40 s"."""
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, hours, days = whole // 60, whole // 3600, whole // 86_400
    if minutes < 60:
        return f"{minutes} min"
    if hours < 24:
        return f"{hours} h {minutes % 60} min"
    return f"{days} d {hours % 24} h"


def menu_caption(state: TunnelState, now: datetime) -> str:
    """Return the line over the tunnel's menu."""
    long = duration_words((now - state.since).total_seconds())
    words = {
        TunnelStatus.OFF: "Public address",
        TunnelStatus.CONNECTING: f"{state.title}, connecting",
        TunnelStatus.UP: f"{state.title}, up for {long}",
        TunnelStatus.DOWN: f"{state.title}, down for {long}",
        TunnelStatus.NO_NETWORK: f"{state.title}, no network",
        TunnelStatus.ASKING: f"{state.title}, waits for your answer",
    }
    return words[state.status]


def down_text(state: TunnelState, now: datetime) -> str:
    """Return the banner's sentences: what happened, when it is tried again, and what still works."""
    why = str(state.error.what) if state.error is not None else f"{state.title} stopped."
    wait = retry_words(state, now)
    if wait:
        return f"{why} Next try {wait.removeprefix('retry ')}; the local address still works."
    todo = state.error.todo if state.error is not None else ""
    return " ".join(part for part in (why, todo) if part)


def outage_words(outage: Outage, now: datetime) -> str:
    """Return the sentence for a band in the list, with the times of day where this computer is."""
    start = outage.start.astimezone()
    if outage.end is None:
        return f"Nothing can arrive since {_clock(start, now)}: {outage.reason}"
    end = outage.end.astimezone()
    seconds = (outage.end - outage.start).total_seconds()
    precise = seconds < 120
    return f"Nothing could arrive {_clock(start, now, precise)}–{_clock(end, end, precise)}: {outage.reason}"


def band_words(outage: Outage) -> str:
    """Return the few words that stand on a band."""
    if outage.end is None:
        return f"since {outage.start.astimezone():%H:%M}: {outage.reason}"
    return f"{duration_words((outage.end - outage.start).total_seconds())}: {outage.reason}"


def _clock(moment: datetime, now: datetime, precise: bool = False) -> str:
    text = f"{moment:%H:%M:%S}" if precise else f"{moment:%H:%M}"
    return text if moment.date() == now.astimezone().date() else f"{moment:%Y-%m-%d} {text}"
