"""The callouts that offer to do something about an event: switch the provider, use a token, confirm a subscription."""

from __future__ import annotations

from inspector.domain.event import Event
from inspector.domain.verification import Verdict
from inspector.providers.detection import Candidate, switch_words
from inspector.providers.profile import Profile
from inspector.ui.detail.notes import Deed, DeedKind, Note


def switch_note(event: Event, candidate: Candidate, own: Profile | None) -> Note:
    """Offer to make `candidate` the endpoint's provider."""
    title, text = switch_words(candidate, own)
    deed = Deed(DeedKind.SWITCH, event.id, candidate.profile.id)
    return Note("accent", "lightbulb", title, text, f"Switch to {candidate.profile.name}", deed=deed)


def switch_after_handshake_note(event: Event, sender: Profile, own: Profile | None) -> Note:
    """Offer to make the provider whose set-up request this was the endpoint's."""
    title = f"The endpoint expects {own.name}" if own is not None else "The endpoint checks no signatures"
    text = f"{sender.name} asked, and its events will come here."
    deed = Deed(DeedKind.SWITCH, event.id, sender.id)
    return Note("accent", "lightbulb", title, text, f"Switch to {sender.name}", deed=deed)


def secret_note(event: Event, sender: Profile, what: str) -> Note:
    """Offer to check later events with the token that came in a set-up request; `what` is what it is called."""
    text = f"It signs what {sender.name} sends from now on, and nobody shows it again."
    deed = Deed(DeedKind.USE_SECRET, event.id, sender.id)
    return Note("accent", "key-round", f"This request holds the {what}", text, "Use it as the secret", deed=deed)


def confirm_note(event: Event, sender: Profile, host: str) -> Note:
    """Offer to open the address that a provider wants opened before it delivers; "" is a host that is not its own."""
    if not host:
        text = f"The address to open is not one of {sender.name}, so it is not offered."
        return Note("warn", "shield-x", "The subscription cannot be confirmed here", text)
    text = f"{sender.name} delivers nothing before the address in this request was opened. It is on {host}."
    if event.summary.verdict is Verdict.INVALID:
        text += " The signature of this request is not right: make sure that it is your topic."
    deed = Deed(DeedKind.CONFIRM, event.id, sender.id)
    return Note("accent", "link", "The subscription waits for you", text, "Confirm subscription…", deed=deed)
