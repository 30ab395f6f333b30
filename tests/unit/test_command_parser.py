"""A mistyped command line is answered by one sentence and by where help is."""

from __future__ import annotations

import pytest

from inspector.cli import main


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("nosuch", "inspector: There is no command 'nosuch'. Choose one of serve, doctor, check, send,"),
        ("--bogus", "inspector: --bogus is not known here. `inspector --help` tells more."),
        ("--port x", "inspector: --port takes a whole number, not 'x'."),
        ("serve --bogus", "inspector serve: --bogus is not known here. `inspector serve --help` tells more."),
        ("simulate a b", "inspector simulate: 'b' is one word too many."),
        ("check --wait soon", "inspector check: --wait takes a number, not 'soon'."),
        ("check --target", "inspector check: --target needs a value."),
        ("replay 1", "inspector replay: --to is missing."),
        ("replay 1 --to x --order up", "--order cannot be 'up'. Choose one of captured, reversed, shuffled."),
        ("replay 1 --to x --sign --new-ids", "--sign and --new-ids cannot be used together."),
        ("replay x --to x", "inspector replay: ID: 'x' is no number of an event. The list shows them, as in #12."),
        ("replay ² --to x", "'²' is no number of an event."),
        ("replay 1 --to x --timeout 0", "--timeout: '0' cannot be used. Give seconds, above 0 and up to 86,400."),
        ("endpoints bogus", "action cannot be 'bogus'. Choose one of list, add, set,"),
        ("simulate x --start soon", "--start cannot be 'soon'."),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(line: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(line.split(" ")) == 2
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1
