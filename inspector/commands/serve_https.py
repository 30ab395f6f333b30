"""HTTPS for `inspector serve`: what the command line says about it, and the line that tells the address."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.commands.printing import json_line
from inspector.domain.errors import UsageError
from inspector.receiver.https_state import HttpsMode, Plan, Source

if TYPE_CHECKING:
    from inspector.app import App

USUAL_PORT = 8443


def declare_https(parser: argparse.ArgumentParser) -> None:
    """Add the arguments; without any the settings hold."""
    group = parser.add_argument_group("HTTPS, for this run")
    where = group.add_mutually_exclusive_group()
    for flag, words in (("--https", "beside HTTP"), ("--https-only", "and no plain HTTP")):
        where.add_argument(
            flag, metavar="PORT", type=int, nargs="?", const=USUAL_PORT, help=f"speak HTTPS {words} ({USUAL_PORT})"
        )
    group.add_argument("--certificate", metavar="FILE", type=Path, help="your own, PEM; without one it is made here")
    group.add_argument("--key", metavar="FILE", type=Path, help="its key, PEM; the certificate's file may hold it too")
    group.add_argument("--key-passphrase-env", metavar="NAME", help="the variable that holds the passphrase of the key")
    group.add_argument("--tls-lowest", choices=("1.2", "1.3"), default="1.2", help="the oldest version of TLS (1.2)")


def https_plan(options: argparse.Namespace) -> Plan | None:
    """Return what was asked for, None where nothing was. Raises UsageError for what makes no sense."""
    port = options.https if options.https is not None else options.https_only
    if port is None:
        if options.certificate or options.key:
            raise UsageError("A certificate alone does nothing.", "", "Add --https.")
        return None
    return Plan(
        HttpsMode.BESIDE if options.https is not None else HttpsMode.ONLY,
        port,
        Source.OWN if options.certificate else Source.AUTHORITY,
        str(options.certificate.absolute()) if options.certificate else "",
        str(options.key.absolute()) if options.key else "",
        options.tls_lowest,
    )


def passphrase(options: argparse.Namespace) -> str | None:
    """Return the passphrase of the key, None where none was named. Raises UsageError where the variable is empty."""
    if not options.key_passphrase_env:
        return None
    value = os.environ.get(options.key_passphrase_env)
    if not value:
        name = options.key_passphrase_env
        raise UsageError(f"The variable {name} holds no passphrase.", "", f"Set {name}.")
    return value


def https_lines(app: App, *, as_json: bool) -> str:
    """Return the line that tells where HTTPS listens and what others have to trust, "" where it does not."""
    state = app.receiver.state
    if not state.https_url:
        return ""
    trust = str(app.https.authority_file) if app.https.plan.source is Source.AUTHORITY else ""
    if as_json:
        told: dict[str, Any] = {"https": state.https_url, "names": list(app.https.names), "trust": trust}
        return json_line({**told, "warning": app.https.state.warning})
    lines = [f"  HTTPS: {state.https_url}"]
    if trust:
        lines.append(f"  Whoever sends there has to trust {trust}")
    if app.https.state.warning:
        lines.append(f"  {app.https.state.warning}")
    return "\n".join([*lines, "", ""])
