"""The reports of a run: HTML for people, Markdown for tickets, JUnit XML for build servers, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from xml.sax.saxutils import escape, quoteattr

from inspector.domain.errors import UsageError
from inspector.simulator.check.outcome import State
from inspector.simulator.check.report import Report, Row, plain, without_secrets
from inspector.simulator.check.report_html import write_html


@dataclass(frozen=True, slots=True)
class ReportFormat:
    """One form of report: its name, its file suffix and what writes it."""

    name: str
    suffix: str
    write: Callable[[Report], str]


def written(report: Report, form: ReportFormat) -> str:
    """Return the report's text; whatever went into it, no secret is in it."""
    return without_secrets(form.write(report), report.run.scrub)


def write_json(report: Report) -> str:
    """Return the report as JSON."""
    return json.dumps(plain(report), ensure_ascii=False, indent=2) + "\n"


# -- Markdown ---------------------------------------------------------------------------------------------------------

_MARKS = {
    State.PASSED: "✅ Pass",
    State.NOTED: "⚠️ Note",
    State.FAILED: "❌ Fail",
    State.UNKNOWN: "❔ Cannot tell",
    State.SKIPPED: "▫️ Not applicable",
}


def write_markdown(report: Report) -> str:
    """Return the report as Markdown: the table first, then what is to be done about each finding."""
    run = report.run
    lines = [
        f"# Handler check of {_code(run.target)}",
        "",
        f"{report.summary[:1].upper()}{report.summary[1:]}. {report.pace}.",
        "",
        f"Events of {run.provider}, {run.started_at:%Y-%m-%d %H:%M:%S} UTC, {run.seconds:.1f} s, {report.program}."
        + (f" Probe: {_code(run.probe)}." if run.probe else ""),
        "",
    ]
    if run.problem:
        lines += [f"**{_cell(run.problem.title)}.** {_cell(run.problem.hint)}", ""]
    if report.rows:
        lines += ["| # | check | result | got |", "| -: | --- | --- | --- |"]
        lines += [_table_row(row) for row in report.rows]
        lines.append("")
    for row in report.rows:
        if row.state in (State.FAILED, State.NOTED, State.UNKNOWN):
            lines += _finding(row, report)
    return "\n".join(lines).rstrip() + "\n"


def _table_row(row: Row) -> str:
    return f"| {row.number} | {_cell(row.check.title)} | {_MARKS[row.state]} | {_cell(row.outcome.got)} |"


def _finding(row: Row, report: Report) -> list[str]:
    outcome = row.outcome
    lines = [
        f"## {row.number}. {row.check.title}: {_cell(outcome.ruling.title)}",
        "",
        _cell(outcome.ruling.text),
        "",
        f"- Sent: {_cell(outcome.sent)}",
        f"- Expected: {_cell(outcome.expected)}",
        f"- Got: {_cell(outcome.got)}",
        f"- Why it matters: {_cell(row.check.why)}",
    ]
    if row.fix.advice:
        lines.append(f"- How to fix: {_cell(row.fix.advice)}")
    lines.append("")
    if row.fix.code and report.framework:
        name = {"Node": "js", "Python": "python", "PHP": "php", "Go": "go", "Java": "java"}[report.framework.language]
        lines += [f"{_fence(row.fix.code)}{name}", row.fix.code.rstrip("\n"), _fence(row.fix.code), ""]
    return lines


def _fence(text: str) -> str:
    fence = "```"
    while fence in text:
        fence += "`"
    return fence


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def _code(text: str) -> str:
    return f"`{text}`"


# -- JUnit ------------------------------------------------------------------------------------------------------------


