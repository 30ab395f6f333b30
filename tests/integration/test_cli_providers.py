"""`inspector providers` and `inspector verify` over the whole catalogue, and the README's provider of one's own."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from inspector.cli import main
from tests.unit.providers.contract import BASE, CATALOGUE, NOW, Scheme, every_scheme

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def acme() -> str:
    """Return the file of the made-up provider that the README shows."""
    page = README[README.index("## Add a provider") :]
    found = re.search(r"```toml\n(.*?)```", page, re.DOTALL)
    assert found
    return found[1]


def hmac_hex(secret: str, text: bytes) -> str:
    done = subprocess.run(
        ["openssl", "dgst", "-sha256", "-hmac", secret, "-hex"], input=text, capture_output=True, check=True
    )
    return done.stdout.decode().rpartition("= ")[2].strip()


def as_line(scheme: Scheme, **changes: Any) -> dict[str, Any]:
    """Return a request signed by a scheme as a line of JSON."""
    request = scheme.signed()
    line = {
        "id": str(scheme),
        "method": request.method,
        "url": f"{BASE}{request.target}",
        "headers": [[name.decode(), value.decode()] for name, value in request.headers],
        "body_base64": base64.b64encode(request.body).decode(),
        "provider": scheme.profile.id,
        "secret": scheme.keys.public[0].value,
        "extra": dict(scheme.keys.facts),
        "at": NOW.timestamp(),
    }
    return line | changes


def test_the_list_names_every_provider_with_kind_covers_and_docs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["providers"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["id", "name", "kind", "covers", "docs"]
    assert len(lines) == len(CATALOGUE) + 1
    telegram = next(line for line in lines if line.startswith("telegram "))
    assert telegram.split()[:4] == ["telegram", "Telegram", "token", "none"]
    assert telegram.endswith("https://core.telegram.org/bots/api#setwebhook")


def test_as_json_it_says_the_same_and_more(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["providers", "--json", "worldpay"]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(item["id"], item["kind"], item["covers"]) for item in told] == [("worldpay", "hmac", "body")]
    assert [field["key"] for field in told[0]["fields"]] == ["key_id"]
    assert told[0]["headers"] == ["Event-Signature"]


def test_words_narrow_the_list_and_nothing_found_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["providers", "payments", "adyen"]) == 0
    ids = [line.split()[0] for line in capsys.readouterr().out.splitlines()[1:]]
    assert sorted(ids) == ["adyen", "adyen-platforms"]
    assert main(["providers", "no such sender"]) == 1
    assert capsys.readouterr().out == ""


def test_every_scheme_can_be_verified_from_lines() -> None:
    schemes = every_scheme()
    lines = [as_line(scheme) for scheme in schemes]
    lines += [as_line(scheme, id=f"{scheme} wrong", secret=scheme.wrong_keys[0].value) for scheme in schemes]
    done = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), "verify", "-"],
        input="\n".join(json.dumps(line) for line in lines).encode(),
        capture_output=True,
        check=False,
    )
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(told) == len(lines)
    wrong = [item for item in told if (item["verdict"] == "valid") is item["id"].endswith(" wrong")]
    assert not wrong


def test_the_readmes_provider_works_from_the_data_folder_with_one_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "providers").mkdir()
    (tmp_path / "providers" / "acme.toml").write_text(acme(), "utf-8")
    assert tomllib.loads(acme())["name"] == "Acme Messaging"
    body = b'{"type": "status", "id": "m-1", "to": "+441632960000", "status": "delivered", "time": 1767225600}'
    signature = hmac_hex("s3cr3t", b"1767225600." + body)
    file = tmp_path / "acme.http"

    def verdict(sent: bytes, at: str) -> tuple[int, str]:
        head = f"POST /in/abc HTTP/1.1\nX-Acme-Timestamp: 1767225600\nX-Acme-Signature: sha256={signature}\n\n"
        file.write_bytes(head.encode() + sent)
        arguments = ["verify", str(file), "--provider", "acme", "--secret", "s3cr3t", "--at", at, "--json"]
        code = main([*arguments, "--data-dir", str(tmp_path)])
        return code, json.loads(capsys.readouterr().out)["verdict"]

    assert verdict(body, "1767225700") == (0, "valid")
    assert verdict(body.replace(b"m-1", b"m-2"), "1767225700") == (1, "invalid")
    assert verdict(body, "1767229200") == (1, "stale")
    assert main(["providers", "acme messaging", "--data-dir", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines()[1].startswith("acme ")
