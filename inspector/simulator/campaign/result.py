"""A campaign's result as JSON and as text for a terminal."""

from __future__ import annotations

from typing import Any

from inspector.simulator.campaign.session import Outcome


def as_json(outcome: Outcome) -> dict[str, Any]:
    """Return everything about a run as JSON values."""
    tally, run = outcome.tally, outcome.run
    return {
        "scenario": run.scenario.name,
        "title": run.scenario.title,
        "campaign": run.scenario.campaign_id,
        "run": run.mark,
        "seed": run.seed,
        "start": run.start.isoformat(),
        "url": outcome.url,
        "ended": outcome.phase.value,
        "took_s": round(outcome.took_s, 3),
        "rate": round(tally.sent / outcome.took_s, 1) if outcome.took_s else 0.0,
        "sent": tally.sent,
        "accepted": tally.accepted,
        "events": tally.events,
        "kinds": dict(tally.kinds),
        "codes": dict(tally.codes),
        "carriers": dict(tally.carriers),
        "duplicates": tally.duplicates,
        "retries": tally.retries,
        "gave_up": tally.gave_up,
        "out_of_order": tally.late,
        "lost": tally.lost,
        "not_taken": len(tally.unsettled),
        "answers": dict(tally.statuses),
        "answer_ms": {f"p{percent}": round(tally.percentile_ms(percent), 1) for percent in (50, 95, 99)},
        "comparison": [
            {
                "group": line.group,
                "what": line.title,
                "declared": line.declared,
                "recognised": line.recognised,
                "agrees": line.agrees,
                "note": line.note,
            }
            for line in outcome.lines
        ],
        "agrees": outcome.agrees if outcome.recognised is not None else None,
        "search": outcome.search,
    }


def sentence(outcome: Outcome) -> str:
    """Return how a run went, in one sentence."""
    tally = outcome.tally
    ended = "stopped" if outcome.phase.value == "stopped" else "sent"
    words = f"{tally.sent:,} {ended}, {tally.accepted:,} answered 2xx"
    if tally.unsettled:
        words += f", {len(tally.unsettled):,} events never taken"
    if outcome.recognised is None:
        return f"{words}."
    if outcome.agrees:
        return f"{words}. Everything was recognised as declared."
    wrong = sum(line.agrees is False for line in outcome.lines)
    return f"{words}. {wrong} of {len(outcome.lines)} counts differ."


def table(outcome: Outcome) -> str:
    """Return the comparison as aligned columns."""
    rows = [("", "declared", "recognised", "")]
    for line in outcome.lines:
        seen = "" if line.recognised is None else f"{line.recognised:,}"
        mark = {True: "same", False: "differs", None: ""}[line.agrees]
        rows.append((line.title, f"{line.declared:,}", seen, ", ".join(part for part in (mark, line.note) if part)))
    width = max(len(row[0]) for row in rows)
    return "\n".join(f"  {title:<{width}} {sent:>12} {seen:>12}  {note}".rstrip() for title, sent, seen, note in rows)
