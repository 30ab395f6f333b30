"""Reports say what was found in every form, and never a secret."""

from __future__ import annotations

import base64
import json
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import PurePath

import pytest

from inspector.domain.errors import UsageError
from inspector.domain.secret import Secret
from inspector.resources import resource_path
from inspector.simulator.check.checks import CHECKS, chosen
from inspector.simulator.check.fixes import load_frameworks
from inspector.simulator.check.outcome import Run
from inspector.simulator.check.provider import Identity
from inspector.simulator.check.report import Report, report_of
from inspector.simulator.check.report_formats import FORMATS, HTML, JSON, JUNIT, MARKDOWN, format_of, written
from inspector.simulator.check.runner import HandlerCheck
from tests.fakes import a_target, answering
from tests.integration.check import schemes
from tests.integration.check.checking import catalogue, checked, identity, quick
from tests.integration.check.handlers import SECRET, Handler, served


def reported(run: Run, provider: str = "rcs-events") -> Report:
    """Return a run as a report with advice for Flask."""
    profile = catalogue().get(provider)
    assert profile is not None
    return report_of(run, profile.recipes[0], load_frameworks(resource_path("fixes"))[0], "Webhook Inspector 1")


async def a_report() -> Report:
    """Return the report on a handler that accepts forged events."""
    async with served(Handler(schemes.only_presence)) as base:
        return reported(await checked(f"{base}/hook", only="1-6,duplicate,stale-timestamp,changed-body"))


@pytest.mark.asyncio
async def test_the_json_report_tells_every_check() -> None:
    told = json.loads(written(await a_report(), JSON))
    states = {check["key"]: check["state"] for check in told["checks"]}
    assert states["successful-delivery"] == "passed"
    assert states["invalid-signature"] == "failed"
    assert states["stale-timestamp"] == "skipped"
    assert told["summary"] == {"passed": 5, "noted": 1, "failed": 2, "unknown": 0, "skipped": 1}
    forged = next(check for check in told["checks"] if check["key"] == "invalid-signature")
    assert "hmac.new(" in forged["code"]
    assert forged["exchanges"][0]["request"].startswith("POST /hook HTTP/1.1\nHost: ")
    assert forged["exchanges"][0]["status"] == 200


@pytest.mark.asyncio
async def test_the_junit_report_counts_as_build_servers_do() -> None:
    root = ET.fromstring(written(await a_report(), JUNIT))
    suite = root.find("testsuite")
    assert root.tag == "testsuites"
    assert suite is not None
    assert {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "9", "failures": "2", "errors": "0", "skipped": "1",
    }  # fmt: skip
    assert [child.tag for child in suite] == ["properties", *["testcase"] * 9, "system-out", "system-err"]
    cases = suite.findall("testcase")
    assert all(case.get("name") and case.get("classname") and case.get("time") for case in cases)
    assert [len(case.findall("failure")) for case in cases].count(1) == 2
    assert "Only the answers were seen" in (suite.findtext("system-out") or "")


class _Reader(HTMLParser):
    """Notes what a page loads, and whether its elements are closed."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loads += [value or "" for name, value in attrs if name in ("src",) or (tag == "link" and name == "href")]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.asyncio
async def test_the_html_report_needs_nothing_else_and_suits_light_and_dark() -> None:
    page = written(await a_report(), HTML)
    reader = _Reader()
    reader.feed(page)
    assert reader.loads == []
    assert reader.open == []
    assert "prefers-color-scheme: dark" in page
    assert "Your handler accepted a forged event" in page
    assert "url(" not in page


@pytest.mark.asyncio
async def test_the_markdown_report_has_a_table_and_a_section_for_each_finding() -> None:
    text = written(await a_report(), MARKDOWN)
    assert "| 6 | Invalid signature is rejected | ❌ Fail | 200 OK" in text
    assert "## 6. Invalid signature is rejected: Your handler accepted a forged event" in text
    assert "```python" in text
    assert "## 1." not in text


@pytest.mark.asyncio
@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.suffix)
async def test_what_a_handler_answers_cannot_break_a_report(form: object) -> None:
    nasty = b'</script><script>alert(1)</script> ]]> ``` | & "\x00\x1b[31m'
    answer = b"HTTP/1.1 500 <b>|\r\nContent-Length: %d\r\n\r\n%b" % (len(nasty), nasty)
    async with a_target(answering(answer)) as target:
        report = reported(await checked(target.url, only="1,6,malformed-json"))
    text = written(report, form)  # type: ignore[arg-type]  # one of FORMATS
    assert "\x1b" not in text
    assert "\x00" not in text
    if form is HTML:
        assert "<script" not in text
    if form is JUNIT:
        ET.fromstring(text)
    if form is JSON:
        json.loads(text)


PASSWORDS = {"static-token": "a-very-secret-token", "basic-auth": "user:a-very-secret-token", "rcs-events": SECRET}


@pytest.mark.asyncio
@pytest.mark.parametrize("provider", PASSWORDS)
@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.suffix)
async def test_no_secret_is_in_a_report_even_where_it_is_sent_or_echoed(provider: str, form: object) -> None:
    secret = PASSWORDS[provider]
    echo = f"HTTP/1.1 500 Oops\r\nX-Echo: {secret}\r\nContent-Length: {len(secret)}\r\n\r\n{secret}".encode()
    known = identity()
    async with a_target(answering(echo)) as target:
        who = Identity(catalogue().get(provider), Secret(secret), known.samples)
        checking = HandlerCheck(f"{target.url}?token={secret}", who, seams=quick())
        report = reported(await checking.run(chosen(["1", "6", "duplicate"])), provider)
    text = written(report, form)  # type: ignore[arg-type]  # one of FORMATS
    for part in (secret, secret.partition(":")[2] or secret, base64.b64encode(secret.encode()).decode()):
        assert part not in text
    assert "••••" in text


@pytest.mark.asyncio
async def test_a_target_that_is_down_is_in_the_report() -> None:
    async with a_target() as target:
        url = target.url
    report = reported(await checked(url))
    suite = ET.fromstring(written(report, JUNIT)).find("testsuite")
    assert suite is not None
    assert suite.get("errors") == "1"
    assert "Nothing is listening" in written(report, HTML)
    assert "Nothing is listening" in written(report, MARKDOWN)
    assert json.loads(written(report, JSON))["problem"]["title"].startswith("Nothing is listening")


def test_a_files_name_says_what_kind_of_report_it_is() -> None:
    names = {"a.html": HTML, "a.HTM": HTML, "a.md": MARKDOWN, "a.markdown": MARKDOWN, "a.xml": JUNIT, "a.json": JSON}
    assert {name: format_of(PurePath(name)) for name in names} == names
    with pytest.raises(UsageError, match="names no kind"):
        format_of(PurePath("a.pdf"))


def test_keys_are_unique_and_the_seven_come_first() -> None:
    assert len({check.key for check in CHECKS}) == len(CHECKS)
    assert [check.folded for check in CHECKS] == [False] * 7 + [True] * (len(CHECKS) - 7)
