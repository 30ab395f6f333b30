"""What the settings say about HTTPS, as a value."""

from __future__ import annotations

from dataclasses import replace

from inspector.domain.errors import InspectorError
from inspector.receiver.https_facts import Problem
from inspector.receiver.https_state import HttpsMode, HttpsState, Plan, Source, plan_of
from inspector.settings import Settings


def test_https_is_off_by_default() -> None:
    assert plan_of(Settings()) == Plan(HttpsMode.OFF, 8443, Source.AUTHORITY)


def test_every_choice_of_the_settings_has_its_value() -> None:
    for mode in HttpsMode:
        for source in Source:
            plan = plan_of(replace(Settings(), https_mode=mode.value, https_source=source.value, https_lowest="1.3"))
            assert (plan.mode, plan.source, plan.lowest) == (mode, source, "1.3")


def test_only_what_has_to_be_seen_now_is_a_warning() -> None:
    assert HttpsState(problems=(Problem("alone", "It comes alone."),)).warning == ""
    assert HttpsState(problems=(Problem("expires", "It ends.", "Renew it."),)).warning == "It ends. Renew it."


def test_a_failed_change_is_more_urgent_than_an_end() -> None:
    problems = (Problem("expires", "It ends."),)
    assert (
        HttpsState(problems=problems, error=InspectorError("No key.", "", "Choose it.")).warning == "No key. Choose it."
    )
