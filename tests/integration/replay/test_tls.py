"""Replays to https targets: trusted certificates work, others are named."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from inspector.domain.attempt import Failure, Outgoing
from inspector.domain.errors import UsageError
from inspector.replay import sender
from inspector.replay.sender import Result, Sender
from inspector.replay.target_certificate import certificate_of, keep_certificate
from inspector.replay.target_options import TargetOptions, options_text
from tests.certificates import a_certificate
from tests.fakes import a_target, hang

pytestmark = pytest.mark.asyncio


async def exchange(file: Path, *, trusted: bool) -> Result:
    """Send to a target with this certificate, which the sender may or may not know."""
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(file)
    ours = ssl.create_default_context(cafile=str(file)) if trusted else None
    async with a_target(tls=theirs) as target:
        outgoing = Outgoing("POST", f"https://localhost:{target.port}/hook", (), b"{}")
        return await Sender(ours).send(outgoing, timeout_s=10)


async def test_a_trusted_https_target_gets_the_event(tmp_path: Path) -> None:
    result = await exchange(a_certificate(tmp_path), trusted=True)
    assert result.response is not None
    assert result.response.status == 200


async def test_how_the_connection_was_encrypted_is_told(tmp_path: Path) -> None:
    result = await exchange(a_certificate(tmp_path), trusted=True)
    assert result.tls is not None
    assert result.tls.version.startswith("TLSv1.")
    assert result.tls.cipher
    assert (result.tls.subject, result.tls.issuer) == ("localhost", "localhost")
    assert result.tls.until.endswith("GMT")


async def test_a_self_made_certificate_is_named(tmp_path: Path) -> None:
    result = await exchange(a_certificate(tmp_path), trusted=False)
    assert result.trouble is not None
    assert result.trouble.failure is Failure.TLS
    assert result.trouble.title == "The certificate of localhost is not trusted"
    assert result.trouble.hint == "It is self-made."


async def test_an_expired_certificate_is_named(tmp_path: Path) -> None:
    result = await exchange(a_certificate(tmp_path, days=-1), trusted=True)
    assert result.trouble is not None
    assert result.trouble.hint == "It has expired."


async def test_a_certificate_of_another_name_is_named(tmp_path: Path) -> None:
    result = await exchange(a_certificate(tmp_path, name="elsewhere.example"), trusted=True)
    assert result.trouble is not None
    assert result.trouble.failure is Failure.TLS
    assert result.trouble.hint == "It was made for another name."


async def test_a_target_that_takes_connections_and_begins_no_encryption_is_there_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sender, "NEXT_ADDRESS_S", 0.1)
    async with a_target(hang) as target:
        outgoing = Outgoing("POST", f"https://localhost:{target.port}/hook", (), b"{}")
        result = await Sender().send(outgoing, timeout_s=0.6)
    assert result.trouble is not None
    assert result.trouble.failure is Failure.TLS
    assert result.trouble.title == f"No encrypted connection to localhost:{target.port}"
    assert result.trouble.hint == "It takes connections but begins no encryption. Try http://."


async def test_the_certificate_a_target_shows_can_be_kept_and_trusted(tmp_path: Path) -> None:
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    file = a_certificate(tmp_path)
    theirs.load_cert_chain(file)
    async with a_target(tls=theirs) as target:
        url = f"https://localhost:{target.port}/hook"
        found = await certificate_of(url, Sender())
        kept = keep_certificate(tmp_path / "data", url, found)
        options = options_text(TargetOptions(url, str(kept)))
        result = await Sender(options=lambda: (options,)).send(Outgoing("POST", url, (), b"{}"), timeout_s=10)
    assert result.response is not None
    assert found.pem in file.read_text().replace("\r\n", "\n")
    assert found.subject == "CN=localhost"
    assert len(found.fingerprint) == 32 * 3 - 1
    assert found.until is not None


async def test_a_target_without_encryption_shows_no_certificate(tmp_path: Path) -> None:
    async with a_target() as target:
        with pytest.raises(UsageError, match="shows no certificate"):
            await certificate_of(f"https://localhost:{target.port}/", Sender())
