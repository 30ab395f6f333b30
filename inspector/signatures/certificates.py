"""Certificates (X.509) as a provider sends them beside its webhooks: whose, until when, and who vouches for whom."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from inspector.domain.verification import Step, StepState

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_MOST = 10


def read_certificates(text: str) -> tuple[Certificate, ...]:
    """Return the certificates of a PEM text in order, the provider's own first; () where there is none."""
    from cryptography import x509

    if text.count("-----BEGIN CERTIFICATE-----") not in range(1, _MOST + 1):
        return ()
    try:
        return tuple(x509.load_pem_x509_certificates(text.encode()))
    except ValueError:
        return ()


def common_name(certificate: Certificate) -> str:
    """Return whose certificate it is: the common name of its subject, "" where it has none."""
    from cryptography.x509.oid import NameOID

    try:
        found = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    except ValueError:
        return ""
    value = found[0].value if found else ""
    return value if isinstance(value, str) else ""


def inspect_certificate(text: str, owner: re.Pattern[str], now: datetime) -> Step:
    """Return a step about a certificate: its owner must match, it must not have run out, each must vouch for the next.

    The last certificate is trusted for the address it was fetched from, or because the user pasted it: the store of
    trusted roots belongs to the machine, and is not read here.
    """
    chain = read_certificates(text)
    if not chain:
        return _failed("it is no certificate", "a certificate (PEM)", f"{len(text)} characters")
    name = common_name(chain[0])
    if not owner.fullmatch(name):
        return _failed("it is made out to somebody else", owner.pattern.replace("\\", ""), name or "no name")
    for certificate in chain:
        if certificate.not_valid_after_utc < now.astimezone(UTC):
            ended = certificate.not_valid_after_utc.date().isoformat()
            return _failed("it has run out", f"valid on {now.date().isoformat()}", f"valid until {ended}")
    for certificate, issuer in pairwise(chain):
        if not _vouches(issuer, certificate):
            return _failed("its chain is broken", f"signed by {common_name(issuer)}", "signed by somebody else")
    until = chain[0].not_valid_after_utc.date().isoformat()
    return Step("Certificate", StepState.PASSED, f"{name}, valid until {until}")


def _vouches(issuer: Certificate, certificate: Certificate) -> bool:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


def _failed(why: str, expected: str, got: str) -> Step:
    return Step("Certificate", StepState.FAILED, why, expected, got)
