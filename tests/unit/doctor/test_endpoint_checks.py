"""Path, access, what died and room on the disk, judged as values."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from inspector.directory import Resolved
from inspector.doctor.endpoint_checks import (
    Refused,
    ago,
    judge_access,
    judge_died,
    judge_disk,
    judge_path,
    slip_of,
)
from inspector.doctor.finding import Deed, Outcome
from inspector.domain.access import AccessRule, RateLimit
from inspector.domain.endpoint_secret import SecretRef
from inspector.domain.event import Refusal
from inspector.tunnels.state import TunnelState, TunnelStatus
from tests.builders import an_endpoint

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PATH = "/in/rcs-prod"
UP = TunnelState(status=TunnelStatus.UP, public_url="https://x.example.com", client_header="CF-Connecting-IP")


def resolved(**access: object) -> Resolved:
    endpoint = replace(an_endpoint(), token="rcs-prod", name="RCS", access=AccessRule(**access))  # type: ignore[arg-type]
    return Resolved(endpoint, None, ())


def refused(
    refusal: Refusal, *, path: str = "", reason: str = "Because.", minutes: int = 3, here: bool = True
) -> Refused:
    return Refused(refusal, reason, path, NOW - timedelta(minutes=minutes), here)


@pytest.mark.parametrize(
    ("asked", "slips"),
    [
        ("/in/rcs-prd", True),
        ("/in/RCS-Prod", True),
        ("/in/rcs-prod/", True),
        ("/rcs-prod", True),
        ("/webhooks/in/rcs-prod", True),
        ("/in/rcs-stag", False),
        ("/favicon.ico", False),
        ("/wp-login.php", False),
    ],
)
def test_a_slip_of_the_pen_is_told_from_something_else(asked: str, slips: bool) -> None:
    assert bool(slip_of(asked, PATH, (PATH, "/in/rcs-staging"))) is slips


def test_a_request_to_nearly_this_path_explains_why_nothing_arrives() -> None:
    finding = judge_path(
        resolved(), "https://x/in/rcs-prod", (PATH,), [refused(Refusal.UNKNOWN_ENDPOINT, path="/in/rcs-prd")], NOW
    )
    assert finding.outcome is Outcome.BAD
    assert "/in/rcs-prd" in finding.words
    assert finding.action is not None
    assert (finding.action.deed, finding.action.detail) == (Deed.COPY_ADDRESS, "https://x/in/rcs-prod")


def test_an_endpoint_that_takes_no_post_is_wrong() -> None:
    finding = judge_path(resolved(methods=("GET",)), "a", (PATH,), [], NOW)
    assert finding.outcome is Outcome.BAD
    assert judge_path(resolved(methods=("get", "post")), "a", (PATH,), [], NOW).outcome is Outcome.GOOD


def test_an_open_endpoint_lets_everybody_in() -> None:
    assert judge_access(resolved(), UP, [], NOW).words == "Everybody may send here."


def test_an_allow_list_shuts_everybody_out_who_comes_through_the_tunnel() -> None:
    finding = judge_access(resolved(allowed=("203.0.113.0/24",)), UP, [], NOW)
    assert finding.outcome is Outcome.BAD
    assert "127.0.0.1" in finding.words
    assert "CF-Connecting-IP" in finding.words


def test_trusting_the_tunnels_header_is_offered_where_it_helps() -> None:
    finding = judge_access(resolved(allowed=("203.0.113.0/24",)), UP, [], NOW)
    assert finding.action is not None
    assert (finding.action.deed, finding.action.detail) == (Deed.TRUST_TUNNEL, "1 CF-Connecting-IP")
    own = judge_access(resolved(allowed=("203.0.113.0/24",), client_header="X-Real-IP"), UP, [], NOW)
    assert own.action is not None
    assert own.action.deed is Deed.ENDPOINT_SETTINGS  # a proxy of the user's own sets the header that is read


def test_a_limit_of_one_sender_is_a_limit_of_all_through_the_tunnel() -> None:
    finding = judge_access(resolved(sender_rate=RateLimit(5)), UP, [], NOW)
    assert finding.outcome is Outcome.DOUBT
    assert finding.action is not None
    assert finding.action.deed is Deed.TRUST_TUNNEL
    trusted = {"trusted_peers": ("127.0.0.0/8",), "client_header": "CF-Connecting-IP"}
    assert judge_access(resolved(sender_rate=RateLimit(5), **trusted), UP, [], NOW).outcome is Outcome.GOOD


def test_a_trusted_header_lets_the_tunnels_senders_in() -> None:
    rule = {"allowed": ("203.0.113.0/24",), "trusted_peers": ("127.0.0.1",), "client_header": "CF-Connecting-IP"}
    assert judge_access(resolved(**rule), UP, [], NOW).outcome is Outcome.GOOD


def test_without_a_tunnel_the_allow_list_is_taken_as_meant() -> None:
    assert judge_access(resolved(allowed=("203.0.113.0/24",)), TunnelState(), [], NOW).outcome is Outcome.GOOD


def test_what_the_rules_turned_away_is_told_with_the_latest_reason() -> None:
    blocked = [refused(Refusal.BLOCKED, reason="10.0.0.1 is not on the allow-list.")] * 4
    finding = judge_access(resolved(allowed=("10.0.0.2",)), TunnelState(), blocked, NOW)
    assert finding.words == "The allow-list turned 4 requests away in the last hour."
    assert finding.detail == "3 min ago: 10.0.0.1 is not on the allow-list."
    limited = judge_access(resolved(rate=RateLimit(5)), TunnelState(), [refused(Refusal.RATE_LIMITED)], NOW)
    assert limited.outcome is Outcome.DOUBT


def test_a_password_is_a_doubt_and_a_lost_one_is_wrong() -> None:
    assert judge_access(resolved(username="u"), TunnelState(), [], NOW).outcome is Outcome.DOUBT
    lost = resolved(username="u", password=SecretRef("k", "password", NOW))
    assert judge_access(lost, TunnelState(), [], NOW).outcome is Outcome.BAD


def test_a_rate_limit_is_told_and_no_doubt_by_itself() -> None:
    finding = judge_access(resolved(sender_rate=RateLimit(10, 60)), TunnelState(), [], NOW)
    assert (finding.outcome, finding.detail) == (Outcome.GOOD, "10 in 60 s")


def test_nothing_died_is_good() -> None:
    assert judge_died([], 0, 0, NOW).outcome is Outcome.GOOD


def test_what_died_is_counted_by_reason_with_the_latest() -> None:
    rows = [
        refused(Refusal.TLS, reason="The client speaks plain HTTP.", minutes=1),
        refused(Refusal.TOO_LARGE, minutes=9),
        refused(Refusal.TLS, minutes=5),
    ]
    finding = judge_died(rows, 2, 0, NOW)
    assert finding.words == (
        "3 requests were turned away in the last hour: 2 without a working encryption, 1 too large."
    )
    assert finding.detail.startswith("Latest, 1 min ago: The client speaks plain HTTP. 2 uploads were broken off")
    assert finding.action is not None
    assert finding.action.deed is Deed.SHOW_REFUSED


def test_every_refusal_has_its_words() -> None:
    for refusal in Refusal:
        assert judge_died([refused(refusal)], 0, 0, NOW).words.startswith("1 request was turned away")


def test_broken_uploads_alone_are_a_doubt() -> None:
    assert judge_died([], 1, 0, NOW).outcome is Outcome.DOUBT


@pytest.mark.parametrize(
    ("free", "outcome"),
    [(50 * 2**20, Outcome.BAD), (300 * 2**20, Outcome.DOUBT), (5 * 2**30, Outcome.GOOD)],
)
def test_room_on_the_disk_has_two_limits(free: int, outcome: Outcome, tmp_path: Path) -> None:
    assert judge_disk(free, tmp_path).outcome is outcome


def test_moments_are_said_as_people_do() -> None:
    assert ago(NOW - timedelta(seconds=20), NOW) == "just now"
    assert ago(NOW - timedelta(minutes=12), NOW) == "12 min ago"
