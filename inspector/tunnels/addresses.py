"""Finding a public address in what a helper program or a server says. Pure."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_HTTPS = re.compile(r"https://[^\s\"'<>|,;()\[\]{}\\]+")


def plain(line: str) -> str:
    """Return a line of a terminal program without colours, cursor movements and control signs."""
    return _CONTROL.sub("", _ANSI.sub("", line)).rstrip()


def first_https(line: str) -> str:
    """Return the first https address in a line as `tidy` leaves it, "" without one."""
    found = _HTTPS.search(line)
    return tidy(found.group().rstrip(".:!?")) if found else ""


def by_pattern(pattern: re.Pattern[str], line: str) -> str:
    """Return what a pattern finds: its first group where it has one, else all of it; a bare host gets https."""
    found = pattern.search(line)
    if found is None:
        return ""
    text = next((group for group in found.groups() if group), "") if pattern.groups else found.group()
    return tidy(text if "://" in text else f"https://{text}") if text else ""


def tidy(url: str) -> str:
    """Return scheme, host, port and path of an address without a slash at its end; "" for what is not http(s)."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}{f':{port}' if port and port != usual else ''}{parts.path.rstrip('/')}"


def is_here(url: str) -> bool:
    """Tell whether an address leads to this computer itself."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
