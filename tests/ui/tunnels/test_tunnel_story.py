"""The window while a tunnel comes, goes, moves and asks: real helper programs and a real SSH server at the far end."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog

from inspector.store.spans import note_spans
from inspector.tunnels.state import Outage, TunnelStatus
from inspector.ui.dialogs.question import Question
from inspector.ui.settings.settings_dialog import SettingsDialog
from inspector.ui.tunnels.control import CHANGED, DOWN, RELAY
from inspector.ui.tunnels.log_dialog import TunnelLogDialog
from inspector.ui.tunnels.settings_page import TunnelPage
from tests.integration.tunnels.kit import SSHD, Sshd, a_program
from tests.integration.tunnels.test_relay import a_relay, send
from tests.ui.desk import Desk
from tests.ui.waiting import a_dialog, until

pytestmark = pytest.mark.asyncio

# Gives loopback as the public address, so that round trips come back; its pid lies in a file beside it.
SCRIPT = """
open(sys.argv[0] + ".pid", "w").write(str(os.getpid()))
if os.path.exists(sys.argv[0] + ".fails"):
    say("error: no quota")
    sys.exit(1)
host = "localhost" if os.path.exists(sys.argv[0] + ".moved") else "127.0.0.1"
say("open: http://" + host + ":" + sys.argv[1])
time.sleep(600)
"""


def a_helper(desk: Desk, folder: Path) -> Path:
    program = a_program(folder / "bin", "mytunnel", SCRIPT)
    desk.app.settings.change(tunnel_command=f"{program} {{port}}", tunnel_pattern=r"open: (\S+)")
    return program


def touch(program: Path, ending: str) -> None:
    Path(f"{program}{ending}").touch()


def exists(program: Path, ending: str) -> bool:
    return Path(f"{program}{ending}").exists()


def kill(program: Path) -> None:
    os.kill(int(Path(f"{program}.pid").read_text()), signal.SIGKILL)


async def start(desk: Desk) -> None:
    """Start the helper as a user does: choose it in the menu and agree to the carrier."""
    desk.window.tunnel.do("start:command")
    question = await a_dialog(Question)
    assert isinstance(question, Question)
    assert "the service that mytunnel uses" in question.windowTitle()
    question.answer.click()
    await until(lambda: desk.app.tunnels.state.status is TunnelStatus.UP)


def banner_keys(desk: Desk) -> list[str]:
    return [content.key for content in desk.window.banners.contents()]


async def test_a_started_tunnel_is_up_in_chip_address_and_first_steps(desk: Desk, tmp_path: Path) -> None:
    chip, bar = desk.window.top_bar.tunnel, desk.window.top_bar
    assert chip.words.spoken == "No tunnel Start"
    assert bar.address.kind == "local"
    a_helper(desk, tmp_path)
    await start(desk)
    await until(lambda: chip.words.detail.endswith(" ms"))
    port = desk.app.receiver.state.port
    assert bar.address.kind == "public"
    assert bar.address.url == f"http://127.0.0.1:{port}{desk.endpoint.path}"
    assert "leads to this computer" in desk.window.first_run.tunnel_hint.text()
    assert not desk.window.first_run.tunnel.isVisible()
    assert desk.app.settings.current.tunnel_consents == ("the service that mytunnel uses",)
    assert not desk.window.page.table.model().rowCount(), "round trips are no events"


async def test_without_consent_nothing_is_started(desk: Desk, tmp_path: Path) -> None:
    program = a_helper(desk, tmp_path)
    desk.window.tunnel.do("start:command")
    question = await a_dialog(Question)
    assert isinstance(question, Question)
    question.cancel.click()
    await until(lambda: not question.isVisible())
    assert desk.app.tunnels.state.status is TunnelStatus.OFF
    assert not exists(program, ".pid")


async def test_a_killed_helper_shows_at_once_and_its_return_too(desk: Desk, tmp_path: Path) -> None:
    program = a_helper(desk, tmp_path)
    await start(desk)
    touch(program, ".fails")
    kill(program)
    chip = desk.window.top_bar.tunnel
    await until(lambda: chip.words.words.startswith("Tunnel down, retry in "), patience_s=10.0)
    assert DOWN in banner_keys(desk)
    assert desk.window.banners.banner is not None
    assert "the local address still works" in desk.window.banners.banner.text.text()
    os.unlink(f"{program}.fails")
    await until(lambda: chip.words.words == "Tunnel up")
    assert DOWN not in banner_keys(desk)
    (outage,) = desk.app.tunnels.outages()
    assert outage.end is not None
    assert outage.end - outage.start >= timedelta(seconds=1)
    assert desk.window.page.table.bands.outages == (outage,)


async def test_restart_now_does_not_wait(desk: Desk, tmp_path: Path) -> None:
    program = a_helper(desk, tmp_path)
    await start(desk)
    touch(program, ".fails")
    kill(program)
    failed = lambda: sum("ended with code 1" in line.text for line in desk.app.tunnels.log) >= 3  # noqa: E731
    await until(failed)
    await until(lambda: desk.app.tunnels.state.status is TunnelStatus.DOWN)
    os.unlink(f"{program}.fails")
    banner = desk.window.banners.banner
    assert banner is not None
    banner.buttons[0].click()
    await until(lambda: desk.app.tunnels.state.status is TunnelStatus.UP, patience_s=10.0)


async def test_another_address_is_told_until_it_is_copied(desk: Desk, tmp_path: Path) -> None:
    program = a_helper(desk, tmp_path)
    await start(desk)
    touch(program, ".moved")
    kill(program)
    await until(lambda: CHANGED in banner_keys(desk))
    await until(lambda: desk.app.tunnels.state.status is TunnelStatus.UP)
    desk.window.tunnel.copy_address()
    port = desk.app.receiver.state.port
    assert QGuiApplication.clipboard().text() == f"http://localhost:{port}{desk.endpoint.path}"
    assert CHANGED not in banner_keys(desk)


async def test_copying_the_new_address_from_the_field_takes_note_of_it_too(desk: Desk, tmp_path: Path) -> None:
    program = a_helper(desk, tmp_path)
    await start(desk)
    touch(program, ".moved")
    kill(program)
    await until(lambda: CHANGED in banner_keys(desk))
    await until(lambda: "localhost" in desk.window.top_bar.address.url)
    desk.window.top_bar.address.copy()
    await until(lambda: CHANGED not in banner_keys(desk))


async def test_stopping_goes_back_to_the_local_address(desk: Desk, tmp_path: Path) -> None:
    a_helper(desk, tmp_path)
    await start(desk)
    desk.window.tunnel.do("stop")
    await until(lambda: desk.app.tunnels.state.status is TunnelStatus.OFF)
    assert desk.window.top_bar.address.kind == "local"
    assert desk.window.top_bar.tunnel.words.spoken == "No tunnel Start"


async def test_what_is_not_filled_in_opens_the_settings_at_the_tunnel(desk: Desk) -> None:
    desk.window.tunnel.do("start:smee")
    dialog = await a_dialog(SettingsDialog)
    assert isinstance(dialog, SettingsDialog)
    page = dialog.page("tunnel")
    assert isinstance(page, TunnelPage)
    assert page.kind.currentData() == "smee"
    dialog.accept()


@pytest.mark.skipif(SSHD is None, reason="OpenSSH's sshd is not installed")
async def test_a_new_host_key_is_asked_about_and_a_changed_one_refused(desk: Desk, tmp_path: Path) -> None:
    server = Sshd(tmp_path / "sshd")
    server.start()
    try:
        desk.app.settings.change(
            tunnel_ssh_host="127.0.0.1",
            tunnel_ssh_port=server.port,
            tunnel_ssh_user=server.user,
            tunnel_ssh_sign_in="key",
            tunnel_ssh_key=str(server.key),
        )
        desk.app.tunnels.agree("ssh")
        desk.window.tunnel.begin("ssh")
        question = await a_dialog(Question)
        assert isinstance(question, Question)
        assert server.fingerprint in _text(question)
        question.answer.click()
        await until(lambda: desk.app.tunnels.state.status is TunnelStatus.UP)
        server.kill()
        server.new_host_key()
        server.start()
        banner = await until(lambda: desk.window.banners.banner)
        await until(lambda: "has changed" in desk.window.banners.banner.text.text())  # type: ignore[union-attr]
        assert banner is not None
        forget = desk.window.banners.banner
        assert forget is not None
        assert forget.buttons[0].text() == "Forget old key…"
        forget.buttons[0].click()
        danger = await a_dialog(Question)
        assert isinstance(danger, Question)
        danger.answer.click()
        await until(lambda: desk.app.tunnels.state.question is not None)
        again = await until(lambda: _other_question(danger))
        again.answer.click()
        await until(lambda: desk.app.tunnels.state.status is TunnelStatus.UP)
    finally:
        server.kill()


def _text(question: Question) -> str:
    item = question.body.itemAt(1)
    widget = item.widget() if item is not None else None
    return str(widget.text()) if widget is not None else ""  # type: ignore[attr-defined]


def _other_question(known: QDialog) -> Question | None:
    from PySide6.QtWidgets import QApplication

    shown = [item for item in QApplication.topLevelWidgets() if isinstance(item, Question) and item.isVisible()]
    return next((item for item in shown if item is not known), None)


async def test_a_relay_that_rewrites_bodies_is_warned_about_and_its_event_arrives(desk: Desk) -> None:
    async with a_relay() as relay:
        desk.app.settings.change(tunnel_relay_url=relay.channel)
        desk.app.tunnels.agree("smee")
        desk.window.tunnel.begin("smee")
        await until(lambda: desk.app.tunnels.state.status is TunnelStatus.UP)
        assert desk.window.top_bar.address.url == relay.channel
        await send(relay.channel)
        model = desk.window.page.table.model()
        await until(lambda: model.rowCount() == 1)
        assert RELAY in banner_keys(desk)
        whole = desk.app.store.event(desk.window.page.table.model().id_at(0))  # type: ignore[attr-defined]
        assert whole is not None
        assert whole.request.header("X-Relayed-By") == f"127.0.0.1:{relay.port}"
    await until(lambda: desk.window.top_bar.tunnel.words.words.startswith("Tunnel down"), patience_s=10.0)


async def test_the_log_follows_and_names_the_outages(desk: Desk, tmp_path: Path) -> None:
    a_helper(desk, tmp_path)
    await start(desk)
    desk.window.tunnel.show_log()
    dialog = await a_dialog(TunnelLogDialog)
    assert isinstance(dialog, TunnelLogDialog)
    assert "open: http://127.0.0.1" in dialog.text.toPlainText()
    desk.app.tunnels.journal.add("one more line")
    assert dialog.text.toPlainText().endswith("one more line")
    dialog.copy()
    assert "one more line" in QGuiApplication.clipboard().text()
    dialog.accept()


async def test_a_blind_time_is_a_band_between_the_events_around_it(desk: Desk) -> None:
    await desk.post_many(3)
    table = desk.window.page.table
    model = desk.window.page.table.model()
    await until(lambda: model.rowCount() == 3)
    newer, older = model.summary(0), model.summary(1)  # type: ignore[attr-defined]
    end = newer.received_at
    desk.app.tunnels.outages_kept.add(Outage(older.received_at - timedelta(seconds=5), end, "the tunnel was down"))
    table.bands.set_outages(desk.app.tunnels.outages())
    ((y, outages),) = table.bands.places()
    assert y == table.rowViewportPosition(1)
    assert outages == list(desk.app.tunnels.outages())
    await asyncio.sleep(0)
    picture = table.viewport().grab().toImage()
    edge, row = picture.pixelColor(4, y - 3), picture.pixelColor(4, y - 12)
    assert edge != row, "the band is painted"
    place = QPoint(40, y)
    assert table.bands.tell(place, table.viewport().mapToGlobal(place))
    assert not table.bands.tell(QPoint(40, y + 16), table.viewport().mapToGlobal(place))


async def test_a_blind_time_of_an_earlier_start_is_a_band_too(desk: Desk) -> None:
    start_us, end_us = int(time.time() * 1e6) - 100_000_000, int(time.time() * 1e6) - 60_000_000
    await desk.app.store.figures.write(note_spans, {"tunnel": "down"}, start_us)
    await desk.app.store.figures.write(note_spans, {"tunnel": "up"}, end_us)
    await desk.window.tunnel._load_past()
    (outage,) = desk.window.page.table.bands.outages
    assert outage.end is not None
    assert (outage.end - outage.start).total_seconds() == pytest.approx(40)


async def test_the_settings_page_keeps_texts_paths_and_secrets(desk: Desk, tmp_path: Path) -> None:
    program = a_program(tmp_path / "bin", "bore", "time.sleep(600)")
    page = TunnelPage(desk.window.theme, desk.window.icons, desk.app)
    page.finish()
    page.show()
    page.kind.setCurrentIndex(page.kind.findData("bore"))
    page.kind.activated.emit(page.kind.currentIndex())
    assert desk.app.settings.current.tunnel_kind == "bore"
    field, row = page._programs["bore"]
    field.setText(str(program))
    field.editingFinished.emit()
    assert desk.app.settings.current.tunnel_programs == (f"bore={program}",)
    await until(lambda: row.hint.text() == f"Found: {program}")
    desk.app.settings.change(tunnel_consents=("bore.pub",))
    page.consents.buttons["bore.pub"].click()
    assert desk.app.settings.current.tunnel_consents == ()
    page.restore_defaults()
    assert desk.app.settings.current.tunnel_programs == ()
    page.close()
    page.deleteLater()


async def test_the_chip_opens_its_menu_with_the_keyboard(desk: Desk) -> None:
    chip = desk.window.top_bar.tunnel
    assert chip.focusPolicy() != Qt.FocusPolicy.NoFocus
    chip.click()
    await until(lambda: desk.window.top_bar.tunnel_menu.isVisible())
    words = [action.text() for action in desk.window.top_bar.tunnel_menu.actions()]
    assert words[0] == "Public address"
    assert words[-1] == "Tunnel settings…"
    desk.window.top_bar.tunnel_menu.close()


async def test_the_settings_page_starts_and_stops_after_asking(desk: Desk, tmp_path: Path) -> None:
    page = TunnelPage(desk.window.theme, desk.window.icons, desk.app)
    page.finish()
    page.show()
    desk.app.settings.change(tunnel_kind="command")
    page.run.click()
    await until(lambda: "where the port goes" in page.status.text.text() or "empty" in page.status.text.text())
    assert desk.app.tunnels.state.status is TunnelStatus.OFF
    a_helper(desk, tmp_path)
    page.run.click()
    question = await a_dialog(Question)
    assert isinstance(question, Question)
    question.answer.click()
    await until(lambda: desk.app.tunnels.state.status is TunnelStatus.UP)
    assert page.run.text() == "Stop tunnel"
    page.run.click()
    await until(lambda: desk.app.tunnels.state.status is TunnelStatus.OFF)
    assert page.run.text() == "Start tunnel"
    page.close()
    page.deleteLater()
