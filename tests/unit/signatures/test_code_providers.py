"""Every bundled provider with a token, a message signature or a canonical request keeps the same contract."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import pytest

from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Covers, StepState, Verdict, Verification
from inspector.payload.body import Payload
from inspector.providers.catalogue import load_catalogue
from inspector.resources import resource_path
from inspector.signatures.engine import sign, signed_bytes, verify
from inspector.signatures.http_sign import NAMES, HttpSettings
from inspector.signatures.jwt_settings import JwtSettings
from inspector.signatures.scheme import Recipe
from tests.builders import NOON, headers_of
from tests.unit.signatures.key_pairs import KEY_OF, private_pem, public_pem

KINDS = ("jwt", "http-message", "detached-jws", "plivo-v3", "contentful", "hook0", "hubspot-v3")
URL = "https://hooks.example/in/abc"


@dataclass(frozen=True)
class Case:
    """One scheme of a provider."""

    id: str
    recipe: Recipe

    @property
    def pair(self) -> str:
        """The kind of key pair it needs, "" where a shared secret does."""
        settings = self.recipe.settings
        if isinstance(settings, JwtSettings):
            return KEY_OF.get(settings.algs[0], "")
        if isinstance(settings, HttpSettings):
            return KEY_OF.get(NAMES[settings.algs[0]], "")
        return "p521" if self.recipe.kind == "detached-jws" else ""

    def keys(self, number: int = 0) -> tuple[Secret, Secret]:
        """Return what signs and what checks."""
        if self.pair:
            return Secret(private_pem(self.pair, number)), Secret(public_pem(self.pair, number))
        return Secret(f"{number}" * 64), Secret(f"{number}" * 64)

    def signed(self) -> Request:
        body = json.dumps({"id": "evt_1", "event": "x", "text": "Zoë", "validationTokens": ["e30.e30.AA"]}).encode()
        lines = [("Content-Type", "application/json")]
        if self.recipe.kind == "plivo-v3":  # it signs fields, so it needs a form
            body, lines = b"id=evt_1&text=Zo%C3%AB", [("Content-Type", "application/x-www-form-urlencoded")]
        request = Request("POST", "/in/abc?b=2&a=1", headers_of(lines), body, NOON)
        return sign(request, (self.recipe,), self.keys()[0], url=URL, now=NOON)

    def check(self, request: Request, *secrets: Secret) -> Verification:
        return verify(request, Payload(request), (self.recipe,), secrets, scheme=self.id, url=URL, now=NOON)


CASES = [
    Case(f"{profile.id} {number}", recipe)
    for profile in load_catalogue([resource_path("providers")])
    for number, recipe in enumerate(profile.recipes, 1)
    if recipe.kind in KINDS
]

each = pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)


@each
def test_a_signed_request_is_valid_and_shows_what_was_signed(case: Case) -> None:
    request = case.signed()
    found = case.check(request, case.keys(1)[1], case.keys()[1])
    assert found.verdict is Verdict.VALID, found
    assert found.covers in (case.recipe.covers, Covers.BODY)
    assert signed_bytes(request, Payload(request), case.recipe, url=URL)


@each
def test_another_key_is_invalid_and_a_step_says_where(case: Case) -> None:
    found = case.check(case.signed(), case.keys(1)[1])
    assert (found.verdict, found.covers) == (Verdict.INVALID, Covers.NONE)
    assert any(step.state is StepState.FAILED for step in found.steps)
    assert found.summary.endswith(".")


@each
def test_without_a_key_it_cannot_be_checked_and_without_a_signature_it_is_unsigned(case: Case) -> None:
    request = case.signed()
    assert case.check(request).verdict is Verdict.NO_SECRET
    names = {place.lower for place in case.recipe.signature if place.kind == "header"}
    bare = replace(request, headers=tuple(line for line in request.headers if line[0].lower() not in names))
    if names:
        assert case.check(bare, case.keys()[1]).verdict is Verdict.UNSIGNED


@each
def test_a_changed_byte_is_never_valid_where_the_body_is_covered(case: Case) -> None:
    request = case.signed()
    covers = case.check(request, case.keys()[1]).covers
    for place in range(0, len(request.body), max(1, len(request.body) // 30)):
        changed = bytes([request.body[place] ^ 1])
        body = request.body[:place] + changed + request.body[place + 1 :]
        verdict = case.check(replace(request, body=body), case.keys()[1]).verdict
        assert verdict is not Verdict.VALID or covers is Covers.NONE


def test_the_providers_of_these_schemes_are_here() -> None:
    expected = {"livekit", "qstash", "netlify", "fusionauth", "monday", "plaid", "wix", "kinde", "jira-connect"}
    expected |= {"truelayer", "contentful", "http-message-signatures", "accessowl", "microsoft-graph-rich"}
    assert expected <= {case.id.rpartition(" ")[0] for case in CASES}
