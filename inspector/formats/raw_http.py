"""A request as the text that goes over the wire."""

from __future__ import annotations

from urllib.parse import urlsplit

from inspector.domain.attempt import Outgoing
from inspector.domain.errors import UsageError


def raw_http(outgoing: Outgoing) -> str:
    """Return request line, header lines and body with their line ends (CR LF in the head).

    Raises UsageError for a request that is not text: it would not be the same request any more.
    """
    parts = urlsplit(outgoing.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query or outgoing.url.endswith("?") else "")
    head = [f"{outgoing.method} {target} HTTP/1.1".encode("utf-8", "surrogateescape")]
    head += [name + b": " + value for name, value in outgoing.headers]
    try:
        return (b"\r\n".join(head) + b"\r\n\r\n" + outgoing.body).decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError(
            "This request is not text.", "Raw HTTP cannot hold its bytes.", "Copy it as cURL, which keeps every byte."
        ) from None
