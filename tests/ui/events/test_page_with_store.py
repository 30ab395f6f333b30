"""The events page over the real store, on the window's own loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer

from inspector.domain.answer import INVALID_SIGNATURE, Answer
from inspector.domain.endpoint import Endpoint, EndpointId, new_token
from inspector.domain.errors import InspectorError
from inspector.domain.event import Draft
from inspector.domain.report import Kind, Report
from inspector.domain.request import Request
from inspector.domain.verification import Covers, Verdict, Verification
from inspector.store.store import Store
from inspector.ui.bridge import Bridge
from inspector.ui.events.page import EventsPage
from inspector.ui.icons import Icons
from inspector.ui.tasks import Tasks
from inspector.ui.theme import Theme

KINDS = (Kind.DELIVERED, Kind.READ, Kind.SENT, Kind.FAILED)
WITHIN_S = 20


def draft(endpoint_id: EndpointId, number: int) -> Draft:
    """Return an event; every tenth has a wrong signature."""
    kind = KINDS[number % len(KINDS)]
    body = b'{"message_id": "msg_%08x", "text": "hello %d"}' % (number, number)
    wrong = number % 10 == 0
    return Draft(
        Request("POST", "/in/x", ((b"Content-Type", b"application/json"),), body, datetime.now(UTC), "127.0.0.1"),
        INVALID_SIGNATURE if wrong else Answer(),
        endpoint_id,
        "rcs-events",
        Verification(Verdict.INVALID if wrong else Verdict.VALID, "rcs-events", Covers.BODY),
        (Report(kind, kind.value, f"msg_{number:08x}", "+14155550132"),),
        size=len(body),
    )


async def until(happened: Callable[[], bool]) -> None:
    """Wait for a condition."""
    met = asyncio.Event()
    look = QTimer(interval=10)
    look.timeout.connect(lambda: met.set() if happened() else None)
    look.start()
    async with asyncio.timeout(WITHIN_S):
        await met.wait()
    look.stop()


@asynccontextmanager
async def opened(
    folder: Path, theme: Theme, icons: Icons, events: int
) -> AsyncIterator[tuple[EventsPage, Store, EndpointId]]:
    """Yield a page over a store with some events, joined as in the window."""
    store = await Store.open(folder, synchronous="OFF")
    made = Endpoint(EndpointId(0), new_token(), "RCS production", datetime.now(UTC))
    endpoint = await store.save_endpoint(made)
    for number in range(events):
        await store.append(draft(endpoint.id, number))
    troubles: list[InspectorError] = []
    tasks = Tasks(troubles.append)
    bridge = Bridge(store)
    page = EventsPage(theme, icons, store, tasks)
    bridge.added.connect(page.add)
    bridge.changed.connect(page.refresh)
    page.resize(1300, 600)
    page.show()
    page.start()
    yield page, store, endpoint.id
    page.close()
    bridge.close()
    await tasks.close()
    await store.close()
    assert troubles == []


@pytest.mark.asyncio
async def test_stored_events_are_listed_counted_and_joined_by_new_ones(
    tmp_path: Path, theme: Theme, icons: Icons
) -> None:
    async with opened(tmp_path, theme, icons, 60) as (page, store, endpoint_id):
        await until(lambda: page.model.rowCount() == 60)
        await until(lambda: page.filters.segments.button("all").accessibleName() == "All, 60")
        summary = await store.append(draft(endpoint_id, 60))
        await until(lambda: page.model.rowCount() == 61)
        store.record_answer(summary.id, 12_345, True)
        await store.star([summary.id], True)

        def marked() -> bool:
            row = page.model.summary(0)
            return row is not None and row.starred and row.answer_us == 12_345

        await until(marked)


@pytest.mark.asyncio
async def test_searches_find_stored_and_new_events_by_mark_word_and_path(
    tmp_path: Path, theme: Theme, icons: Icons
) -> None:
    async with opened(tmp_path, theme, icons, 60) as (page, store, endpoint_id):
        page.set_search("sig:invalid")
        await until(lambda: page.model.rowCount() == 6)
        page.set_search("hello")
        await until(lambda: page.model.rowCount() == 60)
        await store.append(draft(endpoint_id, 60))
        await until(lambda: page.model.rowCount() == 61)
        page.set_search('$.text="hello 17"')
        await until(lambda: page.model.rowCount() == 1)
        page.set_search("type:optout")
        await until(lambda: page.states.no_match.text.text() == "61 events are hidden by this filter.")


@pytest.mark.asyncio
async def test_a_deleted_event_leaves_and_comes_back(tmp_path: Path, theme: Theme, icons: Icons) -> None:
    async with opened(tmp_path, theme, icons, 20) as (page, store, _endpoint_id):
        await until(lambda: page.model.rowCount() == 20)
        gone = page.model.id_at(5)
        await store.set_deleted([gone], True)
        page.remove([gone])
        assert page.model.rowCount() == 19
        await store.set_deleted([gone], False)
        page.reload()
        await until(lambda: page.model.rowCount() == 20)
        assert page.model.row_of(gone) == 5
