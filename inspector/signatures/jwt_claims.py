"""What a genuine token says, weighed against the request: its claims, the hashes it carries, and its times."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import math
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from inspector.domain.verification import Covers, Verification
from inspector.signatures.atlassian import query_hashes
from inspector.signatures.encodings import decode_digest, encode_digest
from inspector.signatures.evidence import LATE, Evidence
from inspector.signatures.jwt_settings import ClaimRule, JwtSettings
from inspector.signatures.place import text_of, to_bytes
from inspector.signatures.scheme import Job
from inspector.signatures.stamp import span_words

# Claims that are compared with one of these names are compared with the address; a local one says nothing.
_ADDRESS = "url"
_MISSING: Any = object()


@dataclass(slots=True)
class Claims:
    """The claims of a token whose signature is right; the methods return the end of the check where one is wrong."""

    table: dict[str, Any]
    settings: JwtSettings
    job: Job
    trail: Evidence
    body_is_token: bool
    covers: Covers = Covers.NONE

    def weigh(self) -> Verification | None:
        """Check everything but the times."""
        for name in self.settings.required:
            if self._value(name) is _MISSING:
                return self._missing(name)
        for rule in self.settings.claims:
            problem = self._equal(rule)
            if problem:
                return problem
        return self._body() or self._address() or self._query()

    def late(self) -> tuple[str, str] | Verification | None:
        """Check the times: title and summary of a stale verdict, the end where they cannot be, None where they fit."""
        times: dict[str, float] = {}
        for name in ("exp", "nbf", "iat"):
            value = self.table.get(name)
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e12:
                shown = (text_of(value) or "null")[:60]
                words = f"The claim {name} must be seconds since 1970."
                return self.trail.wrong("A time is not readable", words, f"Claim {name}", "a number", shown)
            times[name] = float(value)
        now = self.job.now.timestamp()
        start = times.get("iat", times.get("nbf"))
        self.trail.age_s = None if start is None else now - start
        return self._outside(times, now)

    def _outside(self, times: dict[str, float], now: float) -> tuple[str, str] | Verification | None:
        settings, trail = self.settings, self.trail
        if self.job.tolerance_s == 0:
            trail.skipped("Times", "no limit is set for this endpoint")
            return None
        grace = max(settings.leeway_s, self.job.tolerance_s or 0)
        if "iat" in times and times["iat"] > now + grace and settings.future_iat != "accept":
            ahead = times["iat"] - now
            trail.failed("Claim iat", f"{span_words(ahead)} ahead of this computer")
            if settings.future_iat == "invalid":
                return trail.invalid("The token is from the future", f"It was issued {span_words(ahead)} from now.")
            return self._early(ahead)
        if "nbf" in times and times["nbf"] > now + grace:
            trail.failed("Claim nbf", f"{span_words(times['nbf'] - now)} ahead of this computer")
            return self._early(times["nbf"] - now)
        if "exp" in times and times["exp"] <= now - grace:
            over = now - times["exp"]
            trail.failed("Claim exp", f"expired {span_words(over)} ago")
            return f"Genuine, but expired {span_words(over)} ago", f"The token carries its own end. {LATE}"
        if "exp" in times:
            trail.passed("Claim exp", f"good for another {span_words(max(times['exp'] - now, 0.0))}")
        limit = self.job.tolerance_s or settings.max_age_s
        if trail.age_s is not None:
            return trail.aged(limit, future=False)
        if limit:
            return trail.wrong("A claim is missing", "Expected iat, from which the age counts.", "Claim iat", "iat", "")
        return None

    def _early(self, ahead: float) -> tuple[str, str]:
        words = "Not good yet. The clock here or at the provider is wrong."
        return f"Genuine, but {span_words(ahead)} in the future", words

    def _value(self, path: str) -> Any:
        """Return a claim; `a|b` is whichever there is, a name with dots that is no claim itself is a path."""
        if "|" in path:
            found = (self._value(name) for name in path.split("|"))
            return next((value for value in found if value is not _MISSING), _MISSING)
        if path in self.table:
            return self.table[path]
        inner: Any = self.table
        for name in path.split("."):
            if not isinstance(inner, dict) or name not in inner:
                return _MISSING
            inner = inner[name]
        return inner

    def _missing(self, name: str) -> Verification:
        words = f"Expected the claim {name} in the token."
        return self.trail.wrong("A claim is missing", words, f"Claim {name}", name, "not sent")

    def _equal(self, rule: ClaimRule) -> Verification | None:
        """Compare a claim with what it must be; of a list of audiences one is enough."""
        known = next((fact for fact in rule.facts if self._fact(fact)), "")
        wanted = [*rule.constants, *([self._fact(known)] if known else [])]
        step = f"Claim {rule.name}"
        if not wanted:
            name = rule.facts[0].replace("_", " ")
            self.trail.skipped(step, "not compared", f"Add the {name} in the endpoint’s settings to have it compared.")
            return None
        value = self._value(rule.name)
        if value is _MISSING:
            return self._missing(rule.name)
        held = value if isinstance(value, list) else [value]
        if any(_same(item, want) for item in held for want in wanted):
            self.trail.passed(step, "match")
            return None
        expected = " or ".join(text_of(want) or "" for want in wanted)
        got = ", ".join(text_of(item) or "null" for item in held)[:200]
        if known == _ADDRESS and is_local(expected):
            self._not_compared(step)
            return None
        hint = "This is the address as the provider knows it." if known == _ADDRESS else ""
        words = f"Expected {rule.name} to be {expected}, got {got or 'nothing'}."
        return self.trail.wrong("A claim differs", words, step, expected, got, hint)

    def _fact(self, name: str) -> str:
        return self.job.scope.url if name == _ADDRESS else self.job.facts.get(name, "").strip()

    def _not_compared(self, step: str) -> None:
        hint = "Set the endpoint’s public address to have it compared: this one is known on this computer only."
        self.trail.skipped(step, "not compared", hint)

    def _body(self) -> Verification | None:
        """Compare the hash of the body, where the token carries one."""
        settings = self.settings
        if self.body_is_token:
            self.covers = Covers.BODY
        if not settings.body_claim:
            return None
        body, claim = self.job.scope.request.body, self._value(settings.body_claim)
        if claim is _MISSING or claim is None:
            if settings.body_optional or not body:
                self.trail.skipped(f"Claim {settings.body_claim}", "not sent: the token does not protect the body")
                return None
            return self._missing(settings.body_claim)
        digest = hashlib.new(settings.body_hash, body, usedforsecurity=False).digest()
        return self._hash(settings.body_claim, claim, digest, settings.body_encoding, "The body was changed", "body")

    def _hash(self, name: str, claim: Any, made: bytes, encoding: str, title: str, what: str) -> Verification | None:
        sent = decode_digest(to_bytes(claim), encoding) if isinstance(claim, str) else None
        if sent is not None and hmac.compare_digest(made, sent):
            self.trail.passed(f"Hash of the {what} is {name}", "match")
            if what == "body":
                self.covers = Covers.BODY
            return None
        words = f"The token is genuine, but its hash of the {what} ({name}) does not fit what was sent."
        expected, got = encode_digest(made, encoding).decode(), (text_of(claim) or "null")[:200]
        return self.trail.wrong(title, words, f"Hash of the {what} is {name}", expected, got)

    def _address(self) -> Verification | None:
        """Compare the hash of the address (Bird, `url_hash`)."""
        name = self.settings.url_claim
        if not name:
            return None
        claim, url = self._value(name), self.job.scope.url
        if claim is _MISSING:
            return self._missing(name)
        made = hashlib.sha256(to_bytes(url)).digest()
        if is_local(url) and text_of(claim) != made.hex():
            self._not_compared(f"Hash of the address is {name}")
            return None
        return self._hash(name, claim, made, "hex", "The address differs", "address")

    def _query(self) -> Verification | None:
        """Compare Atlassian's hash of method, path and query."""
        name = self.settings.query_claim
        if not name:
            return None
        claim = self._value(name)
        if claim is _MISSING:
            return self._missing(name)
        hashes = list(query_hashes(self.job.scope.request.method, self.job.scope.url, self._fact("base_url")))
        if any(_same(claim, made) for made in hashes):
            self.trail.passed(f"Hash of method, path and query is {name}", "match")
            return None
        got = (text_of(claim) or "null")[:200]
        words = "The token was made for another method, path or query."
        step = f"Hash of method, path and query is {name}"
        return self.trail.wrong("The request was changed", words, step, hashes[0], got)


def _same(value: Any, wanted: Any) -> bool:
    """Whether a claim is what is wanted: true is not 1, a number may be wanted as text (facts are texts)."""
    if isinstance(wanted, bool) or isinstance(value, bool):
        return value is wanted
    if isinstance(value, float) and not math.isfinite(value):
        return False
    if isinstance(value, str | int | float):
        return hmac.compare_digest(to_bytes(text_of(value) or ""), to_bytes(text_of(wanted) or ""))
    return False


def is_local(url: str) -> bool:
    """Whether an address is known on this computer or network only, so that no provider can have called it."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return not host or host == "localhost" or "." not in host or host.endswith((".localhost", ".local"))
