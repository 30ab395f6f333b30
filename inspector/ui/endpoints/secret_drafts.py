"""An endpoint's secrets while they are edited: nothing is kept before Save."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from inspector.domain.endpoint import ending_of, new_secret_key
from inspector.domain.endpoint_secret import SecretRef
from inspector.domain.secret import Secret


@dataclass(frozen=True, slots=True)
class SecretDraft:
    """A secret with its value; `new` until it is saved, and then maybe in place of the kept one `replaces` names.

    `value` is None where the secret store has lost it.
    """

    ref: SecretRef
    value: str | None = field(repr=False)
    new: bool = False
    replaces: str = ""

    @property
    def dots(self) -> str:
        """What tells it from another on screen."""
        return f"••••{self.ref.ending}" if self.ref.ending else "••••"


Drafts = tuple[SecretDraft, ...]


def drafts_of(refs: Iterable[SecretRef], values: Mapping[str, str]) -> Drafts:
    """Return the secrets an endpoint has."""
    return tuple(SecretDraft(ref, values.get(ref.key)) for ref in refs)


def added(drafts: Drafts, now: datetime, value: str = "", name: str = "") -> Drafts:
    """Return the drafts with a new secret after those accepted for good, before those that end."""
    new = SecretDraft(SecretRef(new_secret_key(), name, now, ending_of(value)), value, new=True)
    lasting = tuple(draft for draft in drafts if draft.ref.until is None)
    return (*lasting, new, *(draft for draft in drafts if draft.ref.until is not None))


def written(drafts: Drafts, key: str, value: str) -> Drafts:
    """Return the drafts with another value for a new secret; blanks and line breaks around a pasted one go.

    Raises ValueError for a secret that is kept already: that one is replaced, not rewritten.
    """
    clean = value.strip()

    def change(draft: SecretDraft) -> SecretDraft:
        if not draft.new:
            raise ValueError("a kept secret cannot be rewritten")
        return replace(draft, value=clean, ref=replace(draft.ref, ending=ending_of(clean)))

    return _changed(drafts, key, change)


def replaced(drafts: Drafts, key: str, now: datetime, grace_s: float) -> tuple[Drafts, str]:
    """Return the drafts with an empty new secret in a kept one's place, and the new key.

    The old one goes to the end and stays accepted for `grace_s`; with 0 it is former at once.
    """
    old = _of(drafts, key)
    new = SecretDraft(SecretRef(new_secret_key(), old.ref.name, now), "", new=True, replaces=key)
    ending = replace(old, ref=replace(old.ref, until=now + timedelta(seconds=grace_s)))
    return (*(new if draft is old else draft for draft in drafts), ending), new.ref.key


def renamed(drafts: Drafts, key: str, name: str) -> Drafts:
    """Return the drafts with another name for one."""
    return _changed(drafts, key, lambda draft: replace(draft, ref=replace(draft.ref, name=name.strip())))


def accepted_until(drafts: Drafts, key: str, until: datetime | None) -> Drafts:
    """Return the drafts with another end for one, None for none."""
    return _changed(drafts, key, lambda draft: replace(draft, ref=replace(draft.ref, until=until)))


def removed(drafts: Drafts, key: str) -> Drafts:
    """Return the drafts without one."""
    return tuple(draft for draft in drafts if draft.ref.key != key)


def settled(drafts: Drafts, before: Iterable[SecretRef]) -> Drafts:
    """Return what is saved: new secrets without a value are left out.

    A kept secret whose replacement was left empty ends as before, so that nobody loses one by looking.
    """
    ends = {ref.key: ref.until for ref in before}
    empty = {draft.replaces for draft in drafts if draft.new and not draft.value}
    return tuple(
        replace(draft, ref=replace(draft.ref, until=ends[draft.ref.key]))
        if draft.ref.key in empty & set(ends)
        else draft
        for draft in drafts
        if draft.value or not draft.new
    )


def refs_of(drafts: Drafts) -> tuple[SecretRef, ...]:
    """Return the references an endpoint keeps."""
    return tuple(draft.ref for draft in drafts)


def gained(drafts: Drafts) -> dict[str, str]:
    """Return the values of new secrets by their keys."""
    return {draft.ref.key: draft.value for draft in drafts if draft.new and draft.value}


def accepted(drafts: Drafts, now: datetime) -> tuple[Secret, ...]:
    """Return the secrets a signature may be made with."""
    return tuple(
        Secret(draft.value, draft.ref.name, draft.ref.ending)
        for draft in drafts
        if draft.value and draft.ref.accepted(now)
    )


def end_words(until: datetime, now: datetime) -> str:
    """Return when a secret stops or stopped being accepted: `until tomorrow 09:12`, `since 3 Dec 09:12`.

    Both moments in the same zone: the user's.
    """
    days = (until.date() - now.date()).days
    day = {0: "today ", 1: "tomorrow ", -1: "yesterday "}.get(days, f"{until.day} {until:%b} ")
    year = f"{until.year} " if until.year != now.year and abs(days) > 1 else ""
    moment = f"{day}{year}{until:%H:%M}"
    return f"Accepted until {moment}" if until > now else f"Not accepted since {moment}; explains failures only"


def _of(drafts: Drafts, key: str) -> SecretDraft:
    return next(draft for draft in drafts if draft.ref.key == key)


def _changed(drafts: Drafts, key: str, change: Callable[[SecretDraft], SecretDraft]) -> Drafts:
    return tuple(change(draft) if draft.ref.key == key else draft for draft in drafts)
