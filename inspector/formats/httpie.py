"""A request as an HTTPie command for bash.

HTTPie always sends the lines it was told, with the same values and the same body; it keeps `Connection` to itself.
"""

from __future__ import annotations

from inspector.domain.attempt import Outgoing
from inspector.domain.errors import UsageError
from inspector.formats.shell import piped_into, quoted

_OWN = (b"User-Agent", b"Accept", b"Accept-Encoding", b"Connection", b"Content-Type")
_LEFT_OUT = frozenset({b"host", b"content-length"})
_SEPARATORS = b"\\:;=@"


def httpie_command(outgoing: Outgoing) -> str:
    """Return the command that sends a request; the body comes from a pipe, so that no byte is interpreted.

    Raises UsageError where a header line is not UTF-8: HTTPie cannot send it.
    """
    sent = [(name.strip(), value) for name, value in outgoing.headers if name.strip().lower() not in _LEFT_OUT]
    if any(not _is_text(name + value) for name, value in sent):
        raise UsageError(
            "A header line is not UTF-8.", "HTTPie cannot send it.", "Copy it as cURL, which keeps every byte."
        )
    names = {name.lower() for name, _ in sent}
    words = ["http"]
    if not outgoing.body:
        words.append("--ignore-stdin")
    words += [
        quoted(outgoing.method.encode("utf-8", "surrogateescape")),
        quoted(outgoing.url.encode("utf-8", "surrogateescape")),
    ]
    lines = [" ".join(words)]
    # `Name:` takes a line of HTTPie's own away, `Name;` sends one without a value.
    lines += [quoted(name + b":") for name in _OWN if name.lower() not in names]
    lines += [quoted(_escaped(name) + (b":" + value if value else b";")) for name, value in sent]
    command = " \\\n  ".join(lines)
    return piped_into(command, outgoing.body) if outgoing.body else command


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _escaped(name: bytes) -> bytes:
    return b"".join(b"\\%c" % byte if byte in _SEPARATORS else b"%c" % byte for byte in name)
