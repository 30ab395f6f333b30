"""Is this certificate good, and does the key belong to it? PEM bytes in, facts and clear sentences out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.x509.oid import NameOID

from inspector.receiver.https_facts import CertificateFacts, Problem, days_left

WARN_DAYS = 14
WEAK_RSA_BITS = 2048

_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----.*?-----END \1-----", re.DOTALL)
_KEY_NAMES = (b"PRIVATE KEY", b"RSA PRIVATE KEY", b"EC PRIVATE KEY", b"DSA PRIVATE KEY", b"ENCRYPTED PRIVATE KEY")


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found out about a certificate and its key; `facts` is None where no certificate could be read."""

    facts: CertificateFacts | None
    problems: tuple[Problem, ...]

    @property
    def fatal(self) -> Problem | None:
        """The first problem with which nothing can be encrypted, None without one."""
        return next((problem for problem in self.problems if problem.fatal), None)


def examine(certificate: bytes, key: bytes, passphrase: str | None, now: datetime) -> Examined:
    """Judge a chain in PEM and its private key in PEM as of `now`.

    Fatal problems keep HTTPS from working at all; the others are what clients will complain about.
    """
    chain, problem = _chain(certificate)
    if problem or not chain:
        return Examined(None, (problem or _NO_CERTIFICATE,))
    facts = facts_of(chain)
    private, problem = _private_key(key, passphrase)
    if problem is None and private is not None:
        problem = _belongs(chain, private)
    problems = [problem] if problem else []
    problems += [*_dates(facts, now), *_names(facts), *_links(chain), *_strength(chain[0])]
    return Examined(facts, tuple(problems))


def facts_of(chain: Sequence[x509.Certificate]) -> CertificateFacts:
    """Return what is to be told about a certificate and those that vouch for it."""
    leaf = chain[0]
    return CertificateFacts(
        subject=name_of(leaf.subject),
        issuer=name_of(leaf.issuer),
        names=names_of(leaf),
        not_before=leaf.not_valid_before_utc,
        not_after=leaf.not_valid_after_utc,
        key=_kind_of(leaf.public_key()),
        fingerprint=leaf.fingerprint(hashes.SHA256()).hex(":").upper(),
        chain=tuple(name_of(link.subject) for link in chain),
        self_signed=leaf.issuer == leaf.subject,
    )


def names_of(leaf: x509.Certificate) -> tuple[str, ...]:
    """Return the host names and addresses a certificate is for: its subject alternative names."""
    try:
        found = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return ()
    return (
        *found.get_values_for_type(x509.DNSName),
        *(str(address) for address in found.get_values_for_type(x509.IPAddress)),
    )


def name_of(name: x509.Name) -> str:
    """Return the common name, else the organisation, else the whole of a distinguished name."""
    for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        for attribute in name.get_attributes_for_oid(kind):
            return str(attribute.value)
    return name.rfc4514_string() or "without a name"


# Reading

_NO_CERTIFICATE = Problem(
    "no_certificate",
    "The certificate file holds no certificate.",
    "It has to be in PEM form: text that begins with -----BEGIN CERTIFICATE-----.",
    fatal=True,
)


def _chain(data: bytes) -> tuple[list[x509.Certificate], Problem | None]:
    if not _BLOCK.search(data):
        return [], _binary_problem(data)
    found = [block[0] for block in _BLOCK.finditer(data) if block[1] in (b"CERTIFICATE", b"X509 CERTIFICATE")]
    if not found and any(block[1] in _KEY_NAMES for block in _BLOCK.finditer(data)):
        words = "The certificate file holds a private key only."
        return [], Problem("no_certificate", words, "Are certificate and key swapped?", fatal=True)
    chain = []
    for number, block in enumerate(found, 1):
        try:
            chain.append(x509.load_pem_x509_certificate(block))
        except ValueError as error:
            words = f"Certificate {number} of the file cannot be read: {_first_line(error)}."
            return [], Problem("unreadable", words, "Ask for the file again.", fatal=True)
    return chain, None


def _binary_problem(data: bytes) -> Problem:
    if data[:1] == b"\x30":
        return Problem(
            "not_pem",
            "The certificate file is binary (DER or PKCS #12), not PEM.",
            "Turn it into PEM: openssl x509 -inform der -in FILE, or openssl pkcs12 -in FILE -nodes.",
            fatal=True,
        )
    return _NO_CERTIFICATE


_Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey


