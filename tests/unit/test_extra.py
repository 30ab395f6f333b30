"""What a scheme needs beside the secret is understood by the names people use for it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from inspector.commands.extra import read_extra, snake_case
from inspector.domain.errors import UsageError
from inspector.providers.catalogue import load_catalogue
from inspector.providers.profile import Profile
from inspector.resources import resource_path

CATALOGUE = load_catalogue([resource_path("providers")])
PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
KEY_SET = {"keys": [{"kty": "RSA", "kid": "1"}]}


def profile(id: str) -> Profile:
    found = CATALOGUE.get(id)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("written", "name"),
    [
        *(("keyId", "key_id"), ("key-id", "key_id"), ("KEY_ID", "key_id"), ("kid", "key_id")),
        *(("aud", "audience"), ("Audience", "audience"), ("iss", "issuer"), ("webhookId", "webhook_id")),
        *(("clientId", "client_id"), ("email", "email"), ("region", "region"), ("user", "username")),
    ],
)
def test_a_fact_goes_by_many_names(written: str, name: str) -> None:
    assert read_extra({written: "x"}, profile("stripe")).facts == {name: "x"}


def test_certificates_and_key_sets_with_an_address_are_documents() -> None:
    pem, keys = "https://sns.eu-west-1.amazonaws.com/a.pem", "https://example.com/jwks"
    extra = read_extra({"certificates": {pem: PEM}, "jwks": {keys: KEY_SET}}, profile("stripe"))
    assert extra.documents == {pem: PEM, keys: json.dumps(KEY_SET)}
    assert extra.secrets == ()


@pytest.mark.parametrize("value", [{"jwks": KEY_SET}, {"keys": KEY_SET["keys"]}])
def test_a_key_set_without_an_address_is_a_key(value: dict[str, Any]) -> None:
    assert read_extra(value, profile("stripe")).secrets == (json.dumps(KEY_SET),)


def test_further_keys_come_after_the_given_ones_in_order() -> None:
    extra = read_extra({"secrets": ["a", "b"], "public_key": PEM, "certificate": PEM}, profile("stripe"))
    assert extra.secrets == ("a", "b", PEM, PEM)


@pytest.mark.parametrize("value", ["pk1", {"key_id": "pk1"}, {"public_key": "pk1"}, {"publicKey": "pk1"}])
def test_a_public_key_that_only_names_a_pair_is_the_key_id(value: Any) -> None:
    extra = read_extra(value, profile("braintree"))
    assert extra.facts == {"key_id": "pk1"}
    assert extra.secrets == ()


def test_a_text_is_the_one_thing_a_provider_asks_for_and_may_hold_an_object() -> None:
    assert read_extra("7", profile("worldpay")).facts == {"key_id": "7"}
    assert read_extra('{"audience": "https://a"}', profile("stripe")).facts == {"audience": "https://a"}
    assert read_extra(PEM, profile("stripe")).secrets == (PEM,)


@pytest.mark.parametrize("value", [None, "", {}, {"kid": None}])
def test_nothing_is_nothing(value: Any) -> None:
    extra = read_extra(value, profile("stripe"))
    assert not extra.facts
    assert not extra.documents
    assert not extra.secrets


@pytest.mark.parametrize("value", [7, ["a"], {"secret": 7}, {"kid": {}}, {"certificates": {"https://a": 7}}])
def test_what_cannot_be_used_is_said(value: Any) -> None:
    with pytest.raises(UsageError, match="extra"):
        read_extra(value, profile("stripe"))


def test_words_joined_in_any_way_become_snake_case() -> None:
    assert [snake_case(text) for text in ("webhookId", "X.Y z", "AUD", "a__b")] == ["webhook_id", "x_y_z", "aud", "a_b"]
