"""Good handlers of every style pass, and of handlers with one fault each exactly that fault is found."""

from __future__ import annotations

import pytest

from inspector.simulator.check.checks import CHECKS
from inspector.simulator.check.outcome import State
from tests.integration.check import schemes
from tests.integration.check.checking import all_checked, checked, keys
from tests.integration.check.handlers import SECRET, Handler, Verify, plain_server, served

ALL = {check.key for check in CHECKS}
CORE = {check.key for check in CHECKS if not check.folded}
PLAIN = CORE - {"invalid-signature"}
FORGERIES = {
    *("invalid-signature", "missing-signature", "damaged-signature", "relabelled-signature", "changed-body"),
}
TWICE = {"slow-response", "duplicate"}

GOOD = {
    "rcs-events": (schemes.rcs, SECRET),
    "rcs-client": (schemes.rcs_client, SECRET),
    "github": (schemes.github, SECRET),
    "stripe": (schemes.stripe, SECRET),
    "standard-webhooks": (schemes.standard, schemes.WHSEC),
    "twilio": (schemes.twilio, SECRET),
    "slack": (schemes.slack, SECRET),
}


@pytest.mark.asyncio
async def test_nothing_is_found_in_a_good_handler() -> None:
    runs = await all_checked({name: (Handler(verify), name, secret) for name, (verify, secret) in GOOD.items()})
    assert {name: run.problem for name, run in runs.items()} == dict.fromkeys(GOOD)
    found = {name: keys(run, State.FAILED, State.UNKNOWN, State.NOTED) for name, run in runs.items()}
    assert found == {name: set() for name in GOOD}
    assert {len(run.outcomes) for run in runs.values()} == {len(CHECKS)}


@pytest.mark.asyncio
async def test_a_good_handler_may_work_in_the_background() -> None:
    async with served(Handler(schemes.rcs, frozenset({"processes later"}))) as base:
        run = await checked(f"{base}/hook", probe=f"{base}/probe")
    assert keys(run, State.FAILED, State.UNKNOWN, State.NOTED) == set()


@pytest.mark.asyncio
async def test_a_good_handler_may_refuse_with_403() -> None:
    async with served(Handler(schemes.forbids)) as base:
        run = await checked(f"{base}/hook", probe=f"{base}/probe")
    assert keys(run, State.FAILED, State.UNKNOWN, State.NOTED) == set()


@pytest.mark.asyncio
async def test_a_good_handler_on_the_standard_librarys_server_passes() -> None:
    with plain_server() as url:
        run = await checked(url)
    assert keys(run, State.FAILED, State.UNKNOWN) == set()
    assert keys(run, State.NOTED) == {"duplicate"}  # without a probe only the answers are seen
    assert "chunked-body" in keys(run, State.SKIPPED)  # it speaks HTTP/1.0


@pytest.mark.asyncio
async def test_refusing_with_400_is_noted_and_not_failed() -> None:
    async with served(Handler(schemes.bad_request)) as base:
        run = await checked(f"{base}/hook", probe=f"{base}/probe")
    assert keys(run, State.FAILED, State.UNKNOWN) == set()
    assert keys(run, State.NOTED) == FORGERIES


WRONG_CHECKS: dict[Verify, set[str]] = {
    schemes.none: FORGERIES,
    schemes.only_presence: {"invalid-signature", "damaged-signature", "changed-body"},
    schemes.only_where_sent: {"missing-signature", "relabelled-signature"},
    schemes.crashes_without: {"missing-signature", "relabelled-signature"},
    schemes.rewritten_compact: {"raw-bytes"},
    schemes.stripped: {"raw-bytes"},
    schemes.in_plain_letters: {"unknown-fields"},
    schemes.beginning: {"damaged-signature"},
    schemes.first_characters: {"damaged-signature"},
    schemes.any_header: {"relabelled-signature"},
    schemes.exact_name: {"header-case"},
    schemes.body_only_once: FORGERIES,
}


@pytest.mark.asyncio
async def test_a_wrong_way_of_checking_is_found() -> None:
    runs = await all_checked({verify: (Handler(verify), "rcs-events", SECRET) for verify in WRONG_CHECKS})
    assert {verify: keys(run, State.FAILED) for verify, run in runs.items()} == WRONG_CHECKS
    assert {verify: keys(run, State.NOTED) for verify, run in runs.items() if keys(run, State.NOTED)} == {}


def a_faulty(flaw: str) -> Handler:
    return Handler(schemes.rcs, frozenset({flaw}))


FLAWS: dict[str, set[str]] = {
    "small bodies only": {"large-body"},
    "reads one block": {"large-body", "slow-client"},
    "shares a state": {"parallel"},
    "everything is fine": FORGERIES,
    "answers before reading": FORGERIES | {"slow-client"},
    "redirects": PLAIN,
    "wrong status": PLAIN,
    "closes the connection": PLAIN,
    "crashes on malformed": {"malformed-json", "empty-body"},
    "crashes on clicks": {"user-click"},
    "refuses unknown kinds": {"unknown-kind"},
    "crashes on unknown kinds": {"unknown-kind"},
    "refuses unknown fields": {"unknown-fields"},
    "wants the right order": {"read-before-delivered"},
    "refuses duplicates": TWICE,
    "crashes on duplicates": TWICE | {"same-id"},
    "not idempotent": TWICE,
    "answers an error page": PLAIN,
    "answers clicks with an error page": {"user-click"},
    "goes by the message": {"same-message"},
    "wants delivered first": {"read-before-delivered"},
    "one at a time": {"parallel"},
}


