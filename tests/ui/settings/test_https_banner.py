"""The banner about HTTPS."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication

from inspector.ui.settings.https_banner import KEY
from tests.issued import an_intermediate, issue
from tests.ui.desk import Desk
from tests.ui.waiting import until


def shown(desk: Desk) -> str:
    return next((f"{item.title}. {item.text}" for item in desk.window.banners.contents() if item.key == KEY), "")


@pytest.mark.asyncio
async def test_a_missing_certificate_is_red_and_gone_once_it_is_mended(desk: Desk) -> None:
    desk.app.settings.change(https_mode="beside", https_port=0, https_source="own")
    await until(lambda: "No HTTPS: no certificate is chosen" in shown(desk))
    desk.app.settings.change(https_source="authority")
    await until(lambda: bool(desk.app.receiver.state.https_url))
    assert shown(desk) == ""


@pytest.mark.asyncio
async def test_an_end_that_comes_near_is_amber_and_stays_dismissed(desk: Desk, tmp_path: Path) -> None:
    until_day = datetime.now(UTC) + timedelta(days=4, hours=1)
    issued = issue("localhost", an_intermediate(), names=("localhost",), until=until_day)
    certificate, key = issued.save(tmp_path, an_intermediate())
    files = {"https_certificate": str(certificate), "https_key": str(key)}
    desk.app.settings.change(https_mode="beside", https_port=0, https_source="own", **files)
    await until(lambda: "expires in 4 days" in shown(desk))
    desk.window.banners._dismiss(KEY)
    desk.window.https_banner.update()
    assert shown(desk) == ""


@pytest.mark.asyncio
async def test_the_https_address_is_copied_once_there_is_one(desk: Desk) -> None:
    copy = desk.window.actions_table["copy_https"]
    QGuiApplication.clipboard().setText("before")
    copy.trigger()
    assert QGuiApplication.clipboard().text() == "before"
    desk.app.settings.change(https_mode="beside", https_port=0)
    await until(lambda: bool(desk.app.receiver.state.https_url))
    copy.trigger()
    assert QGuiApplication.clipboard().text() == desk.app.receiver.https_address_of(desk.endpoint)


@pytest.mark.asyncio
async def test_with_https_only_the_shown_address_is_the_encrypted_one(desk: Desk) -> None:
    desk.app.settings.change(https_mode="only", https_port=0)
    await until(lambda: desk.app.receiver.state.url.startswith("https:"))
    choices, _ = desk.window.endpoints.addresses(desk.endpoint)
    assert [item.url for item in choices] == [desk.app.receiver.https_address_of(desk.endpoint)]
