"""Packed values come back exactly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.domain.report import Kind, Report
from inspector.domain.request import Headers
from inspector.store.packing import from_json, pack_headers, shown, to_bytes, to_json, to_text, unpack_headers

every_text = st.text(st.characters(codec=None, categories=None, exclude_categories=()))  # lone surrogates too


@given(st.lists(st.tuples(st.binary(), st.binary())).map(tuple))
def test_header_lines_keep_bytes_order_case_and_repeats(headers: Headers) -> None:
    assert unpack_headers(pack_headers(headers)) == headers


@given(every_text)
def test_any_text_survives_as_bytes(text: str) -> None:
    assert to_text(to_bytes(text)) == text


@given(every_text)
def test_a_shown_text_can_be_encoded_and_keeps_its_length(text: str) -> None:
    assert len(shown(text).encode().decode()) == len(text)


@pytest.mark.parametrize("text", ["plain", "grün", "\ud800", "x\udcffy"])
def test_json_keeps_texts_with_lone_surrogates(text: str) -> None:
    (item,) = from_json(to_json((Report(Kind.OTHER, text),)))
    assert (item["kind"], item["name"]) == ("other", text)
