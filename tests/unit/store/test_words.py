"""The searched text of an event, and what finds a word in it."""

from __future__ import annotations

import gzip
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.domain.request import Headers
from inspector.store.words import MAX_CHARS, body_text, folded, match_of, pattern_of

JSON: Headers = ((b"Content-Type", b"application/json"),)


def test_a_body_is_read_in_its_charset() -> None:
    assert body_text(((b"Content-Type", b'text/plain; charset="ISO-8859-1"'),), b"gr\xfcn") == "grün"
    assert body_text((), "grün".encode("utf-16")) == "grün"


@pytest.mark.parametrize("charset", [b"no-such", b"hex", b"undefined", b"\x00"])
def test_a_charset_that_is_none_is_read_as_utf_8(charset: bytes) -> None:
    assert body_text(((b"Content-Type", b"text/plain; charset=" + charset),), "grün".encode()) == "grün"


def test_a_long_body_is_read_up_to_a_limit() -> None:
    assert len(body_text(JSON, b"x" * (MAX_CHARS * 5))) == MAX_CHARS


def test_a_body_that_grows_without_end_is_read_up_to_a_limit() -> None:
    bomb = gzip.compress(b"a" * 50_000_000)
    assert len(body_text(((b"Content-Encoding", b"gzip"),), bomb)) == MAX_CHARS


def test_a_body_that_is_not_compressed_as_it_says_is_read_as_it_is() -> None:
    assert body_text(((b"Content-Encoding", b"gzip"),), b"plain") == "plain"


def test_escapes_of_json_are_undone_where_it_can_be_read() -> None:
    assert "grün" in body_text(JSON, b'{"a":"gr\\u00fcn"}')
    assert body_text(JSON, b'{"a":"gr\\u00fcn') == '{"a":"gr\\u00fcn'
    assert body_text(JSON, b"[" * 100_000 + b'"\\u00fc"') != ""


def test_bytes_that_are_no_text_have_no_words() -> None:
    assert body_text((), bytes(range(256)) * 4) == ""


@given(st.binary(max_size=200), st.lists(st.tuples(st.binary(max_size=20), st.binary(max_size=20))).map(tuple))
def test_any_body_has_a_text(body: bytes, headers: Headers) -> None:
    body_text(headers, body)


texts = st.text(st.sampled_from("abéÉ12_-. \"'*:^(→²ß"), min_size=1, max_size=12)


@given(texts, texts)
def test_a_word_is_found_by_the_index_and_before_it_is_indexed_alike(text: str, word: str) -> None:
    match, pattern = match_of(word), pattern_of(word)
    assert (match is None) is (pattern is None)
    if match is None or pattern is None:
        return
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE search USING fts5 (words, content = '', tokenize = 'unicode61')")
    connection.execute("INSERT INTO search (rowid, words) VALUES (1, ?)", (text,))
    by_index = connection.execute("SELECT rowid FROM search WHERE search MATCH ?", (match,)).fetchall() == [(1,)]
    connection.close()
    assert (pattern.search(folded(text)) is not None) is by_index


@given(st.text(min_size=1))
def test_any_word_can_be_looked_up(word: str) -> None:
    match = match_of(word)
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE search USING fts5 (words, content = '', tokenize = 'unicode61')")
    if match is not None:
        connection.execute("SELECT rowid FROM search WHERE search MATCH ?", (match,)).fetchall()
    connection.close()
