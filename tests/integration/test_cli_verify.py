"""`inspector verify`: saved requests and lines of JSON, with signatures made by a program that is not ours."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from inspector.cli import main
from tests.builders import DELIVERED
from tests.end_to_end.program import inspector

SECRET = "s3cr3t of the shop"


def openssl(secret: str, body: bytes) -> str:
    """Return the hex HMAC-SHA256 of a body."""
    done = subprocess.run(
        ["openssl", "dgst", "-sha256", "-hmac", secret, "-hex"], input=body, capture_output=True, check=True
    )
    return done.stdout.decode().rpartition("= ")[2].strip()


def a_file(folder: Path, body: bytes = DELIVERED, *, signed: bytes | None = None, line_end: str = "\r\n") -> Path:
    """Save a request that is signed over `signed`, or over its body."""
    head = [
        "POST /in/abc HTTP/1.1",
        "Host: hooks.example.com",
        f"X-Webhook-Signature: {openssl(SECRET, body if signed is None else signed)}",
        f"Content-Length: {len(body)}",
        "",
        "",
    ]
    file = folder / "captured.http"
    file.write_bytes(line_end.join(head).encode() + body)
    return file


def a_line(**changes: Any) -> dict[str, Any]:
    """Return one signed request as JSON for `verify -`."""
    body = DELIVERED
    line: dict[str, Any] = {
        "id": "first",
        "method": "POST",
        "url": "https://hooks.example.com/in/abc",
        "headers": {"X-Webhook-Signature": openssl(SECRET, body)},
        "body_base64": base64.b64encode(body).decode(),
        "provider": "rcs-events",
        "secret": SECRET,
        "at": 1767225600.25,
    }
    return line | changes


def verify_lines(*lines: dict[str, Any] | bytes, arguments: tuple[str, ...] = ()) -> tuple[int, list[dict[str, Any]]]:
    """Run `verify -` and return its exit code and what it printed."""
    data = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    done = inspector("verify", "-", *arguments, stdin=data)
    assert b"Traceback" not in done.stderr
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def test_a_genuine_request_is_valid(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(a_file(tmp_path)), "--secret", SECRET]) == 0
    assert capsys.readouterr().out.startswith("valid: ")


def test_line_ends_of_either_kind_can_be_read(tmp_path: Path) -> None:
    assert main(["verify", str(a_file(tmp_path, line_end="\n")), "--secret", SECRET]) == 0


def test_a_line_break_an_editor_added_at_the_end_does_no_harm(tmp_path: Path) -> None:
    file = a_file(tmp_path)
    file.write_bytes(file.read_bytes() + b"\n")
    assert main(["verify", str(file), "--secret", SECRET]) == 0


def test_one_flipped_byte_is_invalid_and_said_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = a_file(tmp_path, DELIVERED.replace(b"delivered", b"delivereD", 1), signed=DELIVERED)
    assert main(["verify", str(file), "--secret", SECRET]) == 1
    out = capsys.readouterr().out
    assert out.startswith("invalid: ")
    assert "FAIL" in out


def test_any_of_several_secrets_may_match(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    assert main(["verify", str(a_file(tmp_path)), "--secret", "old", "--secret-env", "HOOK_SECRET"]) == 0


def test_a_secret_is_never_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ((), ("--json",)):
        main(["verify", str(a_file(tmp_path)), "--secret", SECRET, *arguments])
        main(["verify", str(a_file(tmp_path)), "--secret", SECRET + "x", *arguments])
    printed = capsys.readouterr()
    assert SECRET not in printed.out + printed.err


def test_a_variable_that_is_not_set_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(a_file(tmp_path)), "--secret-env", "NO_SUCH_VARIABLE"]) == 2
    assert "NO_SUCH_VARIABLE" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"", b"{}", b"POST\r\n\r\n", b"POST / HTTP/1.1\r\nno colon\r\n\r\n"])
def test_a_file_that_is_no_request_is_unusable(
    tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    assert main(["verify", str(file), "--secret", SECRET]) == 2
    assert capsys.readouterr().err.startswith("inspector: ")


def test_a_file_that_is_not_there_is_unusable(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "no/such/file"]) == 2
    assert "no/such/file cannot be read." in capsys.readouterr().err


def test_an_unknown_provider_is_unusable_and_close_names_are_offered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(a_file(tmp_path)), "--provider", "stirpe"]) == 2
    told = capsys.readouterr().err
    assert "Did you mean stripe" in told
    assert "`inspector providers`" in told


def test_a_provider_goes_by_its_other_names_too(tmp_path: Path) -> None:
    assert main(["verify", str(a_file(tmp_path)), "--provider", "RCS_Events", "--secret", SECRET]) == 0


def test_a_broken_file_of_ones_own_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "providers").mkdir()
    (tmp_path / "providers" / "acme.toml").write_text('name = "Acme"')
    arguments = ["verify", str(a_file(tmp_path)), "--provider", "acme", "--data-dir", str(tmp_path)]
    assert main(arguments) == 2
    assert "acme.toml: signing: is missing" in capsys.readouterr().err


def test_a_time_window_is_judged_at_the_time_that_was_given(tmp_path: Path) -> None:
    body = b'{"id":"evt_1"}'
    signature = openssl("whsec_abc", b"1767225600." + body)
    file = tmp_path / "stripe.http"
    file.write_bytes(f"POST / HTTP/1.1\nStripe-Signature: t=1767225600,v1={signature}\n\n".encode() + body)
    arguments = ["verify", str(file), "--provider", "stripe", "--secret", "whsec_abc"]
    assert main([*arguments, "--at", "1767225601.5"]) == 0
    assert main([*arguments, "--at", "2026-01-01T00:00:10Z"]) == 0
    assert main([*arguments, "--at", "1767225600000"]) in (1, 2)
    assert main([*arguments, "--at", "1767235600"]) == 1
    assert main([*arguments, "--at", "tomorrow"]) == 2


def test_lines_are_all_valid() -> None:
    code, lines = verify_lines(a_line(), a_line(id=2))
    assert code == 0
    assert [(line["id"], line["verdict"]) for line in lines] == [("first", "valid"), (2, "valid")]
    assert all(step["state"] == "passed" for step in lines[0]["steps"])


@pytest.mark.parametrize(
    "headers",
    [
        lambda value: {"x-webhook-signature": value},
        lambda value: {"X-Webhook-Signature": [value]},
        lambda value: [["Content-Type", "a"], ["X-Webhook-Signature", value]],
    ],
    ids=["text", "list", "pairs"],
)
def test_headers_may_come_in_three_forms(headers: Any) -> None:
    code, lines = verify_lines(a_line(headers=headers(openssl(SECRET, DELIVERED))))
    assert (code, lines[0]["verdict"]) == (0, "valid")


def test_one_invalid_line_makes_the_exit_code_1() -> None:
    code, lines = verify_lines(a_line(), a_line(secret="wrong"), a_line(headers={}))
    assert code == 1
    assert [line["verdict"] for line in lines] == ["valid", "invalid", "unsigned"]


def test_several_secrets_of_a_line_are_tried() -> None:
    line = a_line(secrets=["wrong", SECRET])
    del line["secret"]
    assert verify_lines(line)[0] == 0


def test_secret_and_provider_of_the_command_line_stand_in() -> None:
    line = a_line()
    del line["secret"], line["provider"], line["at"]
    assert verify_lines(line, arguments=("--secret", SECRET))[0] == 0
    assert verify_lines(line)[1][0]["verdict"] == "no_secret"


def test_bad_lines_spoil_only_themselves() -> None:
    bad: list[dict[str, Any] | bytes] = [
        b"not json",
        b"[1, 2]",
        a_line(id="b64", body_base64="!!!"),
        a_line(id="headers", headers=7),
        a_line(id="provider", provider="nobody"),
        a_line(id="secrets", secrets="text"),
        a_line(id="at", at="yesterday"),
        a_line(id="method", method=["POST"]),
        b"\xff\xfe",
    ]
    code, lines = verify_lines(a_line(), *bad, a_line(id="last"))
    assert code == 2
    assert lines[0]["verdict"] == lines[-1]["verdict"] == "valid"
    assert [line["id"] for line in lines[1:-1]] == [
        *(None, None, "b64", "headers", "provider", "secrets", "at", "method", None)
    ]
    assert all(line["error"] for line in lines[1:-1])


def test_nothing_to_check_is_no_failure() -> None:
    assert verify_lines() == (0, [])
