"""Does an answer say that it failed, although its status says that all is well? Pure.

A provider looks at the status alone: an event that ended on an error page with 200 is never sent again.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from inspector.domain.attempt import Response

READ_BYTES = 8_000
"""So much of an answer is looked at; an error page says what it is at its beginning."""

NEVER_AGAIN = "The provider looks at the status alone: it takes the event as done and never sends it again."

ERROR_PAGE = "An error page with a good status"
WEB_PAGE = "Answered with a web page"
TELLS_OF_ERROR = "Accepted, but its body tells of an error"

_PAGE = re.compile(r"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html)\b", re.IGNORECASE | re.DOTALL)
_HEADLINE = re.compile(r"<(title|h1)\b[^>]*>(.*?)</\1>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_WENT_WRONG = re.compile(
    r"\b(?:[45]\d\d|\w*errors?|\w*exception|failed|failure|not found|forbidden|unauthori[sz]ed|bad gateway|unavailable"
    r"|went wrong|crashed)\b",
    re.IGNORECASE,
)
_TRACEBACK = "Traceback (most recent call last)"
_FAILED_WORDS = frozenset({"error", "failed", "failure"})


@dataclass(frozen=True, slots=True)
class Objection:
    """What an answer's body says against its status; `failed` where there is no doubt that something went wrong."""

    title: str
    text: str
    failed: bool


def objection_of(response: Response) -> Objection | None:
    """Return what the body of a 2xx answer says against it, None where nothing does."""
    text = response.body[:READ_BYTES].decode("utf-8", "ignore").strip()
    headlines = [" ".join(_TAG.sub("", match[2]).split()) for match in _HEADLINE.finditer(text)]
    wrong = next((words for words in headlines if _WENT_WRONG.search(words)), "")
    if not wrong and _TRACEBACK in text:
        wrong = _TRACEBACK
    if wrong:
        said = f"Answered {response.status} with a page that says “{wrong[:60]}”."
        return Objection(ERROR_PAGE, f"{said} {NEVER_AGAIN} Answer 500 where something went wrong.", failed=True)
    if _PAGE.match(text):
        called = f" called “{headlines[0][:60]}”" if headlines and headlines[0] else ""
        said = f"Answered {response.status} with a web page{called}. Is this the webhook’s own address?"
        return Objection(WEB_PAGE, f"{said} An address that shows pages takes every event and does nothing.", False)
    if _says_failed(text):
        shown = " ".join(text.split())
        said = f"Answered {response.status}, but says {shown if len(shown) <= 60 else f'{shown[:59]}…'}."
        return Objection(TELLS_OF_ERROR, f"{said} {NEVER_AGAIN}", failed=False)
    return None


def _says_failed(text: str) -> bool:
    try:
        data = json.loads(text)
    except ValueError:
        return False
    if not isinstance(data, dict):
        return False
    if data.get("ok") is False or data.get("success") is False or data.get("error") or data.get("errors"):
        return True
    return str(data.get("status", "")).lower() in _FAILED_WORDS
