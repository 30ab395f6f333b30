"""What a scheme needs beside one secret, as people write it: facts, documents and further keys, by many names.

`extra` is a JSON object, or a text that is the one thing a scheme asks for (a key id, an audience).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from inspector.domain.errors import UsageError
from inspector.providers.profile import Profile
from inspector.signatures.scheme import Recipe

_SAME = {
    "kid": "key_id",
    "key": "key_id",
    "key_name": "key_id",
    "public_key_id": "key_id",
    "api_key": "key_id",
    "aud": "audience",
    "iss": "issuer",
    "sub": "subject",
    "service_account": "email",
    "service_account_email": "email",
    "webhook": "webhook_id",
    "hook_id": "webhook_id",
    "application_id": "app_id",
    "user": "username",
    "user_name": "username",
    "login": "username",
    "account_id": "account",
    "notification_url": "callback_url",
    "webhook_url": "callback_url",
    "url": "callback_url",
}
"""Other names of the standard facts (in snake_case)."""

_DOCUMENTS = {"certificates", "certificate", "certs", "cert", "documents", "jwks", "jwk", "keys", "jwks_urls"}
_SECRETS = {
    *("secret", "secrets", "password", "token", "public_key", "public_keys", "publickey", "pem"),
    *("secondary_secret", "previous_secret", "next_secret", "primary_key", "secondary_key", "extra_secrets"),
    *("current_signing_key", "next_signing_key", "signing_key", "signing_keys", "client_secret", "shared_secret"),
}
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Extra:
    """Facts by their standard names, documents by address, and secrets to be tried after the given ones."""

    facts: Mapping[str, str] = field(default_factory=dict)
    documents: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()


def read_extra(value: Any, profile: Profile) -> Extra:
    """Return what `extra` says to a provider's schemes. Raises UsageError where it cannot be used."""
    if isinstance(value, str):
        value = _object_in(value) or value
    if not value:
        return Extra()
    if isinstance(value, str):
        return _single(value, profile)
    if not isinstance(value, Mapping):
        raise UsageError("extra is neither a text nor an object.")
    facts: dict[str, str] = {}
    documents: dict[str, str] = {}
    secrets: list[str] = []
    for name, item in value.items():
        key = snake_case(str(name))
        if item is None:
            continue
        if key in _DOCUMENTS:
            _take_documents(key, item, documents, secrets)
        elif key in _SECRETS and not _names_a_key(key, item, profile):
            secrets.extend(_texts(key, item))
        else:
            facts[_fact_name(key, profile)] = _fact(key, item)
    return Extra(facts, documents, tuple(secrets))


def is_key_name(text: str, profile: Profile) -> bool:
    """Whether a "public key" is only the name of a key pair, as where a scheme wants the name beside the secret."""
    return _asks_for_key_id(profile) and "-----BEGIN" not in text and not text.lstrip().startswith("{")


def snake_case(name: str) -> str:
    """Return a name as `key_id`, however its words were joined (`keyId`, `key-id`, `KEY_ID`)."""
    if name.isupper():
        name = name.lower()
    return "_".join(word for word in re.split(r"[\s_.-]+", _HUMP.sub("_", name).lower()) if word)


def _single(text: str, profile: Profile) -> Extra:
    """Return one text as what this provider asks for: a key or certificate, its only fact, or the name of a key."""
    if "-----BEGIN" in text:
        return Extra(secrets=(text,))
    asked = [item.key for item in profile.fields]
    names = [item.key for item in profile.fields if not item.optional] or asked
    if _asks_for_key_id(profile) and "key_id" not in names:
        names.append("key_id")
    return Extra(dict.fromkeys(names or ["key_id"], text))


def _names_a_key(key: str, item: Any, profile: Profile) -> bool:
    return key in ("public_key", "publickey") and isinstance(item, str) and is_key_name(item, profile)


def _asks_for_key_id(profile: Profile) -> bool:
    return any(recipe.splits_secret for recipe in profile.recipes)


def _fact_name(key: str, profile: Profile) -> str:
    """Return a fact's standard name; a name the provider's own file uses counts as it is."""
    if key in ("public_key", "publickey"):
        return "key_id"
    if any(item.key == key for item in profile.fields) or key in _facts_read(profile):
        return key
    return _SAME.get(key, key)


def _facts_read(profile: Profile) -> set[str]:
    return {name for recipe in profile.recipes for name in _fact_places(recipe)}


def _fact_places(recipe: Recipe) -> Iterator[str]:
    places = [*recipe.places, *(condition.place for condition in recipe.when)]
    return (place.name for place in places if place.kind == "fact")


def _take_documents(key: str, item: Any, documents: dict[str, str], secrets: list[str]) -> None:
    """Sort certificates and key sets: those with an address are documents, those without are keys."""
    if isinstance(item, Mapping) and item and all(str(name).startswith(("https://", "http://")) for name in item):
        documents.update({str(name): _document(text) for name, text in item.items()})
    elif key == "keys" and isinstance(item, list) and all(isinstance(each, Mapping) for each in item):
        secrets.append(json.dumps({"keys": item}))
    elif isinstance(item, Mapping):
        secrets.append(json.dumps(item))
    else:
        for text in item if isinstance(item, list) else [item]:
            secrets.append(_document(text))


def _document(value: Any) -> str:
    """Return a certificate or key set as text: JSON may be given as what it holds, a chain as a list of texts."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "\n".join(value)
    if isinstance(value, Mapping | list):
        return json.dumps(value)
    raise UsageError("A certificate or key set in extra is not a text.")


def _texts(key: str, value: Any) -> list[str]:
    if isinstance(value, Mapping):  # a key as JWK
        return [json.dumps(value)]
    found: list[str] = []
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, Mapping):
            found.append(json.dumps(item))
        elif isinstance(item, str):
            found.append(item)
        else:
            raise UsageError(f"{key} in extra is not a text.")
    return [text for text in found if text]


def _fact(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return " ".join(value)
    raise UsageError(f"{key} in extra is not a text.")


def _object_in(text: str) -> Any:
    """Return the JSON object a text holds, None where it is no object."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
