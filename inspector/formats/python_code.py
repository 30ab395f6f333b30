"""A request as a Python program that needs the standard library only and sends the same bytes."""

from __future__ import annotations

import base64
from urllib.parse import urlsplit

from inspector.domain.attempt import Outgoing

LONGEST_LITERAL = 20_000

_PROGRAM = """\
{imports}

HEADERS = [
{headers}
]
BODY = {body}

connection = http.client.{kind}({host!r}, {port})
connection.putrequest({method!r}, {target!r}, skip_host=True, skip_accept_encoding=True)
for name, value in HEADERS:
    connection.putheader(name, value)
connection.endheaders(BODY)
response = connection.getresponse()
print(response.status, response.reason)
print(response.read().decode("utf-8", "replace"))
"""


def python_code(outgoing: Outgoing) -> str:
    """Return the program; `http.client` is told every header line, so it adds none of its own."""
    parts = urlsplit(outgoing.url)
    secure = parts.scheme == "https"
    literal = len(outgoing.body) <= LONGEST_LITERAL
    return _PROGRAM.format(
        imports="import http.client" if literal else "import base64\nimport http.client",
        headers="\n".join(f"    ({name!r}, {value!r})," for name, value in outgoing.headers),
        body=repr(outgoing.body) if literal else _long(outgoing.body),
        kind="HTTPSConnection" if secure else "HTTPConnection",
        host=parts.hostname or "",
        port=parts.port or (443 if secure else 80),
        method=outgoing.method,
        target=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
    )


def _long(body: bytes) -> str:
    return f'base64.b64decode("""\n{base64.encodebytes(body).decode("ascii")}""")'
