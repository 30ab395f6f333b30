"""How long an endpoint's events are kept, as the dialog edits it, and why a value cannot be saved."""

from __future__ import annotations

from dataclasses import dataclass, replace

from inspector.domain.endpoint import StorageRule
from inspector.ui.endpoints.checks import number_problem

MOST_DAYS = 3_650
MOST_EVENTS = 100_000_000


@dataclass(frozen=True, slots=True)
class StorageForm:
    """One field each; an empty number is no limit."""

    keep_days: str = ""
    keep_events: str = ""
    keep_bodies: bool = True
    mask_recipients: bool = False


def storage_form_of(rule: StorageRule) -> StorageForm:
    """Return the form that shows a rule."""
    return StorageForm(
        keep_days=str(rule.keep_days) if rule.keep_days else "",
        keep_events=str(rule.keep_events) if rule.keep_events else "",
        keep_bodies=rule.keep_bodies,
        mask_recipients=rule.mask_recipients,
    )


def storage_problems(form: StorageForm) -> dict[str, str]:
    """Return the reason for every field that cannot be saved."""
    found = {
        "keep_days": number_problem(form.keep_days, 1, MOST_DAYS, "days", empty_ok=True),
        "keep_events": number_problem(form.keep_events, 1, MOST_EVENTS, "events", empty_ok=True),
    }
    return {name: reason for name, reason in found.items() if reason}


def storage_applied(form: StorageForm, before: StorageRule) -> StorageRule:
    """Return the rule as the form says."""
    return replace(
        before,
        keep_days=int(form.keep_days) if form.keep_days.strip() else 0,
        keep_events=int(form.keep_events) if form.keep_events.strip() else 0,
        keep_bodies=form.keep_bodies,
        mask_recipients=form.mask_recipients,
    )
