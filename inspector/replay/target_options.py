"""What one target needs beside its address: a certificate of its own to trust, another Host line."""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from inspector.domain.errors import UsageError
from inspector.replay.target import parse_target

_HOST = re.compile(r"[A-Za-z0-9._~\[\]:-]{1,255}")


@dataclass(frozen=True, slots=True)
class TargetOptions:
    """For every address of one origin ("https://127.0.0.1:8443").

    `ca_file` is a file of PEM certificates that are trusted beside the system's: an authority, or the target's own.
    `host` takes the place of the target's name in the Host line and in the TLS handshake, "" keeps it.
    """

    origin: str
    ca_file: str = ""
    host: str = ""


def options_text(options: TargetOptions) -> str:
    """Return options as the text the settings keep. Raises UsageError for what cannot be used."""
    origin = parse_target(options.origin).origin
    if options.host and not _HOST.fullmatch(options.host):
        raise UsageError(f"{options.host!r} is no host.", "", "Write it as in a Host line: shop.example or shop:8080.")
    if options.ca_file:
        trusting(options.ca_file)
    return json.dumps(asdict(options) | {"origin": origin})


def options_for(url: str, texts: Iterable[str]) -> TargetOptions | None:
    """Return what the settings say of a target, None where they say nothing; texts that cannot be read are left out."""
    origin = parse_target(url).origin
    for text in texts:
        try:
            found = TargetOptions(**json.loads(text))
        except (ValueError, TypeError):
            continue
        if found.origin == origin:
            return found
    return None


def trusting(ca_file: str) -> ssl.SSLContext:
    """Return what trusts the certificates of a file beside the system's; reads files. Raises UsageError."""
    context = ssl.create_default_context()
    try:
        context.load_verify_locations(cafile=str(Path(ca_file).expanduser()))
    except ssl.SSLError as error:
        raise UsageError(f"{ca_file} holds no certificate.", "", "Choose a file in PEM form.") from error
    except OSError as error:
        raise UsageError(f"{ca_file} cannot be read.", f"{error.strerror}.", "Choose a file in PEM form.") from error
    # A target's own certificate is no authority; it is trusted as it stands.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context
