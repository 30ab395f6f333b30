"""A disk that is really full: nothing is answered as if it were kept, and all is well once there is room again."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from inspector.directory import Directory
from inspector.domain.event import EventId
from inspector.domain.query import Query
from inspector.providers.catalogue import load_catalogue
from inspector.providers.handshakes import Handshakes
from inspector.receiver.intake import Intake
from inspector.receiver.server import Receiver
from inspector.resources import resource_path
from inspector.secret_store import MemorySecrets
from inspector.store.store import Store
from tests.integration.receiver.wire import Reply, exchange, http
from tests.small_disk import a_small_disk
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.asyncio

SIZE_MIB = 6


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with a_small_disk(tmp_path / "disk", SIZE_MIB) as folder:
        yield folder


async def test_a_full_disk_gets_503_until_there_is_room_again(small_disk: Path) -> None:
    catalogue = load_catalogue([resource_path("providers")])
    store = await Store.open(small_disk)
    directory = Directory(store, MemorySecrets(), catalogue)
    endpoint = await directory.create("Shop", "")
    receiver = Receiver(directory, Intake(store, directory, Handshakes(catalogue)), store, 1024 * 1024)
    await receiver.start("127.0.0.1", 0)

    async def post(number: int) -> Reply:
        return await exchange(receiver.state.port, http(endpoint.path, b"%06d" % number + os.urandom(200_000)))

    try:
        accepted = 0
        reply = await post(0)
        while reply.status == 200:
            accepted += 1
            reply = await post(accepted)
        assert accepted > 0
        assert reply.status == 503
        assert int(reply.header("Retry-After")) > 0
        assert len(await store.ids(Query())) == accepted
        assert store.held.events == 1

        grow = ["mount", "-o", f"remount,size={SIZE_MIB * 4}m", str(small_disk)]
        await asyncio.to_thread(subprocess.run, grow, check=True)
        async with asyncio.timeout(PATIENCE_S):
            while (await post(accepted)).status != 200:  # noqa: ASYNC110 - like a provider that tries again
                await asyncio.sleep(0.1)
        rows = store.page([EventId(number) for number in await store.ids(Query())])
        answers = [row.answer_status for row in rows]
        assert answers[:accepted] == [200] * accepted
        refused = answers[accepted:-1]
        assert refused, "what came meanwhile was held"
        assert set(refused) == {503}
        assert answers[-1] == 200
    finally:
        await receiver.stop()
        await store.close()
