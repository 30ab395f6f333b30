"""The payload's model follows Qt's rules and makes rows only when they are asked for."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, Qt
from pytestqt.qtbot import QtBot

from inspector.payload.json_tree import parse_json_tree
from inspector.payload.steps import finish
from inspector.payload.tree_search import match_nodes
from inspector.ui.detail.payload_model import ROWS_PER_FETCH, PayloadModel
from tests.ui.detail.samples import BODY, RECEIVED


def model_of(text: str) -> PayloadModel:
    model = PayloadModel()
    model.set_tree(parse_json_tree(text), RECEIVED)
    return model


def shown(model: PayloadModel, parent: QModelIndex | None = None) -> list[object]:
    """Return all names and values that are shown, nested as they are."""
    at = parent or QModelIndex()
    rows: list[object] = []
    for row in range(model.rowCount(at)):
        index = model.index(row, 0, at)
        rows.append((index.data(), index.siblingAtColumn(1).data()))
        if inner := shown(model, index):
            rows.append(inner)
    return rows


@pytest.mark.parametrize("text", [BODY.decode(), "[[],{},[1,[2]]]", '"alone"', "[" + "1," * 900 + "[1]]"])
def test_the_model_keeps_qts_rules(qtmodeltester: object, text: str) -> None:
    qtmodeltester.check(model_of(text))  # type: ignore[attr-defined]


def test_the_model_keeps_qts_rules_while_it_is_filtered(qtmodeltester: object) -> None:
    model = model_of(BODY.decode())
    model.set_kept(finish(match_nodes(parse_json_tree(BODY.decode()), "1")))
    qtmodeltester.check(model)  # type: ignore[attr-defined]


def test_names_and_values_are_shown_as_in_the_text() -> None:
    assert shown(model_of('{"a":1.0,"a":null,"b":[true,{"c":"x"}],"e":[]}')) == [
        ("a", "1.0"),
        ("a", "null"),
        ("b", "[2]"),
        [("0", "true"), ("1", "{1}"), [("c", '"x"')]],
        ("e", "[0]"),
    ]


def test_a_long_array_gives_its_rows_in_batches(qtbot: QtBot) -> None:
    model = model_of('{"list":[' + ",".join(['{"n":1}'] * 20_000) + "]}")
    parent = model.index(0, 0)
    assert model.index(0, 1).data() == "[20,000]"
    assert model.rowCount(parent) == ROWS_PER_FETCH
    with qtbot.waitSignal(model.rowsInserted):
        model.fetchMore(parent)
    assert model.rowCount(parent) == 2 * ROWS_PER_FETCH
    assert model.canFetchMore(parent)
    assert model.index(799, 0, parent).data() == "799"
    assert len(model.tree._children[1]) == 800  # type: ignore[union-attr]


def test_a_node_far_down_a_long_array_can_be_gone_to() -> None:
    model = model_of("[" + ",".join(["7"] * 1_000) + "]")
    index = model.index_of(901)
    assert (index.row(), index.data()) == (900, "900")


def test_a_search_hides_what_does_not_match_and_keeps_the_way() -> None:
    text = '{"a":{"x":1,"y":["hit",2]},"b":3,"hits":{"deep":4}}'
    model = model_of(text)
    model.set_kept(finish(match_nodes(parse_json_tree(text), "hit")))
    assert shown(model) == [("a", "{2}"), [("y", "[2]"), [("0", '"hit"')]], ("hits", "{1}"), [("deep", "4")]]
    model.set_kept(finish(match_nodes(parse_json_tree(text), "nowhere")))
    assert shown(model) == []
    model.set_kept(None)
    assert model.rowCount() == 3


def test_a_screen_reader_hears_name_value_and_note() -> None:
    model = model_of('{"timestamp":"2024-12-20T14:23:44Z"}')
    spoken = model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == 'timestamp, "2024-12-20T14:23:44Z", 1.2 s before receipt'
