"""The report as one HTML page that needs nothing else: light and dark, printable, every request folded in."""

from __future__ import annotations

from html import escape

from inspector.simulator.check.outcome import WORDS, State
from inspector.simulator.check.report import Report, Row, Shown

_STYLE = """
:root { color-scheme: light dark; --ground: #ffffff; --text: #1b1f24; --quiet: #57606a; --line: #d0d7de;
  --soft: #f6f8fa; --passed: #1a7f37; --noted: #8a5a00; --failed: #b3261e; --unknown: #57606a; --skipped: #57606a; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171c; --text: #e6e9ee; --quiet: #9aa4b2; --line: #30363d;
  --soft: #1c2128; --passed: #4ac26b; --noted: #e3a63a; --failed: #ff7b72; --unknown: #9aa4b2; --skipped: #9aa4b2; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 980px; padding: 32px 24px 64px; background: var(--ground); color: var(--text);
  font: 15px/1.5 Inter, system-ui, "Segoe UI", sans-serif; }
h1 { font-size: 24px; margin: 0 0 4px; overflow-wrap: anywhere; } h2 { font-size: 17px; margin: 0; }
p { margin: 8px 0; } .quiet { color: var(--quiet); }
.bar { display: flex; gap: 3px; margin: 16px 0; }
.bar a { flex: 1; height: 8px; border-radius: 4px; background: var(--c); }
.passed { --c: var(--passed); } .noted { --c: var(--noted); } .failed { --c: var(--failed); }
.unknown { --c: var(--line); --t: var(--unknown); } .skipped { --c: var(--line); --t: var(--skipped); }
.word { color: var(--t, var(--c)); font-weight: 600; white-space: nowrap; }
.problem { border: 1px solid var(--failed); border-radius: 8px; padding: 8px 16px; }
article { border: 1px solid var(--line); border-left: 4px solid var(--c); border-radius: 8px; padding: 12px 16px;
  margin: 12px 0; break-inside: avoid-page; }
header { display: flex; gap: 12px; align-items: baseline; } header h2 { flex: 1; }
dl { display: grid; grid-template-columns: 8.5em 1fr; gap: 4px 12px; margin: 8px 0; }
dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
pre { background: var(--soft); border: 1px solid var(--line); border-radius: 6px; padding: 10px 12px; overflow-x: auto;
  font: 13px/1.5 "JetBrains Mono", ui-monospace, Consolas, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
pre.code { white-space: pre; } details { margin: 6px 0; } summary { cursor: pointer; color: var(--quiet); }
@media print { body { max-width: none; } }
"""


def write_html(report: Report) -> str:
    """Return the page."""
    run = report.run
    title = f"Handler check of {run.target}"
    probe = f" Probe: <code>{escape(run.probe)}</code>." if run.probe else ""
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{escape(title)}</h1>",
        f'<p class="quiet">Events of {escape(run.provider)}, {run.started_at:%Y-%m-%d %H:%M:%S} UTC, '
        f"{run.seconds:.1f} s, {escape(report.program)}.{probe}</p>",
        f"<p><strong>{escape(report.summary[:1].upper() + report.summary[1:])}.</strong> {escape(report.pace)}.</p>",
    ]
    if run.problem:
        text = f"<strong>{escape(run.problem.title)}.</strong> {escape(run.problem.hint)}"
        parts.append(f'<p class="problem">{text}</p>')
    links = "".join(_segment(row) for row in report.rows)
    parts.append(f'<nav class="bar" aria-label="Results">{links}</nav>')
    parts += [_article(row) for row in report.rows]
    return "\n".join([*parts, "</body></html>", ""])


def _segment(row: Row) -> str:
    words = escape(f"{row.number}. {row.check.title}: {row.outcome.word}", quote=True)
    return f'<a class="{row.state.value}" href="#check-{row.number}" title="{words}" aria-label="{words}"></a>'


def _article(row: Row) -> str:
    outcome = row.outcome
    status = f" {outcome.status}" if outcome.status else ""
    facts = [
        ("Sent", outcome.sent),
        ("Expected", outcome.expected),
        ("Got", outcome.got),
        ("Why it matters", row.check.why),
    ]
    if row.fix.advice:
        facts.append(("How to fix", row.fix.advice))
    told = "".join(f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in facts)
    parts = [
        f'<article id="check-{row.number}" class="{row.state.value}"><header><h2>{row.number}. '
        f'{escape(row.check.title)}</h2><span class="word">{WORDS[row.state]}{status}</span></header>',
        f"<p><strong>{escape(outcome.ruling.title)}.</strong> {escape(outcome.ruling.text)}</p>",
    ]
    if row.state is not State.SKIPPED:
        parts.append(f"<dl>{told}</dl>")
    if row.fix.code:
        parts.append(f'<pre class="code"><code>{escape(row.fix.code)}</code></pre>')
    parts += [_exchange(shown) for shown in row.shown]
    if row.left_out:
        parts.append(f'<p class="quiet">{row.left_out} more requests like these.</p>')
    return "".join([*parts, "</article>"])


def _exchange(shown: Shown) -> str:
    answer = f"answered {shown.status} in {shown.ms:.0f} ms" if shown.status else "no answer"
    return (
        f"<details><summary>Request: {escape(shown.label)}, {answer}</summary>"
        f"<pre>{escape(shown.request)}</pre><pre>{escape(shown.response)}</pre></details>"
    )
