"""The rules of an endpoint as options of the command line; checked by what the endpoint's dialog is checked by."""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from inspector.domain.errors import UsageError

if TYPE_CHECKING:
    from inspector.domain.endpoint import Endpoint
    from inspector.ui.endpoints.access_form import AccessForm
    from inspector.ui.endpoints.answer_form import AnswerForm
    from inspector.ui.endpoints.endpoint_form import EndpointForm

NONE = "none"
PERIODS = {"s": 1.0, "sec": 1.0, "min": 60.0, "m": 60.0, "h": 3600.0}


def declare_rules(parser: argparse.ArgumentParser) -> None:
    """Add the options of `endpoints set`; one that is left out changes nothing."""
    group = parser.add_argument_group("rules, for `set`; what is left out stays, 'none' or '' empties")
    text: dict[str, Any] = {"metavar": "TEXT", "default": None}
    group.add_argument("--rename", **text, help="another name")
    group.add_argument("--path", **text, help="another path behind /in/")
    group.add_argument("--target", metavar="URL", default=None, help="where replays go")
    group.add_argument("--status", metavar="N", type=int, default=None, help="status of the fixed answer")
    group.add_argument("--body", **text, help="its body")
    group.add_argument("--delay", metavar="MS", default=None, help="how long it waits, 0 to 120000")
    group.add_argument("--script", **text, help="answers in turn for the same event: '503, reset, then 200 after 4 s'")
    group.add_argument("--ask", metavar="URL", default=None, help="pass on what this handler answers")
    group.add_argument("--by-kind", metavar="KINDS=ANSWER", action="append", help="such as message.failed=503")
    group.add_argument("--fail", metavar="PERCENT", default=None, help="fail so many per cent on purpose, 0 for none")
    group.add_argument("--allow", metavar="ADDRESS", action="append", help="address or network that may send")
    group.add_argument("--trust", metavar="ADDRESS", action="append", help="proxy whose client address header counts")
    group.add_argument("--client-header", metavar="NAME", default=None, help="that header, such as X-Forwarded-For")
    group.add_argument("--method", metavar="NAME", action="append", help="method that is accepted")
    group.add_argument("--rate", metavar="N/s", default=None, help="events a second (or N/min, N/h) for all senders")
    group.add_argument("--sender-rate", metavar="N/s", default=None, help="the same for each sender")
    group.add_argument("--max-body", metavar="MB", default=None, help="largest body")
    group.add_argument("--origin", metavar="ORIGIN", action="append", help="browser origin that may send (CORS)")
    group.add_argument("--user", **text, help="user name of the basic password")
    group.add_argument("--password-env", metavar="NAME", default=None, help="environment variable with the password")
    group.add_argument("--forward", metavar="URL", action="append", help="send events on to this address")
    group.add_argument("--forward-match", metavar="SEARCH", default="", help="only events this search finds")
    group.add_argument("--forward-retry", metavar="SCHEDULE", default="once", help="a schedule, or '0, 10s, 5m'")
    group.add_argument("--duplicates", choices=("mark", "answer"), default=None, help="mark only, or answer 200")
    group.add_argument("--keep-days", metavar="N", default=None, help="days events are kept")
    group.add_argument("--keep-events", metavar="N", default=None, help="events that are kept")
    group.add_argument("--bodies", choices=("keep", "drop"), default=None, help="whether bodies are kept")


def changed_by(options: argparse.Namespace, endpoint: Endpoint, password: str) -> tuple[Endpoint, dict[str, str]]:
    """Return the endpoint as the options say, and the values of new secrets by their keys.

    `password` is the one it has, "" for none. Raises UsageError with the reason for the first value that cannot be.
    """
    from inspector.domain.endpoint import new_secret_key
    from inspector.domain.endpoint_secret import SecretRef
    from inspector.ui.endpoints.endpoint_form import applied, form_of, problems

    before = form_of(endpoint, password)
    form = _formed(options, before)
    for name, reason in problems(form, ()).items():
        raise UsageError(f"{_option_of(name)} cannot be that.", reason)
    kept, values = endpoint.access.password, {}
    if form.access.password and form.access.password != password:
        kept = SecretRef(new_secret_key(), "Password", endpoint.created_at)
        values[kept.key] = form.access.password
    changed = applied(form, endpoint, kept)
    if changed == endpoint and not values:
        raise UsageError("Nothing is to be changed.", "", "`inspector endpoints --help` lists what can be.")
    return changed, values


