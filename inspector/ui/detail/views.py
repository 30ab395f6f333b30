"""The views of the inspector, in the order of their tabs; each is imported when its tab is first opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from inspector.ui.detail.detail_view import DetailView, Surroundings


@dataclass(frozen=True, slots=True)
class ViewEntry:
    """One tab: its key for the program, its title for people, and what makes the view."""

    key: str
    title: str
    make: Callable[[Surroundings, QWidget], DetailView]


def _overview(around: Surroundings, parent: QWidget) -> DetailView:
    from inspector.ui.detail.overview_view import OverviewView

    return OverviewView(around, parent)


def _payload(around: Surroundings, parent: QWidget) -> DetailView:
    from inspector.ui.detail.payload_view import PayloadView

    return PayloadView(around, parent)


def _raw(around: Surroundings, parent: QWidget) -> DetailView:
    from inspector.ui.detail.raw_view import RawView

    return RawView(around, parent)


def _headers(around: Surroundings, parent: QWidget) -> DetailView:
    from inspector.ui.detail.headers_view import HeadersView

    return HeadersView(around, parent)


def _signature(around: Surroundings, parent: QWidget) -> DetailView:
    from inspector.ui.detail.signature_view import SignatureView

    return SignatureView(around, parent)


def _timeline(around: Surroundings, parent: QWidget) -> DetailView:
    from inspector.ui.detail.timeline_view import TimelineView

    return TimelineView(around, parent)


def _replays(around: Surroundings, parent: QWidget) -> DetailView:
    from inspector.ui.detail.replays_view import ReplaysView

    return ReplaysView(around, parent)


def _diff(around: Surroundings, parent: QWidget) -> DetailView:
    from inspector.ui.detail.diff_view import DiffView

    return DiffView(around, parent)


VIEWS: tuple[ViewEntry, ...] = (
    ViewEntry("overview", "Overview", _overview),
    ViewEntry("payload", "Payload", _payload),
    ViewEntry("raw", "Raw", _raw),
    ViewEntry("headers", "Headers", _headers),
    ViewEntry("signature", "Signature", _signature),
    ViewEntry("timeline", "Timeline", _timeline),
    ViewEntry("replays", "Replays", _replays),
    ViewEntry("diff", "Diff", _diff),
)
