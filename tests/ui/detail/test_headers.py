"""The Headers view tells who sent what, in order and case, and keeps secrets covered."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from inspector.ui.detail.header_groups import MASK, is_secret, is_tunnel
from inspector.ui.detail.headers_view import HeadersView
from inspector.ui.detail.pane import DetailPane
from tests.ui.detail.samples import SIGNATURE_HEADER, event, failed_signature

SECRET = ((b"x-One", b"1"), (b"Authorization", b"Bearer abc"), (b"X-One", b"2"), (b"Cookie", b"a=b"), (b"Via", b"p"))


@pytest.fixture
def view(pane: DetailPane) -> HeadersView:
    pane.show_view("headers")
    found = pane.view("headers")
    assert isinstance(found, HeadersView)
    return found


def names(view: HeadersView) -> dict[str, list[str]]:
    return {
        section.caption.text(): [line.name for line in section.rows.lines]
        for section in view.sections
        if section.isVisible()
    }


def test_headers_are_grouped_by_who_added_them(pane: DetailPane, view: HeadersView) -> None:
    pane.show_event(event())
    found = names(view)
    assert found["From the provider"][:5] == ["Host", "User-Agent", "Content-Type", "Content-Length", SIGNATURE_HEADER]
    assert found["Added by the tunnel"] == [
        "CF-Connecting-IP",
        "CF-Ray",
        "X-Forwarded-For",
        "X-Forwarded-Proto",
        "CDN-Loop",
    ]
    assert found["Our answer"] == ["Status", "Content-Type", "Content-Length"]
    assert [section.count.text() for section in view.sections] == ["9", "5", "3"]


def test_order_case_and_repeats_are_kept(pane: DetailPane, view: HeadersView) -> None:
    pane.show_event(event(headers=SECRET))
    assert names(view)["From the provider"] == ["x-One", "Authorization", "X-One", "Cookie"]


def test_secrets_are_covered_until_clicked(pane: DetailPane, view: HeadersView) -> None:
    pane.show_event(event(headers=SECRET))
    rows = view.sections[0].rows
    assert [rows.shown_value(row) for row in range(4)] == ["1", MASK, "2", MASK]
    assert "Bearer" not in rows.accessibleDescription()
    QTest.mouseClick(rows, Qt.MouseButton.LeftButton, pos=QPoint(250, rows.row_rect(1).center().y()))
    assert rows.shown_value(1) == "Bearer abc"
    pane.show_event(event(headers=SECRET, starred=True))
    assert rows.shown_value(1) == "Bearer abc"
    pane.show_event(event(2, headers=SECRET))
    assert rows.shown_value(1) == MASK


def test_a_covered_value_is_not_found_by_the_filter(pane: DetailPane, view: HeadersView) -> None:
    pane.show_event(event(headers=SECRET))
    view.filter.setText("bearer")
    assert names(view) == {}
    view.filter.setText("AUTH")
    assert names(view) == {"From the provider": ["Authorization"]}


def test_keys_move_uncover_and_copy(pane: DetailPane, view: HeadersView) -> None:
    pane.show_event(event(headers=SECRET))
    rows = view.sections[0].rows
    rows.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(rows, Qt.Key.Key_Down)
    QTest.keyClick(rows, Qt.Key.Key_Return)
    assert rows.shown_value(1) == "Bearer abc"
    QTest.keyClick(rows, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "Bearer abc"


def test_copy_all_takes_the_request_headers_as_they_were_sent(pane: DetailPane, view: HeadersView) -> None:
    pane.show_event(event(headers=SECRET))
    view.copy_button.click()
    assert QGuiApplication.clipboard().text().splitlines()[:3] == ["x-One: 1", "Authorization: Bearer abc", "X-One: 2"]


def test_the_signature_header_carries_the_verdict_and_is_never_covered(pane: DetailPane, view: HeadersView) -> None:
    pane.show_event(failed_signature())
    rows = view.sections[0].rows
    marked = [line for line in rows.lines if line.signature]
    assert [line.name for line in marked] == [SIGNATURE_HEADER]
    assert not marked[0].secret
    assert rows._badge is not None
    assert rows._badge.text == "Invalid"


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("authorization", True),
        ("proxy-authorization", True),
        ("set-cookie", True),
        ("x-api-key", True),
        ("x-gitlab-token", True),
        ("x-webhook-secret", True),
        ("content-type", False),
        ("x-webhook-id", False),
        ("i-twilio-idempotency-token", True),
    ],
)
def test_secret_names_are_known(name: str, secret: bool) -> None:
    assert is_secret(name) is secret


def test_tunnel_names_are_known() -> None:
    assert all(map(is_tunnel, ("cf-ray", "x-forwarded-host", "ngrok-trace-id", "via", "forwarded", "x-real-ip")))
    assert not any(map(is_tunnel, ("x-webhook-id", "host", "content-type")))
