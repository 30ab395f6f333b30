"""HMAC over a text that a sender's own rule makes of the request: what such schemes share in checking and signing."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from inspector.domain.errors import UsageError
from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Covers, Verification
from inspector.payload.body import Payload
from inspector.signatures import wording
from inspector.signatures.address import signed_url
from inspector.signatures.encodings import decode_digest, describe, encode_digest, expected_words, key_bytes
from inspector.signatures.evidence import Evidence
from inspector.signatures.place import Place, Scope, to_bytes
from inspector.signatures.rewriting import with_value
from inspector.signatures.scheme import Job, SignJob
from inspector.signatures.stamp import read_stamp, write_stamp
from inspector.signatures.template import MissingPart

_SIZE = hashlib.sha256().digest_size


@dataclass(frozen=True, slots=True)
class Signed:
    """What a scheme's rule makes of a request: the signatures as written, and the texts any of them may be made over.

    `fields` are the items beside the signature, for a time that lies there.
    """

    written: tuple[bytes, ...]
    texts: tuple[bytes, ...]
    covers: Covers
    fields: Mapping[bytes, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Reads:
    """Settings of a scheme that has none, but reads headers beside the signature."""

    places: tuple[Place, ...]


Rule = Callable[[Scope, bytes], Signed]
"""Reads a scope and the signature header; raises MissingPart where a part of the signed text was not sent."""


def check_canonical(job: Job, rule: Rule, encoding: str, words: str) -> Verification:
    """Return the verdict on a HMAC-SHA256 over what `rule` makes of the request; `words` name that text."""
    trail, scope = Evidence(job), job.scope
    found = [(place, raw) for place in job.recipe.signature for raw in place.values(scope)]
    if not found:
        return wording.unsigned(job.recipe, job.scheme)
    trail.steps.append(wording.present(found[0][0]))
    if not job.secrets:
        return trail.no_secret()
    problem = trail.required()
    if problem:
        return problem
    try:
        signed = [rule(scope, raw) for _place, raw in found]
    except MissingPart as absent:
        trail.steps.append(wording.missing(absent.place, absent.why))
        if absent.why:
            return trail.invalid("The signed text cannot be read", f"{_capital(absent.place.words)}: {absent.why}.")
        return trail.invalid("A signed value is missing", f"Expected {absent.place.words}, which is signed too.")
    if not any(_digests(one, encoding) for one in signed):
        raw = next((text for one in signed for text in one.written), found[0][1])
        expected, got = expected_words(_SIZE, encoding), describe(raw)
        trail.failed("Format", "not readable", expected, got)
        return trail.invalid("The signature is not readable", f"Expected {expected}, got {got}.")
    trail.passed("Format", expected_words(_SIZE, encoding))
    scope.fields = signed[0].fields
    late = _time(trail)
    if isinstance(late, Verification):
        return late
    match = _match(trail, signed, encoding, words)
    if match is None:
        many = len(job.secrets)
        whose = "this endpoint’s current secret" if many == 1 else f"any of this endpoint’s {many} secrets"
        return trail.invalid("The signature does not match", f"Well formed, but not made with {whose}.")
    secret, covers = match
    if late:
        return trail.stale(*late, secret, covers)
    where = found[0][0].words.removeprefix("the ")
    return trail.genuine(f"HMAC-SHA256 of {words}, {where}", secret, covers)


def _digests(signed: Signed, encoding: str) -> list[bytes]:
    found = [decode_digest(text, encoding) for text in signed.written]
    return [digest for digest in found if digest is not None and len(digest) == _SIZE]


def _match(trail: Evidence, signed: list[Signed], encoding: str, words: str) -> tuple[Secret, Covers] | None:
    for index, secret in enumerate(trail.job.secrets):
        step = f"HMAC-SHA256 of {words}, {wording.secret_label(trail.job.recipe, secret, index)}"
        key = to_bytes(secret.value)
        for one in signed:
            for made in [hmac.new(key, text, hashlib.sha256).digest() for text in one.texts]:
                if any(hmac.compare_digest(made, digest) for digest in _digests(one, encoding)):
                    trail.passed(step, "match")
                    return secret, one.covers
        expected = encode_digest(hmac.new(key, signed[0].texts[0], hashlib.sha256).digest(), encoding).decode()
        got = b", ".join(signed[0].written).decode("utf-8", "backslashreplace")
        trail.failed(step, "no match", expected, got)
    return None


def _time(trail: Evidence) -> tuple[str, str] | Verification | None:
    """Take the step of the recipe's time: title and summary where it is stale, the end where it cannot be read."""
    job = trail.job
    rule = job.recipe.time
    if rule is None:
        return None
    values = rule.place.values(job.scope)
    if not values:
        trail.steps.append(wording.missing(rule.place, ""))
        return trail.invalid("A signed value is missing", f"Expected {rule.place.words}, the timestamp.")
    at = read_stamp(values[0], rule.unit)
    if at is None:
        step = wording.stamp_unreadable(rule, values[0])
        trail.steps.append(step)
        return trail.invalid("The timestamp is not readable", f"Expected {step.expected}, got {step.got}.")
    trail.age_s = job.now.timestamp() - at
    limit = rule.tolerance_s if job.tolerance_s is None else job.tolerance_s
    return trail.aged(limit, future=rule.future)


def canonical_bytes(job: Job, rule: Rule) -> bytes | None:
    """Return the likeliest signed text, None where a part of it was not sent."""
    for place in job.recipe.signature:
        for raw in [*place.values(job.scope), b""]:
            try:
                return rule(job.scope, raw).texts[0]
            except MissingPart:
                continue
    return None


def stamped(job: SignJob, values: Mapping[str, bytes]) -> Request:
    """Return the request with its timestamp header renewed and the headers `values` where they are missing."""
    request = job.request
    rule = job.recipe.time
    if rule is not None and rule.place.kind == "header":
        request = with_value(request, rule.place, write_stamp(job.now, rule.unit).encode())
    for name, value in values.items():
        place = Place("header", name, "", name.lower().encode())
        if not request.header_values(name):
            request = with_value(request, place, value)
    return request


def scope_of(job: SignJob, request: Request) -> Scope:
    """Return the scope of a request that is being signed."""
    return Scope(request, Payload(request), signed_url(job.url, request), job.facts)


def put_signature(job: SignJob, request: Request, text: bytes, encoding: str, form: str = "{}") -> Request:
    """Return the request with the signature of `text` in its place, written as `form` with {} for the signature."""
    key = key_bytes(job.secret.value, "utf8")
    if key is None:
        raise UsageError("This secret cannot be used to sign.", "It is empty.", "Copy it from the provider again.")
    made = encode_digest(hmac.new(key, text, hashlib.sha256).digest(), encoding).decode()
    scope = scope_of(job, request)
    place = next((place for place in job.recipe.signature if place.values(scope)), job.recipe.signature[0])
    signed = with_value(request, place, to_bytes(form.replace("{}", made)))
    others = {other.lower for other in job.recipe.signature if other != place}
    return replace(signed, headers=tuple(pair for pair in signed.headers if pair[0].lower() not in others))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
