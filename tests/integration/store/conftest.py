"""A store on a fresh folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from inspector.store.store import Store
from tests.integration.store.making import opened


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """Open a store and close it after the test."""
    async with opened(tmp_path) as one:
        yield one
