"""The test of a target in the window: what it finds on real sockets, what it offers to try, and where it is reached."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication

from inspector.doctor.finding import Outcome
from inspector.replay.target_test import AddressCheck, HttpCheck, TargetReport, TlsCheck
from inspector.ui.endpoints.settings_dialog import EndpointSettings
from inspector.ui.forwarding.tester_dialog import TargetDialog
from inspector.ui.forwarding.tester_words import lines_of, report_text, verdict_of
from inspector.ui.widgets.buttons import IconButton
from tests.fakes import a_target
from tests.ui.desk import Desk
from tests.ui.waiting import a_dialog, until

GONE = TargetReport(
    "http://handler:5000/",
    "Host not found",
    (),
    "",
    None,
    None,
    ("handler has no dot: names of containers are known only inside their network. Try localhost.",),
)


async def report_on(desk: Desk, url: str) -> TargetDialog:
    dialog = desk.window.forwards.test_target(url)
    await until(lambda: dialog.report is not None)
    return dialog


@pytest.mark.asyncio
async def test_a_target_that_answers_is_called_good(desk: Desk) -> None:
    async with a_target() as target:
        dialog = await report_on(desk, target.url)
        assert dialog.verdict.tone == "pass"
        assert "It answered 200 to OPTIONS" in dialog.verdict.text.text()
        assert target.requests[0].startswith(b"OPTIONS ")
        dialog.copy.click()
        text = QGuiApplication.clipboard().text()
        assert text.startswith(f"{target.url}\n[ok] A replay will get through.")
        assert "[ok] IPv4: Takes the connection" in text


@pytest.mark.asyncio
async def test_a_target_where_nothing_listens_gets_something_to_try(desk: Desk) -> None:
    async with a_target() as target:
        url = target.url
    dialog = await report_on(desk, url)
    assert dialog.verdict.tone == "fail"
    assert dialog.report is not None
    assert any("host.docker.internal" in words for words in dialog.report.advice)
    async with a_target(port=target.port):
        dialog.go.click()
        await until(lambda: dialog.verdict.tone == "pass")


@pytest.mark.asyncio
async def test_a_host_line_is_kept_for_the_target_and_used_at_once(desk: Desk) -> None:
    async with a_target() as target:
        dialog = await report_on(desk, target.url)
        assert not dialog.use.isEnabled()
        dialog.host.setText("shop.example")
        dialog.use.click()
        await until(lambda: len(target.requests) == 2)
        assert b"host: shop.example\r\n" in target.requests[1].lower()
        assert len(desk.app.settings.current.target_options) == 1
        await until(lambda: dialog.go.isEnabled())
        dialog.host.setText("")
        dialog.use.click()
        await until(lambda: desk.app.settings.current.target_options == ())


@pytest.mark.asyncio
async def test_a_file_that_is_no_certificate_is_refused_with_words(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "no.pem").write_text("nothing")
    async with a_target() as target:
        dialog = await report_on(desk, target.url)
        dialog.certificate.setText(str(tmp_path / "no.pem"))
        dialog.use.click()
        await until(lambda: "holds no certificate" in dialog.verdict.title.text())
        assert desk.app.settings.current.target_options == ()


@pytest.mark.asyncio
async def test_the_test_is_beside_every_target_of_the_endpoint(desk: Desk) -> None:
    async with a_target() as target:
        await desk.app.directory.save(replace(desk.endpoint, target=target.url))
        desk.window.endpoints.open_settings(desk.endpoint.id, "forwarding")
        settings = await a_dialog(EndpointSettings)
        assert isinstance(settings, EndpointSettings)
        settings.forwarding.add_rule()
        card = settings.forwarding.cards[-1]
        assert not card.test.isEnabled()
        card.targets.setPlainText(target.url)
        card.test.click()
        dialog = await a_dialog(TargetDialog)
        assert isinstance(dialog, TargetDialog)
        assert dialog.url == target.url
        await until(lambda: dialog.verdict.tone == "pass")
        dialog.close()
        settings.go_to("answer")
        answer = settings.answer
        answer.way.set_current("ask")
        assert answer.ask_limit.isVisible()
        (button,) = [one for one in answer.findChildren(IconButton) if one.accessibleName() == "Test this target"]
        assert not button.isEnabled()
        answer.ask_target.setText(target.url)
        button.click()
        await until(lambda: sum(request.startswith(b"OPTIONS ") for request in target.requests) == 2)
        settings.reject()


@pytest.mark.asyncio
async def test_the_replay_dialog_tests_its_target(desk: Desk) -> None:
    async with a_target() as target:
        await desk.post()
        await desk.row(0, of=1)
        replay = desk.window.replays.open_dialog(1)  # type: ignore[arg-type]
        assert replay is not None
        replay.target.field.setText("not an address")
        assert not replay.target.test.isEnabled()
        replay.target.field.setText(target.url)
        replay.target.test.click()
        dialog = await a_dialog(TargetDialog)
        assert isinstance(dialog, TargetDialog)
        await until(lambda: dialog.verdict.tone == "pass")
        replay.close()


def test_a_name_that_is_not_found_leaves_the_rest_untried() -> None:
    lines = lines_of(GONE)
    outcomes = [(line.title, line.outcome) for line in lines]
    assert outcomes == [
        ("Name", Outcome.BAD),
        ("IPv4", Outcome.SKIPPED),
        ("IPv6", Outcome.SKIPPED),
        ("Answer", Outcome.SKIPPED),
    ]
    assert verdict_of(GONE)[0] is Outcome.BAD
    assert "What to try:\n- handler has no dot" in report_text(GONE)


def test_one_kind_of_address_is_a_doubt_and_a_bad_certificate_is_wrong() -> None:
    report = TargetReport(
        "https://localhost:8443/",
        "",
        (
            AddressCheck("127.0.0.1", "IPv4", True, 1.0),
            AddressCheck("::1", "IPv6", False, problem="nothing is listening"),
        ),
        "127.0.0.1",
        TlsCheck(None, ("shop.example",), "The certificate is for another name.", 3),
        HttpCheck(None, problem="Certificate not trusted."),
        (),
    )
    found = {line.title: line.outcome for line in lines_of(report)}
    assert found["IPv6"] is Outcome.DOUBT
    assert found["Encryption"] is Outcome.BAD
    soon = replace(report, tls=TlsCheck(None, (), "", 3))
    assert {line.title: line.words for line in lines_of(soon)}["Encryption"].endswith("ends in 3 days.")
