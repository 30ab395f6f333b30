"""What a rule still had to send when it was removed: it is stopped, since nobody could see or stop it any more."""

from __future__ import annotations

from inspector.app import App
from inspector.domain.endpoint import Endpoint
from inspector.store.series import RuleKey


async def stop_removed(app: App, before: Endpoint, after: Endpoint) -> int:
    """Stop what waits of the rules that an endpoint no longer has; returns how much that was."""
    kept = {rule.id for rule in after.forwards}
    gone = [rule.id for rule in before.forwards if rule.id not in kept]
    if not gone or not await app.store.has_open_series():
        return 0
    return sum([await app.store.series.stop_rule(RuleKey(after.id, rule_id)) for rule_id in gone])
