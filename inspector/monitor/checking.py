"""What a check reads, in one moment of the database, and what it finds in it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from inspector.monitor.alerts import Rule, RuleId
from inspector.monitor.findings import of_drifts, of_figures, of_violations
from inspector.monitor.judging import MICRO, Finding
from inspector.store.figure_reads import Noticed, read_drifts, read_violations, read_window
from inspector.store.figure_rows import Tally
from inspector.store.figures import Limits

FIGURES = (RuleId.FAILURE_RATE, RuleId.PROCESSING_TIME, RuleId.SIGNATURE_FAILURE)


@dataclass(frozen=True, slots=True)
class Material:
    """Counts in slots of ten seconds, and what was noticed, of the longest window of any rule."""

    tally: Tally
    violations: list[Noticed]
    drifts: list[tuple[str, Noticed]]


def read_check(connection: sqlite3.Connection, rules: Mapping[RuleId, Rule], limits: Limits, at_us: int) -> Material:
    """Read what a check at a moment needs; what comes later is left out."""
    longest_s = max(rules[rule].window_s for rule in FIGURES)
    return Material(
        read_window(connection, limits, at_us, at_us - longest_s * MICRO, at_us),
        read_violations(connection, at_us - rules[RuleId.OPT_OUT_VIOLATION].window_s * MICRO, at_us),
        read_drifts(connection, at_us - rules[RuleId.SHAPE_DRIFT].window_s * MICRO, at_us),
    )


def findings_of(rules: Mapping[RuleId, Rule], material: Material, at_us: int) -> list[Finding]:
    """Return everything that is as bad as a rule says."""
    return [
        *of_figures(rules, material.tally, at_us),
        *of_violations(rules[RuleId.OPT_OUT_VIOLATION], material.violations),
        *of_drifts(rules[RuleId.SHAPE_DRIFT], material.drifts),
    ]
