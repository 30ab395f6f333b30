"""Which of a provider's samples plays which step of a campaign, with the scenario's error codes put into it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import quote_plus

from inspector.domain.errors import UsageError
from inspector.domain.report import Kind
from inspector.domain.request import Request
from inspector.payload.body import Payload
from inspector.providers.mapping import normalise
from inspector.providers.profile import Profile
from inspector.simulator.campaign.scenario import KIND_OF, Scenario
from inspector.simulator.samples import Sample, Values, render
from inspector.simulator.test_event import find_sample

_STAND_IN = {"failed": (Kind.FAILED, Kind.EXPIRED)}
"""Steps that another kind can stand for where the provider has none of the first."""

_BLANK = re.compile(r"\{\{.*?\}\}")


@dataclass(frozen=True, slots=True)
class Cast:
    """The samples by role ("sent", "failed:0", "mix:2"); `missing` are steps the provider has no event for.

    `notes` are sentences about what is played otherwise than the scenario says.
    """

    parts: Mapping[str, Sample]
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def able(self) -> frozenset[str]:
        """The steps that can be played."""
        return frozenset(role.partition(":")[0] for role in self.parts)

    def kind_of(self, role: str) -> Kind:
        """Return the kind of event a role is."""
        return self.parts[role].kind


def cast(scenario: Scenario, samples: Sequence[Sample], profile: Profile | None) -> Cast:
    """Return which sample plays what. Raises UsageError where nothing of the scenario can be played."""
    if scenario.mix:
        return Cast({f"mix:{number}": find_sample(samples, item.sample) for number, item in enumerate(scenario.mix)})
    parts: dict[str, Sample] = {}
    missing: list[str] = []
    notes: list[str] = []
    for step, share in _wanted(scenario):
        sample = _sample_for(step, samples)
        if sample is None:
            missing += [step] if share else []
        elif step == "failed":
            parts |= _failures(scenario, sample, profile, notes)
        else:
            parts[step] = sample
    if not parts:
        raise UsageError(
            f"{scenario.title} has nothing to send here.",
            "The endpoint's provider reports no messages.",
            "Choose a scenario with a mix of events, or another endpoint.",
        )
    if missing:
        notes.insert(0, f"This provider has no event for: {', '.join(missing)}.")
    return Cast(parts, tuple(missing), tuple(dict.fromkeys(notes)))


def _wanted(scenario: Scenario) -> Iterable[tuple[str, float]]:
    for step in KIND_OF:
        if step == "failed":
            failing = sum(item.share for item in scenario.failed)
            yield step, failing + sum(outage.effect == "fail" for outage in scenario.outages)
        else:
            yield step, getattr(scenario.funnel, step)


def _sample_for(step: str, samples: Sequence[Sample]) -> Sample | None:
    """Return the first sample of the kind that reports one thing only."""
    for kind in _STAND_IN.get(step, (KIND_OF[step],)):
        for sample in samples:
            if sample.kind is kind and len(sample.expect) <= 1:
                return sample
    return None


def _failures(scenario: Scenario, sample: Sample, profile: Profile | None, notes: list[str]) -> dict[str, Sample]:
    """Return the failures by role. A scenario for every provider keeps the provider's own code where it must."""

    def coded(code: str, text: str) -> Sample:
        try:
            return with_code(sample, code, text, profile) if code else sample
        except UsageError as error:
            if scenario.provider:
                raise
            notes.append(f"Failures are sent with the provider's own code. {error.why}")
            return sample

    found = {f"failed:{number}": coded(item.code, item.text) for number, item in enumerate(scenario.failed)}
    failing = ((number, outage) for number, outage in enumerate(scenario.outages) if outage.effect == "fail")
    return found | {f"outage:{number}": coded(outage.code, outage.text) for number, outage in failing}


def with_code(sample: Sample, code: str, text: str, profile: Profile | None) -> Sample:
    """Return a failure's sample with another error code (and text) in it.

    Raises UsageError where the event's code is not one that can be told from the rest: what is sent must say `code`.
    """
    said = sample.expect[0] if sample.expect else {}
    old_code, old_text = said.get("error_code", ""), said.get("error_text", "")
    if old_code in ("", code) and not text:
        return sample
    changed = _put(_put(sample, old_code, code), old_text, text or old_text)
    if said and _said(changed, profile) != (sample.kind, code):
        raise UsageError(
            f"{sample.title} cannot be given the error code {code}.",
            f"The provider's event carries {old_code}." if old_code else "The provider's event carries no error code.",
            "Leave this code out of the scenario, or choose another provider.",
        )
    expect = ({**said, "error_code": code, "error_text": text or old_text}, *sample.expect[1:]) if said else ()
    return replace(changed, expect=expect)


def _said(sample: Sample, profile: Profile | None) -> tuple[Kind, str]:
    """Return what kind of event a sample reads as, and its error code."""
    headers, body = render(sample, Values.fixed())
    request = Request(sample.method, "/", headers, body, datetime(2026, 1, 1, tzinfo=UTC))
    reports = normalise(profile, request, Payload(request))
    return (reports[0].kind, reports[0].error_code) if reports else (Kind.OTHER, "")


def _put(sample: Sample, old: str, new: str) -> Sample:
    if not old or old == new:
        return sample
    return replace(
        sample,
        body_template=_replaced(sample.body_template, old, new),
        inside_template=_replaced(sample.inside_template, old, new),
    )


def _replaced(template: str, old: str, new: str) -> str:
    """Return a template with a whole word changed, in JSON or a form; blanks are left alone.

    A code that stood as a number stays one where the new one is a number too, else it becomes a text.
    """
    if template.lstrip()[:1] in ("{", "["):
        inner = json.dumps(new, ensure_ascii=False)
        if old.isdigit() and not new.isdigit():
            template = re.sub(rf"(?<=[:\[,])(\s*){old}(?=\s*[,\]}}])", lambda found: f"{found[1]}{inner}", template)
        return _outside_blanks(template, json.dumps(old, ensure_ascii=False)[1:-1], inner[1:-1])
    if template.lstrip().startswith("<"):
        return _outside_blanks(template, old, new.replace("&", "&amp;").replace("<", "&lt;"))
    return _outside_blanks(template, quote_plus(old), quote_plus(new))


def _outside_blanks(template: str, old: str, new: str) -> str:
    pattern = re.compile(rf"(?<![A-Za-z0-9]){re.escape(old)}(?![A-Za-z0-9])")
    done, at = [], 0
    for blank in _BLANK.finditer(template):
        done += [pattern.sub(lambda _found: new, template[at : blank.start()]), blank[0]]
        at = blank.end()
    return "".join([*done, pattern.sub(lambda _found: new, template[at:])])
