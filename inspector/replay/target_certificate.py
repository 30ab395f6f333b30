"""The certificate a target shows, looked at without trusting it, and kept so that this one target can be trusted."""

from __future__ import annotations

import asyncio
import hashlib
import re
import ssl
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from inspector.domain.errors import UsageError
from inspector.replay.sender import Sender, addresses_of
from inspector.replay.target import parse_target
from inspector.replay.target_test import handshake, read_certificate, trusting_all

FOLDER = "trusted"
_ODD = re.compile(r"[^A-Za-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class ShownCertificate:
    """What a target showed: the certificate in PEM form, whose it is, until when, and its SHA-256 in hex pairs."""

    pem: str
    subject: str
    until: datetime | None
    fingerprint: str


async def certificate_of(url: str, sender: Sender) -> ShownCertificate:
    """Return the certificate that a target shows now. Raises UsageError where it shows none."""
    target = parse_target(url)
    _context, name = await sender.trust(target)
    der = b""
    for address in await addresses_of(target):
        try:
            _tls, der = await handshake(address, target.port, trusting_all(), name)
            break
        except (OSError, EOFError):
            continue
    if not der:
        raise UsageError(f"{target.name} shows no certificate.", "It cannot be reached, or speaks no HTTPS.")
    subject, _issuer, _names, until = await asyncio.to_thread(read_certificate, der)
    digest = hashlib.sha256(der).hexdigest().upper()
    pairs = ":".join(digest[place : place + 2] for place in range(0, len(digest), 2))
    return ShownCertificate(ssl.DER_cert_to_PEM_cert(der), subject, until, pairs)


def keep_certificate(folder: Path, url: str, shown: ShownCertificate) -> Path:
    """Write a target's certificate below a folder and return the file. Raises UsageError where it cannot be written."""
    target = parse_target(url)
    file = folder / FOLDER / f"{_ODD.sub('_', target.host)}-{target.port}.pem"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(shown.pem, encoding="ascii")
    except OSError as error:
        raise UsageError("The certificate was not kept.", f"{error.strerror or error}.", f"Look at {file}.") from error
    return file
