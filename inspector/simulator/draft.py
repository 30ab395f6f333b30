"""An event being composed: a sample whose blanks, values, header lines and text can be edited before it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from random import Random, SystemRandom

from inspector.directory import Resolved
from inspector.domain.attempt import Outgoing
from inspector.domain.errors import UsageError
from inspector.domain.report import Kind, Report
from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.payload.body import Payload
from inspector.providers.mapping import normalise
from inspector.receiver.addressing import signed_url
from inspector.replay.outgoing import addressed
from inspector.replay.target import parse_target
from inspector.signatures.engine import sign as sign_request
from inspector.simulator.samples import BLANK, LIKE, Sample, Values, fill_sample, unknown_blank
from inspector.simulator.template_leaves import Leaf, leaves_of, with_leaf

SHAPED = ("inside", "inside_form")
"""Blanks that hold what is written elsewhere in the sample."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A sample as it is edited. `filled` are blanks with a text of the user's own; the others get a fresh value.

    `values` are the fresh ones, kept until the event has been sent, so that what is shown is what goes out.
    """

    sample: Sample
    values: Values
    filled: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The text that is edited: the inner document where the provider wraps one, else the body."""
        return self.sample.inside_template or self.sample.body_template

    @property
    def is_wrapped(self) -> bool:
        """Whether the edited text goes into the body in base64."""
        return bool(self.sample.inside_template)

    def texts(self) -> dict[str, str]:
        """Return what every blank is filled with now."""
        return {**self.values.texts(), **self.filled}

    def blanks(self) -> tuple[str, ...]:
        """Return the blanks that stand in the text, the wrapping and the header lines, each once, in order."""
        sample = self.sample
        written = [sample.inside_template, sample.body_template, *(value for _name, value in sample.headers)]
        found = [match[1] for text in written for match in BLANK.finditer(text) if match[2] is None]
        return tuple(dict.fromkeys(name for name in found if name not in SHAPED and name != LIKE))

    def leaves(self) -> tuple[Leaf, ...]:
        """Return the single values of the text that can be edited one by one; () where it has no such form."""
        return leaves_of(self.text)


def is_blank(text: str) -> bool:
    """Whether a text is one blank that is filled with a value, and nothing else."""
    found = BLANK.fullmatch(text)
    return found is not None and found[2] is None


def start(sample: Sample, rng: Random | None = None, now: datetime | None = None) -> Draft:
    """Return a sample ready to be edited, with fresh values."""
    return Draft(sample, Values.fresh(rng or SystemRandom(), now or datetime.now(UTC)))


def again(draft: Draft, rng: Random | None = None, now: datetime | None = None) -> Draft:
    """Return the same draft with fresh values for the next event."""
    return replace(draft, values=Values.fresh(rng or SystemRandom(), now or datetime.now(UTC)))


def with_text(draft: Draft, text: str) -> Draft:
    """Return a draft with another text."""
    if draft.is_wrapped:
        return replace(draft, sample=replace(draft.sample, inside_template=text, expect=()))
    return replace(draft, sample=replace(draft.sample, body_template=text, expect=()))


def with_value(draft: Draft, leaf: Leaf, value: str) -> Draft:
    """Return a draft with one value of its text changed. Raises UsageError where the value does not fit its type."""
    return with_text(draft, with_leaf(draft.text, leaf, value))


def with_blank(draft: Draft, name: str, text: str | None) -> Draft:
    """Return a draft with a blank filled by the user, or (None) with a fresh value again."""
    filled = {key: value for key, value in draft.filled.items() if key != name}
    if text is not None:
        filled[name] = text
    return replace(draft, filled=filled)


def with_headers(draft: Draft, headers: tuple[tuple[str, str], ...]) -> Draft:
    """Return a draft with other header lines."""
    return replace(draft, sample=replace(draft.sample, headers=headers))


def settled(draft: Draft) -> Sample:
    """Return the draft as a sample to be kept: what the user filled in stands in it, the other blanks stay blank."""

    def put(text: str) -> str:
        return BLANK.sub(
            lambda match: draft.filled.get(match[1], match[0]) if match[2] is None else match[0],
            text,
        )

    sample = draft.sample
    return replace(
        sample,
        headers=tuple((name, put(value)) for name, value in sample.headers),
        body_template=put(sample.body_template),
        inside_template=put(sample.inside_template),
    )


def rendered(draft: Draft) -> tuple[tuple[tuple[bytes, bytes], ...], bytes]:
    """Return the header lines and the body with everything filled in. Raises UsageError for an unknown blank."""
    sample = draft.sample
    written = [sample.body_template, sample.inside_template, *(value for _name, value in sample.headers)]
    if wrong := unknown_blank(written):
        raise UsageError(f"{wrong} is no blank.", "Nothing is known to fill in.", "Write the value itself.")
    return fill_sample(sample, draft.texts())


def made(
    draft: Draft,
    url: str,
    resolved: Resolved | None,
    now: datetime,
    *,
    secret: Secret | None = None,
    sign: bool = True,
) -> Outgoing:
    """Return the request to be sent to `url`, signed as of `now` with `secret` or the endpoint's first one.

    An endpoint that checks nothing or has no secret gets it unsigned, as it is with `sign` off. Raises UsageError.
    """
    target = parse_target(url)
    headers, body = rendered(draft)
    profile = resolved.profile if resolved is not None else None
    used = secret or (next(iter(resolved.secrets), None) if resolved is not None else None)
    outgoing = addressed(Outgoing(draft.sample.method, target.url, headers, body), target)
    if not sign or resolved is None or profile is None or not profile.recipes or used is None:
        return outgoing
    request = Request(outgoing.method, target.path, outgoing.headers, body, received_at=now)
    known_as = signed_url(resolved.endpoint, request, target.origin)
    made_by = sign_request(request, profile.recipes, used, url=known_as, now=now, facts=resolved.facts)
    return addressed(Outgoing(made_by.method, target.origin + made_by.target, made_by.headers, made_by.body))


def reports(draft: Draft, resolved: Resolved | None) -> tuple[Report, ...]:
    """Return what the program will read in the event. Raises UsageError as `rendered` does."""
    headers, body = rendered(draft)
    request = Request(draft.sample.method, "/", headers, body, datetime.now(UTC))
    return normalise(resolved.profile if resolved is not None else None, request, Payload(request))


def kind_of(draft: Draft, resolved: Resolved | None) -> Kind:
    """Return what kind of event it is now."""
    return next((report.kind for report in reports(draft, resolved)), Kind.OTHER)
