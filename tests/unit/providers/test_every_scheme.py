"""What holds for every scheme of every provider: it signs, checks, rejects, explains, and nothing makes it raise."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from inspector.domain.verification import Covers, StepState, Verdict
from inspector.payload.body import Payload
from inspector.signatures.engine import signed_bytes
from tests.unit.providers.contract import Scheme, changed_bodies, every_scheme

SCHEMES = every_scheme()

each_scheme = pytest.mark.parametrize("scheme", SCHEMES, ids=str)


@each_scheme
def test_a_signed_request_is_valid_and_says_what_was_covered(scheme: Scheme) -> None:
    found = scheme.checked(scheme.signed())
    assert found.verdict is Verdict.VALID, found
    assert found.scheme == scheme.profile.id
    assert found.covers is scheme.covers
    assert found.title
    assert found.summary
    assert all(step.state is StepState.PASSED for step in found.steps), found.steps


@each_scheme
def test_another_secret_is_invalid_and_says_what_was_expected(scheme: Scheme) -> None:
    found = scheme.checked(scheme.signed(), scheme.wrong_keys)
    assert found.verdict is Verdict.INVALID, found
    assert found.covers is Covers.NONE
    failed = [step for step in found.steps if step.state is StepState.FAILED]
    assert failed
    assert all(step.expected or step.got or step.detail for step in failed)
    assert found.summary.endswith(".")


@each_scheme
def test_the_second_of_two_secrets_passes(scheme: Scheme) -> None:
    secrets = (*scheme.wrong_keys, *scheme.keys.public)
    assert scheme.checked(scheme.signed(), secrets).verdict is Verdict.VALID


@each_scheme
def test_without_a_secret_it_cannot_be_checked(scheme: Scheme) -> None:
    assert scheme.checked(scheme.signed(), ()).verdict is Verdict.NO_SECRET


@each_scheme
def test_without_its_signature_it_is_unsigned(scheme: Scheme) -> None:
    request = scheme.without_signature(scheme.signed())
    if request is not None:
        assert scheme.checked(request).verdict is Verdict.UNSIGNED


@each_scheme
def test_it_grows_stale_exactly_where_the_scheme_limits_its_age(scheme: Scheme) -> None:
    request, rule = scheme.signed(), scheme.recipe.time
    if rule is None or not rule.tolerance_s:
        assert scheme.checked(request, later_s=86_400).verdict is Verdict.VALID
        return
    assert scheme.checked(request, later_s=rule.tolerance_s - 1).verdict is Verdict.VALID
    assert scheme.checked(request, later_s=rule.tolerance_s + 1).verdict is Verdict.STALE
    ahead = scheme.checked(request, later_s=-rule.tolerance_s - 1).verdict
    assert ahead is (Verdict.STALE if rule.future else Verdict.VALID)


@each_scheme
def test_a_changed_byte_is_never_valid_where_the_body_is_covered(scheme: Scheme) -> None:
    request = scheme.signed()
    verdicts = [scheme.checked(replace(request, body=body)).verdict for body in changed_bodies(request.body)]
    assert verdicts
    if scheme.covers is Covers.BODY:
        assert Verdict.VALID not in verdicts
    elif scheme.covers is Covers.PARTIAL:
        assert Verdict.INVALID in verdicts
    else:
        assert Verdict.VALID in verdicts


@each_scheme
def test_a_signature_that_lost_its_end_is_never_valid(scheme: Scheme) -> None:
    request = scheme.signed()
    names = {place.lower for place in scheme.recipe.signature}
    in_headers = all(place.kind == "header" for place in scheme.recipe.signature)
    for cut in (4, 12) if in_headers else ():  # the padding of base64 may be missing: two letters at most
        headers = tuple((name, value[:-cut] if name.lower() in names else value) for name, value in request.headers)
        assert scheme.checked(replace(request, headers=headers)).verdict is not Verdict.VALID


@each_scheme
def test_whatever_happens_to_a_signed_request_a_verdict_comes_out(scheme: Scheme) -> None:
    request, rng = scheme.signed(), Random(str(scheme))
    for _round in range(12):
        headers = tuple((name, _mangled(value, rng)) for name, value in request.headers)
        broken = replace(request, headers=headers, body=_mangled(request.body, rng))
        found = scheme.checked(broken)
        assert found.title
        assert found.summary
        signed_bytes(broken, Payload(broken), scheme.recipe, url="", facts=scheme.keys.facts)


def test_nearly_all_schemes_are_here() -> None:
    assert len({scheme.profile.id for scheme in SCHEMES}) > 150


def _mangled(value: bytes, rng: Random) -> bytes:
    """Return a value with some bytes changed, lost or doubled; sometimes as it is."""
    found = bytearray(value)
    for _change in range(rng.choice((0, 1, 1, 2, 5))):
        place = rng.randrange(len(found) + 1)
        found[place : place + rng.choice((0, 1, 3))] = rng.randbytes(rng.choice((0, 1, 4)))
    return bytes(found)
