"""A certificate authority of this computer's own: made once, trusted by hand, good for this computer's names only.

Its key never leaves the data folder and is readable by the user alone. Should it be stolen all the same, the damage is
small: the authority is limited (name constraints, RFC 5280 section 4.2.1.10) to this computer's names and to addresses
of private networks, so that no certificate for a real site can be made with it.
"""

from __future__ import annotations

import ipaddress
import os
import secrets
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from inspector.domain.errors import InspectorError
from inspector.receiver.certificates import names_of
from inspector.receiver.own_names import Address

FOLDER = "authority"
CA_FILE, CA_KEY_FILE = "authority.pem", "authority.key"
LEAF_FILE, LEAF_KEY_FILE = "certificate.pem", "certificate.key"

CA_DAYS = 3650
LEAF_DAYS = 397
"""Apple's systems take no certificate for a server that is valid longer than 825 days; public ones have 397."""

RENEW_DAYS = 30
SLACK = timedelta(days=1)
"""Certificates begin a day early: the clocks of two computers never agree."""

_PRIVATE_NETWORKS = (
    *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10"),
    *("::1/128", "fc00::/7", "fe80::/10"),
)
_PRIVATE_ZONES = ("localhost", "local", "lan", "home.arpa", "internal", "test")
"""Names that no public authority gives certificates for (RFC 6761, 6762, 8375; .internal by ICANN in 2024)."""

_KEY_USAGES = ("content_commitment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only")


@dataclass(frozen=True, slots=True)
class Files:
    """Where the authority and its certificate lie."""

    folder: Path

    @property
    def authority(self) -> Path:
        """The authority's certificate: what others have to trust."""
        return self.folder / CA_FILE

    @property
    def authority_key(self) -> Path:
        """Its private key."""
        return self.folder / CA_KEY_FILE

    @property
    def certificate(self) -> Path:
        """The certificate of this computer, with the authority's behind it."""
        return self.folder / LEAF_FILE

    @property
    def key(self) -> Path:
        """The key of that certificate."""
        return self.folder / LEAF_KEY_FILE


@dataclass(frozen=True, slots=True)
class Made:
    """What `ensure` left behind: where it lies, whether anything is new, and the names it must not vouch for."""

    files: Files
    renewed: bool
    unnamed: tuple[str, ...]


def files_in(data_folder: Path) -> Files:
    """Return where the authority of a data folder lies, made or not."""
    return Files(data_folder / FOLDER)


def ensure(data_folder: Path, names: tuple[str, ...], now: datetime, *, anew: bool = False) -> Made:
    """Make the authority where there is none, and its certificate where it is missing, old or lacks a name.

    With `anew` both are made again: whoever trusted the old authority has to trust the new one. Blocks for a few
    milliseconds. Raises InspectorError where files cannot be read or written.
    """
    files = files_in(data_folder)
    try:
        files.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        authority = None if anew else _load_authority(files, now)
        if authority is None:
            authority = _make_authority(names, now)
            _write(files.authority, _pem(authority[0]), private=False)
            _write(files.authority_key, _key_pem(authority[1]), private=True)
        wanted = tuple(name for name in names if _may_name(authority[0], name))
        renewed = not _is_good(files, authority[0], wanted, now)
        if renewed:
            leaf, key = _make_leaf(*authority, wanted, now)
            _write(files.key, _key_pem(key), private=True)
            _write(files.certificate, _pem(leaf) + _pem(authority[0]), private=False)
    except OSError as error:
        what = "The files of the local authority cannot be written."
        raise InspectorError(what, f"{error}.", "Free the folder, or use a certificate of your own.") from error
    return Made(files, renewed, tuple(name for name in names if name not in wanted))


# Making


