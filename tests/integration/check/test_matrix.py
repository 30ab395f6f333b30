"""Good handlers of every style pass, and of handlers with one fault each exactly that fault is found."""

from __future__ import annotations

import pytest

from inspector.simulator.check.checks import CHECKS
from inspector.simulator.check.outcome import State
from tests.integration.check import schemes
from tests.integration.check.checking import checked, keys
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
    "github": (schemes.github, SECRET),
    "stripe": (schemes.stripe, SECRET),
    "standard-webhooks": (schemes.standard, schemes.WHSEC),
    "twilio": (schemes.twilio, SECRET),
    "slack": (schemes.slack, SECRET),
}


@pytest.mark.asyncio
@pytest.mark.parametrize("provider", GOOD)
async def test_nothing_is_found_in_a_good_handler(provider: str) -> None:
    verify, secret = GOOD[provider]
    async with served(Handler(verify)) as base:
        run = await checked(f"{base}/hook", provider, secret, probe=f"{base}/probe")
    assert run.problem is None
    assert keys(run, State.FAILED, State.UNKNOWN, State.NOTED) == set()
    assert len(run.outcomes) == len(CHECKS)


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
    schemes.beginning: {"damaged-signature"},
    schemes.first_characters: {"damaged-signature"},
    schemes.any_header: {"relabelled-signature"},
    schemes.exact_name: {"header-case"},
    schemes.body_only_once: FORGERIES,
}


@pytest.mark.asyncio
@pytest.mark.parametrize("verify", WRONG_CHECKS, ids=lambda verify: verify.__name__)
async def test_a_wrong_way_of_checking_is_found(verify: Verify) -> None:
    async with served(Handler(verify)) as base:
        run = await checked(f"{base}/hook", probe=f"{base}/probe")
    assert keys(run, State.FAILED) == WRONG_CHECKS[verify]
    assert keys(run, State.NOTED) == set()


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
}


@pytest.mark.asyncio
@pytest.mark.parametrize("flaw", FLAWS)
async def test_a_single_fault_is_found_and_no_other(flaw: str) -> None:
    async with served(Handler(schemes.rcs, frozenset({flaw}))) as base:
        run = await checked(f"{base}/hook", probe=f"{base}/probe")
    assert keys(run, State.FAILED) == FLAWS[flaw]


STALE = {"stripe": schemes.stripe, "standard-webhooks": schemes.standard, "slack": schemes.slack}


@pytest.mark.asyncio
@pytest.mark.parametrize("provider", STALE)
async def test_a_handler_that_takes_old_events_is_found(provider: str) -> None:
    handler = Handler(STALE[provider], frozenset({"accepts stale"}))
    async with served(handler) as base:
        run = await checked(f"{base}/hook", provider, GOOD[provider][1], probe=f"{base}/probe")
    assert keys(run, State.FAILED) == {"stale-timestamp"}


@pytest.mark.asyncio
async def test_a_comparison_that_ignores_case_is_found_where_case_counts() -> None:
    handler = Handler(schemes.standard, frozenset({"ignores case"}))
    async with served(handler) as base:
        run = await checked(f"{base}/hook", "standard-webhooks", schemes.WHSEC, only="damaged-signature")
    assert keys(run, State.FAILED) == {"damaged-signature"}


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
