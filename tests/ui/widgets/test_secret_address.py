"""What an address that is a secret shows while nobody edits it."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from inspector.ui.theme import Theme
from inspector.ui.widgets.secret_address import SecretAddressField, covered_address
from inspector.ui.widgets.secret_field import SecretField

DOTS = "•" * 4


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("", ""),
        ("https://hooks.slack.com/services/T024/B0AB/XyZ123abcd", f"hooks.slack.com/{DOTS}abcd"),
        ("https://hooks.example.com:8443/short", f"hooks.example.com:8443/{DOTS}"),
        ("https://user:password@hooks.example.com/", "hooks.example.com/"),
        ("https://hooks.example.com?token=0123456789abcdef", f"hooks.example.com/{DOTS}cdef"),
        ("http://127.0.0.1:99999/x", DOTS),
        ("not an address", DOTS),
    ],
)
def test_only_the_host_and_the_end_can_be_read(url: str, shown: str) -> None:
    assert covered_address(url) == shown


def test_the_field_is_covered_until_it_is_asked_to_show(dressed: Theme, qtbot: QtBot) -> None:
    field = SecretAddressField(dressed, name="Address", placeholder="https://…")
    qtbot.addWidget(field)
    field.setText("https://hooks.slack.com/services/T024/B0AB/XyZ123abcd")
    assert field.echoMode() is SecretField.EchoMode.Password
    assert "services" not in field.shown_text(400)
    assert "services" not in field.displayText()
    field.set_shown(True)
    assert field.displayText() == field.text()
