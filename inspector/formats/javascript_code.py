"""A request as a JavaScript program for Node.js that needs nothing beside it.

Node.js puts header lines of one name together, where they were not side by side; all else is sent as it stands.
"""

from __future__ import annotations

import base64
import json

from inspector.domain.attempt import Outgoing
from inspector.domain.request import Headers

LONGEST_LITERAL = 20_000

_PROGRAM = """\
import {{ request }} from "node:{module}";

const body = {body};

const sent = request({url}, {{ method: {method}, setHost: false }}, async (response) => {{
  console.log(response.statusCode, response.statusMessage);
  for await (const piece of response) process.stdout.write(piece);
}});
{headers}
sent.removeHeader("Connection");
sent.end(body);
"""


def javascript_code(outgoing: Outgoing) -> str:
    """Return the program, a module (`.mjs`). Header values are written byte by byte, as Node.js sends them."""
    return _PROGRAM.format(
        module="https" if outgoing.url.startswith("https:") else "http",
        url=json.dumps(outgoing.url),
        method=json.dumps(outgoing.method),
        headers="\n".join(_headers(outgoing.headers)),
        body=_body(outgoing.body),
    )


def _headers(headers: Headers) -> list[str]:
    values: dict[bytes, list[str]] = {}
    names: dict[bytes, str] = {}
    for name, value in headers:
        low = name.strip().lower()
        names.setdefault(low, name.strip().decode("latin-1"))
        values.setdefault(low, []).append(value.decode("latin-1"))
    return [
        f"sent.setHeader({json.dumps(names[low])}, {json.dumps(found[0] if len(found) == 1 else found)});"
        for low, found in values.items()
    ]


def _body(body: bytes) -> str:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    if text is not None and len(body) <= LONGEST_LITERAL:
        return f'Buffer.from({json.dumps(text)}, "utf-8")'
    return f'Buffer.from("{base64.b64encode(body).decode("ascii")}", "base64")'
