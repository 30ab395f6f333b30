"""The HTTPS page, and HTTPS itself on the loop the window runs on."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
import shiboken6
from pytestqt.qtbot import QtBot

from inspector.app import App, AppOptions, open_app
from inspector.receiver.https import PASSPHRASE_KEY
from inspector.receiver.trust import TRUST
from inspector.ui.icons import Icons
from inspector.ui.settings.https_page import HttpsPage
from inspector.ui.settings.trust_guide import TrustGuide
from inspector.ui.theme import Theme
from tests.integration.receiver.encrypted import failures, post, raw, shake_hands, trusting, until_https
from tests.issued import an_authority, an_intermediate, issue
from tests.ui.waiting import until


@pytest_asyncio.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with open_app(tmp_path / "data", AppOptions(port=0, apart=False)) as app:
        app.settings.change(https_port=0)
        yield app


@pytest_asyncio.fixture
async def page(app: App, dressed: Theme, qtbot: QtBot) -> HttpsPage:
    page = HttpsPage(dressed, Icons(dressed), app)
    qtbot.addWidget(page)
    page.show()
    return page


@pytest.mark.asyncio
async def test_webhooks_arrive_by_https_on_the_windows_loop(app: App) -> None:
    endpoint = await app.directory.create("Plain", "")
    app.settings.change(https_mode="beside")
    port = await until_https(app)
    trust = trusting(app.https.authority_file)
    answers = await asyncio.gather(*(post(port, endpoint.path, trust, b"x" * 30_000) for _ in range(60)))
    assert [answer.status for answer in answers] == [200] * 60


@pytest.mark.asyncio
async def test_failed_handshakes_are_rows_on_the_windows_loop(app: App) -> None:
    app.settings.change(https_mode="beside")
    port = await until_https(app)
    with pytest.raises(ssl.SSLCertVerificationError):
        await asyncio.to_thread(shake_hands, port, trusting(None))
    await raw(port, b"GET / HTTP/1.1\r\n\r\n")
    await raw(port, b"\x16\x03\x01\x00\x05hello")
    reasons = " ".join(row.reason for row in await failures(app, 3))
    assert "does not know who issued it" in reasons
    assert "plain HTTP" in reasons
    assert "no TLS handshake" in reasons


@pytest.mark.asyncio
async def test_one_click_makes_the_receiver_speak_https(app: App, page: HttpsPage) -> None:
    assert page.status.isHidden()
    page.mode.set_current("beside")
    port = await until_https(app)
    await until(lambda: page.status.tone == "pass")
    assert page.status.title.text() == f"Listening on https://127.0.0.1:{port}"
    assert "localhost" in page._fact_rows[0].text
    assert page.trust_section.isVisible()


@pytest.mark.asyncio
async def test_what_does_not_apply_is_not_shown(app: App, page: HttpsPage) -> None:
    assert page.port.isHidden() or not page.port.isVisible()
    page.mode.set_current("beside")
    assert page.port.isVisible()
    assert not page.certificate.isVisible()
    page.source.set_current("own")
    assert page.certificate.isVisible()
    assert not page.trust_section.isVisible()
    await until(lambda: page.status.tone == "fail")


@pytest.mark.asyncio
async def test_a_wrong_file_is_told_on_the_page_and_a_right_one_heals_it(
    app: App, page: HttpsPage, tmp_path: Path
) -> None:
    issued = issue("localhost", an_intermediate(), names=("localhost",))
    certificate, key = issued.save(tmp_path, an_intermediate(), an_authority())
    page.mode.set_current("beside")
    page.source.set_current("own")
    page.certificate.setText(str(key))
    page.certificate.editingFinished.emit()
    await until(lambda: "private key only" in page.status.title.text())
    page.certificate.setText(str(certificate))
    page.certificate.editingFinished.emit()
    page.key.setText(str(key))
    page.key.editingFinished.emit()
    await until(lambda: page.status.tone == "pass")
    assert app.settings.current.https_key == str(key)


@pytest.mark.asyncio
async def test_the_passphrase_goes_to_the_secret_store_and_opens_the_key(
    app: App, page: HttpsPage, tmp_path: Path
) -> None:
    issued = issue("localhost", names=("localhost",))
    certificate, key = issued.save(tmp_path)
    key.write_bytes(issued.locked("open sesame"))
    app.settings.change(https_mode="beside", https_source="own", https_certificate=str(certificate), https_key=str(key))
    await until(lambda: page.status.title.text() == "The key is encrypted.")
    page.passphrase.setText("open sesame")
    page.passphrase.setModified(True)
    page.passphrase.editingFinished.emit()
    assert await until_https(app)
    assert await asyncio.to_thread(app.secret_store.get, PASSPHRASE_KEY) == "open sesame"
    assert "open sesame" not in (app.folder / "settings.json").read_text()


@pytest.mark.asyncio
async def test_a_port_that_is_none_is_refused_beside_the_field(app: App, page: HttpsPage) -> None:
    page.mode.set_current("beside")
    for text in ("many", "70000"):
        page.port.setText(text)
        page.port.editingFinished.emit()
        assert page.port.toolTip()
        assert app.settings.current.https_port == 0
    await until_https(app)


@pytest.mark.asyncio
async def test_a_taken_port_leads_to_the_next_free_one(app: App, page: HttpsPage) -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    taken = server.sockets[0].getsockname()[1]
    app.settings.change(https_mode="beside", https_port=taken)
    await until(lambda: bool(page.status.buttons))
    page.status.buttons[0].click()
    assert await until_https(app) > taken
    await until(lambda: page.status.tone == "pass")
    server.close()


@pytest.mark.asyncio
async def test_the_defaults_can_be_restored(app: App, page: HttpsPage) -> None:
    page.mode.set_current("beside")
    await until_https(app)
    page.restore_defaults()
    await until(lambda: not app.receiver.state.https_url)
    assert page.mode.current == "off"
    assert page.status.isHidden()


@pytest.mark.asyncio
async def test_the_authority_is_exported_without_its_key(app: App, page: HttpsPage, tmp_path: Path) -> None:
    page.mode.set_current("beside")
    await until_https(app)
    await page._export(tmp_path / "out.pem")
    assert (tmp_path / "out.pem").read_bytes() == app.https.authority_file.read_bytes()
    assert b"PRIVATE" not in (tmp_path / "out.pem").read_bytes()


@pytest.mark.asyncio
async def test_the_page_leaves_nothing_behind_when_it_goes(app: App, dressed: Theme) -> None:
    page = HttpsPage(dressed, Icons(dressed), app)
    page.deleteLater()
    await until(lambda: not shiboken6.isValid(page))
    app.settings.change(https_mode="beside")
    await until_https(app)


def test_every_system_is_shown_with_its_commands(dressed: Theme, qtbot: QtBot, tmp_path: Path) -> None:
    guide = TrustGuide(dressed, Icons(dressed), tmp_path / "authority.pem", 8443)
    qtbot.addWidget(guide)
    guide.show()
    for place, way in enumerate(TRUST):
        guide.systems.setCurrentIndex(place)
        assert guide.words.text() == way.words
        assert guide.commands.isVisible() is bool(way.commands)
    guide.systems.setCurrentIndex(guide.systems.findData("curl"))
    assert "8443" in guide.commands.text()
    guide.set_port(9443)
    assert "9443" in guide.commands.text()
