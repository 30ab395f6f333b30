"""Where an endpoint's events go on to, as the dialog edits it, and why a rule cannot be saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_hex

from inspector.domain.errors import UsageError
from inspector.domain.forwarding import ForwardRule
from inspector.domain.identity import Identity
from inspector.domain.schedules import ONCE, schedule_of
from inspector.search import parse
from inspector.ui.endpoints.checks import number_problem, url_problem

LONGEST_LIMIT_S = 600


@dataclass(frozen=True, slots=True)
class ForwardForm:
    """One field each; `targets` has one address a line, `limit` is "" for the schedule's own."""

    id: str
    name: str = ""
    match: str = ""
    targets: str = ""
    enabled: bool = True
    identity: str = Identity.CAPTURED.value
    in_order: bool = False
    schedule: str = ONCE.id
    limit: str = ""

    def key(self, field: str) -> str:
        """Return the name under which a problem of one of its fields is told."""
        return f"forward:{self.id}:{field}"


def new_forward() -> ForwardForm:
    """Return an empty rule."""
    return ForwardForm(id=token_hex(6))


def forward_form_of(rule: ForwardRule) -> ForwardForm:
    """Return the form that shows a rule."""
    return ForwardForm(
        id=rule.id,
        name=rule.name,
        match=rule.match,
        targets="\n".join(rule.targets),
        enabled=rule.enabled,
        identity=rule.identity.value,
        in_order=rule.in_order,
        schedule=rule.schedule,
        limit="" if rule.limit_s is None else f"{rule.limit_s:g}",
    )


def forward_problems(forms: Sequence[ForwardForm]) -> dict[str, str]:
    """Return the reason for every field of every rule that cannot be saved."""
    found = {}
    for form in forms:
        found[form.key("match")] = next((error.text for error in parse(form.match).errors), "")
        found[form.key("targets")] = _targets_problem(targets_of(form.targets))
        found[form.key("schedule")] = schedule_problem(form.schedule)
        found[form.key("limit")] = number_problem(
            form.limit, 0.1, LONGEST_LIMIT_S, "seconds", empty_ok=True, whole=False
        )
    return {name: reason for name, reason in found.items() if reason}


def forward_applied(form: ForwardForm) -> ForwardRule:
    """Return the rule as the form says."""
    return ForwardRule(
        id=form.id,
        targets=targets_of(form.targets),
        name=form.name.strip(),
        match=form.match.strip(),
        enabled=form.enabled,
        identity=Identity(form.identity),
        in_order=form.in_order,
        schedule=form.schedule.strip(),
        limit_s=float(form.limit) if form.limit.strip() else None,
    )


def targets_of(text: str) -> tuple[str, ...]:
    """Return the addresses of a text, one a line, each once."""
    return tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def schedule_problem(text: str) -> str:
    """Return why a text is neither a schedule's name nor a list of waits; "" for a good one."""
    try:
        schedule_of(text)
    except UsageError as error:
        return str(error)
    return ""


def _targets_problem(targets: Sequence[str]) -> str:
    if not targets:
        return "Enter an address to send to."
    for number, target in enumerate(targets, 1):
        reason = url_problem(target)
        if reason:
            return f"Line {number}: {reason}" if len(targets) > 1 else reason
    return ""
