"""The networks a provider's events come from are addresses, and those of the bundled ones can be told apart."""

from __future__ import annotations

import pytest

from inspector.domain.errors import ProviderError
from inspector.providers.catalogue import load_catalogue
from inspector.providers.profile import parse_profile
from inspector.receiver.client_address import is_among, parse_address, parse_network
from inspector.resources import resource_path


@pytest.mark.parametrize(
    ("provider", "inside", "outside"),
    [
        ("github", "140.82.115.7", "140.82.128.1"),
        ("github", "2606:50c0::1", "2606:50c1::1"),
        ("stripe", "54.187.216.72", "54.187.216.73"),
        ("paddle", "34.195.105.136", "8.8.8.8"),
        ("pagerduty", "18.192.91.93", "8.8.8.8"),
    ],
)
def test_a_published_range_holds_the_providers_addresses(provider: str, inside: str, outside: str) -> None:
    profile = load_catalogue([resource_path("providers")]).get(provider)
    assert profile is not None
    networks = [parse_network(text) for text in profile.ranges]
    assert [is_among(address, networks) for text in (inside, outside) if (address := parse_address(text))] == [
        *(True, False)
    ]


def test_a_range_that_is_none_names_file_and_key() -> None:
    table = {"name": "Odd", "unsigned": True, "ranges": ["10.0.0.0/8", "here"]}
    with pytest.raises(ProviderError, match=r"odd\.toml.*ranges.*'here'"):
        parse_profile("odd", table)
