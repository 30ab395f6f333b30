"""The steps of one check as they are taken, and the verdict they end in: for schemes that have code of their own."""

from __future__ import annotations

from collections.abc import Sequence

from inspector.domain.secret import Secret
from inspector.domain.verification import Covers, Step, StepState, Verdict, Verification
from inspector.signatures import wording
from inspector.signatures.scheme import Job
from inspector.signatures.stamp import limit_words, span_words

GENUINE = "Signed by the provider."
PUBLISHED = "published keys"  # what documents.published_keys calls them
LATE = "A late retry, a replay by someone else, or a wrong clock."


class Evidence:
    """What was found so far about one request; the methods that end a check return its verdict."""

    __slots__ = ("age_s", "job", "steps")

    def __init__(self, job: Job) -> None:
        self.job = job
        self.steps: list[Step] = []
        self.age_s: float | None = None

    def label(self, secret: Secret, index: int) -> str:
        """Return what a step calls a secret or key."""
        return secret.name if secret.name == PUBLISHED else wording.secret_label(self.job.recipe, secret, index)

    def passed(self, name: str, detail: str = "") -> None:
        """Add a step that went well."""
        self.steps.append(Step(name, StepState.PASSED, detail))

    def skipped(self, name: str, detail: str, hint: str = "") -> None:
        """Add a step that could not be taken."""
        self.steps.append(Step(name, StepState.SKIPPED, detail, hint=hint))

    def failed(self, name: str, detail: str, expected: str = "", got: str = "", hint: str = "") -> None:
        """Add a step that failed."""
        self.steps.append(Step(name, StepState.FAILED, detail, expected, got, hint))

    def invalid(self, title: str, summary: str) -> Verification:
        """End: the signature is wrong."""
        return wording.failure(Verdict.INVALID, self.job.scheme, title, summary, self.steps)

    def wrong(self, title: str, summary: str, step: str, expected: str, got: str, hint: str = "") -> Verification:
        """End with one failed step: something is not as it must be."""
        self.failed(step, "no match", expected, got, hint)
        return self.invalid(title, summary)

    def required(self) -> Verification | None:
        """Take the steps of the recipe's `require`; the end where one fails."""
        for condition in self.job.recipe.require:
            if not condition.holds(self.job.scope):
                values = condition.place.values(self.job.scope)
                got = values[0].decode("utf-8", "backslashreplace") if values else ""
                wanted = " or ".join(sorted(condition.wanted.exact)) or "a value"
                self.steps.append(wording.wrong_value(condition.place, wanted, got))
                words = f"Expected {wanted} in {condition.place.words}, got {got or 'nothing'}."
                return self.invalid("A required value differs", words)
        return None

    def no_secret(self, what: str = "secret", needs_url: str = "") -> Verification:
        """End: signed, but there is nothing to check it with; `needs_url` is where the provider publishes its keys."""
        if needs_url:
            hint = f"The provider publishes it at {needs_url}."
            self.steps.append(Step("Public key", StepState.SKIPPED, "not at hand", needs_url, hint=hint))
            title = "Cannot check: the provider’s public key is not at hand."
            summary = f"The event is signed. Allow the key to be fetched from {needs_url}, or paste it."
        else:
            hint = f"Add the {what} in the endpoint’s settings."
            self.steps.append(Step("Secret", StepState.SKIPPED, "none stored", hint=hint))
            title = f"Cannot check: no {what} for this endpoint."
            summary = f"The event is signed. Add the provider’s {what} to have its signature checked."
        return Verification(
            Verdict.NO_SECRET,
            self.job.scheme,
            title=title,
            summary=summary,
            steps=tuple(self.steps),
            needs_url=needs_url,
        )

    def unusable(self, tried: Sequence[str], wanted: str, hint: str = "") -> Verification:
        """End: no stored key is of the kind the scheme needs."""
        hint = hint or "Copy it from the provider again."
        for label in tried:
            self.failed("Secret", f"{label} is not usable", wanted, hint=hint)
        return self.invalid("The stored secret is not usable", f"This needs {wanted}. {hint}")

    def genuine(self, words: str, secret: Secret | None, covers: Covers) -> Verification:
        """End: everything fits. `words` name scheme and place."""
        ending = secret.ending if secret else ""
        key = f", secret ending {ending}." if ending else "."
        summary = f"{words}{key}{wording.protects(self.job.recipe, covers)}"
        return self._end(Verdict.VALID, GENUINE, summary, ending, covers)

    def stale(self, title: str, summary: str, secret: Secret | None, covers: Covers) -> Verification:
        """End: the signature is right, its time is not."""
        return self._end(Verdict.STALE, title, summary, secret.ending if secret else "", covers)

    def aged(self, limit_s: int, *, future: bool = True) -> tuple[str, str] | None:
        """Take the step of a timestamp whose age is known; title and summary of a stale verdict where it is outside.

        `limit_s` 0 means no limit; with `future` False a time ahead of our clock is never too far.
        """
        age = self.age_s or 0.0
        words = f"{span_words(age)} old" if age >= 0 else f"{span_words(-age)} ahead of this computer"
        outside = bool(limit_s) and (age > limit_s or (future and -age > limit_s))
        limit = f"limit {limit_words(limit_s)}" if limit_s else "no limit"
        state = StepState.FAILED if outside else StepState.PASSED
        self.steps.append(Step("Timestamp", state, f"{words}, {limit}"))
        return wording.stale_words(age, limit_s) if outside else None

    def _end(self, verdict: Verdict, title: str, summary: str, ending: str, covers: Covers) -> Verification:
        return Verification(verdict, self.job.scheme, covers, title, summary, tuple(self.steps), ending, self.age_s)
