"""Chains of certificates made for tests: an authority, one below it, and servers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Issued:
    """A certificate and its key. `pem` and `key_pem` are what lies in files."""

    certificate: x509.Certificate
    key: Key

    @property
    def pem(self) -> bytes:
        """The certificate as text."""
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        """The key as text, not encrypted."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def locked(self, passphrase: str, form: PrivateFormat = PrivateFormat.PKCS8) -> bytes:
        """Return the key encrypted."""
        return self.key.private_bytes(Encoding.PEM, form, BestAvailableEncryption(passphrase.encode()))

    def save(self, folder: Path, *above: Issued, name: str = "server") -> tuple[Path, Path]:
        """Write certificate (with those above it) and key; return both paths."""
        certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
        certificate.write_bytes(self.pem + b"".join(link.pem for link in above))
        key.write_bytes(self.key_pem)
        return certificate, key


def issue(
    name: str,
    by: Issued | None = None,
    *,
    names: tuple[str, ...] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    authority: bool = False,
    key: Key | None = None,
) -> Issued:
    """Return a certificate for `names`, signed by another one or by itself."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer = by.certificate.subject if by else subject
    builder = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(since or now - timedelta(days=1)).not_valid_after(until or now + YEAR)
    builder = builder.add_extension(x509.BasicConstraints(authority, None), critical=True)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([_general(item) for item in names]), critical=False)
    return Issued(builder.sign((by.key if by else key), hashes.SHA256()), key)


@cache
def an_authority() -> Issued:
    """Return an authority that all tests share."""
    return issue("Test Root", authority=True)


@cache
def an_intermediate() -> Issued:
    """Return an authority below it."""
    return issue("Test Issuing CA", an_authority(), authority=True)


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)
