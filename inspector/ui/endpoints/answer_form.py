"""How an endpoint answers, as the dialog edits it: which way, and what each way needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from inspector.answer_text import answer_text, parse_answer, parse_script, script_text, status_body
from inspector.domain.answer import Answer, AnswerRule, AskHandler, Fault, KindAnswer, OnPurpose
from inspector.ui.endpoints.checks import number_problem, url_problem

FIXED, ASK, SCRIPT, HAND = "fixed", "ask", "script", "hand"
"""The ways to answer: one of them stands before the fixed answer, which is what is left when it says nothing."""

LONGEST_LIMIT_S = 120
LARGEST_SEED = 2**31 - 1


@dataclass(frozen=True, slots=True)
class KindForm:
    """One row of the answers by kind: kinds with commas between, and an answer in words."""

    kinds: str = ""
    answer: str = "503"


@dataclass(frozen=True, slots=True)
class AnswerForm:
    """One field each; numbers and answers are the texts that were typed. `percent` of "0" or "" fails nothing."""

    way: str = FIXED
    fault: str = ""
    template: bool = False
    by_kind: tuple[KindForm, ...] = ()
    percent: str = "0"
    purpose: str = "503"
    seed: str = "1"
    ask_target: str = ""
    ask_limit: str = "3"
    script: str = ""
    hand_limit: str = "30"

    @property
    def fails_on_purpose(self) -> bool:
        """Whether some events fail on purpose."""
        return self.percent.strip() not in ("", "0")


def answer_form_of(rule: AnswerRule) -> AnswerForm:
    """Return the form that shows a rule."""
    purpose, ask = rule.on_purpose, rule.ask
    way = HAND if rule.by_hand_s is not None else ASK if ask is not None else SCRIPT if rule.script else FIXED
    return AnswerForm(
        way=way,
        fault="" if rule.accepted.fault is None else rule.accepted.fault.value,
        template=rule.accepted.template,
        by_kind=tuple(KindForm(", ".join(row.kinds), answer_text(row.answer)) for row in rule.by_kind),
        percent="0" if purpose is None else f"{purpose.percent:g}",
        purpose=purpose_text(OnPurpose(0) if purpose is None else purpose),
        seed="1" if purpose is None else str(purpose.seed),
        ask_target="" if ask is None else ask.target,
        ask_limit="3" if ask is None else f"{ask.limit_s:g}",
        script=script_text(rule.script),
        hand_limit="30" if rule.by_hand_s is None else f"{rule.by_hand_s:g}",
    )


def answer_problems(form: AnswerForm, taken_kinds: Sequence[str] = ()) -> dict[str, str]:
    """Return the reason for every field that cannot be saved; what the chosen way does not use is not looked at."""
    found = {
        "percent": number_problem(form.percent or "0", 0, 100, "per cent", whole=False),
        "by_kind": _kinds_problem(form.by_kind),
    }
    if form.fails_on_purpose:
        found["seed"] = number_problem(form.seed, 0, LARGEST_SEED, "a whole number")
        found["purpose"] = _answer_problem(form.purpose)
    if form.way == ASK:
        found["ask_target"] = url_problem(form.ask_target) or (
            "" if form.ask_target.strip() else "Enter your handler's address."
        )
        found["ask_limit"] = number_problem(form.ask_limit, 0.1, LONGEST_LIMIT_S, "seconds", whole=False)
    elif form.way == SCRIPT:
        found["script"] = _script_problem(form.script)
    elif form.way == HAND:
        found["hand_limit"] = number_problem(form.hand_limit, 1, LONGEST_LIMIT_S, "seconds", whole=False)
    return {name: reason for name, reason in found.items() if reason}


def answer_applied(form: AnswerForm, before: AnswerRule, accepted: Answer) -> AnswerRule:
    """Return the rule as the form says, `accepted` being the fixed answer without what this form knows of it.

    What was said in words and not changed stays exactly what it was, also where words cannot say all of it.
    """
    shown = answer_form_of(before)
    return replace(
        before,
        accepted=replace(accepted, fault=Fault(form.fault) if form.fault else None, template=form.template),
        by_kind=before.by_kind if form.by_kind == shown.by_kind else tuple(map(_kind_answer, form.by_kind)),
        on_purpose=_purpose(form, before, shown),
        script=_script(form, before, shown),
        ask=AskHandler(form.ask_target.strip(), float(form.ask_limit)) if form.way == ASK else None,
        by_hand_s=float(form.hand_limit) if form.way == HAND else None,
    )


def purpose_text(purpose: OnPurpose) -> str:
    """Return what a failure on purpose is called: the body it has by default is not worth saying."""
    plain = replace(purpose.answer, body=status_body(purpose.answer.status))
    return answer_text(plain if purpose.answer.body == OnPurpose(0).answer.body else purpose.answer)


def kinds_of(text: str) -> tuple[str, ...]:
    """Return the kinds of a text with commas or blanks between them."""
    return tuple(text.replace(",", " ").split())


def _purpose(form: AnswerForm, before: AnswerRule, shown: AnswerForm) -> OnPurpose | None:
    if not form.fails_on_purpose:
        return None
    kept = before.on_purpose is not None and form.purpose == shown.purpose
    answer = before.on_purpose.answer if kept and before.on_purpose else parse_answer(form.purpose)
    if answer.body == status_body(answer.status):
        answer = replace(answer, body=OnPurpose(0).answer.body)
    return OnPurpose(float(form.percent), answer, int(form.seed))


def _script(form: AnswerForm, before: AnswerRule, shown: AnswerForm) -> tuple[Answer, ...]:
    if form.way != SCRIPT:
        return ()
    return before.script if form.script == shown.script and before.script else parse_script(form.script)


def _kind_answer(row: KindForm) -> KindAnswer:
    return KindAnswer(kinds_of(row.kinds), parse_answer(row.answer))


def _kinds_problem(rows: Sequence[KindForm]) -> str:
    seen: dict[str, int] = {}
    for number, row in enumerate(rows, 1):
        kinds = kinds_of(row.kinds)
        if not kinds:
            return f"Row {number} names no kind. Write message.failed, or remove the row."
        reason = _answer_problem(row.answer)
        if reason:
            return f"Row {number}: {reason}"
        for kind in kinds:
            if seen.setdefault(kind.lower(), number) != number:
                return f"{kind} stands in row {seen[kind.lower()]} already; the first row that fits answers."
    return ""


def _answer_problem(text: str) -> str:
    try:
        parse_answer(text)
    except ValueError as error:
        return _sentence(str(error))
    return ""


def _script_problem(text: str) -> str:
    try:
        answers = parse_script(text)
    except ValueError as error:
        return _sentence(str(error))
    return "" if answers else "Enter the answers in turn, such as 503, 503, then 200."


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