def _make_authority(names: tuple[str, ...], now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    # Systems list authorities by name: two computers, or two tries, must not look the same.
    title = f"Webhook Inspector on {socket.gethostname() or 'this computer'} ({secrets.token_hex(3)})"[:64]
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, title),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Webhook Inspector local authority"),
        ]
    )
    builder = _builder(subject, subject, key, now, CA_DAYS)
    builder = builder.add_extension(x509.BasicConstraints(True, 0), critical=True)
    builder = builder.add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
    builder = builder.add_extension(x509.NameConstraints(_limits(names), None), critical=True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    return builder.sign(key, hashes.SHA256()), key


def _make_leaf(
    authority: x509.Certificate, authority_key: ec.EllipticCurvePrivateKey, names: tuple[str, ...], now: datetime
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    days = min(LEAF_DAYS, (authority.not_valid_after_utc - now).days)
    builder = _builder(subject, authority.subject, key, now, days)
    builder = builder.add_extension(x509.BasicConstraints(False, None), critical=True)
    builder = builder.add_extension(_usage(digital_signature=True), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    builder = builder.add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    builder = builder.add_extension(issuer, critical=False)
    return builder.sign(authority_key, hashes.SHA256()), key


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
    return builder.not_valid_before(now - SLACK).not_valid_after(now + timedelta(days=days))


def _usage(*, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        key_encipherment=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        **dict.fromkeys(_KEY_USAGES, False),
    )


def _limits(names: tuple[str, ...]) -> list[x509.GeneralName]:
    """Return what the authority may vouch for: private zones and networks, and this computer as it is now."""
    hosts = [name for name in names if _address(name) is None]
    addresses = [address for address in map(_address, names) if address is not None]
    networks = [ipaddress.ip_network(network) for network in _PRIVATE_NETWORKS]
    networks += [
        ipaddress.ip_network(address)
        for address in addresses
        if not any(address in network for network in networks if network.version == address.version)
    ]
    zones = dict.fromkeys([*_PRIVATE_ZONES, *hosts])
    return [*map(x509.DNSName, zones), *map(x509.IPAddress, networks)]


def _general(name: str) -> x509.GeneralName:
    address = _address(name)
    return x509.DNSName(name) if address is None else x509.IPAddress(address)


def _address(name: str) -> Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


# What is there


def _load_authority(files: Files, now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None:
    """Return the authority, None where there is none or it has run out."""
    if not files.authority.exists() or not files.authority_key.exists():
        return None
    if os.name == "posix" and files.authority_key.stat().st_mode & 0o077:
        files.authority_key.chmod(0o600)
    try:
        certificate = x509.load_pem_x509_certificate(files.authority.read_bytes())
        key = serialization.load_pem_private_key(files.authority_key.read_bytes(), None)
    except (ValueError, TypeError) as error:
        raise _damaged(files, str(error)) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise _damaged(files, "its key belongs to another one")
    return (certificate, key) if certificate.not_valid_after_utc - timedelta(days=RENEW_DAYS) > now else None


def _damaged(files: Files, why: str) -> InspectorError:
    return InspectorError(
        "The local authority cannot be used.", f"{files.folder}: {why}.", "Make a new authority in Settings, HTTPS."
    )


def _is_good(files: Files, authority: x509.Certificate, wanted: tuple[str, ...], now: datetime) -> bool:
    """Whether this computer's certificate is there, of this authority, for all names, and not soon over."""
    try:
        leaf = x509.load_pem_x509_certificate(files.certificate.read_bytes())
        key = serialization.load_pem_private_key(files.key.read_bytes(), None)
        leaf.verify_directly_issued_by(authority)
    except Exception:  # whatever is wrong with it, it is made again
        return False
    return (
        isinstance(key, ec.EllipticCurvePrivateKey)
        and key.public_key() == leaf.public_key()
        and set(wanted) <= set(names_of(leaf))
        and leaf.not_valid_before_utc <= now < leaf.not_valid_after_utc - timedelta(days=RENEW_DAYS)
    )


def _may_name(authority: x509.Certificate, name: str) -> bool:
    """Tell whether the authority's limits let it vouch for a name."""
    limits = authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    address = _address(name)
    for limit in limits:
        if address is not None:
            if isinstance(limit, x509.IPAddress) and address in limit.value:  # type: ignore[operator]  # a network
                return True
        elif isinstance(limit, x509.DNSName) and f".{name}".endswith(f".{limit.value}"):
            return True
    return False


# Files


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def _write(path: Path, data: bytes, *, private: bool) -> None:
    """Write a file whole or not at all; a private one is never readable by others, not even for a moment."""
    draft = path.with_suffix(f"{path.suffix}.tmp")
    draft.unlink(missing_ok=True)
    binary = getattr(os, "O_BINARY", 0)  # Windows would change the line ends
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | binary, 0o600 if private else 0o644)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    os.replace(draft, path)
