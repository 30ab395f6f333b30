"""What an answer means: pure judgements over what came back from an address."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from inspector.doctor.fetching import Heard, PublicTls, Trouble
from inspector.doctor.finding import Action, Deed, Finding, bad, doubt, good
from inspector.receiver.https_facts import days_left

SKEW_DOUBT_S, SKEW_BAD_S = 5.0, 60.0
"""Provider tolerances for timestamps are minutes: Stripe and Standard Webhooks take five."""

EXPIRY_DAYS = 14

_TITLE = re.compile(r"<title[^>]*>\s*([^<]{1,120}?)\s*</title", re.IGNORECASE)
_RESTART = Action(Deed.RESTART_TUNNEL, "Restart the tunnel")
_OTHER_TUNNEL = Action(Deed.TUNNEL_SETTINGS, "Choose another tunnel…")

_INTERSTITIAL = ("err_ngrok_6024", "tunnel-reminder", "friendly reminder", "you are about to visit", "browser warning")
_TUNNEL_GONE = ("err_ngrok_3200", "no tunnel here", "tunnel not found", "error 1033", "tunnel unavailable")
_CARRIER_DOWN = frozenset({502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 530})


def judge_own(heard: Heard, expected: str, place: str, refused: Finding) -> Finding:
    """Return whether this very process answered at an address of this computer.

    `place` completes "at …"; `refused` is what it means when nobody listens there.
    """
    if heard.status == 200 and heard.text == expected:
        return good(f"This program answers {place}.", f"{urlsplit(heard.url).netloc} in {heard.ms:.0f} ms")
    if heard.trouble is Trouble.REFUSED:
        return refused
    if heard.trouble is Trouble.TIMEOUT:
        return bad(f"Nothing answers {place}.", "The connection is not refused: a firewall may swallow it.")
    if heard.trouble is not None:
        return bad(f"The connection {place} fails.", f"{heard.words}.")
    return bad(
        f"Another program answers {place}.",
        f"It said {heard.status}{_what_it_says(heard)}. Two programs share the port, or something stands between.",
        Action(Deed.CHOOSE_PORT, "Choose another port…"),
    )


def judge_public(heard: Heard, expected: str) -> Finding:
    """Return whether a request to the public address came back from this very process."""
    host = urlsplit(heard.url).netloc
    if heard.status == 200 and heard.text == expected:
        return good("A request to the public address arrives here.", f"{host} in {heard.ms:.0f} ms")
    if heard.trouble is not None:
        return bad(f"{host} does not answer.", _trouble_words(heard), _RESTART)
    low, said = heard.text.lower(), _what_it_says(heard)
    if any(mark in low for mark in _INTERSTITIAL) or heard.status == 511:
        words = "The tunnel shows a page of its own first, and providers do not click it away."
        return bad(
            words, f"{host} answers {heard.status}{said}.", Action(Deed.TUNNEL_SETTINGS, "Choose another tunnel…")
        )
    if heard.header("Ngrok-Error-Code") or any(mark in low for mark in _TUNNEL_GONE):
        code = heard.header("Ngrok-Error-Code")
        words = "The carrier knows no tunnel under this address any more."
        return bad(words, f"{host} answers {heard.status}{f' ({code})' if code else ''}{said}.", _RESTART)
    if heard.status in _CARRIER_DOWN:
        words = "The carrier takes the request and does not get through to this computer."
        return bad(words, f"{host} answers {heard.status}{said}.", _RESTART)
    if 300 <= heard.status < 400:
        where = heard.header("Location") or "somewhere else"
        words = "The public address redirects, and providers do not follow."
        return bad(words, f"{heard.status} to {where}.", Action(Deed.TUNNEL_SETTINGS, "Change the address…"))
    if heard.status in (401, 403):
        words = "Something in front of the public address asks who is there."
        return bad(words, f"{host} answers {heard.status}{said}.", Action(Deed.TUNNEL_SETTINGS, "Look at the tunnel…"))
    words = "Another program, or another computer, answers at the public address."
    if heard.status == 200 and not said:
        said = ", with an answer that is not ours"
    return bad(words, f"{host} answers {heard.status}{said}.", _RESTART)


def judge_names(host: str, addresses: Sequence[str]) -> Finding:
    """Return whether the addresses of a public name can be reached from outside."""
    shown = ", ".join(addresses[:4])
    parsed = [ipaddress.ip_address(address) for address in addresses]
    if all(address.is_loopback or address.is_unspecified for address in parsed):
        words = f"{host} leads every computer to itself: nobody else gets here by it."
        return doubt(words, shown, Action(Deed.TUNNEL_SETTINGS, "Change the address…"))
    if not any(address.is_global for address in parsed):
        words = f"{host} leads into a private network, where providers cannot reach it."
        return doubt(words, f"{shown}. Inside the same network it works.")
    if all(address.version == 6 for address in parsed):
        return doubt(f"{host} is known by IPv6 only, which many providers do not use.", shown)
    return good(f"{host} is known.", shown)


def judge_tls(url: str, tls: PublicTls, now: datetime) -> Finding:
    """Return whether a provider will accept the certificate of the public address."""
    host = urlsplit(url).hostname or ""
    if urlsplit(url).scheme != "https":
        words = "The public address is plain HTTP, which most providers refuse."
        return doubt(words, url, _OTHER_TUNNEL)
    if tls.trouble is Trouble.CERTIFICATE:
        return bad(f"The certificate of {host} is not trusted.", f"{_sentence(tls.words)} Providers refuse it.")
    if tls.trouble is not None:
        return bad(f"No encrypted connection to {host}.", _sentence(tls.words))
    detail = f"{tls.version.replace('TLSv', 'TLS ')}, issued by {tls.issuer or 'an unknown authority'}"
    if tls.not_after is None:
        return good("The certificate is trusted.", detail)
    until = f"{detail}, until {tls.not_after.day} {tls.not_after:%B %Y}"
    if tls.not_after - now < timedelta(days=EXPIRY_DAYS):
        return doubt(f"The certificate of {host} expires {days_left(tls.not_after, now)}.", until)
    return good("The certificate is trusted.", until)


def judge_clock(heard: Heard) -> Finding | None:
    """Return how this computer's clock compares with the Date of an answer; None where the answer had none.

    The header has whole seconds and the answer was made some time between question and answer.
    """
    if heard.date is None or heard.sent_at is None:
        return None
    half = timedelta(milliseconds=heard.ms / 2)
    skew = (heard.sent_at + half - heard.date - timedelta(milliseconds=500)).total_seconds()
    off = max(0.0, abs(skew) - 0.5 - half.total_seconds())
    host = urlsplit(heard.url).hostname or ""
    if off < SKEW_DOUBT_S:
        return good("This computer's clock is right.", f"within {max(1.0, off):.0f} s of {host}")
    words = f"This computer's clock is {_span(off)} {'ahead' if skew > 0 else 'behind'}."
    detail = f"Compared with {host}. Signatures with a timestamp look stale; let the system set the time."
    return bad(words, detail) if off >= SKEW_BAD_S else doubt(words, detail)


def _span(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def _trouble_words(heard: Heard) -> str:
    return {
        Trouble.REFUSED: "The connection is refused.",
        Trouble.TIMEOUT: f"No answer within {heard.ms / 1000:.0f} s.",
        Trouble.NAME: "Its name is not known.",
        Trouble.CERTIFICATE: f"Its certificate is not trusted: {heard.words}.",
        Trouble.TLS: f"No encrypted connection: {heard.words}.",
        Trouble.BROKEN: f"The connection was cut off: {heard.words}.",
    }.get(heard.trouble or Trouble.BROKEN, "")


def _what_it_says(heard: Heard) -> str:
    """Return how an answer introduces itself, as the end of a sentence."""
    title = _TITLE.search(heard.text)
    server = heard.header("Server")
    if title:
        return f", “{' '.join(title[1].split())}”"
    line = heard.text.strip().splitlines()[0][:80] if heard.text.strip() and not heard.text.startswith("<") else ""
    if line:
        return f", “{line}”"
    return f", a server called {server}" if server else ""


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}." if words else ""
