"""`inspector verify`: is this request really theirs? For a saved request, or for many as lines of JSON."""

from __future__ import annotations

import argparse
import difflib
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from inspector.commands.command import (
    NOT_OK,
    OK,
    UNUSABLE,
    Command,
    data_dir,
    declare_secret,
    in_words,
    print_json,
    secrets_of,
)
from inspector.commands.extra import is_key_name, read_extra
from inspector.commands.saved_request import BadLine, Case, Defaults, case_of_json, read_saved_request, url_of
from inspector.domain.endpoint import DEFAULT_PROVIDER
from inspector.domain.errors import InspectorError, UsageError
from inspector.domain.secret import Secret
from inspector.domain.verification import StepState, Verdict, Verification
from inspector.payload.body import Payload
from inspector.providers.catalogue import Catalogue, load_catalogue
from inspector.providers.profile import Profile
from inspector.resources import resource_path
from inspector.signatures.engine import verify

_MARKS = {StepState.PASSED: "ok  ", StepState.FAILED: "FAIL", StepState.SKIPPED: "-   "}


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("file", metavar="FILE", help="a raw HTTP request, or - for lines of JSON on standard input")
    parser.add_argument("--provider", metavar="ID", default=DEFAULT_PROVIDER, help=f"who signed ({DEFAULT_PROVIDER})")
    declare_secret(parser)
    parser.add_argument(
        "--extra",
        metavar="JSON",
        default="",
        help='what a scheme needs besides: {"audience": "…", "key_id": "…", "certificates": {"https://…": "PEM"}}',
    )
    parser.add_argument("--url", metavar="URL", default="", help="the address the provider sent to, where it is signed")
    parser.add_argument("--at", metavar="TIME", help="when it was received: Unix seconds or ISO 8601 (now)")
    parser.add_argument("--json", action="store_true", help="print JSON for a FILE too")


def run(options: argparse.Namespace) -> int:
    """Check and tell."""
    catalogue = load_catalogue([resource_path("providers"), data_dir(options) / "providers"])
    profile_of(catalogue, options.provider)
    if options.file == "-":
        return _check_lines(sys.stdin.buffer, catalogue, options)
    now = moment_of(options.at) if options.at else datetime.now(UTC)
    try:
        data = Path(options.file).read_bytes()
    except OSError as error:
        raise UsageError(f"{options.file} cannot be read.", f"{error.strerror}.") from error
    request = read_saved_request(data, now)
    secrets = tuple(secrets_of(options))
    case = Case(request, url_of(request, options.url), options.provider, secrets, extra=options.extra)
    verification = check(catalogue, case)
    if options.json:
        print_json(as_json(verification))
    else:
        _print_verdict(verification)
    return OK if verification.verdict is Verdict.VALID else NOT_OK


def check(catalogue: Catalogue, case: Case) -> Verification:
    """Return the verdict on one request, as of the moment it was received."""
    profile = profile_of(catalogue, case.provider)
    extra = read_extra(case.extra, profile)
    facts, values = dict(extra.facts), [*case.secrets, *extra.secrets]
    if case.public_key and is_key_name(case.public_key, profile):
        facts.setdefault("key_id", case.public_key)
    elif case.public_key:
        values.append(case.public_key)
    return verify(
        case.request,
        Payload(case.request),
        profile.recipes,
        [Secret(value) for value in values],
        scheme=profile.id,
        url=facts.get("callback_url") or case.url,
        now=case.request.received_at,
        facts=facts,
        documents=extra.documents,
    )


def profile_of(catalogue: Catalogue, provider: str) -> Profile:
    """Return a provider's profile. Raises UsageError, naming those there are."""
    profile = catalogue.get(provider)
    if profile is not None:
        return profile
    for problem in catalogue.problems:
        if problem.what.startswith(f"{provider}.toml"):
            raise problem
    close = difflib.get_close_matches(provider.lower(), catalogue.ids, 3, 0.5)
    meant = f"Did you mean {' or '.join(close)}? " if close else ""
    raise UsageError(f"There is no provider {provider!r}.", "", f"{meant}`inspector providers` lists all of them.")


def moment_of(text: str | float) -> datetime:
    """Return a moment given as Unix seconds or ISO 8601 (UTC where it names no zone). Raises UsageError."""
    try:
        try:
            return datetime.fromtimestamp(float(text), UTC)
        except ValueError:
            moment = datetime.fromisoformat(str(text))
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(f"{text!r} is not a time.", "", "Use Unix seconds or 2026-03-01T12:00:00Z.") from error


def as_json(verification: Verification) -> dict[str, Any]:
    """Return a verdict with its steps as plain values; secrets are not in it."""
    return {
        "verdict": verification.verdict.value,
        "scheme": verification.scheme,
        "covers": verification.covers.value,
        "title": verification.title,
        "summary": verification.summary,
        "age_s": verification.age_s,
        "needs_url": verification.needs_url,
        "steps": [
            {
                "name": step.name,
                "state": step.state.value,
                "detail": step.detail,
                "expected": step.expected,
                "got": step.got,
                "hint": step.hint,
            }
            for step in verification.steps
        ],
    }


def _check_lines(lines: IO[bytes], catalogue: Catalogue, options: argparse.Namespace) -> int:
    """Check one JSON object a line, printing one a line; a line that cannot be used spoils only itself."""
    defaults = Defaults(options.url, options.provider, tuple(secrets_of(options)), options.extra or None)
    outcome = OK
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        identity: Any = None
        try:
            identity, case = case_of_json(line, defaults, moment_of, lambda: datetime.now(UTC))
            verification = check(catalogue, case)
        except InspectorError as error:
            identity = error.identity if isinstance(error, BadLine) else identity
            print_json({"id": identity, "line": number, "error": in_words(error)})
            outcome = UNUSABLE
            continue
        print_json({"id": identity, **as_json(verification)})
        if verification.verdict is not Verdict.VALID and outcome == OK:
            outcome = NOT_OK
    return outcome


def _print_verdict(verification: Verification) -> None:
    print(f"{verification.verdict.value}: {verification.title}")
    if verification.summary:
        print(f"  {verification.summary}")
    for step in verification.steps:
        print(f"  {_MARKS[step.state]} {step.name}{f'  {step.detail}' if step.detail else ''}")
        for label, text in (("expected", step.expected), ("got", step.got), ("hint", step.hint)):
            if text:
                print(f"       {label}: {text}")


COMMAND = Command(
    name="verify",
    help="check the signature of a saved request, or of many",
    description=(
        "Checks a signature and says step by step what was found. FILE is a raw HTTP request: request line, headers, "
        "an empty line, the body. With - it reads lines of JSON: {id, method, url, headers, body_base64, provider, "
        "secret | secrets | public_key, extra, at} and prints one line for each. `extra` holds what a scheme needs "
        "besides, by name: key_id, audience, issuer, webhook_id, email, further secrets, certificates and jwks as "
        "{address: text}; nothing is fetched. `inspector providers` lists the ids. "
        "Exit code: 0 all valid, 1 not all, 2 unusable input."
    ),
    examples=(
        "inspector verify delivered.http --secret-env WEBHOOK_SECRET\n"
        "inspector verify stripe.http --provider stripe --secret whsec_... --at 1767225600\n"
        "inspector verify - --provider github --secret-env SECRET < captured.jsonl"
    ),
    declare=declare,
    run=run,
)
