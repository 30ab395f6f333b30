"""Detached JSON Web Signatures: a token in a header whose payload is the request (TrueLayer), or the body alone.

TrueLayer signs `METHOD path`, a line for each header that the token lists, and the body (truelayer-signing, version 2).
The token may say where its key is published (`jku`): that address counts only where the definition allows it.
"""

from __future__ import annotations

from dataclasses import dataclass

from inspector.domain.errors import UsageError
from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Covers, Verification
from inspector.signatures import wording
from inspector.signatures.address import path_of
from inspector.signatures.canonical import scope_of, stamped
from inspector.signatures.documents import is_allowed, published_keys
from inspector.signatures.evidence import PUBLISHED, Evidence
from inspector.signatures.jose import ALGORITHMS, Token, Unreadable, fits, join_detached, split_detached, verifies
from inspector.signatures.keys import read_private_key, read_public_keys
from inspector.signatures.place import Scope, to_bytes
from inspector.signatures.rewriting import with_value
from inspector.signatures.scheme import Job, SignJob
from inspector.signatures.table import Table

PAYLOADS = ("body", "truelayer")
_UNDERSTOOD = {"b64"}  # what a token may list under crit
_VERSION = "2"


@dataclass(frozen=True, slots=True, eq=False)
class DetachedSettings:
    """The own keys of a table: the algorithms that are accepted, and what the signature is made over."""

    algs: tuple[str, ...]
    payload: str


class DetachedScheme:
    """The kind `detached-jws`."""

    kind = "detached-jws"
    keys: tuple[str, ...] = ("algs", "payload")

    def parse(self, source: Table) -> DetachedSettings:
        """Return the table's settings."""
        algs = source.texts("algs")
        public = [alg for alg in ALGORITHMS if not alg.startswith("HS")]
        for alg in algs:
            if alg not in public:
                raise source.error("algs", f"must be some of {', '.join(public)}, not {alg!r}")
        return DetachedSettings(algs, source.choice("payload", PAYLOADS, "body"))

    def check(self, job: Job) -> Verification:
        """Return the verdict."""
        found = [(place, raw) for place in job.recipe.signature for raw in place.values(job.scope)]
        if not found:
            return wording.unsigned(job.recipe, job.scheme)
        trail = Evidence(job)
        trail.steps.append(wording.present(found[0][0]))
        return _Check(trail, found[0][1]).run()

    def sign(self, job: SignJob) -> Request:
        """Return the request signed with a private key."""
        return _sign(job)

    def signed_bytes(self, job: Job) -> bytes | None:
        """Return the payload that travels outside the token."""
        for place in job.recipe.signature:
            for raw in place.values(job.scope):
                try:
                    header = split_detached(raw, b"").header
                except Unreadable:
                    continue
                return next(iter(_payloads(job.scope, _settings(job), header.get("tl_headers"))), None)
        return None


def _settings(job: Job | SignJob) -> DetachedSettings:
    settings = job.recipe.settings
    assert isinstance(settings, DetachedSettings)
    return settings


def _payloads(scope: Scope, settings: DetachedSettings, listed: object) -> tuple[bytes, ...]:
    """Return the payloads a token may be made over; () where a header it lists was not sent."""
    if settings.payload == "body":
        return (scope.request.body,)
    lines = b""
    for name in _names(listed):
        values = scope.request.header_values(name)
        if not values:
            return ()
        lines += to_bytes(name) + b": " + values[0] + b"\n"
    path = path_of(scope.url)
    query = scope.url.partition("?")[2]
    # The libraries accept a path with and without its last slash.
    paths = dict.fromkeys(
        [path, path.rstrip("/") or "/", f"{path.rstrip('/')}/", *([f"{path}?{query}"] if query else [])]
    )
    method = to_bytes(scope.request.method.upper())
    return tuple(method + b" " + to_bytes(one) + b"\n" + lines + scope.request.body for one in paths)


def _names(listed: object) -> list[str]:
    return [name.strip() for name in listed.split(",") if name.strip()] if isinstance(listed, str) else []


