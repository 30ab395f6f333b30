"""The first steps: an address, a provider with its secret, a test event; and why nothing can come in."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from inspector.providers.catalogue import load_catalogue
from inspector.resources import resource_path
from inspector.ui.first_run import FirstRun
from inspector.ui.icons import Icons
from inspector.ui.start_page import StartPage
from inspector.ui.theme import Theme

SAMPLES = [("message.sent", "message.sent"), ("message.delivered", "message.delivered")]


@pytest.fixture
def page(dressed: Theme, qtbot: QtBot) -> FirstRun:
    page = FirstRun(dressed, Icons(dressed), load_catalogue([resource_path("providers")]))
    qtbot.addWidget(page)
    page.resize(1200, 760)
    page.set_endpoint(1, "rcs-events")
    page.set_samples(SAMPLES, "message.delivered")
    page.set_address("local", "http://127.0.0.1:8787/in/my-endpoint", "/in/my-endpoint")
    page.show()
    return page


def test_the_address_and_what_is_waited_for_are_said(page: FirstRun) -> None:
    assert page.address.url == "http://127.0.0.1:8787/in/my-endpoint"
    assert page.waiting.accessibleName() == "Waiting for the first request on /in/my-endpoint"


def test_provider_and_secret_are_told_together(page: FirstRun, qtbot: QtBot) -> None:
    page.provider.choose("github")
    page.secret.setText("  my secret ")
    with qtbot.waitSignal(page.secret_given) as told:
        qtbot.mouseClick(page.save, Qt.MouseButton.LeftButton)
    assert told.args == ["github", "my secret"]


def test_the_secret_is_covered_while_it_is_typed_too(page: FirstRun, qtbot: QtBot) -> None:
    page.secret.setFocus()
    qtbot.keyClicks(page.secret, "my secret")
    assert page.secret.text() == "my secret"
    assert not set(page.secret.displayText()) & set("my secret")


def test_where_no_program_is_there_its_page_is_one_click_away(page: FirstRun, qtbot: QtBot) -> None:
    page.set_tunnel("", "Install one.", offered=True, done=False, install=("cloudflared", "https://example.com/get"))
    assert page.install.text() == "Get cloudflared"
    with qtbot.waitSignal(page.install_requested) as told:
        page.install.click()
    assert told.args == ["https://example.com/get"]
    page.set_tunnel("cloudflared", "cloudflared found.", offered=True, done=False)
    assert not page.install.isVisible()


def test_a_secret_that_is_being_typed_survives_news_about_the_same_endpoint(page: FirstRun) -> None:
    page.secret.setText("half a sec")
    page.samples.setCurrentIndex(0)
    page.set_endpoint(1, "rcs-events")
    page.set_samples(SAMPLES, "message.delivered")
    assert page.secret.text() == "half a sec"
    assert page.samples.currentData() == "message.sent"
    page.set_endpoint(2, "github")
    assert page.secret.text() == ""
    assert page.provider.provider_id == "github"


def test_the_chosen_test_event_is_sent(page: FirstRun, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.test_requested) as told:
        qtbot.mouseClick(page.send, Qt.MouseButton.LeftButton)
    assert told.args == ["message.delivered"]
    with qtbot.waitSignal(page.samples_requested):
        qtbot.mouseClick(page.more, Qt.MouseButton.LeftButton)


def test_an_endpoint_without_samples_offers_none(page: FirstRun) -> None:
    page.set_samples([], "")
    assert not page.send.isEnabled()
    assert page.more.isHidden()


def test_everything_is_reached_in_a_low_window_by_scrolling_down_only(page: FirstRun) -> None:
    page.resize(700, 300)
    assert page.verticalScrollBar().maximum() > 0
    assert page.horizontalScrollBar().maximum() == 0


def test_a_taken_port_stands_in_place_of_the_first_steps_with_the_ways_out(dressed: Theme, qtbot: QtBot) -> None:
    steps, done = QWidget(), []
    start = StartPage(dressed, Icons(dressed), steps)
    qtbot.addWidget(start)
    start.show()
    start.show_page(
        "Port 8787 is taken",
        "Another program is listening on it.",
        [("Use port 8788", lambda: done.append("8788")), ("Try again", lambda: done.append("again"))],
    )
    assert not steps.isVisible()
    assert start.trouble.title.text() == "Port 8787 is taken"
    assert [button.text() for button in start.trouble.buttons] == ["Use port 8788", "Try again"]
    for button in start.trouble.buttons:
        button.click()
    assert done == ["8788", "again"]
    start.hide_page()
    assert steps.isVisible()
