"""When nothing fits: what the request itself gives away about how it was damaged, and what is left to suppose."""

from __future__ import annotations

import zlib

from inspector.domain.verification import Step, StepState, Verification
from inspector.payload.selector import MISSING
from inspector.signatures.diagnosis.cause import Action, Cause, Diagnosis, Do
from inspector.signatures.diagnosis.ground import Ground
from inspector.signatures.diagnosis.guides import GUIDES
from inspector.signatures.diagnosis.testing import DigestTester, Tester

EDIT = Action(Do.EDIT_SECRET, "Edit secret…")
HOW = Action(Do.HOW_TO_FIX, "How to fix")
BYTES = Action(Do.SHOW_BYTES, "Show bytes")
_LEAST_CUT = 8


def header_cut(ground: Ground, tester: Tester) -> Diagnosis | None:
    """The signature that was sent is the beginning (or the end) of the one that was expected."""
    if not isinstance(tester, DigestTester):
        return None
    for known in (*ground.case.secrets,):
        made = tester.expected(known.secret)
        if made is None:
            continue
        for raw in ground.raws:
            whole, digest = made
            sent = raw.rpartition(ground.recipe.pair.encode())[2] if ground.recipe.pair else raw
            sent = sent.strip().rstrip(b".").removesuffix(b"\xe2\x80\xa6")
            bare = sent.removeprefix(ground.recipe.prefix)
            for text in (bare, sent):
                short = _LEAST_CUT <= len(text) < len(whole)
                if short and (whole.startswith(text) or digest.startswith(text) or digest.endswith(text)):
                    return Diagnosis(
                        Cause.HEADER_CUT,
                        "the signature was cut off",
                        f"The {len(text)} characters that came are right, but {len(digest)} were signed. "
                        "A signature that is not whole proves nothing.",
                        HOW,
                        (BYTES,),
                        GUIDES[Cause.HEADER_CUT],
                    )
    return None


def body_cut(ground: Ground) -> Diagnosis | None:
    """The body is shorter than announced, or ends in the middle."""
    request = ground.case.request
    announced = request.header("Content-Length").strip()
    body = request.body
    sentence = ""
    if announced.isascii() and announced.isdigit() and len(announced) < 12 and int(announced) > len(body):
        sentence = f"{int(announced):,} bytes were announced, {len(body):,} came."
    elif _ends_early(ground):
        sentence = f"The JSON ends in the middle, after {len(body):,} bytes."
    elif _gzip_ends_early(ground):
        sentence = f"The compressed body ends in the middle, after {len(body):,} bytes."
    if not sentence:
        return None
    return Diagnosis(
        Cause.BODY_CUT, "the body was cut off", sentence, HOW, (BYTES, EDIT), GUIDES[Cause.BODY_CUT], certain=False
    )


def _ends_early(ground: Ground) -> bool:
    """Whether the body begins as JSON and has more brackets open than closed at its end."""
    body = ground.payload.plain.strip()
    if body[:1] not in (b"{", b"[") or ground.payload.json is not MISSING:
        return False
    return body[-1:] != {b"{": b"}", b"[": b"]"}[body[:1]] or body.count(b"{") != body.count(b"}")


def _gzip_ends_early(ground: Ground) -> bool:
    body = ground.case.request.body
    if not body.startswith(b"\x1f\x8b"):
        return False
    stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        stream.decompress(body, 1024 * 1024)
    except zlib.error:
        return False
    return not stream.eof and not stream.unconsumed_tail


def unbound(ground: Ground) -> Diagnosis:
    """The signature itself fits, a further value of the scheme does not."""
    recipe = ground.recipe
    scope = ground.scope()
    wrong = next((condition for condition in recipe.require if not condition.holds(scope)), None)
    if wrong is not None:
        wanted = " or ".join(sorted(wrong.wanted.exact)) or "a value"
        return Diagnosis(
            Cause.VALUE_MISSING,
            f"{wrong.place.title} has another value",
            f"The signature fits, but this scheme asks for {wanted} in {wrong.place.words}.",
            HOW,
            (BYTES,),
            GUIDES[Cause.VALUE_MISSING],
        )
    return Diagnosis(
        Cause.BODY_CHANGED,
        "the body was changed after it was signed",
        "The signature itself fits. The body does not: its hash, which is signed too, is another.",
        BYTES,
        (HOW,),
        GUIDES[Cause.BODY_CHANGED],
    )


def missing_value(found: Verification) -> Diagnosis | None:
    """Something that is signed too was not sent."""
    step = next((step for step in found.steps if step.name in ("Signed header", "Signed value")), None)
    if step is None:
        return None
    return Diagnosis(
        Cause.VALUE_MISSING,
        f"{step.expected} is missing",
        f"{step.hint} Without it the signature cannot be computed.",
        HOW,
        (BYTES,),
        GUIDES[Cause.VALUE_MISSING],
    )


def bad_secret(found: Verification) -> Diagnosis | None:
    """No stored secret has the form the scheme needs."""
    steps = [step for step in found.steps if step.name == "Secret" and step.state is StepState.FAILED]
    if not steps:
        return None
    return Diagnosis(
        Cause.SECRET_FORM,
        "the stored secret is not usable",
        f"This scheme needs {steps[0].expected}. Copy it from the provider again.",
        EDIT,
    )


def unreadable(found: Verification) -> Diagnosis | None:
    """The signature is not written as this scheme writes it, and fits in no other way either."""
    step: Step | None = next(
        (step for step in found.steps if step.name in ("Format", "Timestamp") and step.state is StepState.FAILED), None
    )
    if step is None or not step.expected:
        return None
    what = "the signature is" if step.name == "Format" else "the timestamp is"
    return Diagnosis(
        Cause.UNREADABLE,
        f"{what} not readable",
        f"Expected {step.expected}, got {step.got}. {step.hint}".strip(),
        EDIT,
        (HOW, BYTES),
        GUIDES[Cause.UNREADABLE],
        certain=False,
    )


def unknown(tried: int) -> Diagnosis:
    """Nothing fits."""
    return Diagnosis(
        Cause.UNKNOWN,
        "another secret, or a changed body",
        f"None of {tried:,} variations fits: the secret stored here is not the provider’s, or the body was changed.",
        EDIT,
        (HOW, BYTES),
        GUIDES[Cause.UNKNOWN],
        certain=False,
    )
