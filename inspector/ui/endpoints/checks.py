"""Whether a text that was typed is a number, an address, a network, an origin …, and else why not."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

_METHOD = re.compile(r"[A-Z][A-Z0-9_-]{0,19}")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")


def url_problem(text: str) -> str:
    """Return why a text is no address requests can be sent to; "" for a good one and for none at all."""
    if not text.strip():
        return ""
    try:
        parts = urlsplit(text.strip())
        _ = parts.port
    except ValueError as error:
        return f"This is not an address: {error}."
    if parts.scheme not in ("http", "https"):
        return "An address starts with http:// or https://."
    if not parts.hostname or any(letter.isspace() for letter in text.strip()):
        return "This address names no host."
    return ""


def is_target(text: str) -> bool:
    """Whether a text is an address requests can be sent to."""
    return bool(text.strip()) and not url_problem(text)


def number_problem(text: str, low: float, high: float, unit: str, *, empty_ok: bool = False, whole: bool = True) -> str:
    """Return why a text is no number within the limits; "" for a good one."""
    if empty_ok and not text.strip():
        return ""
    try:
        value = int(text) if whole else float(text)
    except ValueError:
        value = low - 1
    return "" if low <= value <= high else f"Enter {unit} from {low:g} to {high:,}."


def network_problem(text: str) -> str:
    """Return why a text is neither an IP address nor a network; "" for one that is."""
    try:
        ipaddress.ip_network(text)
    except ValueError:
        pass
    else:
        return ""
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return f"“{text}” is no address. Write 203.0.113.24, 198.51.100.0/24 or 2001:db8::/32."
    return f"{text} is inside a network: write {network} for all of it, or {text.partition('/')[0]} alone."


def origin_problem(text: str) -> str:
    """Return why a text is no origin of a browser's page (RFC 6454, section 6.2); "" for one, `*` and `null`."""
    if text in ("*", "null"):
        return ""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError as error:
        return f"“{text}” is no origin: {error}."
    bare = f"{parts.scheme}://{parts.netloc}"
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return f"“{text}” is no origin. Write https://app.example.com, or * for all."
    return "" if text == bare else f"An origin has no path: write {bare}."


def method_problem(text: str) -> str:
    """Return why a text is no method; "" for one in capitals."""
    return "" if _METHOD.fullmatch(text) else f"“{text}” is no method. Write POST, PUT or GET."


def header_name_problem(text: str) -> str:
    """Return why a text is no header's name; "" for one and for none."""
    return "" if not text or _HEADER_NAME.fullmatch(text) else f"“{text}” is no header's name."


def first_problem(items: Iterable[str], check: Callable[[str], str]) -> str:
    """Return what is wrong with the first item that is; "" where all are good."""
    return next((reason for item in items if (reason := check(item))), "")
