"""HTTPS of the real program, tried with clients that are not ours: curl and openssl."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.end_to_end.program import Serving, inspector, serving
from tests.issued import an_authority, an_intermediate, issue

needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a client and return what it said."""
    return subprocess.run(command, capture_output=True, text=True, timeout=30, input="", check=False)


def https_of(program: Serving) -> dict[str, str]:
    """Return the line about HTTPS."""
    return program.line()  # type: ignore[return-value]


@needs_curl
def test_curl_trusts_the_authority_for_every_name_and_nobody_else_does(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--port", "0", "--https", "0") as program:
        told = https_of(program)
        port = told["https"].rpartition(":")[2]
        for name in ("localhost", "127.0.0.1"):
            url = f"https://{name}:{port}{program.path}"
            done = run("curl", "-sS", "--cacert", told["trust"], "-d", "{}", "-o", "-", "-w", " %{http_code}", url)
            assert done.stdout.endswith(" 401"), done.stderr
        assert program.line()["answer"] == 401
        program.line()
        stranger = run("curl", "-sS", "-d", "{}", f"https://localhost:{port}{program.path}")
        assert stranger.returncode == 60
        assert "does not know who issued it" in program.line()["reason"]
        assert program.stop() == 0


@needs_openssl
def test_openssl_gets_an_alert_for_what_is_too_old_and_the_row_says_why(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--port", "0", "--https", "0", "--tls-lowest", "1.3") as program:
        place = https_of(program)["https"].removeprefix("https://")
        done = run("openssl", "s_client", "-connect", place, "-tls1_2")
        assert "alert protocol version" in done.stdout + done.stderr
        assert "takes TLS 1.3 and newer" in program.line()["reason"]
        assert "TLSv1.3" in run("openssl", "s_client", "-connect", place, "-tls1_3").stdout
        assert program.stop() == 0


@needs_curl
def test_an_own_encrypted_certificate_serves_and_http_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    issued = issue("localhost", an_intermediate(), names=("localhost",))
    certificate, key = issued.save(tmp_path, an_intermediate())
    key.write_bytes(issued.locked("open sesame"))
    root = tmp_path / "root.pem"
    root.write_bytes(an_authority().pem)
    monkeypatch.setenv("KEY_PASSPHRASE", "open sesame")
    files = ("--certificate", str(certificate), "--key", str(key), "--key-passphrase-env", "KEY_PASSPHRASE")
    with serving(tmp_path / "data", "--port", "0", "--https-only", "0", *files) as program:
        told = https_of(program)
        assert program.url.startswith("https://")
        url = f"{told['https'].replace('127.0.0.1', 'localhost')}/in/nobody"
        done = run("curl", "-sS", "--cacert", str(root), "-o", "-", "-w", " %{http_code}", url)
        assert done.stdout.endswith(" 404"), done.stderr
        assert run("curl", "-sS", "-m", "5", url.replace("https:", "http:")).stdout.startswith("This port speaks HTTPS")
        sent = inspector("send", "message.delivered", "--data-dir", str(tmp_path / "data"))
        assert sent.returncode == 0, sent.stderr
        assert program.stop() == 0


def test_a_certificate_that_cannot_be_used_ends_with_words(tmp_path: Path) -> None:
    certificate, _ = issue("localhost", names=("localhost",)).save(tmp_path)
    other = tmp_path / "other.key"
    other.write_bytes(issue("other").key_pem)
    done = inspector(
        *("serve", "--data-dir", str(tmp_path / "data"), "--port", "0", "--https", "0"),
        *("--certificate", str(certificate), "--key", str(other)),
    )
    assert done.returncode == 2
    assert "The key does not belong to the certificate for localhost." in done.stderr.decode()
    alone = inspector("serve", "--data-dir", str(tmp_path / "data"), "--certificate", str(certificate))
    assert "Add --https." in alone.stderr.decode()


def test_the_doctor_asks_the_running_program(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--port", "0", "--https", "0") as program:
        https_of(program)
        done = inspector("doctor", "--json", "--data-dir", str(tmp_path / "data"))
        found = {check["key"]: check["outcome"] for check in json.loads(done.stdout)["checks"]}
        assert done.returncode == 0
        assert {found[key] for key in ("receiver", "loopback", "https")} == {"good"}
        assert f":{program.port}" in inspector("doctor", "--data-dir", str(tmp_path / "data")).stdout.decode()
        assert program.stop() == 0
    alone = inspector("doctor", "--data-dir", str(tmp_path / "data"), "--port", "0")
    assert "is not running" in alone.stderr.decode()
    assert "ok  Receiver listens" in alone.stdout.decode()
