"""The commonest case without detours: one header, the digest of the whole body, and the newest secret fits.

Most senders sign just so, and most events are genuine. What is found here is exactly what the step-by-step check
(check.py) would find: the verdict is that of a check made once and kept, because for these schemes it depends on the
scheme and the secret alone. Whatever does not fit at once is left to the check, which also says why.
"""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Verdict, Verification
from inspector.payload.body import Payload
from inspector.signatures.check import Check
from inspector.signatures.encodings import ALGORITHMS, decode_digest, encode_digest, key_bytes
from inspector.signatures.place import Scope
from inspector.signatures.scheme import Recipe

_EPOCH = datetime.fromtimestamp(0, UTC)


class _Known(NamedTuple):
    """What a scheme and a secret come to: a digest with the key in it already, and the verdict when it fits."""

    digest: hmac.HMAC
    verdict: Verification


def quick_verdict(request: Request, recipe: Recipe, secret: Secret, scheme: str) -> Verification | None:
    """Return VALID where the body's digest under this secret was sent in the scheme's header, else None."""
    known = _known(recipe, secret, scheme)
    if known is None:
        return None
    place = recipe.signature[0]
    lower, size = place.lower, len(place.lower)
    sent = [value for name, value in request.headers if len(name) == size and name.lower() == lower]
    if len(sent) != 1 or not sent[0].startswith(recipe.prefix):
        return None
    received = decode_digest(sent[0][len(recipe.prefix) :], recipe.encoding)
    if received is None:
        return None
    made = known.digest.copy()
    made.update(request.body)
    return known.verdict if hmac.compare_digest(made.digest(), received) else None


@lru_cache(maxsize=256)
def _known(recipe: Recipe, secret: Secret, scheme: str) -> _Known | None:
    """Return None where the scheme or the secret is not of the plain kind."""
    key = key_bytes(secret.value, recipe.key)
    if not _is_plain(recipe) or key is None:
        return None
    digest = hmac.new(key, b"", recipe.alg)
    signature = recipe.prefix + encode_digest(digest.digest(), recipe.encoding)
    example = Request("POST", "/", ((recipe.signature[0].name.encode(), signature),), b"", _EPOCH)
    verdict = Check(recipe, Scope(example, Payload(example), ""), [secret], scheme, _EPOCH, None).run()
    return _Known(digest, verdict) if verdict.verdict is Verdict.VALID else None


def _is_plain(recipe: Recipe) -> bool:
    return (
        recipe.kind == "hmac"
        and recipe.alg in ALGORITHMS
        and len(recipe.signature) == 1
        and recipe.signature[0].kind == "header"
        and len(recipe.signed) == 1
        and recipe.signed[0].is_body
        and not (recipe.when or recipe.items or recipe.pair or recipe.splits_secret)
        and not (recipe.time or recipe.require or recipe.require_facts or recipe.also)
    )
