"""AWS SNS: the body's own fields in a fixed order, signed with a key whose certificate the body names.

https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html and AWS's own validators.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import Any

from inspector.domain.errors import UsageError
from inspector.domain.request import Request
from inspector.domain.verification import Step, StepState, Verdict, Verification
from inspector.payload.body import Payload
from inspector.signatures import wording
from inspector.signatures.certified import check_certified
from inspector.signatures.check import check_with_keys, recipe_bytes
from inspector.signatures.place import Place, Scope, parse_place
from inspector.signatures.scheme import ANNOUNCED, Job, Recipe, SignJob
from inspector.signatures.signer import sign_recipe
from inspector.signatures.stamp import TimeRule, write_stamp
from inspector.signatures.table import Table
from inspector.signatures.template import Template, compile_template

NOTIFICATION = "".join(f"{name}\n{{json:{name}}}\n" for name in ("Message", "MessageId"))
NOTIFICATION += "{?json:Subject|Subject\n$\n}"
NOTIFICATION += "".join(f"{name}\n{{json:{name}}}\n" for name in ("Timestamp", "TopicArn", "Type"))

CONFIRMATION = "".join(
    f"{name}\n{{json:{name}}}\n"
    for name in ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
)

_CONFIRMED = (b"SubscriptionConfirmation", b"UnsubscribeConfirmation")
_ALGORITHMS = (("1", "sha1"), ("2", "sha256"))
_VERSION, _TOPIC, _TYPE, _MADE = (
    parse_place(f"json:{name}") for name in ("SignatureVersion", "TopicArn", "Type", "Timestamp")
)
_CERTIFICATE = compile_template("{json:SigningCertURL}")


@dataclass(frozen=True, slots=True)
class SnsSettings:
    """The two texts that are signed: of a notification, and of a subscription's beginning or end."""

    notification: Template
    confirmation: Template

    @property
    def places(self) -> tuple[Place, ...]:
        """Everything that is read; all of it lies in the body."""
        return (*self.notification.places, *self.confirmation.places, _VERSION, *_CERTIFICATE.places)


class AwsSns:
    """`kind = "aws-sns"`: SignatureVersion 1 (RSA with SHA-1) and 2 (RSA with SHA-256)."""

    kind = "aws-sns"
    keys: tuple[str, ...] = ()

    def parse(self, source: Table) -> SnsSettings:
        """Return the texts to sign; the table must say where certificates may be fetched."""
        if not source.has("fetch"):
            raise source.error("fetch", "is missing; it must say where AWS keeps its certificates")
        return SnsSettings(compile_template(NOTIFICATION), compile_template(CONFIRMATION))

    def check(self, job: Job) -> Verification:
        """Return the verdict; the certificate's address must be one of AWS, and the topic the endpoint's, if told."""
        inner = replace(job, recipe=_as_rsa(job.recipe, job.scope))
        problem = _without_version(inner)
        if problem is not None:
            return problem
        found = check_certified(inner, check_with_keys)
        return _of_topic(inner, found) if found.verdict in (Verdict.VALID, Verdict.STALE) else found

    def sign(self, job: SignJob) -> Request:
        """Return the request signed anew; what an SNS message needs and the body lacks is made up."""
        request = _completed(job)
        scope = Scope(request, Payload(request), job.url, job.facts)
        return sign_recipe(replace(job, recipe=_as_rsa(job.recipe, scope), request=request))

    def signed_bytes(self, job: Job) -> bytes | None:
        """Return the fields that are signed, each name and value on a line of its own."""
        return recipe_bytes(replace(job, recipe=_as_rsa(job.recipe, job.scope), secrets=()))


def _as_rsa(recipe: Recipe, scope: Scope) -> Recipe:
    """Return the scheme as this message needs it: which fields are signed depends on its type."""
    settings = recipe.settings
    assert isinstance(settings, SnsSettings)
    confirms = _TYPE.values(scope)[:1] and _TYPE.values(scope)[0] in _CONFIRMED
    return Recipe(
        kind="rsa",
        signature=recipe.signature,
        signed=(settings.confirmation if confirms else settings.notification,),
        alg=ANNOUNCED,
        alg_place=_VERSION,
        algs=_ALGORITHMS,
        encoding="base64",
        time=TimeRule(_MADE, "iso"),
        require=recipe.require,
        require_facts=recipe.require_facts,
        covers=recipe.covers,
        note=recipe.note,
        keys_url=_CERTIFICATE,
        fetch=recipe.fetch,
    )


def _without_version(job: Job) -> Verification | None:
    """Return why a signed message that does not say its version is not checked (AWS's validators refuse it too)."""
    if _VERSION.values(job.scope) or not any(place.values(job.scope) for place in job.recipe.signature):
        return None
    steps = [wording.missing(_VERSION, "")]
    return wording.failure(
        Verdict.INVALID, job.scheme, "The signature's version is missing", f"Expected {_VERSION.words}.", steps
    )


def _of_topic(job: Job, found: Verification) -> Verification:
    """Return the verdict, invalid where the endpoint names its topic and this message is of another.

    Everybody with an AWS account can have SNS sign a message of a topic of their own.
    """
    wanted = job.facts.get("topic_arn", "").strip()
    got = b"".join(_TOPIC.values(job.scope)[:1]).decode("utf-8", "replace")
    if not wanted:
        return found
    if got == wanted:
        return replace(found, steps=(*found.steps, Step("Topic", StepState.PASSED, wanted)))
    steps = [*found.steps, Step("Topic", StepState.FAILED, "another topic", wanted, got)]
    words = f"Signed by AWS, but for the topic {got}."
    return wording.failure(Verdict.INVALID, job.scheme, "This is another topic", words, steps)


def _completed(job: SignJob) -> Request:
    """Return the request with every field an SNS message has; a body that has them all stays byte for byte."""
    found = Payload(job.request).json
    if not isinstance(found, dict):
        raise UsageError("This request cannot be signed.", "An SNS message is a JSON object.", "Write one as the body.")
    mark = hashlib.blake2b(job.request.body, digest_size=16).hexdigest()
    needed: dict[str, Any] = {
        "Type": "Notification",
        "MessageId": f"{mark[:8]}-{mark[8:12]}-{mark[12:16]}-{mark[16:20]}-{mark[20:]}",
        "TopicArn": job.facts.get("topic_arn") or "arn:aws:sns:us-east-1:123456789012:example",
        "Message": "",
        "Timestamp": write_stamp(job.now, "iso"),
        "SignatureVersion": "2",
        "Signature": "",
        "SigningCertURL": "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-example.pem",
    }
    if found.get("Type") in [name.decode() for name in _CONFIRMED]:
        needed |= {"Token": mark, "SubscribeURL": "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription"}
    missing = {name: value for name, value in needed.items() if name not in found}
    if not missing:
        return job.request
    return replace(job.request, body=json.dumps(found | missing, ensure_ascii=False).encode("utf-8", "surrogatepass"))
