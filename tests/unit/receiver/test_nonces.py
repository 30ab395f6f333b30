"""Paths that prove an address leads to this process: used once, guessed never, and told apart from endpoints."""

from __future__ import annotations

from inspector.receiver.nonces import MOST, START, Nonces


def test_a_path_is_answered_once_with_its_own_text() -> None:
    nonces = Nonces()
    path, text = nonces.make()
    other, other_text = nonces.make()
    assert path != other
    assert text != other_text
    assert nonces.answer(path) == text
    assert nonces.answer(path) is None
    assert nonces.answer(f"https://hooks.example.com/base{other}?x=1") == other_text


def test_what_was_never_made_is_not_answered() -> None:
    nonces = Nonces()
    nonces.make()
    for target in ("/", "/in/abc", START, f"{START}abc", "*", ""):
        assert nonces.answer(target) is None


def test_only_the_newest_are_remembered() -> None:
    nonces = Nonces()
    first, _ = nonces.make()
    for _ in range(MOST):
        last, text = nonces.make()
    assert nonces.answer(first) is None
    assert nonces.answer(last) == text
