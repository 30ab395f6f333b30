"""Tests of the search field: what it reads, underlines, offers and remembers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from inspector.domain.query import Term
from inspector.search import FIELDS
from inspector.ui.events.completion import offers, remembered, word_at
from inspector.ui.events.search_field import EventSearchField
from inspector.ui.events.search_reading import SearchReading, read_search
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from tests.ui.events.fake_rows import HandStarter

Key = Qt.Key


def texts(text: str, recent: tuple[str, ...] = (), counts: Mapping[str, int] | None = None) -> list[str]:
    return [offer.text for offer in offers(text, len(text), recent, counts) if offer.kind == "offer"]


def test_an_unknown_filter_is_a_problem_with_a_suggestion() -> None:
    reading = read_search("type:failed sgi:invalid")
    assert reading.problem is not None
    assert reading.problem.start == 12
    assert reading.problem.sentence == "“sgi” is not a filter. Did you mean “sig”?"
    assert reading.problem.fixed == "type:failed sig:invalid"
    assert not reading.unfinished


@pytest.mark.parametrize("text", ["sig:", "sig:inv", "-code:9", "type:read,"])
def test_a_value_that_is_still_being_typed_is_no_mistake_yet(text: str) -> None:
    assert read_search(text).unfinished


def test_a_wrong_value_in_the_middle_is_a_mistake() -> None:
    assert not read_search("sig:inv refund").unfinished


def test_the_word_at_the_cursor_keeps_the_rest() -> None:
    word = word_at("a -sig:inv b", 10)
    assert (word.field, word.sign) == ("sig", "-")
    assert word.replaced("sig:invalid") == "a -sig:invalid b"


def test_an_empty_field_offers_filters_and_recent_searches() -> None:
    offered = texts("", ("type:failed",))
    assert offered[0].startswith("type:")
    assert offered[-1] == "type:failed"


def test_the_values_of_a_filter_are_offered_with_counts() -> None:
    found = offers("to:+1 sig:", 10, (), {"valid": 11_931, "invalid": 3})
    assert found[0].text == "sig: signature"
    by_text = {offer.text: offer for offer in found}
    assert by_text["sig:valid"].count == 11_931
    assert by_text["sig:stale"].count == 0
    assert by_text["sig:invalid"].result == "to:+1 sig:invalid"


def test_values_already_given_are_not_offered_again() -> None:
    assert "sig:valid" not in texts("sig:valid,")
    assert texts("sig:valid,in") == ["sig:invalid"]
    assert offers("sig:valid,in", 12, ())[1].result == "sig:valid,invalid"


def test_counted_values_of_a_free_filter_are_offered_and_quoted_where_needed() -> None:
    found = offers("carrier:", 8, (), {"verizon": 5, "T Mobile": 2})
    assert [offer.result for offer in found if offer.kind == "offer"] == ["carrier:verizon", 'carrier:"T Mobile"']


@pytest.mark.parametrize("field", FIELDS, ids=[field.key for field in FIELDS])
def test_every_filter_is_offered_by_its_first_letters(field: object) -> None:
    key = field.key  # type: ignore[attr-defined]  # pytest hands over objects
    assert any(text.startswith(f"{key}:") for text in texts(key))


def test_recent_searches_are_newest_first_and_none_twice() -> None:
    recent = remembered(remembered(remembered((), "a"), "b"), "a ")
    assert recent == ("a", "b")
    assert remembered(recent, "  ") == recent
    assert len(remembered(tuple("abcdefghijklmnop"), "z")) == 12


@pytest.fixture
def field(theme: Theme, icons: Icons, qtbot: QtBot) -> Iterator[EventSearchField]:
    async def facets(name: str) -> Mapping[str, int]:
        return {"valid": 7, "invalid": 1} if name == "sig" else {}

    window = QWidget()
    window.resize(500, 500)
    field = EventSearchField(theme, icons, HandStarter(), window, facets=facets)
    layout = QVBoxLayout(window)
    layout.addWidget(field)
    layout.addStretch(1)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    field.setFocus()
    yield field
    window.close()


def heard(field: EventSearchField) -> list[SearchReading]:
    readings: list[SearchReading] = []
    field.searched.connect(readings.append)
    return readings


def test_typing_searches_after_a_short_pause(field: EventSearchField, qtbot: QtBot) -> None:
    with qtbot.waitSignal(field.searched) as caught:
        QTest.keyClicks(field, "type:failed")
    assert caught.args == [SearchReading((Term("type", ("failed",)),))]


def test_the_list_opens_while_typing_and_arrows_take_from_it(field: EventSearchField) -> None:
    readings = heard(field)
    QTest.keyClicks(field, "sig:")
    assert field.popup is not None
    assert field.popup.isVisible()
    assert field.popup.texts[:2] == ["sig:valid", "sig:invalid"]
    QTest.keyClick(field, Key.Key_Down)
    QTest.keyClick(field, Key.Key_Down)
    QTest.keyClick(field, Key.Key_Return)
    assert field.text() == "sig:invalid"
    assert not field.popup.isVisible()
    assert readings[-1].terms == (Term("sig", ("invalid",)),)


def test_escape_closes_the_list_then_clears_then_leaves(field: EventSearchField) -> None:
    left: list[bool] = []
    field.left.connect(lambda: left.append(True))
    QTest.keyClicks(field, "sig:")
    QTest.keyClick(field, Key.Key_Escape)
    assert field.popup is not None
    assert not field.popup.isVisible()
    assert field.text() == "sig:"
    QTest.keyClick(field, Key.Key_Escape)
    assert field.text() == ""
    field.close_popup()
    assert left == []
    QTest.keyClick(field, Key.Key_Escape)
    assert left == [True]


def test_enter_searches_remembers_and_goes_to_the_list(field: EventSearchField) -> None:
    left: list[bool] = []
    field.left.connect(lambda: left.append(True))
    readings = heard(field)
    QTest.keyClicks(field, "refund")
    QTest.keyClick(field, Key.Key_Return)
    assert readings[-1].terms == (Term("", ("refund",)),)
    assert field.recent == ("refund",)
    assert left == [True]


def test_a_search_that_cannot_be_read_is_marked_and_not_remembered(field: EventSearchField) -> None:
    field.search_for("sgi:x")
    assert field.property("invalid")
    assert "sig" in field.toolTip()
    QTest.keyClick(field, Key.Key_Return)
    assert field.recent == ()
    field.search_for("sig:valid")
    assert not field.property("invalid")


def test_the_wrong_part_is_underlined_in_red(field: EventSearchField, theme: Theme) -> None:
    def red() -> int:
        image = field.grab().toImage()
        wanted = theme.tokens.failSolid.name()
        inside = range(40, field.width() - 40)
        return sum(image.pixelColor(x, field.height() // 2 + 8).name() == wanted for x in inside)

    field.search_for("type:failed sig:valid")
    assert red() == 0
    field.search_for("type:failed sgi:valid")
    assert red() > 10
