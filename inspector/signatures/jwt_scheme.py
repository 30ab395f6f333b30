"""JSON Web Tokens (RFC 7519): whose token is it, what does it say, and does it bind the body.

The algorithm is one of our definition's. What the token names is only compared with it, so a token that says `none`,
or asks for a public key to be used as a secret, fails at the step that names the algorithm.
"""

from __future__ import annotations

import re

from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Verdict, Verification
from inspector.payload.body import parse_json
from inspector.signatures import wording
from inspector.signatures.documents import is_allowed, published_keys
from inspector.signatures.evidence import PUBLISHED, Evidence
from inspector.signatures.jose import (
    ALGORITHMS,
    Token,
    Unreadable,
    b64url,
    fits,
    is_shared,
    json_object,
    signature_of,
    split_token,
    verifies,
)
from inspector.signatures.jwt_claims import Claims
from inspector.signatures.jwt_settings import KEYS, JwtSettings, parse_jwt
from inspector.signatures.jwt_sign import sign_token
from inspector.signatures.keys import Key, read_public_keys
from inspector.signatures.place import Place
from inspector.signatures.scheme import Job, SignJob
from inspector.signatures.shared_secret import is_public, shared_secret
from inspector.signatures.table import Table

_RANK = (Verdict.VALID, Verdict.STALE, Verdict.INVALID, Verdict.NO_SECRET, Verdict.UNSIGNED)
_KID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\Z")
_LIST_LIMIT = 50  # tokens in one list


class JwtScheme:
    """The kind `jwt`."""

    kind = "jwt"
    keys: tuple[str, ...] = KEYS

    def parse(self, source: Table) -> JwtSettings:
        """Return the table's settings."""
        return parse_jwt(source)

    def check(self, job: Job) -> Verification:
        """Return the verdict: the best of several places counts, in a list of tokens every one must fit."""
        found = [(place, raw) for place in job.recipe.signature for raw in place.values(job.scope)]
        if not found:
            return wording.unsigned(job.recipe, job.scheme)
        return min((_check_place(job, place, raw) for place, raw in found), key=lambda it: _RANK.index(it.verdict))

    def sign(self, job: SignJob) -> Request:
        """Return the request with a fresh token."""
        return sign_token(job)

    def signed_bytes(self, job: Job) -> bytes | None:
        """Return header and claims as the token carries them, with the dot between: what its signature is made over."""
        for place in job.recipe.signature:
            for raw in place.values(job.scope):
                for text in _tokens(raw, settings_of(job).prefix):
                    try:
                        return split_token(text).signed
                    except Unreadable:
                        continue
        return None


def settings_of(job: Job | SignJob) -> JwtSettings:
    """Return the recipe's own settings."""
    settings = job.recipe.settings
    assert isinstance(settings, JwtSettings)
    return settings


def _tokens(raw: bytes, prefix: str) -> list[bytes]:
    """Return the token in a place, or those of a JSON list of tokens, without what stands in front."""
    text = raw.strip()
    if text[:1] == b"[":
        listed = parse_json(text)
        items = listed if isinstance(listed, list) and len(listed) <= _LIST_LIMIT else []
        return [item.encode("utf-8", "replace") if isinstance(item, str) else b"" for item in items]
    for front in (prefix.encode(), b"Bearer ", b"JWT "):
        if front and text[: len(front)].lower() == front.lower():
            return [text[len(front) :].strip()]
    if text[:1] == b'"' and text[-1:] == b'"':
        return [text[1:-1]]
    return [text]


def _check_place(job: Job, place: Place, raw: bytes) -> Verification:
    tokens = _tokens(raw, settings_of(job).prefix) or [b""]
    verdicts = [_Check(job, place, text).run() for text in tokens]
    return max(verdicts, key=lambda verification: _RANK.index(verification.verdict))


