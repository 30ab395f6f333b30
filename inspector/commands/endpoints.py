"""`inspector endpoints`: list, add, change and remove endpoints, and give them secrets and facts."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.commands.command import OK, Command, data_dir, declare_secret, print_json, secrets_of
from inspector.commands.endpoint_rules import changed_by, declare_rules
from inspector.domain.endpoint import DEFAULT_PROVIDER, GRACE_S, EndpointId
from inspector.domain.endpoint_secret import SecretRef
from inspector.domain.errors import UsageError

if TYPE_CHECKING:
    from inspector.directory import Directory, Resolved


ACTIONS = ("list", "add", "set", "remove", "add-secret", "replace-secret", "facts")


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("action", choices=ACTIONS, nargs="?", default="list", help="what to do (list)")
    parser.add_argument("name", metavar="NAME", nargs="?", help="the endpoint's name, or its number where it has one")
    parser.add_argument(
        "--provider", metavar="ID", default=DEFAULT_PROVIDER, help="who sends there; 'none' is unsigned"
    )
    parser.add_argument("--show-secrets", action="store_true", help="list the signing secrets too")
    parser.add_argument("--json", action="store_true", help="print JSON")
    declare_secret(parser)
    group = parser.add_argument_group("secrets and facts")
    group.add_argument("--secret-name", metavar="TEXT", default="", help="what the new secret is called")
    group.add_argument("--old", metavar="ENDING", default="", help="the name or ending of the secret to replace")
    group.add_argument(
        "--grace-hours",
        metavar="N",
        type=float,
        default=GRACE_S / 3600,
        help="how long a replaced secret stays accepted (24)",
    )
    group.add_argument(
        "--fact",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="what the scheme asks for beside the secret, such as audience=…; empty removes it; may be repeated",
    )

    declare_rules(parser)


def run(options: argparse.Namespace) -> int:
    """List or change the endpoints."""
    folder = data_dir(options)
    if options.action == "list":
        _list(folder, options)
        return OK
    if not options.name:
        raise UsageError(
            f"`endpoints {options.action}` needs a name.", "", f"inspector endpoints {options.action} NAME"
        )
    changes = {
        "add": _add,
        "set": _set,
        "remove": _remove,
        "add-secret": _add_secret,
        "replace-secret": _replace_secret,
        "facts": _facts,
    }
    asyncio.run(changes[options.action](folder, options))
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

    secrets, facts = secrets_of(options), _facts_of(options)
    provider = "" if options.provider == "none" else profile_of(providers(folder), options.provider).id
    async with directory_alone(folder) as directory:
        endpoint = await directory.create(options.name, provider)
        for place, value in enumerate(secrets):
            change = directory.set_secret if place == 0 else directory.add_secret
            endpoint = await change(endpoint.id, value)
        if facts:
            await directory.set_facts(endpoint.id, facts)
        _show(directory, endpoint.id, folder, options)


async def _set(folder: Path, options: argparse.Namespace) -> None:
    from inspector.commands.opened import chosen_endpoint, directory_alone

    async with directory_alone(folder) as directory:
        endpoint = chosen_endpoint(directory, options.name).endpoint
        kept = endpoint.access.password
        password = directory.values_of(endpoint.id).get(kept.key, "") if kept is not None else ""
        await directory.save(*changed_by(options, endpoint, password))
        _show(directory, endpoint.id, folder, options)


async def _remove(folder: Path, options: argparse.Namespace) -> None:
    from inspector.commands.opened import chosen_endpoint, directory_alone

    async with directory_alone(folder) as directory:
        endpoint = chosen_endpoint(directory, options.name).endpoint
        await directory.delete(endpoint.id)
    print(f"Removed {endpoint.name} and its events.")


async def _add_secret(folder: Path, options: argparse.Namespace) -> None:
    from inspector.commands.opened import chosen_endpoint, directory_alone

    value = _one_secret(options)
    async with directory_alone(folder) as directory:
        endpoint = chosen_endpoint(directory, options.name).endpoint
        await directory.add_secret(endpoint.id, value, options.secret_name)
        _show(directory, endpoint.id, folder, options)


async def _replace_secret(folder: Path, options: argparse.Namespace) -> None:
    from inspector.commands.opened import chosen_endpoint, directory_alone

    value = _one_secret(options)
    if not 0 <= options.grace_hours <= 24 * 365:
        raise UsageError("--grace-hours takes hours from 0 to 8,760.")
    async with directory_alone(folder) as directory:
        endpoint = chosen_endpoint(directory, options.name).endpoint
        old = _old_secret(endpoint.signing.secrets, options.old)
        changed = await directory.replace_secret(endpoint.id, old.key, value, options.grace_hours * 3600)
        if options.secret_name:
            new = next(ref for ref in changed.signing.secrets if ref not in endpoint.signing.secrets and not ref.until)
            await directory.rename_secret(endpoint.id, new.key, options.secret_name)
        _show(directory, endpoint.id, folder, options)


async def _facts(folder: Path, options: argparse.Namespace) -> None:
    from inspector.commands.opened import chosen_endpoint, directory_alone, directory_beside

    facts = _facts_of(options)
    if not facts:
        beside = directory_beside(folder)
        _show(beside, chosen_endpoint(beside, options.name).endpoint.id, folder, options)
        return
    async with directory_alone(folder) as directory:
        resolved = chosen_endpoint(directory, options.name)
        await directory.set_facts(resolved.endpoint.id, {**resolved.facts, **facts})
        _show(directory, resolved.endpoint.id, folder, options)


def _one_secret(options: argparse.Namespace) -> str:
    secrets = secrets_of(options)
    if len(secrets) != 1:
        raise UsageError("One secret is needed.", "", "Use --secret-env NAME, or --secret TEXT.")
    return secrets[0]


def _old_secret(refs: Sequence[SecretRef], wanted: str) -> SecretRef:
    """Return the secret that is meant: by name or ending, or the only one that is accepted for good."""
    lasting = [ref for ref in refs if ref.until is None]
    found = [ref for ref in lasting if wanted in (ref.name, ref.ending)] if wanted else lasting
    if len(found) == 1:
        return found[0]
    known = ", ".join(f"{ref.name or 'unnamed'} (…{ref.ending})" for ref in lasting) or "none"
    raise UsageError(
        "Which secret is to be replaced?", f"There are {known}.", "Name one with --old, by name or ending."
    )


def _facts_of(options: argparse.Namespace) -> dict[str, str]:
    facts = {}
    for text in options.fact:
        name, equals, value = text.partition("=")
        if not equals or not name.strip().isidentifier():
            raise UsageError(f"{text!r} is no fact.", "", "Write --fact NAME=VALUE, such as --fact audience=https://….")
        facts[name.strip()] = value.strip()
    return facts


def _show(directory: Directory, endpoint_id: EndpointId, folder: Path, options: argparse.Namespace) -> None:
    row = _row(directory, endpoint_id, _base_url(folder, options), options.show_secrets)
    if options.json:
        print_json(row)
    else:
        _print_row(row)


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
        "facts": dict(endpoint.signing.facts),
        "keys": [
            {"name": ref.name, "ending": ref.ending, "until": ref.until.isoformat() if ref.until else None}
            for ref in endpoint.signing.secrets
        ],
    }
    if show_secrets:
        row["secrets"] = [secret.value for secret in resolved.secrets]
    return row


def _print_row(row: dict[str, Any]) -> None:
    print(f"{row['id']:>3}  {row['name']}  ({row['provider']}{', paused' if row['paused'] else ''})")
    print(f"     {row['url']}")
    for key in row["keys"]:
        if key["name"] or key["until"]:
            print(f"     key …{key['ending']} {key['name']}{_end(key['until'])}".rstrip())
    for name, value in row["facts"].items():
        print(f"     {name} {value}")
    for secret in row.get("secrets", ()):
        print(f"     secret {secret}")


def _end(until: str | None) -> str:
    if until is None:
        return ""
    moment = datetime.fromisoformat(until).astimezone()
    over = moment <= datetime.now(UTC)
    return f" (no longer accepted since {moment:%Y-%m-%d %H:%M})" if over else f" (until {moment:%Y-%m-%d %H:%M})"


COMMAND = Command(
    name="endpoints",
    help="list, add, change and remove endpoints, and give them secrets",
    description=(
        "Lists the endpoints with their addresses, also while the program is running. Adding and removing needs the "
        "data folder for itself: close the program first. Removing deletes the endpoint's events. A replaced secret "
        "stays accepted for a day, because a provider may still sign retries with it."
    ),
    examples=(
        "inspector endpoints\n"
        "inspector endpoints --show-secrets --json\n"
        "inspector endpoints add 'RCS staging' --secret-env WEBHOOK_SECRET\n"
        "inspector endpoints replace-secret 'RCS staging' --secret-env WEBHOOK_SECRET --grace-hours 48\n"
        "inspector endpoints facts 'Google RBM' --fact audience=https://hooks.example.com\n"
        "inspector endpoints set 'RCS staging' --script '503, 503, then 200'\n"
        "inspector endpoints set 'RCS staging' --allow 203.0.113.0/24 --rate 50/s --keep-days 30\n"
        "inspector endpoints remove 'RCS staging'"
    ),
    declare=declare,
    run=run,
)
