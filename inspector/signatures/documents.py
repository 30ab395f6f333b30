"""Keys and certificates a provider publishes: which addresses may be asked for, and what is at hand.

Nothing is fetched here. A request may name where its certificate lies, but never chooses it: the address must fit a
pattern of the provider's own definition.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from inspector.domain.secret import Secret
from inspector.signatures.place import Scope
from inspector.signatures.scheme import Recipe
from inspector.signatures.template import MissingPart, Template

_PATH = r"[A-Za-z0-9._~%!$&'()*+,;=:@/-]*"
_URL = re.compile(rf"https://[A-Za-z0-9.-]+(?::[0-9]{{1,5}})?(?:/{_PATH})?\Z")
_PATTERN = re.compile(r"https://([A-Za-z0-9.*-]+)(/[A-Za-z0-9._~%*/@-]*)\Z")
_LONGEST = 2048


def parse_pattern(text: str) -> str:
    """Return a pattern like `https://sns.*.amazonaws.com/*.pem`; raises ValueError where it is none.

    `*` in the host is a part of one label, never a dot; in the path it is anything but a query.
    """
    match = _PATTERN.match(text)
    if not match or not match[1].replace("*", "").strip("."):
        raise ValueError(f"{text!r} is no pattern; write https://host/path with * for a part that varies")
    return text


def is_allowed(url: str, patterns: tuple[str, ...]) -> bool:
    """Whether an address fits one of the patterns: https, no user, no port, no query, no fragment, no way up."""
    if len(url) > _LONGEST or "/../" in f"{url}/":
        return False
    return any(_compiled(pattern).match(url) is not None for pattern in patterns)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    host, slash, path = pattern.removeprefix("https://").partition("/")
    hosts = "[A-Za-z0-9-]+".join(map(re.escape, host.split("*")))
    paths = _PATH.join(map(re.escape, path.split("*")))
    return re.compile(f"(?i:https://{hosts}){slash}{paths}\\Z")


def reads_request(template: Template) -> bool:
    """Whether an address is named by the request, at least in part."""
    return any(place.kind != "fact" for place in template.places)


def keys_address(recipe: Recipe, scope: Scope) -> str:
    """Return where this request's keys lie; "" where the scheme names no address.

    Raises MissingPart where a part of the address was not sent, or a fact is missing.
    """
    return recipe.keys_url.render(scope).decode("utf-8", "backslashreplace") if recipe.keys_url else ""


def published_keys(recipe: Recipe, scope: Scope, documents: Mapping[str, str]) -> tuple[list[Secret], str]:
    """Return the published keys that are at hand as secrets, and the address to ask for them.

    For addresses the definition gives, not the request. Where a fact is missing there is neither; an address that no
    pattern allows (a host of the user's own) is not to be asked, only its document may be pasted.
    """
    try:
        url = keys_address(recipe, scope)
    except MissingPart:
        return [], ""
    if not _URL.match(url) or len(url) > _LONGEST:
        return [], ""
    text = documents.get(url, "")
    keys = [Secret(text, "published keys")] if text.strip() else []
    return keys, url if is_allowed(url, recipe.fetch) else ""
