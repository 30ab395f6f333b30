"""The monitor inside the program: loaded late, or when asked; it knows what it was told before."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from inspector.app import AppOptions, open_app
from inspector.monitor.alerts import RULES
from inspector.monitor.board import MeasuredAt, Span

ROOT = Path(__file__).resolve().parents[3]


def test_the_program_starts_without_loading_what_the_monitor_works_with() -> None:
    names = "'inspector.monitor.board', 'inspector.monitor.engine', 'inspector.store.figures', 'inspector.store.shapes'"
    check = f"import sys, inspector.app, inspector.store.writing; assert not {{{names}}} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", check], cwd=ROOT, check=True)


@pytest.mark.asyncio
async def test_a_board_is_there_before_the_program_has_settled(tmp_path: Path) -> None:
    options = AppOptions(host="127.0.0.1", port=0, apart=False, settle_s=60)
    async with open_app(tmp_path, options) as app:
        assert app.monitor.open_alerts == ()
        assert app.monitor.rules == RULES
        board = await app.monitor.board(None, Span.HOUR, MeasuredAt.RECEIVER)
        assert (board.deliveries, board.success_rate, len(board.bars)) == (0, None, 60)
        assert board.answer_limit_s == 5
        await app.monitor.set_webhook("https://hooks.example/T")
        assert app.monitor.webhook_url == "https://hooks.example/T"
        assert await app.monitor.history() == ()
        assert "webhook_inspector_receiver_up 1" in await app.monitor.metrics()
    async with open_app(tmp_path, options) as app:
        board = await app.monitor.board(None, Span.QUARTER, MeasuredAt.RECEIVER)
        receiver = board.uptimes[0]
        assert receiver.kind == "receiver"
        assert receiver.share is not None