def _formed(options: argparse.Namespace, form: EndpointForm) -> EndpointForm:
    if options.status is not None and not 200 <= options.status <= 599:
        raise UsageError(f"--status cannot be {options.status}.", "Statuses of answers go from 200 to 599.")
    changes: dict[str, Any] = {
        "name": options.rename,
        "token": options.path,
        "target": _emptied(options.target),
        "status": options.status,
        "body": options.body,
        "delay": options.delay,
        "forwards": _forwards(options),
        "answer_only": None if options.duplicates is None else options.duplicates == "answer",
    }
    storage = {
        "keep_days": _emptied(options.keep_days),
        "keep_events": _emptied(options.keep_events),
        "keep_bodies": None if options.bodies is None else options.bodies == "keep",
    }
    return replace(
        form,
        **_given(changes),
        answer=_answer(options, form.answer),
        access=_access(options, form.access),
        storage=replace(form.storage, **_given(storage)),
    )


def _answer(options: argparse.Namespace, form: AnswerForm) -> AnswerForm:
    from inspector.ui.endpoints.answer_form import ASK, FIXED, SCRIPT, KindForm

    if options.script is not None:
        script = _emptied(options.script)
        form = replace(form, way=SCRIPT if script else FIXED, script=script)
    if options.ask is not None:
        target = _emptied(options.ask)
        form = replace(form, way=ASK if target else FIXED, ask_target=target)
    if options.by_kind is not None:
        rows = (text.partition("=") for text in _listed(options.by_kind))
        form = replace(form, by_kind=tuple(KindForm(kinds, answer) for kinds, _equals, answer in rows))
    return form if options.fail is None else replace(form, percent=options.fail)


def _access(options: argparse.Namespace, form: AccessForm) -> AccessForm:
    changes: dict[str, Any] = {
        "allowed": _listed(options.allow),
        "trusted_peers": _listed(options.trust),
        "client_header": _emptied(options.client_header),
        "methods": None if options.method is None else tuple(item.upper() for item in _listed(options.method)),
        "max_body_mb": _emptied(options.max_body),
        "cors_origins": _listed(options.origin),
        "username": _emptied(options.user),
        "password": _password(options),
    }
    for name, text in (("rate", options.rate), ("sender_rate", options.sender_rate)):
        if text is not None:
            changes[name], changes[f"{name}_per"] = _rate(text)
    return replace(form, **_given(changes))


def _password(options: argparse.Namespace) -> str | None:
    if options.password_env is not None:
        value = os.environ.get(options.password_env)
        if not value:
            raise UsageError(f"The environment has no {options.password_env}.", "", "Set it to the password.")
        return value
    return "" if options.user is not None and not _emptied(options.user) else None


def _rate(text: str) -> tuple[str, float]:
    events, _slash, period = _emptied(text).partition("/")
    if period.strip() not in ("", *PERIODS):
        raise UsageError(f"{text!r} is no rate.", "", "Write 50/s, 100/min or 1000/h.")
    return events.strip(), PERIODS.get(period.strip(), 1.0)


def _forwards(options: argparse.Namespace) -> tuple[Any, ...] | None:
    """Return the one rule the options make in place of all others, None where they say nothing of it."""
    from inspector.ui.endpoints.forward_form import new_forward

    if options.forward is None:
        return None
    targets = "\n".join(_listed(options.forward))
    if not targets:
        return ()
    return (replace(new_forward(), targets=targets, match=options.forward_match, schedule=options.forward_retry),)


def _listed(texts: list[str] | None) -> Any:
    """Return repeated values; a single `none` is no value at all. None stays None."""
    return None if texts is None else tuple(text for text in texts if _emptied(text))


def _emptied(text: str | None) -> Any:
    return "" if text == NONE else text


def _given(changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in changes.items() if value is not None}


OPTIONS = {
    "name": "rename",
    "token": "path",
    "by_kind": "by-kind",
    "percent": "fail",
    "ask_target": "ask",
    "allowed": "allow",
    "trusted_peers": "trust",
    "client_header": "client-header",
    "sender_rate": "sender-rate",
    "max_body_mb": "max-body",
    "cors_origins": "origin",
    "username": "user",
    "methods": "method",
    "keep_days": "keep-days",
    "keep_events": "keep-events",
}


def _option_of(problem: str) -> str:
    """Return the option that a problem of the form is about."""
    if problem.startswith("forward:"):
        field = problem.rpartition(":")[2]
        return {"match": "--forward-match", "schedule": "--forward-retry"}.get(field, "--forward")
    return f"--{OPTIONS.get(problem, problem)}"
