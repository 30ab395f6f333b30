"""PayPal: RSA over transmission id, time, the webhook's id and the body's CRC-32, with a certificate PayPal names.

https://developer.paypal.com/api/rest/webhooks/rest/#verify-webhook-signature; the certificate's owner as in PayPal's
SDKs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Step, Verdict, Verification
from inspector.signatures import wording
from inspector.signatures.certificates import inspect_certificate
from inspector.signatures.certified import check_certified
from inspector.signatures.check import check_with_keys, recipe_bytes
from inspector.signatures.keys import read_public_keys
from inspector.signatures.place import Place, Scope, parse_place
from inspector.signatures.put import put_header
from inspector.signatures.scheme import ANNOUNCED, Job, Recipe, SignJob
from inspector.signatures.signer import sign_recipe
from inspector.signatures.stamp import TimeRule
from inspector.signatures.table import Table
from inspector.signatures.template import Template, compile_template

SIGNED = "{header:PAYPAL-TRANSMISSION-ID}|{header:PAYPAL-TRANSMISSION-TIME}|{fact:webhook_id}|{crc32(body)}"

OWNER = re.compile(r"(?i:[a-z0-9-]+(\.[a-z0-9-]+)*\.paypal\.com)")
"""Whose certificate may sign, as PayPal's SDKs ask: its common name ends with .paypal.com."""

_ALGORITHMS = (("SHA256withRSA", "sha256"), ("SHA1withRSA", "sha1"))
_ALGORITHM = parse_place("header:PAYPAL-AUTH-ALGO")
_TIME = parse_place("header:PAYPAL-TRANSMISSION-TIME")
_CERTIFICATE = compile_template("{header:PAYPAL-CERT-URL}")
_ID = parse_place("fact:webhook_id")
_EXAMPLE_URL = b"https://api.paypal.com/v1/notifications/certs/CERT-example"


@dataclass(frozen=True, slots=True)
class PayPalSettings:
    """The text that is signed."""

    signed: Template

    @property
    def places(self) -> tuple[Place, ...]:
        """The headers beside the signature's."""
        return (*self.signed.places, _ALGORITHM, *_CERTIFICATE.places)


class PayPal:
    """`kind = "paypal"`. The webhook's id is the fact `webhook_id`, or a secret that is no key."""

    kind = "paypal"
    keys: tuple[str, ...] = ()

    def parse(self, source: Table) -> PayPalSettings:
        """Return the text to sign; the table must say where certificates may be fetched."""
        if not source.has("fetch"):
            raise source.error("fetch", "is missing; it must say where PayPal keeps its certificates")
        return PayPalSettings(compile_template(SIGNED))

    def check(self, job: Job) -> Verification:
        """Return the verdict: the address, the certificate, then the signature for each webhook id that is known."""
        inner = replace(job, recipe=_as_rsa(job.recipe))
        present = next((place for place in job.recipe.signature if place.values(job.scope)), None)
        if present is None:
            return wording.unsigned(job.recipe, job.scheme)
        steps = [wording.present(present)]
        if not _ALGORITHM.values(job.scope):
            steps.append(wording.missing(_ALGORITHM, ""))
            title = "The algorithm is missing"
            return wording.failure(Verdict.INVALID, job.scheme, title, f"Expected {_ALGORITHM.words}.", steps)
        ids = _webhook_ids(job.facts.get("webhook_id", ""), job.secrets)
        if not ids:
            return wording.no_fact(job.scheme, _ID, steps)
        found = [self._check_for(inner, known) for known in ids]
        return next((one for one in found if one.verdict is Verdict.VALID), found[0])

    def _check_for(self, job: Job, known: Secret) -> Verification:
        """Return the verdict if the webhook has this id; the scope reads it as a fact."""
        scope = Scope(job.scope.request, job.scope.payload, "", {**job.facts, "webhook_id": known.value.strip()})

        def inspect(text: str) -> Step | None:
            bare_key = "CERTIFICATE" not in text and _is_key(text)
            return None if bare_key else inspect_certificate(text, OWNER, job.now)

        found = check_certified(replace(job, scope=scope), check_with_keys, inspect)
        return replace(found, secret_hint=known.ending) if found.verdict is Verdict.VALID else found

    def sign(self, job: SignJob) -> Request:
        """Return the request signed with a private key of the user's own."""
        request = job.request
        if not request.header("PAYPAL-CERT-URL"):
            request = put_header(request, "PAYPAL-CERT-URL", _EXAMPLE_URL)
        request = put_header(request, "PAYPAL-AUTH-ALGO", _ALGORITHMS[0][0].encode())
        return sign_recipe(replace(job, recipe=_as_rsa(job.recipe), request=request))

    def signed_bytes(self, job: Job) -> bytes | None:
        """Return id, time, webhook id and checksum with bars between."""
        for known in _webhook_ids(job.facts.get("webhook_id", ""), job.secrets)[:1]:
            facts = {**job.facts, "webhook_id": known.value.strip()}
            scope = Scope(job.scope.request, job.scope.payload, "", facts)
            return recipe_bytes(replace(job, recipe=_as_rsa(job.recipe), scope=scope, secrets=()))
        return None


def _webhook_ids(fact: str, secrets: tuple[Secret, ...]) -> list[Secret]:
    """Return the webhook ids to try: the fact first, then secrets that are no keys."""
    others = [secret for secret in secrets if not _is_key(secret.value)]
    return [*([Secret(fact.strip(), "webhook ID")] if fact.strip() else []), *others]


def _is_key(text: str) -> bool:
    return "-----BEGIN" in text or any(key.kind == "rsa" for key in read_public_keys(text))


def _as_rsa(recipe: Recipe) -> Recipe:
    settings = recipe.settings
    assert isinstance(settings, PayPalSettings)
    return Recipe(
        kind="rsa",
        signature=recipe.signature,
        signed=(settings.signed,),
        alg=ANNOUNCED,
        alg_place=_ALGORITHM,
        algs=_ALGORITHMS,
        encoding="base64",
        time=TimeRule(_TIME, "iso"),
        require=recipe.require,
        require_facts=recipe.require_facts,
        covers=recipe.covers,
        note=recipe.note,
        keys_url=_CERTIFICATE,
        fetch=recipe.fetch,
    )
