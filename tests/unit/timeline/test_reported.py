"""Bundled providers are not blamed for stages they never report."""

from __future__ import annotations

import pytest

from inspector.providers.catalogue import load_catalogue
from inspector.resources import resource_path
from inspector.timeline import Stage
from inspector.timeline.reported import stages_of

ALL = frozenset(Stage)


@pytest.mark.parametrize(
    ("provider", "stages"),
    [
        ("rcs-events", ALL),
        ("google-rbm", {Stage.DELIVERED, Stage.READ}),
        ("twilio", ALL),
        ("github", ALL),
    ],
)
def test_the_providers_own_file_tells_which_stages_it_reports(provider: str, stages: frozenset[Stage]) -> None:
    catalogue = load_catalogue([resource_path("providers")])
    assert stages_of(catalogue.get(provider)) == stages


def test_an_unknown_provider_is_expected_to_report_everything() -> None:
    assert stages_of(None) == ALL
