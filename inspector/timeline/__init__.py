"""WHAT HAPPENED TO THIS MESSAGE? Its life, told from the reports about it; pure, with the clock as a value."""

from inspector.timeline.lifecycle import Lifecycle, lifecycle
from inspector.timeline.sighted import Consent, Sighted
from inspector.timeline.stages import End, Mark, Stage, State

__all__ = ["Consent", "End", "Lifecycle", "Mark", "Sighted", "Stage", "State", "lifecycle"]
