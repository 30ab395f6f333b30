"""Every form a request can be copied as, in the order of the menus."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from inspector.domain.attempt import Outgoing
from inspector.formats.curl import curl_command
from inspector.formats.httpie import httpie_command
from inspector.formats.javascript_code import javascript_code
from inspector.formats.python_code import python_code
from inspector.formats.raw_http import raw_http


@dataclass(frozen=True, slots=True)
class Format:
    """One form: `write` turns a request, ready to be sent, into text; it raises UsageError where that cannot be."""

    key: str
    name: str
    icon: str
    write: Callable[[Outgoing], str]


FORMATS: tuple[Format, ...] = (
    Format("curl", "cURL", "terminal", curl_command),
    Format("httpie", "HTTPie", "terminal", httpie_command),
    Format("http", "raw HTTP", "code", raw_http),
    Format("python", "Python", "code", python_code),
    Format("javascript", "JavaScript", "code", javascript_code),
)
"""What one copies as."""
