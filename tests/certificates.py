"""Certificates made for tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tests.builders import NOON


def certificate(
    name: str, key: Any, *, issuer: str = "", issuer_key: Any = None, until: datetime = NOON + timedelta(days=30)
) -> str:
    """Return the PEM of a certificate for a private key, by default signed with that key itself."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    by = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer or name)])
    builder = x509.CertificateBuilder(by, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(until - timedelta(days=400)).not_valid_after(until)
    signed = builder.add_extension(x509.BasicConstraints(True, None), True).sign(issuer_key or key, hashes.SHA256())
    return signed.public_bytes(Encoding.PEM).decode()
