"""Replays to https targets: trusted certificates work, others are named."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from inspector.domain.attempt import Failure, Outgoing
from inspector.replay.sender import Result, Sender
from tests.fakes import a_target

pytestmark = pytest.mark.asyncio


def a_certificate(folder: Path, *, name: str = "localhost", days: int = 1) -> Path:
    """Write a self-made certificate with its key and return the file; negative `days` make it expired."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return file


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
