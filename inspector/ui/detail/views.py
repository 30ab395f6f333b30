"""The views of the inspector, in the order of their tabs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from inspector.ui.detail.detail_view import DetailView, Surroundings
from inspector.ui.detail.diff_view import DiffView
from inspector.ui.detail.headers_view import HeadersView
from inspector.ui.detail.overview_view import OverviewView
from inspector.ui.detail.payload_view import PayloadView
from inspector.ui.detail.raw_view import RawView
from inspector.ui.detail.replays_view import ReplaysView
from inspector.ui.detail.signature_view import SignatureView
from inspector.ui.detail.timeline_view import TimelineView


@dataclass(frozen=True, slots=True)
class ViewEntry:
    """One tab: its key for the program, its title for people, and what makes the view."""

    key: str
    title: str
    make: Callable[[Surroundings, QWidget], DetailView]


VIEWS: tuple[ViewEntry, ...] = (
    ViewEntry("overview", "Overview", OverviewView),
    ViewEntry("payload", "Payload", PayloadView),
    ViewEntry("raw", "Raw", RawView),
    ViewEntry("headers", "Headers", HeadersView),
    ViewEntry("signature", "Signature", SignatureView),
    ViewEntry("timeline", "Timeline", TimelineView),
    ViewEntry("replays", "Replays", ReplaysView),
    ViewEntry("diff", "Diff", DiffView),
)