@pytest.mark.asyncio
async def test_a_single_fault_is_found_and_no_other() -> None:
    runs = await all_checked({flaw: (a_faulty(flaw), "rcs-events", SECRET) for flaw in FLAWS})
    assert {flaw: keys(run, State.FAILED) for flaw, run in runs.items()} == FLAWS


NOTES: dict[str, dict[str, str]] = {
    "goes by the bytes": {"duplicate": "It knows a duplicate by its bytes only"},
    "wants delivered first": {"slow-response": "Retried safely, in the right order only"},
    "refuses to be asked": {"expect-continue": "“Expect: 100-continue” is not understood"},
    "answers a web page": dict.fromkeys(PLAIN, "Answered with a web page"),
    "tells of an error": dict.fromkeys(PLAIN, "Accepted, but its body tells of an error"),
}


@pytest.mark.asyncio
async def test_what_may_be_a_fault_is_noted() -> None:
    runs = await all_checked({flaw: (a_faulty(flaw), "rcs-events", SECRET) for flaw in NOTES})
    for flaw, run in runs.items():
        noted = {outcome.key: outcome.ruling.title for outcome in run.outcomes if outcome.state is State.NOTED}
        assert noted.items() >= NOTES[flaw].items(), flaw
        unseen = {"duplicate", "malformed-json"} if "slow-response" in noted and len(noted) > 3 else set()
        # A handler that answers the same to all shows the probe nothing.
        assert set(noted) - set(NOTES[flaw]) <= unseen, flaw


STALE = {"stripe": schemes.stripe, "standard-webhooks": schemes.standard, "slack": schemes.slack}


@pytest.mark.asyncio
async def test_a_handler_that_takes_old_events_is_found() -> None:
    stale = frozenset({"accepts stale"})
    runs = await all_checked({name: (Handler(verify, stale), name, GOOD[name][1]) for name, verify in STALE.items()})
    assert {name: keys(run, State.FAILED) for name, run in runs.items()} == {
        name: {"stale-timestamp"} for name in STALE
    }


@pytest.mark.asyncio
async def test_a_comparison_that_ignores_case_is_found_where_case_counts() -> None:
    handler = Handler(schemes.standard, frozenset({"ignores case"}))
    async with served(handler) as base:
        run = await checked(f"{base}/hook", "standard-webhooks", schemes.WHSEC, only="damaged-signature")
    assert keys(run, State.FAILED) == {"damaged-signature"}


@pytest.mark.asyncio
async def test_a_refused_event_of_a_form_of_its_own_is_told_with_its_fields() -> None:
    async with served(Handler(schemes.rcs_client, frozenset({"wants a payload"}))) as base:
        run = await checked(f"{base}/hook", "rcs-client", only="1-5")
    assert keys(run, State.FAILED) == {"user-optout"}
    assert "in a form of its own, with the fields id, receiver," in run.outcomes[-1].ruling.text


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("verify", "key", "words"),
    [
        (schemes.stripped, "raw-bytes", "because of a line end behind it. The handler signs the body as trimmed"),
        (schemes.rewritten_compact, "raw-bytes", "blanks between the tokens and a line end behind it"),
        (schemes.in_plain_letters, "unknown-fields", "with “ü” in them they are refused"),
    ],
    ids=["trimmed", "rewritten", "in plain letters"],
)
async def test_what_makes_the_difference_is_named(verify: Verify, key: str, words: str) -> None:
    async with served(Handler(verify)) as base:
        run = await checked(f"{base}/hook", only=key)
    assert keys(run, State.FAILED) == {key}
    assert words in run.outcomes[0].ruling.text


@pytest.mark.asyncio
async def test_a_signature_over_the_body_as_python_writes_it_again_is_named_as_the_cause() -> None:
    async with served(Handler(schemes.rewritten_by_python)) as base:
        run = await checked(f"{base}/hook", probe=f"{base}/probe")
    assert keys(run, State.FAILED) == PLAIN | {"raw-bytes"}
    assert "as parsed and written again" in run.outcomes[0].ruling.text
    assert keys(run, State.PASSED) == set()


@pytest.mark.asyncio
async def test_with_another_secret_nothing_is_called_passed() -> None:
    async with served(Handler(schemes.rcs)) as base:
        run = await checked(f"{base}/hook", secret="another secret altogether")
    assert keys(run, State.PASSED, State.NOTED) == set()
    assert keys(run, State.FAILED) == PLAIN
    assert "secret differs" in run.outcomes[0].ruling.text
    assert {"invalid-signature", "missing-signature", "changed-body"} <= keys(run, State.UNKNOWN)
