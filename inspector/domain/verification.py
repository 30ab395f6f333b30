"""What was checked about a signature, step by step, and the verdict."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Verdict(StrEnum):
    """The outcome of checking a signature."""

    VALID = "valid"
    INVALID = "invalid"
    STALE = "stale"  # the signature is right, its timestamp is outside the tolerance
    UNSIGNED = "unsigned"  # nothing to check was sent
    NO_SECRET = "no_secret"  # signed, but we have no secret to check it with


class Covers(StrEnum):
    """How much of the request a valid signature protects."""

    BODY = "body"
    PARTIAL = "partial"
    NONE = "none"


class StepState(StrEnum):
    """How one check went."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Step:
    """One check, worded for a person: `name` on the left, `detail` on the right, and why where it failed.

    `expected` and `got` are texts (a signature in the sender's own encoding, a header's name, an age).
    """

    name: str
    state: StepState
    detail: str = ""
    expected: str = ""
    got: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """The verdict with everything that led to it.

    `scheme` is the provider's id whose recipe was used ("" where the endpoint checks nothing), `title` and `summary`
    are the verdict line and its explanation, `secret_hint` the last four characters of the secret that matched,
    `age_s` the signature's age at receipt in seconds where the scheme carries a time. `needs_url` is the address of
    a document (a certificate, a key set) that may be fetched with the user's consent, because it is missing or has not
    the key that the request names; "" where none is.
    """

    verdict: Verdict
    scheme: str = ""
    covers: Covers = Covers.NONE
    title: str = ""
    summary: str = ""
    steps: tuple[Step, ...] = field(default=())
    secret_hint: str = ""
    age_s: float | None = None
    needs_url: str = ""
