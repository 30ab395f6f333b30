"""HTTP Message Signatures (RFC 9421): Signature-Input says what is covered, Signature is made over just that.

Several signatures may be there under their labels; any that fits counts. The body is protected only where a digest of
it is covered and fits. Which algorithms may be used is for the definition to say; a key is never used for another kind.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass

from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Covers, Verification
from inspector.signatures import wording
from inspector.signatures.content_digest import FIELDS, digests_of
from inspector.signatures.documents import is_allowed, published_keys
from inspector.signatures.encodings import KEY_FORMS
from inspector.signatures.evidence import LATE, Evidence
from inspector.signatures.http_components import Input, NoComponent, signature_bases
from inspector.signatures.http_sign import NAMES, HttpSettings, sign_message
from inspector.signatures.jose import fits, is_shared, signature_of, verifies
from inspector.signatures.keys import Key, read_public_keys
from inspector.signatures.place import Place, Scope
from inspector.signatures.scheme import Job, SignJob
from inspector.signatures.shared_secret import shared_secret
from inspector.signatures.stamp import span_words
from inspector.signatures.structured_fields import InnerList, Item, parse_dictionary, parse_sources
from inspector.signatures.table import Table

INPUT = Place("header", "Signature-Input", "", b"signature-input")
_LABELS = 20  # signatures in one request


class HttpMessageScheme:
    """The kind `http-message`."""

    kind = "http-message"
    keys: tuple[str, ...] = ("algs", "key", "max_age", "required_components")

    def parse(self, source: Table) -> HttpSettings:
        """Return the table's settings."""
        algs = source.texts("algs")
        for alg in algs:
            if alg not in NAMES:
                raise source.error("algs", f"must be some of {', '.join(NAMES)}, not {alg!r}")
        forms = source.texts("key", ("utf8",))
        for form in forms:
            if form not in KEY_FORMS:
                raise source.error("key", f"must be some of {', '.join(KEY_FORMS)}, not {form!r}")
        required = source.texts("required_components", ())
        return HttpSettings(algs, forms, source.number("max_age", 0), required)

    def check(self, job: Job) -> Verification:
        """Return the verdict on the first signature that fits, else on the first there is."""
        raws = job.recipe.signature[0].values(job.scope)
        if not raws:
            return wording.unsigned(job.recipe, job.scheme)
        trail = Evidence(job)
        trail.steps.append(wording.present(job.recipe.signature[0]))
        published, needed = published_keys(job.recipe, job.scope, job.documents)
        secrets = [*job.secrets, *published]
        if not secrets:
            return trail.no_secret("key", needed if is_allowed(needed, job.recipe.fetch) else "")
        found = _read(trail, raws)
        if isinstance(found, Verification):
            return found
        problem = trail.required()
        if problem:
            return problem
        verdicts = []
        for signature in found:
            inner = Evidence(job)
            inner.steps.extend(trail.steps)
            verdicts.append(_Check(inner, signature, secrets).run())
        return min(verdicts, key=lambda it: _ORDER.index(it.verdict.value))

    def sign(self, job: SignJob) -> Request:
        """Return the request signed under one label, with a digest of its body."""
        return sign_message(job)

    def signed_bytes(self, job: Job) -> bytes | None:
        """Return the signature base of the first signature."""
        for signed in _inputs(job.scope):
            try:
                return signature_bases(job.scope, signed)[0]
            except NoComponent:
                continue
        return None


_ORDER = ("valid", "stale", "invalid", "no_secret", "unsigned")


@dataclass(frozen=True, slots=True)
class _Signature:
    """A signature with what it covers."""

    signed: Input
    value: bytes


def _inputs(scope: Scope) -> Iterator[Input]:
    text = b", ".join(INPUT.values(scope)).decode("latin-1")
    try:
        members = parse_sources(text)
    except ValueError:
        return
    for label, (member, source) in list(members.items())[:_LABELS]:
        if isinstance(member, InnerList):
            yield Input(label, member, source)


def _read(trail: Evidence, raws: list[bytes]) -> list[_Signature] | Verification:
    """Pair the signatures with what they cover, by label."""
    scope = trail.job.scope
    if not INPUT.values(scope):
        trail.steps.append(wording.missing(INPUT, ""))
        return trail.invalid(
            "A signed value is missing", "Expected the header Signature-Input, which says what is signed."
        )
    try:
        values = parse_dictionary(b", ".join(raws).decode("latin-1"))
        parse_dictionary(b", ".join(INPUT.values(scope)).decode("latin-1"))
    except ValueError as reason:
        got = raws[0][:60].decode("utf-8", "backslashreplace")
        trail.failed("Format", "not readable", "label=:base64:", got or "nothing", str(reason))
        return trail.invalid(
            "The signature is not readable", f"Signature or Signature-Input is not as RFC 9421 writes it: {reason}."
        )
    found = []
    for signed in _inputs(scope):
        member = values.get(signed.label)
        if isinstance(member, Item) and isinstance(member.value, bytes):
            found.append(_Signature(signed, member.value))
    if not found:
        trail.failed("Format", "not readable", "a label in both Signature and Signature-Input", ", ".join(values)[:80])
        return trail.invalid("The signature is not readable", "No label stands in both Signature and Signature-Input.")
    trail.passed("Format", f"label {', '.join(one.signed.label for one in found)}"[:80])
    return found


