"""One scheme against one request, step by step: what was sent, what was expected, what fits.

Any signature that was sent, any signed text and any secret may match. The digest is always compared whole and in
constant time, over the bytes as received. A right signature outside its time window is stale, never invalid; a
signature that was not sent is unsigned, one that is there but empty is invalid.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from inspector.domain.secret import Secret
from inspector.domain.verification import Covers, Step, Verdict, Verification
from inspector.signatures import wording
from inspector.signatures.asymmetric import ED25519_BYTES, fits
from inspector.signatures.certified import check_certified
from inspector.signatures.documents import published_keys, reads_request
from inspector.signatures.encodings import ALGORITHMS, encode_digest, key_bytes
from inspector.signatures.found import Carried, carried, decode_all
from inspector.signatures.keys import Key, read_public_keys
from inspector.signatures.place import Place, Scope, to_bytes
from inspector.signatures.scheme import ANNOUNCED, Job, Recipe
from inspector.signatures.stamp import read_stamp
from inspector.signatures.template import MissingPart, Template
from inspector.signatures.wording import UNKNOWN_KEY


def check_recipe(job: Job) -> Verification:
    """Return the verdict of a recipe that needs no code of its own, its published keys added to the secrets."""
    if job.recipe.keys_url is None:
        return check_with_keys(job)
    if reads_request(job.recipe.keys_url):
        return check_certified(job, check_with_keys, what="public key")
    keys, url = published_keys(job.recipe, job.scope, job.documents)
    found = check_with_keys(replace(job, secrets=(*job.secrets, *keys)))
    if url and not keys and found.verdict is Verdict.NO_SECRET:
        return wording.with_keys_missing(found, url)
    outdated = url and keys and any(step.name == UNKNOWN_KEY for step in found.steps)
    return replace(found, needs_url=url) if outdated and found.verdict is Verdict.INVALID else found


def check_with_keys(job: Job) -> Verification:
    """Return the verdict with the secrets as they are."""
    return Check(job.recipe, job.scope, job.secrets, job.scheme, job.now, job.tolerance_s).run()


def recipe_bytes(job: Job) -> bytes | None:
    """Return the exact bytes a recipe signs, None where a part of them was not sent or a token signs nothing."""
    recipe, scope = job.recipe, job.scope
    if recipe.kind == "token":
        return None
    if job.secrets and not recipe.is_public:
        take_secret(recipe, scope, job.secrets[0])
    for first in carried(recipe, scope)[:1]:
        scope.fields = first.fields
    try:
        return recipe.signed[0].render(scope)
    except MissingPart:
        return None


def take_secret(recipe: Recipe, scope: Scope, secret: Secret) -> bytes | None:
    """Put a secret into the scope and return its key, None where it does not have the form the scheme needs."""
    value = secret.value
    if recipe.splits_secret:
        name, colon, rest = value.partition(":")
        known = scope.facts.get("key_id", "").strip()
        if not colon and not known:
            return None
        if not known or name == known:
            value = rest
        scope.extra = to_bytes(known or name)
    key = key_bytes(value, recipe.key)
    scope.secret = key or b""
    return key


@dataclass(slots=True)
class _Match:
    """The secret, signed text and signature that belong together."""

    step: Step
    secret: Secret
    template: Template | None
    sent: Carried


class Check:
    """One scheme against one request; `steps` grows as the check goes on."""

    __slots__ = (
        *("age_s", "alg", "now", "recipe", "scheme", "scope", "secrets", "size", "stale", "steps", "tolerance_s"),
    )

    def __init__(
        self,
        recipe: Recipe,
        scope: Scope,
        secrets: Sequence[Secret],
        scheme: str,
        now: datetime,
        tolerance_s: int | None,
    ) -> None:
        self.recipe = recipe
        self.scope = scope
        self.secrets = secrets
        self.scheme = scheme
        self.now = now
        rule = recipe.time
        self.tolerance_s = 0 if rule is None else rule.tolerance_s if tolerance_s is None else tolerance_s
        self.steps: list[Step] = []
        self.alg = recipe.alg
        self.size = 0
        self.age_s: float | None = None
        self.stale = False

    def run(self) -> Verification:
        """Return the verdict with its steps."""
        sent = carried(self.recipe, self.scope)
        if not sent:
            return wording.unsigned(self.recipe, self.scheme)
        place = self._place()
        self.steps.append(wording.present(place))
        if not self.secrets:
            return wording.no_secret(self.recipe, self.scheme, self.steps[0])
        if self.alg == ANNOUNCED and not self._announced():
            return self._invalid("The signature is not readable", "Its algorithm is not one that is accepted here.")
        self.size = self._size()
        problem = self._format(sent) or self._requirements()
        if problem:
            return problem
        tried: list[Step] = []
        try:
            return self._verdict(place, self._match(sent, tried), tried)
        except MissingPart as absent:
            if absent.place.kind == "fact":
                return wording.no_fact(self.scheme, absent.place, self.steps)
            self.steps.append(wording.missing(absent.place, absent.why))
            if absent.why:
                return self._invalid("The signed text cannot be read", f"{absent.place.words}: {absent.why}.")
            return self._invalid("A signed value is missing", f"Expected {absent.place.words}, which is signed too.")

    def _size(self) -> int:
        """Return how many bytes a signature has, 0 where that depends on the key."""
        if self.recipe.is_public:
            return ED25519_BYTES if self.recipe.kind == "ed25519" else 0
        return ALGORITHMS.get(self.alg, 0)

    def _match(self, sent: list[Carried], tried: list[Step]) -> _Match | None:
        if self.recipe.is_public:
            return self._public(sent, tried)
        return self._token(sent, tried) if self.recipe.kind == "token" else self._digest(sent, tried)

    def _invalid(self, title: str, summary: str) -> Verification:
        return wording.failure(Verdict.INVALID, self.scheme, title, summary[:1].upper() + summary[1:], self.steps)

    def _place(self) -> Place:
        places = self.recipe.signature
        return places[0] if len(places) == 1 else next(place for place in places if place.values(self.scope))

    def _announced(self) -> bool:
        """Take the algorithm the message announces, if it is on the scheme's list; the first where it says nothing."""
        place, allowed = self.recipe.alg_place, {name.lower(): alg for name, alg in self.recipe.algs}
        values = place.values(self.scope) if place else []
        if not values:
            self.alg = self.recipe.algs[0][1]
            return True
        name = values[0].decode("utf-8", "backslashreplace").strip()
        if self.recipe.alg_field:
            items = dict(item.strip().partition("=")[::2] for item in name.split(","))
            name = items.get(self.recipe.alg_field, "") or self.recipe.algs[0][0]
        self.alg = allowed.get(name.lower(), "")
        if self.alg:
            return True
        assert place is not None
        self.steps.append(wording.wrong_value(place, " or ".join(dict(self.recipe.algs)), name))
        return False

    def _format(self, sent: list[Carried]) -> Verification | None:
        """Decode what was sent; check that at least one signature is written as this scheme writes it."""
        recipe = self.recipe
        if recipe.kind == "token" or recipe.field_extra:
            return None
        if decode_all(recipe, sent, self.size):
            self.steps.append(wording.well_formed(recipe, self.size))
            return None
        raw = next((carrier.written[0] for carrier in sent if carrier.written), sent[0].raw)
        step = wording.malformed(recipe, self.size, raw)
        self.steps.append(step)
        return self._invalid("The signature is not readable", f"Expected {step.expected}, got {step.got}.")

    def _requirements(self) -> Verification | None:
        for condition in self.recipe.require:
            if not condition.holds(self.scope):
                values = condition.place.values(self.scope)
                got = values[0].decode("utf-8", "backslashreplace") if values else ""
                wanted = " or ".join(sorted(condition.wanted.exact)) or "a value"
                self.steps.append(wording.wrong_value(condition.place, wanted, got))
                return self._differs(condition.place, wanted, got)
        for place, fact in self.recipe.require_facts:
            told, values = fact.values(self.scope), place.values(self.scope)
            if told and values[:1] != told:
                got = values[0].decode("utf-8", "backslashreplace") if values else ""
                self.steps.append(wording.wrong_value(place, told[0].decode("utf-8", "replace"), got))
                return self._differs(place, told[0].decode("utf-8", "replace"), got)
        return None

    def _differs(self, place: Place, wanted: str, got: str) -> Verification:
        shown = got[:200] or "nothing"
        return self._invalid("A required value differs", f"Expected {wanted} in {place.words}, got {shown}.")

    def _keys(self, tried: list[Step]) -> Iterator[tuple[Secret, str, bytes]]:
        """Yield each usable secret with its label and key, put into the scope."""
        for index, secret in enumerate(self.secrets):
            label = wording.secret_label(self.recipe, secret, index)
            key = take_secret(self.recipe, self.scope, secret)
            if key is None:
                tried.append(wording.unusable_secret(self.recipe, label))
                continue
            wrong = next((p for p in self.recipe.require_extra if p.values(self.scope)[:1] != [self.scope.extra]), None)
            if wrong is not None:
                got = b"".join(wrong.values(self.scope)[:1]).decode("utf-8", "backslashreplace")
                tried.append(wording.wrong_value(wrong, self.scope.extra.decode("utf-8", "replace"), got))
                continue
            yield secret, label, key

    def _digest(self, sent: list[Carried], tried: list[Step]) -> _Match | None:
        """Return the first secret and signed text a sent signature fits; `tried` gets a step for each that does not."""
        for secret, label, key in self._keys(tried):
            carriers = sent
            if self.recipe.field_extra:
                carriers = carried(self.recipe, self.scope)
                decode_all(self.recipe, carriers, self.size)
            expected = b""
            absent: MissingPart | None = None
            for carrier, template in [(carrier, template) for carrier in carriers for template in self.recipe.signed]:
                try:
                    made = self._made(carrier, template, key)
                except MissingPart as reason:
                    absent = absent or reason
                    continue
                if any(hmac.compare_digest(made, digest) for digest in carrier.digests):
                    return _Match(wording.matched(self.recipe, template, self.alg, label), secret, template, carrier)
                expected = expected or made
            if absent and not expected:
                raise absent
            tried.append(self._unmatched(label, expected, carriers))
        return None

    def _made(self, carrier: Carried, template: Template, key: bytes) -> bytes:
        """Return the digest a signature must be; raises MissingPart where a part of the signed text was not sent."""
        self.scope.fields = carrier.fields
        text = template.render(self.scope)
        if self.recipe.kind != "hmac":
            return hashlib.new(self.alg, text).digest()
        # Not hmac.digest(): that lets go of the interpreter lock even for small texts, and winning it back from the
        # store's threads takes longer than the digest.
        return hmac.new(key, text, self.alg).digest()

    def _unmatched(self, label: str, expected: bytes, carriers: list[Carried]) -> Step:
        recipe = self.recipe
        shown = (recipe.prefix + encode_digest(expected, recipe.encoding)).decode()
        got = b", ".join([written for carrier in carriers for written in carrier.written]) or carriers[0].raw
        return wording.unmatched(
            recipe, recipe.signed[0], self.alg, label, shown, got.decode("utf-8", "backslashreplace")
        )

    def _public(self, sent: list[Carried], tried: list[Step]) -> _Match | None:
        """Return the first key and signed text a sent signature fits."""
        absent: MissingPart | None = None
        complete = False
        for index, secret in enumerate(self.secrets):
            label = wording.secret_label(self.recipe, secret, index)
            keys = self._named(read_public_keys(secret.value), label, tried)
            for carrier, template in [(carrier, template) for carrier in sent for template in self.recipe.signed]:
                self.scope.fields = carrier.fields
                try:
                    text = template.render(self.scope)
                except MissingPart as reason:
                    absent = absent or reason
                    continue
                complete = True
                for key in keys:
                    if any(fits(key, self.recipe, self.alg, signature, text) for signature in carrier.digests):
                        step = wording.matched(self.recipe, template, self.alg, label)
                        return _Match(step, secret, template, carrier)
            if keys and complete:
                tried.append(wording.unfitting(self.recipe, self.alg, label, sent))
        if absent and not complete:
            raise absent
        return None

    def _named(self, keys: tuple[Key, ...], label: str, tried: list[Step]) -> tuple[Key, ...]:
        """Return the keys of the scheme's kind; of a key set those the request names."""
        usable = tuple(key for key in keys if key.kind == self.recipe.kind)
        if not usable:
            tried.append(wording.unusable_secret(self.recipe, label))
        place = self.recipe.key_id
        named = place.values(self.scope)[:1] if place else []
        if not place or not named or not any(key.kid for key in usable):
            return usable
        chosen = tuple(key for key in usable if not key.kid or to_bytes(key.kid) == named[0])
        if usable and not chosen:
            tried.append(wording.unknown_key(place, named[0], label))
        return chosen

    def _token(self, sent: list[Carried], tried: list[Step]) -> _Match | None:
        for secret, label, key in self._keys(tried):
            token = self.recipe.prefix + key
            for carrier in sent:
                for written in carrier.written:
                    if hmac.compare_digest(token, written):
                        return _Match(wording.matched(self.recipe, None, self.alg, label), secret, None, carrier)
            got = f"{max((len(written) for carrier in sent for written in carrier.written), default=0)} characters"
            tried.append(wording.unmatched(self.recipe, None, self.alg, label, wording.masked(secret, len(token)), got))
        return None

    def _verdict(self, place: Place, match: _Match | None, tried: list[Step]) -> Verification:
        """Weigh the timestamp, the match and the further equalities."""
        if match is not None:
            self.scope.fields = match.sent.fields
        problem = self._time()
        self.steps.extend(tried)
        if problem:
            return problem
        if match is None:
            return self._mismatch(tried)
        self.steps.append(match.step)
        problem = self._also()
        if problem:
            return problem
        if self.stale:
            title, summary = wording.stale_words(self.age_s or 0.0, self.tolerance_s)
            verdict = Verdict.STALE
        else:
            title, summary = "Signed by the provider.", self._valid_summary(place, match)
            verdict = Verdict.VALID
        return Verification(
            verdict, self.scheme, self._covers(), title, summary, tuple(self.steps), match.secret.ending, self.age_s
        )

    def _time(self) -> Verification | None:
        """Read the timestamp and weigh its age, where the scheme carries one."""
        rule = self.recipe.time
        if rule is None:
            return None
        values = rule.place.values(self.scope)
        if not values:
            self.steps.append(wording.missing(rule.place, ""))
            return self._invalid("A signed value is missing", f"Expected {rule.place.words}, the timestamp.")
        at = read_stamp(values[0], rule.unit)
        if at is None:
            step = wording.stamp_unreadable(rule, values[0])
            self.steps.append(step)
            return self._invalid("The timestamp is not readable", f"Expected {step.expected}, got {step.got}.")
        self.age_s = self.now.timestamp() - at
        self.stale = rule.outside(self.age_s, self.tolerance_s)
        self.steps.append(wording.stamp_read(rule, self.age_s, self.tolerance_s, self.stale))
        return None

    def _valid_summary(self, place: Place, match: _Match) -> str:
        start = wording.valid_summary(self.recipe, match.template, self.alg, place)
        word = "key" if self.recipe.is_public else "secret"
        ending = f", {word} ending {match.secret.ending}." if match.secret.ending else "."
        return f"{start}{ending}{wording.protects(self.recipe, self._covers())}"

    def _mismatch(self, tried: list[Step]) -> Verification:
        if all(step.name == "Secret" for step in tried):
            word = "key" if self.recipe.is_public else "secret"
            return self._invalid(
                f"The stored {word} is not usable", f"This scheme needs {tried[0].expected}. Copy it from the provider."
            )
        if all(step.name == UNKNOWN_KEY for step in tried):
            return self._invalid("The signing key is not known", f"The request names {tried[0].got}.")
        if all(step.name == "Required value" for step in tried):
            return self._invalid("A required value differs", f"Expected {tried[0].expected}, got {tried[0].got}.")
        if self.recipe.kind == "token":
            return self._invalid("The token does not match", "Sent, but not this endpoint’s secret.")
        names = {secret.name for secret in self.secrets}
        published = next((name for name in ("certificate", "public key", "published keys") if name in names), "")
        summary = wording.mismatch_summary(self.recipe, len(self.secrets), published)
        return self._invalid("The signature does not match", summary)

    def _also(self) -> Verification | None:
        for place, template in self.recipe.also:
            values = place.values(self.scope)
            if not values:
                raise MissingPart(place)
            expected, got = template.render(self.scope), values[0]
            step = wording.also_step(place, template, expected, got)
            self.steps.append(step)
            if not hmac.compare_digest(expected, got):
                words = place.words
                return self._invalid("The body was changed", f"{words} is signed, but does not fit what was sent.")
        return None

    def _covers(self) -> Covers:
        """What is protected here: a scheme that signs form fields does not reach a body that is no form."""
        recipe, scope = self.recipe, self.scope
        if (
            recipe.covers is Covers.BODY
            and scope.request.body
            and not recipe.also
            and not recipe.signed[0].is_body
            and not recipe.signed[0].atoms & {"body", "form.amp"}
            and not scope.payload.form
        ):
            return Covers.NONE
        return recipe.covers