def _private_key(data: bytes, passphrase: str | None) -> tuple[_Private | None, Problem | None]:
    block = next((item for item in _BLOCK.finditer(data) if item[1] in _KEY_NAMES), None)
    if block is None:
        if b"-----BEGIN CERTIFICATE" in data:
            words = "The key file holds a certificate and no private key."
            return None, Problem("no_key", words, "Are certificate and key swapped?", fatal=True)
        todo = "It has to be in PEM form: text that begins with -----BEGIN PRIVATE KEY-----."
        return None, Problem("no_key", "The key file holds no private key.", todo, fatal=True)
    locked = block[1].startswith(b"ENCRYPTED") or b"Proc-Type: 4,ENCRYPTED" in block[0]
    if locked and not passphrase:
        return None, Problem("locked", "The key is encrypted.", "Enter its passphrase.", fatal=True)
    try:
        key = serialization.load_pem_private_key(block[0], passphrase.encode() if locked and passphrase else None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        if locked:
            return None, Problem("passphrase", "The passphrase does not open the key.", "Enter it again.", fatal=True)
        return None, Problem("key_unreadable", f"The key cannot be read: {_first_line(error)}.", "", fatal=True)
    if isinstance(key, _Private):
        return key, None
    return None, Problem("key_kind", "A key of this kind cannot be used for HTTPS.", "Use RSA or EC.", fatal=True)


# Judging


def _belongs(chain: Sequence[x509.Certificate], key: _Private) -> Problem | None:
    ours = _public_bytes(key.public_key())
    place = next((at for at, link in enumerate(chain) if _public_bytes(link.public_key()) == ours), None)
    if place == 0:
        return None
    if place is None:
        words = f"The key does not belong to the certificate for {name_of(chain[0].subject)}."
        return Problem("mismatch", words, "Use the key with which the certificate was asked for.", fatal=True)
    mine, first = name_of(chain[place].subject), name_of(chain[0].subject)
    return Problem(
        "order",
        f"The certificates are in the wrong order: the file begins with {first}, and {mine} comes as number "
        f"{place + 1}.",
        f"Put {mine} first, then the one that issued it, and so on.",
        fatal=True,
    )


def _dates(facts: CertificateFacts, now: datetime) -> list[Problem]:
    if now < facts.not_before:
        words = f"The certificate is valid from {_day(facts.not_before)} only."
        return [Problem("not_yet", words, "Until then clients refuse it. Is this computer's clock right?")]
    if now >= facts.not_after:
        words = f"The certificate expired on {_day(facts.not_after)}."
        return [Problem("expired", words, "Clients refuse it. Put a new one in its place.")]
    if facts.not_after - now < timedelta(days=WARN_DAYS):
        words = f"The certificate expires {days_left(facts.not_after, now)}, on {_day(facts.not_after)}."
        return [Problem("expires", words, "Put a new one in its place before that.")]
    return []


def _names(facts: CertificateFacts) -> list[Problem]:
    if facts.names:
        return []
    words = "The certificate names no host: it has no subject alternative name."
    return [Problem("no_names", words, "Clients look nowhere else and refuse it. Ask for one with the host's name.")]


def _links(chain: Sequence[x509.Certificate]) -> list[Problem]:
    for number, (link, by) in enumerate(pairwise(chain), 1):
        try:
            link.verify_directly_issued_by(by)
        except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
            words = f"Certificate {number + 1} of the file ({name_of(by.subject)}) did not issue number {number}."
            todo = f"Number {number} was issued by {name_of(link.issuer)}: put that one after it."
            return [Problem("chain", words, todo)]
    last = chain[-1]
    if len(chain) == 1 and last.issuer != last.subject:
        words = f"The certificate comes alone, without that of its issuer {name_of(last.issuer)}."
        todo = "Clients that do not know the issuer refuse it: use the file with the full chain."
        return [Problem("alone", words, todo)]
    return []


def _strength(leaf: x509.Certificate) -> list[Problem]:
    problems = []
    key = leaf.public_key()
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < WEAK_RSA_BITS:
        words = f"The key has {key.key_size} bits; most clients refuse less than {WEAK_RSA_BITS}."
        problems.append(Problem("weak_key", words, "Make a new key and certificate."))
    digest = _digest(leaf)
    if digest in ("md5", "sha1"):
        words = f"The certificate is signed with {digest.upper()}, which clients refuse."
        problems.append(Problem("weak_digest", words, "Ask for a new one."))
    return problems


def _digest(leaf: x509.Certificate) -> str:
    try:
        algorithm = leaf.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return ""
    return algorithm.name if algorithm else ""


def _public_bytes(key: object) -> bytes:
    if not hasattr(key, "public_bytes"):
        return b""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return bytes(key.public_bytes(serialization.Encoding.DER, form))


def _kind_of(key: object) -> str:
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return {"secp256r1": "EC P-256", "secp384r1": "EC P-384", "secp521r1": "EC P-521"}.get(
            key.curve.name, key.curve.name
        )
    if isinstance(key, dsa.DSAPublicKey):
        return f"DSA {key.key_size}"
    return type(key).__name__.strip("_").removesuffix("PublicKey")


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