def write_junit(report: Report) -> str:
    """Return the report as JUnit XML: a suite with a test case for each check, valid for Ant's schema and Jenkins'.

    Notes pass and stand in the suite's output; what cannot be told and what does not apply is skipped; a target that
    is down is an error.
    """
    run = report.run
    errors = int(run.problem is not None)
    counts = (
        f'tests="{len(report.rows) + errors}" failures="{run.count(State.FAILED)}" errors="{errors}" '
        f'skipped="{run.count(State.SKIPPED, State.UNKNOWN)}"'
    )
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<testsuites>",
        f'  <testsuite id="0" package="handler-check" name={_attribute(f"Handler check of {run.target}")} {counts} '
        f'time="{run.seconds:.3f}" timestamp="{run.started_at:%Y-%m-%dT%H:%M:%S}" hostname="localhost">',
        "    <properties>",
        *(_property(name, value) for name, value in _facts(report)),
        "    </properties>",
    ]
    for row in report.rows:
        lines += _case(row)
    if run.problem:
        message, kind = _attribute(run.problem.title), _attribute(run.problem.failure)
        lines += [
            '    <testcase name="The handler answers" classname="handler-check" time="0.000">',
            f"      <error message={message} type={kind}>{_xml(run.problem.hint)}</error>",
            "    </testcase>",
        ]
    notes = [f"{row.number:02d} {row.check.title}: {row.outcome.ruling.title}. {row.outcome.ruling.text}"
             for row in report.rows if row.state is State.NOTED]  # fmt: skip
    said = "\n".join([f"{report.summary}. {report.pace}.", *notes])
    lines += [f"    <system-out>{_xml(said)}</system-out>", "    <system-err></system-err>"]
    return "\n".join([*lines, "  </testsuite>", "</testsuites>", ""])


def _facts(report: Report) -> list[tuple[str, str]]:
    run = report.run
    facts = [("target", run.target), ("provider", run.provider), ("probe", run.probe), ("program", report.program)]
    return [(name, value) for name, value in facts if value]


def _property(name: str, value: str) -> str:
    return f"      <property name={_attribute(name)} value={_attribute(value)}/>"


def _case(row: Row) -> list[str]:
    outcome = row.outcome
    name = _attribute(f"{row.number:02d} {row.check.title}")
    head = f'    <testcase name={name} classname="handler-check.{outcome.key}" time="{outcome.seconds:.3f}"'
    told = f"{outcome.ruling.text}\nSent: {outcome.sent}\nExpected: {outcome.expected}\nGot: {outcome.got}"
    if outcome.state is State.FAILED:
        text = f"{told}\nHow to fix: {row.fix.advice}" if row.fix.advice else told
        message = _attribute(outcome.ruling.title)
        return [
            f"{head}>",
            f'      <failure message={message} type="{outcome.key}">{_xml(text)}</failure>',
            "    </testcase>",
        ]
    if outcome.state in (State.SKIPPED, State.UNKNOWN):
        message = _attribute(f"{outcome.word}: {outcome.ruling.text}")
        return [f"{head}>", f"      <skipped message={message}/>", "    </testcase>"]
    return [f"{head}/>"]


def _legal(text: str) -> str:
    """Return a text without the characters XML 1.0 cannot hold."""
    return "".join(sign if sign in "\t\n\r" or "\u0020" <= sign <= "\ud7ff" or "\ue000" <= sign <= "\ufffd"
                   or sign > "\uffff" else "�" for sign in text)  # fmt: skip


def _xml(text: str) -> str:
    return escape(_legal(text))


def _attribute(text: str) -> str:
    return quoteattr(" ".join(_legal(text).split()))


HTML = ReportFormat("HTML", "html", write_html)
MARKDOWN = ReportFormat("Markdown", "md", write_markdown)
JUNIT = ReportFormat("JUnit XML", "xml", write_junit)
JSON = ReportFormat("JSON", "json", write_json)

FORMATS = (HTML, MARKDOWN, JUNIT, JSON)


def format_of(file: PurePath) -> ReportFormat:
    """Return the form a file's name asks for. Raises UsageError."""
    suffix = file.suffix.lower().lstrip(".").replace("htm", "html").replace("htmll", "html")
    for form in FORMATS:
        if suffix == form.suffix or (form is MARKDOWN and suffix == "markdown"):
            return form
    known = ", ".join(f".{form.suffix}" for form in FORMATS)
    raise UsageError(f"{file.name} names no kind of report.", "", f"Let it end in one of {known}.")
