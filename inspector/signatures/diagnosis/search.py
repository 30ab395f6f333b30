"""The diagnosis itself: the engine's verdict, then one variation after the other, then two at once, then a guess.

Meant for a worker thread: `rest` is called about every millisecond and lets others have the interpreter. Nothing here
waits, reads or writes. A body of 10 KB takes about 20 to 120 ms, one of 1 MB up to the limit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

from inspector.domain.verification import Verdict, Verification
from inspector.signatures.diagnosis import clock_causes, damage_causes
from inspector.signatures.diagnosis.case import Case
from inspector.signatures.diagnosis.cause import Action, Cause, Diagnosis, Do, Tried
from inspector.signatures.diagnosis.explain import explain, match_of
from inspector.signatures.diagnosis.ground import Ground
from inspector.signatures.diagnosis.other_trials import names_itself
from inspector.signatures.diagnosis.secret_trials import forms_of
from inspector.signatures.diagnosis.testing import AS_STORED, DigestTester, EngineTester, Fit, Tester
from inspector.signatures.diagnosis.trials import TRIALS, Trial
from inspector.signatures.diagnosis.variant import Variant

LIMIT_S = 0.22
"""How long pairs of variations are tried after the single ones, on a small body."""

LARGE_LIMIT_S = 3.0
LARGE = 64 * 1024
SLICE_S = 0.001
LARGEST = 1024 * 1024
"""Bodies above this many bytes are not varied: only the secrets are tried on them."""

_KEPT_BYTES = 8 * 1024 * 1024


def diagnose(
    case: Case, *, rest: Callable[[], None] = lambda: None, clock: Callable[[], float] = perf_counter
) -> Diagnosis:
    """Return why the signature of a request is not valid, or that by now it is.

    Raises ValueError where the case has no scheme to judge by.
    """
    if not case.recipes:
        raise ValueError("an endpoint that checks nothing has nothing to explain")
    return _Search(case, rest, clock).run()


class _Search:
    """One diagnosis on its way."""

    def __init__(self, case: Case, rest: Callable[[], None], clock: Callable[[], float]) -> None:
        self.case = case
        self._rest, self._clock = rest, clock
        self._rested = self._started = clock()
        self.ground = Ground(case)
        self.tester: Tester = DigestTester(self.ground) if self.ground.is_digest else EngineTester(self.ground)
        self.tried: list[Tried] = []
        self.complete = True
        self._keys: list[Variant] = []
        self._texts: list[Variant] = []
        self._kept = 0

    def run(self) -> Diagnosis:
        found = self.case.check()
        if found.verdict is Verdict.VALID:
            unit = clock_causes.other_unit(self.ground)
            return unit or self._fixed()
        diagnosis = self._explain(found)
        return replace(diagnosis, tried=tuple(self.tried), complete=self.complete)

    @staticmethod
    def _fixed() -> Diagnosis:
        return Diagnosis(
            Cause.FIXED,
            "the settings were changed since",
            "With today’s settings the signature is valid.",
            Action(Do.CHECK_AGAIN, "Check again"),
        )

    def _explain(self, found: Verification) -> Diagnosis:
        if found.verdict is Verdict.STALE:
            return clock_causes.stale(self.ground, found)
        if found.needs_url:
            return _document(found)
        if found.verdict is Verdict.INVALID:
            stored = self._as_stored()
            if stored is not None:
                return stored
        return self._singles(found) or self._pairs(found) or self._guess(found)

    def _as_stored(self) -> Diagnosis | None:
        """The current secret and the scheme's own text fit: then it is the writing, the time or a further value."""
        fit = self._fit(AS_STORED)
        self.tried.append(Tried("As stored", 1, fit is not None))
        if fit is None:
            return None
        if fit.strange:
            return _with_cause(explain(self.ground, fit))
        if not fit.bound:
            bound = self._first_bound()
            return bound or replace(damage_causes.unbound(self.ground), match=match_of(self.ground, fit))
        return clock_causes.other_unit(self.ground)

    def _first_bound(self) -> Diagnosis | None:
        """Return the change of the body that also makes a signed hash of it fit."""
        for trial in TRIALS:
            if Verdict.UNSIGNED in trial.explains:
                continue  # those are about who signed, not about the body
            for variant in trial.variants(self.ground):
                self._breathe()
                if variant is None or variant.request is None or variant.changes_secret:
                    continue
                fit = self._fit(variant)
                if fit is not None and fit.bound:
                    return explain(self.ground, fit)
        return None

    def _singles(self, found: Verification) -> Diagnosis | None:
        for trial in TRIALS:
            if found.verdict in trial.explains and not (trial.of_text and self.ground.recipe.kind == "token"):
                diagnosis = self._try(trial)
                if diagnosis is not None:
                    return diagnosis
        return None

    def _try(self, trial: Trial) -> Diagnosis | None:
        count = 0
        for variant in trial.variants(self.ground):
            self._breathe()
            if variant is None:
                continue
            if self._useless(variant):
                continue
            count += 1
            fit = self._fit(variant)
            if fit is not None and fit.bound:
                self.tried.append(Tried(trial.name, count, True))
                return explain(self.ground, fit)
            self._keep(variant)
        if count:
            self.tried.append(Tried(trial.name, count))
        return None

    def _useless(self, variant: Variant) -> bool:
        """Whether a variation is not worth its time: huge bodies are not varied."""
        return variant.request is not None and len(variant.request.body) > LARGEST

    def _keep(self, variant: Variant) -> None:
        """Remember a variation for the pairs: of the key or of the text."""
        if variant.profile is not None or variant.place is not None:
            return
        if variant.changes_secret:
            self._keys.append(variant)
            return
        size = len(variant.request.body) if variant.request is not None else 0
        if self._kept + size <= _KEPT_BYTES:
            self._kept += size
            self._texts.append(variant)

    def _pairs(self, found: Verification) -> Diagnosis | None:
        """Two things at once: another secret in another form, and any key with any text."""
        if found.verdict is not Verdict.INVALID:
            return None
        large = len(self.case.request.body) > LARGE
        until = self._clock() + (LARGE_LIMIT_S if large else LIMIT_S - min(0.1, self._clock() - self._started))
        keys = [*self._keys, *self._other_forms()]
        count = 0
        for text in (AS_STORED, *self._texts):
            for key in keys[len(self._keys) :] if text is AS_STORED else keys:
                self._breathe()
                count += 1
                fit = self._fit(key.with_text_of(text))
                if fit is not None and fit.bound:
                    self.tried.append(Tried("Two changes at once", count, True))
                    return self._explain_pair(fit, text)
            if self._clock() > until:
                self.complete = False
                break
        self.tried.append(Tried("Two changes at once", count))
        return None

    def _other_forms(self) -> list[Variant]:
        """Return the other secrets, each in the other forms a key may have."""
        ground = self.ground
        made: list[Variant] = []
        for known in (*(known for known in ground.case.secrets if known.former), *ground.case.others):
            cause = Cause.FORMER_SECRET if known.former else Cause.OTHER_ENDPOINT
            made += [
                replace(variant, cause=cause, words=known.endpoint) for variant in forms_of(ground, known.secret, known)
            ]
        return made

    def _explain_pair(self, fit: Fit, text: Variant) -> Diagnosis:
        first = explain(self.ground, fit)
        if text is AS_STORED:
            return first
        second = explain(self.ground, replace(fit, variant=replace(text, key=fit.variant.key)))
        return replace(
            first,
            sentence=f"{first.sentence} Besides: {second.title}.",
            others=(second.action, *first.others),
            guide=first.guide or second.guide,
        )

    def _guess(self, found: Verification) -> Diagnosis:
        """Return the best supposition where nothing fits."""
        if found.verdict is Verdict.NO_SECRET:
            return Diagnosis(
                Cause.NO_SECRET,
                "the secret is missing",
                "The event is signed. With the provider’s secret its signature can be checked.",
                Action(Do.EDIT_SECRET, "Add secret…"),
                certain=False,
            )
        if found.verdict is Verdict.UNSIGNED:
            return self._unsigned(found)
        return (
            damage_causes.header_cut(self.ground, self.tester)
            or damage_causes.missing_value(found)
            or damage_causes.bad_secret(found)
            or damage_causes.body_cut(self.ground)
            or damage_causes.unreadable(found)
            or damage_causes.unknown(sum(tried.count for tried in self.tried))
        )

    def _unsigned(self, found: Verification) -> Diagnosis:
        sent = {name.lower() for name, _value in self.ground.headers}
        named = []
        for profile in self.case.profiles:
            self._breathe()
            if profile.id != self.case.provider and names_itself(profile, sent):
                named.append(profile)
        accept = Action(Do.ACCEPT_UNSIGNED, "Accept unsigned")
        if named:
            names = " or ".join(profile.name for profile in named[:2])
            return Diagnosis(
                Cause.UNSIGNED,
                f"it may come from {names}",
                f"It carries the signature header of {names}, which does not fit this endpoint’s secret. "
                f"{found.summary}",
                Action(Do.SWITCH_PROVIDER, f"Switch to {named[0].name}", provider=named[0].id),
                (accept,),
                certain=False,
            )
        return Diagnosis(
            Cause.UNSIGNED,
            "the provider does not sign, or something took the header away",
            found.summary or "No signature was sent.",
            accept,
            (Action(Do.HOW_TO_FIX, "How to fix"),),
            "Switch signing on at the provider. A gateway may pass on only the headers it is told to: name the "
            "signature header there.",
            certain=False,
        )

    def _fit(self, variant: Variant) -> Fit | None:
        if variant.profile is None:
            return self.tester.fit(variant)
        profile = variant.profile
        for known in self.case.accepted:
            checked = self.case.check(recipes=profile.recipes, secrets=(known.secret,), scheme=profile.id)
            if checked.verdict in (Verdict.VALID, Verdict.STALE):
                return Fit(variant, known.secret, known, self.ground.recipe)
        return None

    def _breathe(self) -> None:
        if self._clock() - self._rested >= SLICE_S:
            self._rest()
            self._rested = self._clock()


def _with_cause(diagnosis: Diagnosis) -> Diagnosis:
    """Name what is strange about the writing of a signature that fits."""
    changes = {name for name, _value in diagnosis.action.changes}
    cause = Cause.HASH if "alg" in changes else Cause.ENCODING if "encoding" in changes else Cause.PREFIX
    return replace(diagnosis, cause=cause)


def _document(found: Verification) -> Diagnosis:
    host = found.needs_url.partition("://")[2].partition("/")[0]
    return Diagnosis(
        Cause.DOCUMENT,
        "a certificate is needed",
        f"The key to check with is published at {host}. It is fetched once, when you say so, and kept.",
        Action(Do.GET_DOCUMENT, "Fetch certificate", value=found.needs_url),
        (Action(Do.PASTE_DOCUMENT, "Paste it…", value=found.needs_url),),
        certain=False,
    )