class _Check:
    """One token against one request."""

    __slots__ = ("job", "place", "settings", "text", "trail")

    def __init__(self, job: Job, place: Place, text: bytes) -> None:
        self.job = job
        self.place = place
        self.text = text
        self.settings = settings_of(job)
        self.trail = Evidence(job)

    def run(self) -> Verification:
        """Return the verdict with its steps."""
        self.trail.steps.append(wording.present(self.place))
        published, needed = self._published()
        secrets = [*self.job.secrets, *published]
        if not secrets:
            return self.trail.no_secret("public key" if self._wants_public else "secret", needed)
        token = self._read()
        if isinstance(token, Verification):
            return token
        problem = self.trail.required()
        if problem:
            return problem
        match = self._match(token, secrets, needed)
        if isinstance(match, Verification):
            return match
        return self._weigh(token, match)

    def _published(self) -> tuple[list[Secret], str]:
        """Return the provider's published keys at hand, and the address to ask where they are not.

        What was fetched or pasted for another of the provider's addresses counts as well, and where a fact is missing
        that the address needs, what was for any address that fits the patterns.
        """
        recipe, documents = self.job.recipe, self.job.documents
        url = self._kid_url()
        if url:
            text = documents.get(url, "")
            return ([Secret(text, PUBLISHED)], "") if text.strip() else ([], url)
        if recipe.keys_url is None:
            return [], ""
        found, needed = published_keys(recipe, self.job.scope, documents)
        fixed = tuple(pattern for pattern in recipe.fetch if "*" not in pattern)
        patterns = fixed if found or needed else recipe.fetch
        texts = [text for url, text in documents.items() if text.strip() and is_allowed(url, patterns)]
        known = {secret.value for secret in found}
        found.extend(Secret(text, PUBLISHED) for text in texts if text not in known)
        return found, needed if not found and is_allowed(needed, recipe.fetch) else ""

    def _kid_url(self) -> str:
        """Return where the key lies that the token names; "" where the definition has no such address."""
        try:
            token = split_token(self.text) if self.settings.kid_url else None
        except Unreadable:
            return ""
        if token is None or is_shared(token.alg) or not _KID.match(token.kid):
            return ""
        url = self.settings.kid_url.replace("{kid}", token.kid)
        return url if is_allowed(url, self.job.recipe.fetch) else ""

    @property
    def _wants_public(self) -> bool:
        return not any(is_shared(alg) for alg in self.settings.algs)

    def _read(self) -> Token | Verification:
        """Take the token apart and compare its algorithm with those of the definition."""
        try:
            token = split_token(self.text)
        except Unreadable as reason:
            shown = self.text[:40].decode("utf-8", "backslashreplace")
            got = f"{shown}…" if len(self.text) > 40 else shown
            self.trail.failed("Format", "not readable", "a JSON Web Token", got or "nothing", str(reason))
            return self.trail.invalid("The token is not readable", f"Expected a JSON Web Token: {reason}.")
        self.trail.passed("Format", "JSON Web Token")
        if token.alg not in self.settings.algs:
            return self._other_algorithm(token.alg)
        self.trail.passed("Algorithm", token.alg)
        if "crit" in token.header:
            words = "It asks for extensions that must be understood (crit). None are."
            return self.trail.wrong(
                "The token cannot be checked", words, "Extensions", "none", str(token.header["crit"])
            )
        return token

    def _other_algorithm(self, alg: str) -> Verification:
        expected = " or ".join(self.settings.algs)
        hint = "The algorithm comes from the provider’s definition, never from the token."
        if alg.lower() == "none":
            hint = "A token without a signature proves nothing."
        elif is_shared(alg) and self._wants_public:
            hint = "It asks for the public key to be used as a secret, and everybody has that."
        self.trail.failed("Algorithm", "not accepted", expected, alg[:40] or "none named", hint)
        return self.trail.invalid("The algorithm is not accepted", f"Expected {expected}, got {alg[:40] or 'none'}.")

    def _candidates(self, alg: str, secret: Secret) -> tuple[Key, ...]:
        if is_shared(alg):
            key = shared_secret(secret, self.settings.key)
            return () if key is None else (key,)
        return tuple(key for key in read_public_keys(secret.value) if fits(alg, key))

    def _match(self, token: Token, secrets: list[Secret], needed: str) -> Secret | Verification:
        """Return the secret or key the token is signed with."""
        unusable: list[str] = []
        others: list[str] = []
        for index, secret in enumerate(secrets):
            label = self.trail.label(secret, index)
            keys = self._candidates(token.alg, secret)
            if not keys:
                unusable.append(label)
                continue
            named = [key for key in keys if not (key.kid and token.kid) or key.kid == token.kid]
            if not named:
                others.extend(key.kid for key in keys)
                continue
            if any(verifies(token.alg, key, token.signed, token.signature) for key in named):
                self.trail.passed(f"{ALGORITHMS[token.alg]} of the token, {label}", "match")
                return secret
            expected = b64url(signature_of(token.alg, named[0], token.signed)).decode() if is_shared(token.alg) else ""
            got = b64url(token.signature).decode()
            self.trail.failed(f"{ALGORITHMS[token.alg]} of the token, {label}", "no match", expected, got)
        if len(unusable) == len(secrets):
            return self._nothing_usable(token.alg, secrets, unusable, needed)
        if others and not any(step.detail == "no match" for step in self.trail.steps):
            return self._other_key(token.kid, others)
        whose = "the provider’s key" if self._wants_public else "a secret of this endpoint"
        words = f"Well formed, but not made with {whose}."
        return self.trail.invalid("The signature does not match", words)

    def _nothing_usable(self, alg: str, secrets: list[Secret], labels: list[str], needed: str) -> Verification:
        if needed:
            return self.trail.no_secret("public key", needed)
        if not is_shared(alg):
            return self.trail.unusable(labels, f"a public key for {ALGORITHMS[alg]} (PEM, certificate, JWK or key set)")
        hint = ""
        if any(is_public(secret.value) for secret in secrets):
            hint = "A public key is no secret: everybody has it."
        return self.trail.unusable(labels, "a shared secret", hint)

    def _other_key(self, kid: str, known: list[str]) -> Verification:
        hint = "The provider may have changed its keys since they were read."
        self.trail.failed("Key", "not among the known keys", ", ".join(dict.fromkeys(known))[:200], kid[:200], hint)
        return self.trail.invalid("The key is not known", f"The token names the key {kid[:80]}. {hint}")

    def _weigh(self, token: Token, secret: Secret) -> Verification:
        table = json_object(token.payload)
        if table is None:
            got = token.payload[:40].decode("utf-8", "backslashreplace")
            words = "Its payload is not a JSON object."
            return self.trail.wrong("The token is not readable", words, "Claims", "a JSON object", got)
        claims = Claims(table, self.settings, self.job, self.trail, self.place.kind == "body")
        problem = claims.weigh()
        if problem:
            return problem
        late = claims.late()
        if isinstance(late, Verification):
            return late
        if late:
            return self.trail.stale(*late, secret, claims.covers)
        where = self.place.words.removeprefix("the ")
        return self.trail.genuine(f"{ALGORITHMS[token.alg]} token, {where}", secret, claims.covers)
