"""`inspector endpoints`: list, add and remove endpoints."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.commands.command import OK, Command, data_dir, declare_secret, print_json, secrets_of
from inspector.domain.endpoint import DEFAULT_PROVIDER
from inspector.domain.errors import UsageError

if TYPE_CHECKING:
    from inspector.directory import Directory, Resolved


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "action", choices=("list", "add", "remove"), nargs="?", default="list", help="what to do (list)"
    )
    parser.add_argument("name", metavar="NAME", nargs="?", help="the endpoint's name; remove takes its number too")
    parser.add_argument(
        "--provider", metavar="ID", default=DEFAULT_PROVIDER, help="who sends there; 'none' is unsigned"
    )
    parser.add_argument("--show-secrets", action="store_true", help="list the signing secrets too")
    parser.add_argument("--json", action="store_true", help="print JSON")
    declare_secret(parser)


def run(options: argparse.Namespace) -> int:
    """List or change the endpoints."""
    folder = data_dir(options)
    if options.action == "list":
        _list(folder, options)
    elif not options.name:
        raise UsageError(
            f"`endpoints {options.action}` needs a name.", "", f"inspector endpoints {options.action} NAME"
        )
    elif options.action == "add":
        asyncio.run(_add(folder, options))
    else:
        asyncio.run(_remove(folder, options))
    return OK


def _list(folder: Path, options: argparse.Namespace) -> None:
    from inspector.commands.opened import directory_beside

    directory = directory_beside(folder)
    base = _base_url(folder, options)
    rows = [_row(directory, item.id, base, options.show_secrets) for item in directory.all()]
    if options.json:
        print_json(rows)
        return
    for row in rows:
        _print_row(row)


async def _add(folder: Path, options: argparse.Namespace) -> None:
    from inspector.commands.opened import directory_alone, providers
    from inspector.commands.verify import profile_of

    secrets = secrets_of(options)
    provider = "" if options.provider == "none" else profile_of(providers(folder), options.provider).id
    async with directory_alone(folder) as directory:
        endpoint = await directory.create(options.name, provider)
        for place, value in enumerate(secrets):
            change = directory.set_secret if place == 0 else directory.add_secret
            endpoint = await change(endpoint.id, value)
        row = _row(directory, endpoint.id, _base_url(folder, options), options.show_secrets)
    if options.json:
        print_json(row)
    else:
        _print_row(row)


async def _remove(folder: Path, options: argparse.Namespace) -> None:
    from inspector.commands.opened import chosen_endpoint, directory_alone

    async with directory_alone(folder) as directory:
        endpoint = chosen_endpoint(directory, options.name).endpoint
        await directory.delete(endpoint.id)
    print(f"Removed {endpoint.name} and its events.")


def _base_url(folder: Path, options: argparse.Namespace) -> str:
    """Return where the program receives, or would."""
    from inspector.instance import running_receiver
    from inspector.receiver.addressing import base_url
    from inspector.settings import load_settings

    running = running_receiver(folder)
    if running is not None:
        return running.url
    settings = load_settings(folder)
    return base_url(options.host or settings.host, settings.port if options.port is None else options.port)


def _row(directory: Directory, endpoint_id: Any, base: str, show_secrets: bool) -> dict[str, Any]:
    resolved: Resolved | None = directory.by_id(endpoint_id)
    assert resolved is not None  # it was listed a moment ago
    endpoint = resolved.endpoint
    row: dict[str, Any] = {
        "id": endpoint.id,
        "name": endpoint.name,
        "url": base + endpoint.path,
        "provider": endpoint.provider or "none",
        "paused": endpoint.paused,
        "target": endpoint.target,
    }
    if show_secrets:
        row["secrets"] = [secret.value for secret in resolved.secrets]
    return row


def _print_row(row: dict[str, Any]) -> None:
    print(f"{row['id']:>3}  {row['name']}  ({row['provider']}{', paused' if row['paused'] else ''})")
    print(f"     {row['url']}")
    for secret in row.get("secrets", ()):
        print(f"     secret {secret}")


COMMAND = Command(
    name="endpoints",
    help="list, add and remove endpoints",
    description=(
        "Lists the endpoints with their addresses, also while the program is running. Adding and removing needs the "
        "data folder for itself: close the program first. Removing deletes the endpoint's events."
    ),
    examples=(
        "inspector endpoints\n"
        "inspector endpoints --show-secrets --json\n"
        "inspector endpoints add 'RCS staging' --secret-env WEBHOOK_SECRET\n"
        "inspector endpoints remove 'RCS staging'"
    ),
    declare=declare,
    run=run,
)
