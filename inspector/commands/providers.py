"""`inspector providers`: whose signatures are known, how each one signs, and where that is written."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from inspector.commands.command import NOT_OK, OK, Command, data_dir, print_error, print_json
from inspector.domain.verification import Covers
from inspector.providers.catalogue import canonical_id, load_catalogue
from inspector.providers.profile import Profile
from inspector.resources import resource_path
from inspector.signatures.engine import covers_of, signature_headers


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("filter", metavar="WORD", nargs="*", help="only those with these words in id, name or category")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(options: argparse.Namespace) -> int:
    """List them; files of the user's own that are wrong are told on standard error."""
    catalogue = load_catalogue([resource_path("providers"), data_dir(options) / "providers"])
    found = [profile for profile in catalogue if all(_has(profile, word) for word in options.filter)]
    if options.json:
        for profile in found:
            print_json(as_json(profile))
    elif found:
        _print_table(found)
    for problem in catalogue.problems:
        print_error(f"inspector: {problem}")
    return OK if found else NOT_OK


def as_json(profile: Profile) -> dict[str, Any]:
    """Return what the list tells about a provider as plain values."""
    return {
        "id": profile.id,
        "name": profile.name,
        "aliases": list(profile.aliases),
        "category": profile.category,
        "kind": kind_of(profile),
        "kinds": _kinds(profile),
        "covers": covers_words(profile),
        "headers": list(signature_headers(profile.recipes)),
        "fields": [{"key": item.key, "label": item.label, "optional": item.optional} for item in profile.fields],
        "docs": profile.docs,
    }


def kind_of(profile: Profile) -> str:
    """Return how a provider signs in one word, or several joined by `+`; `none` where it does not."""
    return "+".join(_kinds(profile)) or "none"


def covers_words(profile: Profile) -> str:
    """Return how much the weakest of a provider's schemes protects: `body`, `partial` or `none`."""
    passwords = any(recipe.kind == "basic" for recipe in profile.recipes)
    return (Covers.NONE if passwords else covers_of(profile.recipes)).value


def _kinds(profile: Profile) -> list[str]:
    return list(dict.fromkeys(recipe.kind for recipe in profile.recipes))


def _has(profile: Profile, word: str) -> bool:
    """Whether a word is in a provider's id, name, category or one of its other ids."""
    wanted = canonical_id(word)
    texts = (profile.id, profile.name, profile.title, profile.category, kind_of(profile), *profile.aliases)
    return any(wanted in canonical_id(text) for text in texts)


def _print_table(profiles: list[Profile]) -> None:
    rows = [("id", "name", "kind", "covers", "docs")]
    rows += [(item.id, item.name, kind_of(item), covers_words(item), item.docs) for item in profiles]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        cells = [text.ljust(width) for text, width in zip(row, widths, strict=False)]
        sys.stdout.write("  ".join([*cells, row[4]]).rstrip() + "\n")


COMMAND = Command(
    name="providers",
    help="list the providers whose signatures are known",
    description=(
        "Lists every provider: the id that other commands and files take, its name, how it signs, how much of a "
        "request a valid signature covers (body, partial, none), and where its rule is written. Providers of your own "
        "(TOML files in the folder `providers` of the data folder) are among them."
    ),
    examples=("inspector providers\ninspector providers payments\ninspector providers stripe --json"),
    declare=declare,
    run=run,
)