class _Check:
    """One signature against one request."""

    __slots__ = ("job", "secrets", "settings", "signature", "signed", "trail")

    def __init__(self, trail: Evidence, signature: _Signature, secrets: list[Secret]) -> None:
        self.trail = trail
        self.job = trail.job
        self.signature = signature.value
        self.signed = signature.signed
        self.secrets = secrets
        settings = trail.job.recipe.settings
        assert isinstance(settings, HttpSettings)
        self.settings = settings

    def run(self) -> Verification:
        """Return the verdict with its steps."""
        algs = self._algorithms()
        if isinstance(algs, Verification):
            return algs
        try:
            bases = signature_bases(self.job.scope, self.signed)
        except NoComponent as reason:
            self.trail.failed("Covered component", str(reason), reason.name[:80])
            return self.trail.invalid("The signed text cannot be made", f"{reason.name[:80]}: {reason}.")
        self.trail.passed("Covered", ", ".join(self.signed.names) or "nothing")
        for name in self.settings.required:
            if name not in self.signed.names:
                words = f"Expected {name} to be covered by the signature."
                return self.trail.wrong("A component is not covered", words, "Covered component", name, "not covered")
        match = self._match(algs, bases)
        if isinstance(match, Verification):
            return match
        return self._weigh(*match)

    def _algorithms(self) -> tuple[str, ...] | Verification:
        """Return the algorithms that may be meant, by their names in the registry of RFC 9421."""
        allowed = self.settings.allowed(self.job.facts)
        named = self.signed.param("alg")
        if named is None:
            return allowed
        if named not in allowed:
            expected, got = " or ".join(allowed), str(named)[:40]
            hint = "The algorithm comes from the provider’s definition, never from the request."
            self.trail.failed("Algorithm", "not accepted", expected, got, hint)
            return self.trail.invalid("The algorithm is not accepted", f"Expected {expected}, got {got}.")
        self.trail.passed("Algorithm", str(named))
        return (str(named),)

    def _keys(self, alg: str, secret: Secret) -> list[Key]:
        if is_shared(NAMES[alg]):
            found = (shared_secret(secret, form) for form in self.settings.key_forms)
            return [key for key in found if key is not None]
        return [key for key in read_public_keys(secret.value) if fits(NAMES[alg], key)]

    def _match(self, algs: tuple[str, ...], bases: tuple[bytes, ...]) -> tuple[str, Secret] | Verification:
        """Return the algorithm and the secret the signature is made with."""
        keyid = self.signed.param("keyid")
        unusable: list[str] = []
        others: list[str] = []
        for index, secret in enumerate(self.secrets):
            label = self.trail.label(secret, index)
            usable = [(alg, key) for alg in algs for key in self._keys(alg, secret)]
            named = [(alg, key) for alg, key in usable if not (key.kid and keyid) or key.kid == keyid]
            for alg, key in named:
                # WORKAROUND: the Node package http-message-signatures signs RSA-PSS with the longest salt there is.
                if any(verifies(NAMES[alg], key, base, self.signature, any_salt=True) for base in bases):
                    self.trail.passed(f"{alg} of the signature base, {label}", "match")
                    return alg, secret
            if not usable:
                unusable.append(label)
            elif not named:
                others.extend(key.kid for _alg, key in usable)
            else:
                alg, key = named[0]
                made = signature_of(NAMES[alg], key, bases[0]) if key.is_secret else b""
                expected = base64.b64encode(made).decode()
                got = base64.b64encode(self.signature).decode()
                self.trail.failed(f"{' or '.join(algs)} of the signature base, {label}", "no match", expected, got)
        if len(unusable) == len(self.secrets):
            return self.trail.unusable(unusable, f"a key for {' or '.join(algs)}")
        if others and not any(step.detail == "no match" for step in self.trail.steps):
            self.trail.failed("Key", "not among the known keys", ", ".join(others)[:200], str(keyid)[:200])
            return self.trail.invalid("The key is not known", f"The signature names the key {str(keyid)[:80]}.")
        return self.trail.invalid("The signature does not match", "Well formed, but not made with this endpoint’s key.")

    def _weigh(self, alg: str, secret: Secret) -> Verification:
        """Compare the digest of the body and the times."""
        covers = Covers.NONE
        for field in FIELDS:
            if field not in [str(item.value) for item in self.signed.covered.items]:
                continue
            digests = digests_of(self.job.scope.request, field)
            wrong = next((digest for digest in digests if not digest.fits), None)
            if wrong is not None:
                words = f"The header {field} is signed, but is not the hash of the body that was sent."
                step = f"Hash of the body is {field}"
                return self.trail.wrong("The body was changed", words, step, wrong.expected, wrong.got)
            if digests:
                self.trail.passed(f"Hash of the body is {field}", "match")
                covers = Covers.BODY
            else:
                self.trail.skipped(f"Hash of the body is {field}", "no algorithm that can be compared")
        late = self._times()
        if isinstance(late, Verification):
            return late
        if late:
            return self.trail.stale(*late, secret, covers)
        names = ", ".join(self.signed.names) or "nothing"
        return self.trail.genuine(f"{alg} over {names}", secret, covers)

    def _times(self) -> tuple[str, str] | Verification | None:
        job, now = self.job, self.job.now.timestamp()
        created, expires = self.signed.param("created"), self.signed.param("expires")
        for name, value in (("created", created), ("expires", expires)):
            if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
                words = f"The parameter {name} must be whole seconds since 1970."
                return self.trail.wrong("A time is not readable", words, name, "a whole number", str(value)[:40])
        if created is not None:
            self.trail.age_s = now - created
        if job.tolerance_s == 0:
            return None
        if expires is not None and expires < now:
            self.trail.failed("Expires", f"expired {span_words(now - expires)} ago")
            return f"Genuine, but expired {span_words(now - expires)} ago", f"The signature carries its own end. {LATE}"
        limit = self.settings.max_age_s if job.tolerance_s is None else job.tolerance_s
        if created is None:
            self.trail.skipped("Timestamp", "none was signed")
            return None
        return self.trail.aged(limit)