class _Check:
    """One token against one request."""

    __slots__ = ("job", "raw", "settings", "trail")

    def __init__(self, trail: Evidence, raw: bytes) -> None:
        self.trail = trail
        self.raw = raw
        self.job = trail.job
        self.settings = _settings(trail.job)

    def run(self) -> Verification:
        """Return the verdict with its steps."""
        trail = self.trail
        try:
            token = split_detached(self.raw, b"")
        except Unreadable as reason:
            got = self.raw[:40].decode("utf-8", "backslashreplace") or "nothing"
            trail.failed("Format", "not readable", "a detached JSON Web Signature", got, str(reason))
            return trail.invalid("The signature is not readable", f"Expected a detached JSON Web Signature: {reason}.")
        trail.passed("Format", "detached JSON Web Signature")
        problem = self._header(token)
        if problem:
            return problem
        secrets = self._secrets(token)
        if isinstance(secrets, Verification):
            return secrets
        problem = trail.required()
        if problem:
            return problem
        payloads = _payloads(self.job.scope, self.settings, token.header.get("tl_headers"))
        if not payloads:
            return self._missing_header(token)
        return self._verdict(token, payloads, secrets)

    def _header(self, token: Token) -> Verification | None:
        """Compare what the token says of itself with the definition."""
        trail, expected = self.trail, " or ".join(self.settings.algs)
        if token.alg not in self.settings.algs:
            hint = "The algorithm comes from the provider’s definition, never from the token."
            trail.failed("Algorithm", "not accepted", expected, token.alg[:40] or "none named", hint)
            return trail.invalid(
                "The algorithm is not accepted", f"Expected {expected}, got {token.alg[:40] or 'none'}."
            )
        trail.passed("Algorithm", token.alg)
        critical = token.header.get("crit", [])
        if not isinstance(critical, list) or not all(isinstance(name, str) for name in critical):
            critical = ["crit"]
        if set(critical) - _UNDERSTOOD:
            words = "It asks for extensions that must be understood."
            return trail.wrong("The token cannot be checked", words, "Extensions", "b64", ", ".join(critical)[:80])
        version = token.header.get("tl_version")
        if self.settings.payload == "truelayer" and version != _VERSION:
            words = f"Expected version {_VERSION} of TrueLayer’s signature."
            return trail.wrong("The version is not accepted", words, "Version", _VERSION, str(version)[:40])
        return None

    def _secrets(self, token: Token) -> list[Secret] | Verification:
        """Return pasted and published keys; the end where the token names an address that is not the provider's."""
        job, trail = self.job, self.trail
        found, needed = published_keys(job.recipe, job.scope, job.documents)
        address = token.header.get("jku")
        if address is not None:
            if not isinstance(address, str) or not is_allowed(address, job.recipe.fetch):
                allowed = " or ".join(job.recipe.fetch) or "none"
                trail.failed("Key address", "not the provider’s", allowed, str(address)[:200])
                return trail.invalid("The key address is not the provider’s", f"The token names {str(address)[:120]}.")
            trail.passed("Key address", "the provider’s")
            text = job.documents.get(address, "")
            if text.strip():
                found.append(Secret(text, PUBLISHED))
            else:
                needed = address
        secrets = [*job.secrets, *found]
        usable = any(fits(token.alg, key) for secret in secrets for key in read_public_keys(secret.value))
        if not secrets or (needed and not usable):
            return trail.no_secret("public key", needed if is_allowed(needed, job.recipe.fetch) else "")
        if not usable:
            labels = [trail.label(secret, index) for index, secret in enumerate(secrets)]
            return trail.unusable(
                labels, f"a public key for {ALGORITHMS[token.alg]} (PEM, certificate, JWK or key set)"
            )
        return secrets

    def _missing_header(self, token: Token) -> Verification:
        names = _names(token.header.get("tl_headers"))
        name = next((name for name in names if not self.job.scope.request.header_values(name)), "")
        words = f"Expected the header {name[:80]}, which is signed too."
        return self.trail.wrong("A signed value is missing", words, "Signed header", name[:80], "not sent")

    def _verdict(self, token: Token, payloads: tuple[bytes, ...], secrets: list[Secret]) -> Verification:
        trail = self.trail
        what = "method, path, headers and body" if self.settings.payload == "truelayer" else "the body"
        known: list[str] = []
        for index, secret in enumerate(secrets):
            step = f"{ALGORITHMS[token.alg]} of {what}, {self.trail.label(secret, index)}"
            keys = [key for key in read_public_keys(secret.value) if fits(token.alg, key)]
            named = [key for key in keys if not (key.kid and token.kid) or key.kid == token.kid]
            known.extend(key.kid for key in keys if key not in named)
            tokens = [split_detached(self.raw, payload) for payload in payloads]
            if any(verifies(token.alg, key, one.signed, one.signature) for key in named for one in tokens):
                trail.passed(step, "match")
                words = f"{ALGORITHMS[token.alg]} of {what}, {self.job.recipe.signature[0].words.removeprefix('the ')}"
                return trail.genuine(words, secret, Covers.BODY)
            if named:
                trail.failed(step, "no match")
        if known and not any(step.detail == "no match" for step in trail.steps):
            hint = "The provider may have changed its keys since they were read."
            trail.failed(
                "Key", "not among the known keys", ", ".join(dict.fromkeys(known))[:200], token.kid[:200], hint
            )
            return trail.invalid("The key is not known", f"The token names the key {token.kid[:80]}. {hint}")
        return trail.invalid("The signature does not match", "Well formed, but not made with the provider’s key.")


def _sign(job: SignJob) -> Request:
    settings = _settings(job)
    key = read_private_key(job.secret.value)
    alg = next((alg for alg in settings.algs if key is not None and fits(alg, key)), "")
    if key is None or not alg:
        wanted = " or ".join(ALGORITHMS[alg] for alg in settings.algs)
        raise UsageError("This secret cannot be used to sign.", f"The scheme needs a private key for {wanted}.", "")
    request = stamped(job, {})
    scope = scope_of(job, request)
    place = job.recipe.signature[0]
    try:
        old = split_detached(b"".join(place.values(scope)[:1]), b"").header
    except Unreadable:
        old = {}
    header = {name: value for name, value in old.items() if name not in ("alg", "crit", "b64")}
    header = {"alg": alg, "kid": key.kid or job.facts.get("key_id", "") or header.get("kid", "test-key")} | {
        name: value for name, value in header.items() if name not in ("kid", "jku")
    }
    if settings.payload == "truelayer":
        present = [name for name in _names(header.get("tl_headers")) if request.header_values(name)]
        names = present or [name for name in ("X-Tl-Webhook-Timestamp",) if request.header_values(name)]
        header |= {"tl_version": _VERSION, "tl_headers": ",".join(names)}
    payload = _payloads(scope, settings, header.get("tl_headers"))[0]
    return with_value(request, place, join_detached(header, payload, alg, key))
