"""Why an encrypted connection did not come about, in words for the list."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from ipaddress import ip_address

from inspector.receiver.hello import HANDSHAKE, VERSIONS, Hello

UNTRUSTED = "The client does not trust our certificate"

_ALERTS = {
    "UNKNOWN_CA": f"{UNTRUSTED}: it does not know who issued it.",
    "BAD_CERTIFICATE": "The client refused our certificate.",
    "CERTIFICATE_UNKNOWN": f"{UNTRUSTED}.",
    "CERTIFICATE_EXPIRED": "The client says that our certificate has expired; its clock may be wrong.",
    "CERTIFICATE_REVOKED": "The client says that our certificate was revoked.",
    "UNSUPPORTED_CERTIFICATE": "The client cannot use our kind of certificate.",
    "UNRECOGNIZED_NAME": "The client does not find the name it asked for in our certificate.",
    "HANDSHAKE_FAILURE": "The client found no cipher or key that suits both.",
    "PROTOCOL_VERSION": "The client refused the version of TLS that we offer.",
    "INSUFFICIENT_SECURITY": "The client asks for stronger ciphers than we share.",
    "DECRYPT_ERROR": "The client could not check our handshake.",
    "ACCESS_DENIED": "The client broke the handshake off: access denied.",
    "INTERNAL_ERROR": "The client broke the handshake off with an error of its own.",
    "USER_CANCELLED": "The client broke the handshake off.",
}
"""What a client's alert means, by its name in RFC 8446 section 6.2, as OpenSSL spells it."""

_ALERT_MARKS = ("TLSV1_ALERT_", "SSLV3_ALERT_", "TLSV13_ALERT_", "TLSV1_")
_GARBAGE = frozenset(
    {
        *("WRONG_VERSION_NUMBER", "UNEXPECTED_MESSAGE", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG"),
        *("BAD_PACKET_LENGTH", "LENGTH_MISMATCH", "LENGTH_TOO_SHORT", "BAD_EXTENSION", "BAD_LENGTH", "BAD_RECORD_TYPE"),
        *("UNEXPECTED_RECORD", "DECODE_ERROR", "ENCRYPTED_LENGTH_TOO_LONG", "UNKNOWN_PROTOCOL", "INVALID_ALERT"),
    }
)


def handshake_failure(error: BaseException | None, hello: Hello | None, names: Sequence[str], lowest: str) -> str:
    """Return why a handshake ended.

    `error` is what it ended with, None where the client simply left. `names` are those of our certificate, `lowest`
    the oldest version we take ("1.2").
    """
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError):
        return _of_openssl(error, hello, names, lowest)
    if isinstance(error, ConnectionAbortedError | TimeoutError):
        return "The client began a handshake and did not finish it in time."
    begun = "in the middle of the handshake"
    if hello is None:
        return f"The client hung up {begun}."
    return f"The client hung up {begun}, after it had seen our certificate. {_trust_hint(hello, names)}".rstrip()


def _of_openssl(error: ssl.SSLError, hello: Hello | None, names: Sequence[str], lowest: str) -> str:
    reason = error.reason or ""
    if reason in ("UNSUPPORTED_PROTOCOL", "VERSION_TOO_LOW", "UNSUPPORTED_SSL_VERSION"):
        newest = (
            f"The newest version the client can is {hello.newest}" if hello and hello.newest else "Too old a client"
        )
        return f"{newest}; this port takes TLS {lowest} and newer."
    if reason in ("NO_SHARED_CIPHER", "NO_SUITABLE_SIGNATURE_ALGORITHM", "NO_SUITABLE_KEY_SHARE", "NO_SHARED_GROUP"):
        return "The client and this port have no cipher or key exchange in common."
    if reason in _GARBAGE:
        return "What the client sent is no TLS handshake."
    for mark in _ALERT_MARKS:
        words = _ALERTS.get(reason.removeprefix(mark)) if reason.startswith(mark) else None
        if words:
            return f"{words} {_trust_hint(hello, names)}".rstrip() if _is_about_trust(reason) else words
    return f"The handshake failed: {reason.replace('_', ' ').lower() or error.strerror or 'unknown reason'}."


def _is_about_trust(reason: str) -> bool:
    return reason.endswith(("UNKNOWN_CA", "BAD_CERTIFICATE", "CERTIFICATE_UNKNOWN", "UNRECOGNIZED_NAME"))


def _trust_hint(hello: Hello | None, names: Sequence[str]) -> str:
    """Return what to do about it: a name that is missing explains more than a missing trust."""
    wanted = hello.server_name if hello else ""
    if wanted and names and not covers(names, wanted):
        return f"It asked for {wanted}, and the certificate is for {_listed(names)}."
    return "Settings, HTTPS tells how to make it trust this computer."


def covers(names: Sequence[str], host: str) -> bool:
    """Tell whether a certificate for `names` is good for `host`: exactly, or by one wildcard label (RFC 6125)."""
    wanted = host.lower().rstrip(".")
    try:
        address = ip_address(wanted.strip("[]"))
    except ValueError:
        parent = wanted.partition(".")[2]
        return any(name.lower() == wanted or (parent and name.lower() == f"*.{parent}") for name in names)
    return any(_same_address(name, str(address)) for name in names)


def _same_address(name: str, address: str) -> bool:
    try:
        return str(ip_address(name)) == address
    except ValueError:
        return False


def _listed(names: Sequence[str], most: int = 4) -> str:
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def not_tls(head: bytes) -> str:
    """Return what a client sent that is no TLS at all."""
    if looks_like_http(head):
        return "The client speaks plain HTTP; this port speaks HTTPS. The address has to begin with https://."
    if head.startswith(b"SSH-"):
        return "The client speaks SSH; this port speaks HTTPS."
    if head[:1] == bytes([HANDSHAKE]):
        return "The client began a TLS handshake and did not go on."
    if len(head) > 2 and head[0] & 0x80 and head[2] == 1:
        return f"The client speaks {VERSIONS[0x0300].replace(' 3', ' 2')}, which nobody should any more."
    return "What the client sent is neither TLS nor HTTP."


def looks_like_http(head: bytes) -> bool:
    """Tell whether these first bytes begin with a method and a target."""
    method, space, _ = head.partition(b" ")
    return bool(space) and 2 < len(method) <= 20 and method.isalpha() and method.isupper()


def left_at_once(hello: Hello | None, names: Sequence[str]) -> str:
    """Return why a client finished the handshake and left without a request: it looks at the certificate afterwards."""
    left = "The client finished the handshake and left without a request."
    wanted = hello.server_name if hello else ""
    if wanted and names and not covers(names, wanted):
        return f"{left} {_trust_hint(hello, names)}"
    return f"{left} Node.js and others do that when they do not trust our certificate. {_trust_hint(hello, names)}"
