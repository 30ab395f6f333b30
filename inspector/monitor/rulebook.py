"""The rules in force: RULES with what the user changed, checked against their limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from typing import Any

from inspector.domain.errors import UsageError
from inspector.monitor.alerts import LIMITS, RULES, Limit, Rule, RuleId

WEBHOOK = "webhook"
"""Under this name lies, beside the rules' changes, whether alerts are posted anywhere."""

WEBHOOK_SECRET = "alerts/webhook-address"
"""Where the address is kept in the secret store: whoever has it can post in the user's name."""

_CHANGEABLE = tuple(field.name for field in fields(Rule) if field.name not in ("id", "title"))


def rules_from(changes: Mapping[str, Mapping[str, Any]]) -> dict[RuleId, Rule]:
    """Return the rules in force in the order of RULES; a change that makes no sense any more is left out."""
    rules = {}
    for rule in RULES:
        changed = replace(
            rule, **{name: value for name, value in changes.get(rule.id, {}).items() if name in _CHANGEABLE}
        )
        try:
            check(changed)
        except (UsageError, TypeError):
            changed = rule
        rules[rule.id] = changed
    return rules


def changes_of(rule: Rule) -> dict[str, Any]:
    """Return what is different from the rule as it came."""
    original = asdict(next(known for known in RULES if known.id is rule.id))
    return {name: value for name, value in asdict(rule).items() if name in _CHANGEABLE and value != original[name]}


def check(rule: Rule) -> None:
    """Raise UsageError for a value outside its limits, or for one that this rule does not use."""
    limits = {limit.field: limit for limit in LIMITS[rule.id]}
    original = next(known for known in RULES if known.id is rule.id)
    for name in ("threshold", "at_least", "window_s", "calm_s"):
        value = getattr(rule, name)
        if name not in limits:
            if value != getattr(original, name):
                raise UsageError(f"{rule.title}: {name} cannot be changed.")
        elif not _fits(value, limits[name]):
            raise UsageError(
                f"{rule.title}: {limits[name].label.lower()} cannot be {_shown(value, limits[name])}.",
                f"{limits[name].why}.",
                f"Choose a value from {limits[name].low:g} to {limits[name].high:g}.",
            )
    if rule.window_s % 10:
        raise UsageError(f"{rule.title}: the window is in whole ten seconds.")


def _fits(value: float, limit: Limit) -> bool:
    shown = value * 100 if limit.unit == "%" else value
    return limit.low <= shown <= limit.high


def _shown(value: float, limit: Limit) -> str:
    return f"{value * 100:g} %" if limit.unit == "%" else f"{value:g}"
