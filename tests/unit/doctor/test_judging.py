"""What an answer means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from inspector.doctor.fetching import Heard, PublicTls, Trouble
from inspector.doctor.finding import Deed, Finding, Outcome, bad
from inspector.doctor.judging import judge_clock, judge_names, judge_own, judge_public, judge_tls

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
URL = "https://quiet-otter.example.com/in/~abc"
NOBODY = bad("Nobody answers.")


def heard(status: int = 200, text: str = "", *headers: tuple[str, str], **more: object) -> Heard:
    return Heard(URL, status, text, headers, **more)  # type: ignore[arg-type]


def public(status: int, text: str = "", *headers: tuple[str, str]) -> Finding:
    finding = judge_public(heard(status, text, *headers), "the proof")
    assert finding.outcome is Outcome.BAD
    assert finding.action is not None
    return finding


def test_our_own_answer_is_the_proof() -> None:
    assert judge_public(heard(200, "the proof", ms=48.2), "the proof").outcome is Outcome.GOOD
    assert judge_own(heard(200, "the proof"), "the proof", "here", NOBODY).outcome is Outcome.GOOD


def test_another_process_is_named_by_what_it_says() -> None:
    finding = public(200, "<html><title>Welcome to nginx!</title>")
    assert "Another program" in finding.words
    assert "“Welcome to nginx!”" in finding.detail


def test_another_instance_of_this_program_is_another_program() -> None:
    finding = public(404, "No endpoint has this address")
    assert "Another program" in finding.words
    assert "404" in finding.detail


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (200, "<html>You are about to visit quiet-otter.ngrok-free.app … ERR_NGROK_6024</html>"),
        (401, "<title>Friendly Reminder</title> This website is served via localtunnel"),
        (511, ""),
    ],
)
def test_a_page_of_the_tunnel_is_recognised(status: int, text: str) -> None:
    assert "a page of its own" in public(status, text).words


@pytest.mark.parametrize(
    ("status", "text", "headers"),
    [
        (404, "Tunnel gone", (("Ngrok-Error-Code", "ERR_NGROK_3200"),)),
        (503, "no tunnel here :(", ()),
        (530, "<title>Error 1033 | Cloudflare</title>error 1033", ()),
    ],
)
def test_a_tunnel_that_is_gone_is_recognised(status: int, text: str, headers: tuple[tuple[str, str], ...]) -> None:
    assert "knows no tunnel" in public(status, text, *headers).words


@pytest.mark.parametrize("status", [502, 504, 522, 530])
def test_a_carrier_that_does_not_get_through_is_recognised(status: int) -> None:
    assert "does not get through" in public(status).words


def test_a_redirect_is_told_with_its_target() -> None:
    finding = public(308, "", ("Location", "https://www.example.com/"))
    assert "https://www.example.com/" in finding.detail


def test_a_login_in_front_is_told() -> None:
    assert "asks who is there" in public(403, "<title>Sign in - Access</title>").words


@pytest.mark.parametrize("trouble", list(Trouble))
def test_every_trouble_has_its_words(trouble: Trouble) -> None:
    finding = judge_public(Heard(URL, trouble=trouble, words="words of the system"), "x")
    assert finding.outcome is Outcome.BAD
    assert finding.detail.endswith(".")
    own = judge_own(Heard(URL, trouble=trouble, words="words of the system"), "x", "here", NOBODY)
    assert own.outcome is Outcome.BAD
    assert (own is NOBODY) is (trouble is Trouble.REFUSED)


@pytest.mark.parametrize(
    ("addresses", "outcome"),
    [
        (("104.16.1.1", "2606:4700::1"), Outcome.GOOD),
        (("127.0.0.1",), Outcome.DOUBT),
        (("192.168.1.7",), Outcome.DOUBT),
        (("2606:4700::1",), Outcome.DOUBT),
        (("10.0.0.1", "104.16.1.1"), Outcome.GOOD),
    ],
)
def test_a_name_is_good_where_the_internet_can_follow_it(addresses: tuple[str, ...], outcome: Outcome) -> None:
    assert judge_names("hooks.example.com", addresses).outcome is outcome


def test_a_certificate_is_judged_by_trust_and_end() -> None:
    fine = PublicTls("TLSv1.3", "Let's Encrypt", NOW + timedelta(days=60))
    assert judge_tls(URL, fine, NOW).outcome is Outcome.GOOD
    soon = judge_tls(URL, PublicTls("TLSv1.3", "Let's Encrypt", NOW + timedelta(days=3)), NOW)
    assert (soon.outcome, soon.words) == (
        Outcome.DOUBT,
        "The certificate of quiet-otter.example.com expires in 3 days.",
    )
    wrong = PublicTls(trouble=Trouble.CERTIFICATE, words="certificate has expired")
    assert judge_tls(URL, wrong, NOW).detail == "Certificate has expired. Providers refuse it."
    assert judge_tls("http://hooks.example.com", PublicTls(), NOW).outcome is Outcome.DOUBT


def at(skew_s: float, ms: float = 100.0) -> Heard:
    """Return an answer whose clock is `skew_s` behind ours."""
    return heard(200, "", sent_at=NOW, ms=ms, date=NOW + timedelta(milliseconds=ms / 2) - timedelta(seconds=skew_s))


@pytest.mark.parametrize(
    ("skew_s", "outcome"),
    [
        (0, Outcome.GOOD),
        (0.9, Outcome.GOOD),
        (4, Outcome.GOOD),
        (8, Outcome.DOUBT),
        (-8, Outcome.DOUBT),
        (90, Outcome.BAD),
        (-3600, Outcome.BAD),
    ],
)
def test_a_clock_is_judged_by_its_distance(skew_s: float, outcome: Outcome) -> None:
    finding = judge_clock(at(skew_s))
    assert finding is not None
    assert finding.outcome is outcome
    if outcome is not Outcome.GOOD:
        assert ("ahead" in finding.words) is (skew_s > 0)


def test_a_slow_answer_does_not_accuse_the_clock() -> None:
    finding = judge_clock(at(4, ms=9000))
    assert finding is not None
    assert finding.outcome is Outcome.GOOD


def test_an_answer_without_a_date_says_nothing_about_the_clock() -> None:
    assert judge_clock(heard(200, "")) is None


def test_another_program_on_our_port_leads_to_another_port() -> None:
    finding = judge_own(heard(200, "something else"), "the proof", "on this computer", NOBODY)
    assert finding.action is not None
    assert finding.action.deed is Deed.CHOOSE_PORT
    assert "something else" in finding.detail
