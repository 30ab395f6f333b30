"""What the test of a target found, line by line and as a text. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.doctor.finding import Outcome
from inspector.replay.target_test import AddressCheck, HttpCheck, TargetReport, TlsCheck
from inspector.ui.widgets.badges import duration

SOON_DAYS = 14
MARKS = {Outcome.GOOD: "ok", Outcome.DOUBT: "!!", Outcome.BAD: "XX", Outcome.SKIPPED: "--"}


@dataclass(frozen=True, slots=True)
class FoundLine:
    """One thing that was looked at: how it ended, what it was, and what was found."""

    outcome: Outcome
    title: str
    words: str
    detail: str = ""


def lines_of(report: TargetReport) -> tuple[FoundLine, ...]:
    """Return what was found, in the order a request meets it."""
    families = [_family(report, family) for family in ("IPv4", "IPv6")]
    return (_name(report), *families, *_encryption(report), _answer(report))


def verdict_of(report: TargetReport) -> tuple[Outcome, str, str]:
    """Return how the whole test ended, with a title and a sentence."""
    if not report.ok:
        return Outcome.BAD, "A replay will not get through", ""
    assert report.http is not None
    said = f"It answered {report.http.status} to OPTIONS in {duration(report.http.total_ms)}, at {report.answering}."
    if report.advice:
        return Outcome.DOUBT, "Something answers", said
    return Outcome.GOOD, "A replay will get through", said


def report_text(report: TargetReport) -> str:
    """Return everything as text for a colleague."""
    outcome, title, words = verdict_of(report)
    lines = [report.url, f"[{MARKS[outcome]}] {title}. {words}".rstrip(), ""]
    for line in lines_of(report):
        lines.append(f"[{MARKS[line.outcome]}] {line.title}: {line.words}")
        if line.detail:
            lines.append(f"     {line.detail}")
    if report.advice:
        lines += ["", "What to try:", *(f"- {words}" for words in report.advice)]
    return "\n".join(lines) + "\n"


def _name(report: TargetReport) -> FoundLine:
    if report.dns_problem:
        return FoundLine(Outcome.BAD, "Name", report.dns_problem)
    count = len(report.addresses)
    found = ", ".join(check.address for check in report.addresses)
    return FoundLine(Outcome.GOOD, "Name", f"Found: {count} address{'' if count == 1 else 'es'}.", found)


def _family(report: TargetReport, family: str) -> FoundLine:
    checks = [check for check in report.addresses if check.family == family]
    if not checks:
        words = "Not tried, since the name was not found." if report.dns_problem else "It has no such address."
        return FoundLine(Outcome.SKIPPED, family, words)
    accepting = [check for check in checks if check.accepts]
    detail = " · ".join(_address_words(check, report.answering) for check in checks)
    if accepting:
        return FoundLine(
            Outcome.GOOD, family, f"Takes the connection after {duration(accepting[0].connect_ms)}.", detail
        )
    # The other kind of address may do; senders go on to the next address.
    outcome = Outcome.DOUBT if report.answering else Outcome.BAD
    return FoundLine(outcome, family, f"Not reached: {checks[0].problem}.", detail)


def _address_words(check: AddressCheck, answering: str) -> str:
    if not check.accepts:
        return f"{check.address}: {check.problem}"
    return f"{check.address} answers, and is what replays use" if check.address == answering else check.address


def _encryption(report: TargetReport) -> tuple[FoundLine, ...]:
    if not report.url.startswith("https:"):
        return ()
    check = report.tls
    if check is None:
        return (FoundLine(Outcome.SKIPPED, "Encryption", "Not tried, since nothing takes the connection."),)
    detail = " · ".join(filter(None, (_cipher(check), *_certificate(check))))
    if check.problem:
        return (FoundLine(Outcome.BAD, "Encryption", check.problem, detail),)
    if check.days_left is not None and check.days_left < SOON_DAYS:
        words = f"Trusted, but its certificate ends in {check.days_left} days."
        return (FoundLine(Outcome.DOUBT, "Encryption", words, detail),)
    return (FoundLine(Outcome.GOOD, "Encryption", "Trusted.", detail),)


def _cipher(check: TlsCheck) -> str:
    return f"{check.tls.version} {check.tls.cipher}".strip() if check.tls is not None else ""


def _certificate(check: TlsCheck) -> tuple[str, ...]:
    names = f"for {', '.join(check.names[:4])}" if check.names else ""
    issuer = f"by {check.tls.issuer}" if check.tls is not None and check.tls.issuer else ""
    until = f"until {check.tls.until[:10]}" if check.tls is not None and check.tls.until else ""
    return names, issuer, until


def _answer(report: TargetReport) -> FoundLine:
    http = report.http
    if http is None:
        return FoundLine(Outcome.SKIPPED, "Answer", "Not asked, since nothing takes the connection.")
    if http.status is None:
        return FoundLine(Outcome.BAD, "Answer", http.problem or "No answer.")
    words = f"{http.status} {http.reason}".strip() + f" to OPTIONS in {duration(http.total_ms)}."
    outcome = Outcome.DOUBT if http.status in (404, 421) or 300 <= http.status < 400 else Outcome.GOOD
    return FoundLine(outcome, "Answer", words, " · ".join(_headers(http)))


def _headers(http: HttpCheck) -> list[str]:
    return [f"{name}: {value}" for name, value in (("Server", http.server), ("Allow", http.allow)) if value]
