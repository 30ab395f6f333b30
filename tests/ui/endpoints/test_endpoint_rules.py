"""Every rule of an endpoint can be set in its dialog, and the dialog is made a few rows at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspector.domain.access import AccessRule, RateLimit
from inspector.domain.answer import Answer, AnswerRule, AskHandler, Fault, KindAnswer
from inspector.domain.endpoint import Endpoint, StorageRule
from inspector.domain.endpoint_secret import SecretRef
from inspector.domain.forwarding import ForwardRule
from inspector.domain.identity import Identity
from inspector.providers.catalogue import load_catalogue
from inspector.resources import resource_path
from inspector.settings import MIB
from inspector.ui.endpoints.chip_field import ChipField
from inspector.ui.endpoints.settings_dialog import SECTIONS, Edited, EndpointSettings
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from tests.builders import NOON, an_endpoint

CATALOGUE = load_catalogue([resource_path("providers")])
PASSWORD = SecretRef("pw1", "Password", NOON)


def opened(
    theme: Theme, qtbot: QtBot, *, section: str = "answer", whole: bool = True, sender_header: str = "", **others: Any
) -> EndpointSettings:
    edited = Edited(
        an_endpoint(token="a-token-of-mine", **others),
        {"pw1": "letmein"},
        largest_body=32 * MIB,
        sender_header=sender_header,
    )
    dialog = EndpointSettings(theme, Icons(theme), CATALOGUE, edited, section=section)
    qtbot.addWidget(dialog)
    dialog.show()
    if whole:
        dialog.finish()
    return dialog


def saved_by(dialog: EndpointSettings, qtbot: QtBot) -> tuple[Endpoint, Mapping[str, str]]:
    with qtbot.waitSignal(dialog.saved) as told:
        qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    endpoint, values = told.args or [None, None]
    assert isinstance(endpoint, Endpoint)
    assert isinstance(values, dict)
    return endpoint, values


def enter(chips: ChipField, qtbot: QtBot, text: str) -> None:
    qtbot.keyClicks(chips.typing, text)
    qtbot.keyClick(chips.typing, Qt.Key.Key_Return)


# -- answers --------------------------------------------------------------------------------------------------------


def test_a_script_is_typed_in_words(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot)
    dialog.answer.way.set_current("script")
    assert dialog.answer.script.isVisible()
    assert not dialog.answer.status.isVisible()  # a script leaves no room for the fixed answer
    dialog.answer.script.setPlainText("503, reset, then 200 after 4s")
    endpoint, _values = saved_by(dialog, qtbot)
    assert [answer.status for answer in endpoint.answers.script] == [503, 200, 200]
    assert endpoint.answers.script[1].fault is Fault.RESET
    assert endpoint.answers.script[2].delay_ms == 4000


def test_a_script_that_cannot_be_read_is_told_and_is_no_matter_for_another_way(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot)
    dialog.answer.way.set_current("script")
    dialog.answer.script.setPlainText("503, nothing")
    row, _field = dialog.answer.fields["script"]
    assert row.hint.text().startswith("Answer 2: “nothing” is not understood.")
    assert not dialog.save_button.isEnabled()
    dialog.answer.way.set_current("fixed")
    assert dialog.save_button.isEnabled()


def test_my_handler_is_asked_and_the_fixed_answer_stands_in(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot)
    dialog.answer.way.set_current("ask")
    assert not dialog.save_button.isEnabled()
    dialog.answer.ask_target.setText("http://localhost:5000/hook")
    dialog.answer.ask_limit.setText("2.5")
    assert dialog.answer.status.isVisible()
    endpoint, _values = saved_by(dialog, qtbot)
    assert endpoint.answers.ask == AskHandler("http://localhost:5000/hook", 2.5)


def test_answers_by_hand_by_kind_with_a_fault_and_failing_on_purpose(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot)
    answer = dialog.answer
    answer.kinds.add()
    answer.kinds.rows[0].kinds.setText("message.failed engagement")
    answer.kinds.rows[0].answer.setText("503 after 2 s")
    answer.share.slider.setValue(10)
    assert answer.share.field.text() == "10"
    answer.purpose.setCurrentIndex(answer.purpose.findData("reset"))
    answer.seed.setText("7")
    answer.arrives.set_current("half")
    endpoint, _values = saved_by(dialog, qtbot)
    rule = endpoint.answers
    assert rule.by_kind == (
        KindAnswer(("message.failed", "engagement"), Answer(503, body=b"Service Unavailable", delay_ms=2000)),
    )
    assert rule.accepted.fault is Fault.HALF
    assert rule.on_purpose is not None
    assert (rule.on_purpose.percent, rule.on_purpose.seed) == (10, 7)
    assert rule.on_purpose.answer.fault is Fault.RESET
    dialog = opened(dressed, qtbot, answers=rule)
    dialog.answer.way.set_current("hand")
    dialog.answer.hand_limit.setText("45")
    assert saved_by(dialog, qtbot)[0].answers.by_hand_s == 45


def test_blanks_nobody_can_fill_are_named(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot)
    dialog.answer.body.setText("got {{message_id}} and {{colour}}")
    dialog.answer.template.setChecked(True)
    assert dialog.answer._template_row.hint.text().startswith("{{colour}} is not known and stays as it is.")
    assert saved_by(dialog, qtbot)[0].answers.accepted.template


def test_a_body_of_several_lines_is_kept_when_nobody_touches_it(dressed: Theme, qtbot: QtBot) -> None:
    rule = AnswerRule(accepted=Answer(body=b"one\r\ntwo\n"))
    dialog = opened(dressed, qtbot, answers=rule)
    dialog.answer.delay.setText("5")
    assert saved_by(dialog, qtbot)[0].answers.accepted.body == b"one\r\ntwo\n"


# -- access ---------------------------------------------------------------------------------------------------------


def test_addresses_become_chips_and_wrong_ones_are_told(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot, section="access")
    access = dialog.access
    enter(access.allowed, qtbot, "203.0.113.0/24")
    qtbot.keyClicks(access.allowed.typing, "198.51.100.7,2001:db8::1")  # a comma ends one; the last is still typed
    assert access.allowed.values == ("203.0.113.0/24", "198.51.100.7", "2001:db8::1")
    enter(access.allowed, qtbot, ",10.0.0")
    assert access.fields["allowed"][0].hint.text().startswith("“10.0.0” is no address.")
    assert not dialog.save_button.isEnabled()
    qtbot.keyClick(access.allowed.typing, Qt.Key.Key_Backspace)  # takes the chip back
    assert access.allowed.typing.text() == "10.0.0"
    access.allowed.typing.clear()
    assert saved_by(dialog, qtbot)[0].access.allowed == ("203.0.113.0/24", "198.51.100.7", "2001:db8::1")


def test_the_tunnels_header_is_trusted_by_one_click(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot, section="access", sender_header="CF-Connecting-IP")
    access = dialog.access
    assert access.trust_tunnel.isVisible()
    access.trust_tunnel.click()
    assert access.trusted.values == ("127.0.0.1",)
    assert access.client_header.text() == "CF-Connecting-IP"
    assert not access.trust_tunnel.isVisible()  # there is nothing left to offer
    rule = saved_by(dialog, qtbot)[0].access
    assert (rule.trusted_peers, rule.client_header) == (("127.0.0.1",), "CF-Connecting-IP")


def test_without_a_tunnel_that_names_senders_nothing_is_offered(dressed: Theme, qtbot: QtBot) -> None:
    assert not opened(dressed, qtbot, section="access").access.trust_tunnel.isVisible()


def test_a_chip_is_removed_by_its_cross(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot, section="access", access=AccessRule(allowed=("1.2.3.4", "5.6.7.8")))
    dialog.access.allowed._chips[0]._cross.click()
    assert saved_by(dialog, qtbot)[0].access.allowed == ("5.6.7.8",)


def test_limits_proxies_origins_and_methods_are_saved(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot, section="access")
    access = dialog.access
    access.rate.setText("50")
    access.sender_rate.setText("3")
    access.sender_rate_per.setCurrentIndex(access.sender_rate_per.findData(60.0))
    enter(access.trusted, qtbot, "127.0.0.1")
    assert not dialog.save_button.isEnabled()
    access.client_header.setText("CF-Connecting-IP")
    access.max_body.setText("5")
    enter(access.origins, qtbot, "https://app.example.com")
    enter(dialog.general.methods, qtbot, "post")
    rule = saved_by(dialog, qtbot)[0].access
    assert rule == AccessRule(
        trusted_peers=("127.0.0.1",),
        client_header="CF-Connecting-IP",
        rate=RateLimit(50),
        sender_rate=RateLimit(3, 60),
        methods=("POST",),
        max_body_bytes=5 * MIB,
        cors_origins=("https://app.example.com",),
    )


def test_a_password_is_covered_and_goes_to_the_secret_store_only(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot, section="access")
    dialog.access.username.setText("me")
    dialog.access.password.setText("open sesame")
    assert set(dialog.access.password.shown_text(300)) == {"•"}
    assert dialog.access.password.echoMode() is dialog.access.password.EchoMode.Password
    endpoint, values = saved_by(dialog, qtbot)
    assert endpoint.access.password is not None
    assert values == {endpoint.access.password.key: "open sesame"}
    assert "sesame" not in repr(endpoint)


def test_a_kept_password_stays_and_an_emptied_one_goes(dressed: Theme, qtbot: QtBot) -> None:
    rule = AccessRule(username="me", password=PASSWORD)
    endpoint, values = saved_by(opened(dressed, qtbot, access=rule), qtbot)
    assert (endpoint.access, values) == (rule, {})
    dialog = opened(dressed, qtbot, access=rule)
    assert dialog.access.password.text() == "letmein"
    dialog.access.username.clear()
    dialog.access.password.clear()
    assert saved_by(dialog, qtbot)[0].access == AccessRule()


def test_https_leads_to_the_settings(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot, section="access")
    with qtbot.waitSignal(dialog.settings_wanted) as told:
        dialog.access.https_wanted.emit()
    assert told.args == ["https"]


# -- forwarding, duplicates, storage --------------------------------------------------------------------------------


def test_a_forward_rule_is_added_checked_and_removed(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot, section="forwarding")
    dialog.forwarding.add_rule()
    assert not dialog.save_button.isEnabled()
    card = dialog.forwarding.cards[0]
    card.targets.setPlainText("http://localhost:5000/a\nhttp://localhost:5001/b")
    card.match.setText("colour:red")
    assert not dialog.save_button.isEnabled()
    card.match.setText("type:failed")
    card.identity.setCurrentIndex(card.identity.findData("signed"))
    card.schedule.setCurrentIndex(card.schedule.findData("own"))
    assert not card._waits_row.isHidden()
    card.waits.setText("0, 10s, 5m")
    card.in_order.setChecked(True)
    (rule,) = saved_by(dialog, qtbot)[0].forwards
    assert rule == ForwardRule(
        rule.id,
        ("http://localhost:5000/a", "http://localhost:5001/b"),
        match="type:failed",
        identity=Identity.SIGNED,
        in_order=True,
        schedule="0, 10s, 5m",
    )
    dialog = opened(dressed, qtbot, section="forwarding", forwards=(rule,))
    dialog.forwarding.cards[0].enabled.click()
    assert saved_by(dialog, qtbot)[0].forwards[0].enabled is False
    dialog = opened(dressed, qtbot, section="forwarding", forwards=(rule,))
    dialog.forwarding.cards[0].targets.clear()
    dialog.forwarding.cards[0].remove.click()
    assert saved_by(dialog, qtbot)[0].forwards == ()


def test_duplicates_storage_colour_and_notes_are_saved(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot)
    dialog.duplicates.answer_only.setChecked(True)
    dialog.storage.keep_days.setText("30")
    dialog.storage.keep_events.setText("many")
    assert not dialog.save_button.isEnabled()
    dialog.storage.keep_events.setText("10000")
    dialog.storage.keep_bodies.setChecked(False)
    dialog.storage.mask_recipients.setChecked(True)
    dialog.general.colour.choose("red")
    dialog.general.notes.setPlainText("Ask Mira.")
    endpoint = saved_by(dialog, qtbot)[0]
    assert endpoint.duplicates.answer_only
    assert endpoint.storage == StorageRule(30, 10_000, keep_bodies=False, mask_recipients=True)
    assert (endpoint.colour, endpoint.notes) == ("red", "Ask Mira.")


def test_clear_now_is_asked_for(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot, section="storage")
    with qtbot.waitSignal(dialog.clear_requested) as told:
        dialog.storage.clear_button.click()
    assert told.args == [1]


# -- how the form is made -------------------------------------------------------------------------------------------


def test_the_section_asked_for_comes_first_and_stays_in_its_place(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot, section="access", whole=False)
    qtbot.waitUntil(lambda: dialog._access.whole)
    assert not dialog._general.whole
    qtbot.waitUntil(lambda: not dialog._builder.waiting)
    QApplication.processEvents()
    assert SECTIONS[dialog.list.currentRow()][0] == "access"
    top = dialog._access.mapTo(dialog._scroll.viewport(), dialog._access.rect().topLeft()).y()
    assert 0 <= top <= 20


def test_saving_at_once_keeps_what_was_not_shown_yet(dressed: Theme, qtbot: QtBot) -> None:
    rule = AccessRule(allowed=("1.2.3.4",), username="me", password=PASSWORD)
    forwards = (ForwardRule("a", ("http://localhost:1/",), schedule="rcs-events"),)
    dialog = opened(dressed, qtbot, whole=False, access=rule, forwards=forwards, notes="Note", colour="teal")
    before = dialog._edited.endpoint
    endpoint, values = saved_by(dialog, qtbot)
    assert (endpoint, values) == (before, {})


def test_the_dialog_can_be_closed_while_it_is_being_made(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot, whole=False)
    dialog.reject()
    qtbot.waitUntil(lambda: not dialog._builder.waiting)


@pytest.mark.parametrize("way", ["fixed", "ask", "script", "hand"])
def test_nothing_is_cut_at_the_smallest_size_whatever_the_way(way: str, dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot)
    dialog.answer.way.set_current(way)
    dialog.forwarding.add_rule()
    dialog.answer.kinds.add()
    dialog.resize(720, 520)
    QApplication.processEvents()
    assert dialog._page.width() <= dialog._scroll.viewport().width()
    if dialog.answer.body.isVisible():
        assert dialog.answer.body.width() >= 60
