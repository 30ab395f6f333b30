"""A disk that is really full: nothing is answered as if it were kept, and all is well once there is room again."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from inspector.directory import Directory
from inspector.domain.query import Query
from inspector.providers.catalogue import load_catalogue
from inspector.providers.handshakes import Handshakes
from inspector.receiver.intake import Intake
from inspector.receiver.server import Receiver
from inspector.resources import resource_path
from inspector.secret_store import MemorySecrets
from inspector.store.store import Store
from tests.integration.receiver.wire import Reply, exchange, http

pytestmark = pytest.mark.asyncio

SIZE_MIB = 6


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a disk of a few MiB; mounting one needs root on Linux."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MIB}m", "tmpfs", str(folder)]
    if (
        not sys.platform.startswith("linux")
        or os.geteuid() != 0
        or subprocess.run(mount, capture_output=True).returncode
    ):
        pytest.skip("a small disk cannot be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


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

        grow = ["mount", "-o", f"remount,size={SIZE_MIB * 4}m", str(small_disk)]
        await asyncio.to_thread(subprocess.run, grow, check=True)
        async with asyncio.timeout(20):
            while (await post(accepted)).status != 200:  # noqa: ASYNC110 - like a provider that tries again
                await asyncio.sleep(0.1)
        assert len(await store.ids(Query())) == accepted + 1
    finally:
        await receiver.stop()
        await store.close()
