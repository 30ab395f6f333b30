"""The Signature view and the program: finds causes in a worker, carries out fixes, checks events again."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from inspector.app import App
from inspector.domain.endpoint import EndpointId, ending_of
from inspector.domain.event import Event, EventId
from inspector.domain.secret import Secret
from inspector.domain.verification import Verdict, Verification
from inspector.signatures.diagnosis.case import Case
from inspector.signatures.diagnosis.cause import Action, Do
from inspector.signatures.diagnosis.ground import Ground
from inspector.signatures.encodings import key_bytes
from inspector.ui.control.signature_case import case_of, code_choices, code_for, parts_of
from inspector.ui.control.signature_fixes import SignatureFixes
from inspector.ui.control.words import counted
from inspector.ui.detail.pane import DetailPane
from inspector.ui.detail.signature_known import Known
from inspector.ui.detail.signature_words import VERDICT_WORDS
from inspector.ui.detail.try_secret import TrialResult, TrySecretDialog
from inspector.ui.dialogs.base import shown
from inspector.ui.icons import Icons
from inspector.ui.notices import Notices
from inspector.ui.tasks import Tasks
from inspector.ui.theme import Theme

REST_S = 0.0002
"""How long the worker sleeps after each millisecond of work: only a real sleep lets the window's thread go first."""

SLICE = 20  # events checked again before the loop goes round

if TYPE_CHECKING:
    from inspector.ui.detail.signature_view import SignatureView


class _Given(Exception):
    """Somebody else is looked at by now: the search is given up."""


class SignatureControl:
    """Answers what the Signature view asks, once it is opened for the first time."""

    def __init__(
        self,
        app: App,
        pane: DetailPane,
        theme: Theme,
        icons: Icons,
        tasks: Tasks,
        notices: Notices,
        window: QWidget,
        select: Callable[[EndpointId], object],
    ) -> None:
        self._app, self._pane, self._theme, self._icons = app, pane, theme, icons
        self._tasks, self._notices, self._window, self._select = tasks, notices, window, select
        self.documents = app.documents
        self.fixes = SignatureFixes(app, self.documents, theme, icons, window)
        self.view: SignatureView | None = None
        self._wanted: Event | None = None
        pane.view_changed.connect(self._on_view)

    def _on_view(self, key: str) -> None:
        if key != "signature" or self.view is not None:
            return
        view = self._pane.view(key)
        from inspector.ui.detail.signature_view import SignatureView

        assert isinstance(view, SignatureView)
        self.view = view
        view.asked.connect(self._on_asked)
        view.action_requested.connect(self.act)
        view.try_requested.connect(self.try_secret)
        view.check_requested.connect(lambda event: self.check_again([event.id]))
        view.code_requested.connect(self.copy_code)
        view.attend()

    def _case(self, event: Event) -> Case | None:
        return case_of(self._app, event, self.documents)

    # -- finding out --------------------------------------------------------------------------------------------

    def _on_asked(self, event: Event) -> None:
        self._wanted = event
        self._tasks.start(self._learn(event), "Explain the signature")

    async def _learn(self, event: Event) -> None:
        case = self._case(event)
        known = Known()
        if case is not None:
            try:
                now = self._app.store.event(event.id)  # a later check may have come since it was shown
                known = await asyncio.to_thread(self._known, event, case, None if now is None else now.recheck)
            except _Given:
                return
        if self.view is not None and self._wanted is event:
            self.view.show_known(event.id, known)

    def _known(self, event: Event, case: Case, recheck: Verification | None) -> Known:
        """Find out everything; in a thread, so nothing of the window is touched."""
        from inspector.signatures.diagnosis.search import diagnose

        def rest() -> None:
            if self._wanted is not event:
                raise _Given
            time.sleep(REST_S)

        valid = event.verification is not None and event.verification.verdict is Verdict.VALID
        diagnosis = None if valid else diagnose(case, rest=rest)
        return Known(
            diagnosis=diagnosis,
            parts=parts_of(case),
            recheck=recheck,
            codes=code_choices(Ground(case).recipe),
        )

    # -- doing --------------------------------------------------------------------------------------------------

    def act(self, event: Event, action: Action) -> None:
        """Carry out what a diagnosis advises, and check the event again."""
        if action.do is Do.OPEN_ENDPOINT:
            self._select(EndpointId(action.endpoint_id))
        elif action.do is Do.CHECK_AGAIN:
            self.check_again([event.id])
        else:
            self._tasks.start(self._act(event, action), action.words.rstrip("…"))

    async def _act(self, event: Event, action: Action) -> None:
        case, endpoint_id = self._case(event), event.summary.endpoint_id
        resolved = self._app.directory.by_id(endpoint_id) if endpoint_id is not None else None
        if case is None or resolved is None:
            self._notices.tell("Its endpoint was deleted meanwhile.", "info")
            return
        done = await self.fixes.apply(resolved.endpoint, case, action)
        if done:
            found = await self._recheck(event)
            valid = found is not None and found.verdict is Verdict.VALID
            after = " This event is valid with it." if valid else ""
            self._notices.tell(f"{done}{after}", "circle-check", "pass")
            self._show_again(event)

    def check_again(self, ids: Sequence[EventId]) -> None:
        """Check events with today's settings; what was found at receipt stays."""
        if ids:
            self._tasks.start(self._check_again([EventId(number) for number in ids]), "Check again")

    async def _check_again(self, ids: list[EventId]) -> None:
        verdicts: Counter[Verdict] = Counter()
        for number, event_id in enumerate(ids):
            event = self._app.store.event(event_id)
            found = await self._recheck(event) if event is not None else None
            if found is not None:
                verdicts[found.verdict] += 1
            if number % SLICE == SLICE - 1:
                await asyncio.sleep(0)
        if verdicts:
            told = ", ".join(f"{count:,} {VERDICT_WORDS[verdict]}" for verdict, count in verdicts.most_common())
            tone = "pass" if set(verdicts) == {Verdict.VALID} else "neut"
            words = f"{counted(sum(verdicts.values()), 'event')} checked again: {told}."
            self._notices.tell(
                words, "shield-check" if tone == "pass" else "info", "pass" if tone == "pass" else "neut"
            )
        else:
            self._notices.tell("Nothing to check: these events have no scheme, or no body was kept.", "info")
        if self._wanted is not None and self._wanted.id in ids:
            self._show_again(self._wanted)

    async def _recheck(self, event: Event) -> Verification | None:
        case = self._case(event)
        if case is None:
            return None
        found = await asyncio.to_thread(case.check)
        await self._app.store.keep_recheck(event.id, found)
        return found

    def _show_again(self, event: Event) -> None:
        if self.view is not None and self._wanted is not None and self._wanted.id == event.id:
            self.view.ask_again()

    # -- tools --------------------------------------------------------------------------------------------------

    def copy_code(self, event: Event, language: str) -> None:
        """Put code on the clipboard that checks this event's signature."""
        case = self._case(event)
        if case is not None:
            QGuiApplication.clipboard().setText(code_for(Ground(case).recipe, language, case.provider_name))
            self._notices.tell(f"Code for {language} copied. Give it the raw body, before any parser.", "code")

    def try_secret(self, event: Event) -> None:
        """Ask for a secret, and tell how it fits."""
        self._tasks.start(self._try_secret(event), "Try a secret")

    async def _try_secret(self, event: Event) -> None:
        case = self._case(event)
        if case is None:
            return
        endpoint_id = event.summary.endpoint_id
        storable = endpoint_id is not None and self._app.directory.by_id(endpoint_id) is not None
        dialog = TrySecretDialog(
            self._theme, self._icons, lambda text: tried(case, text), self._window, storable=storable
        )
        if await shown(dialog) and endpoint_id is not None:
            await self._app.directory.add_secret(endpoint_id, dialog.value, "")
            await self._recheck(event)
            self._notices.tell("The secret is stored, and tried first from now on.", "key-round", "pass")
            self._show_again(event)


def tried(case: Case, text: str) -> TrialResult:
    """Return how a secret fits a request: as it is, without blanks around it, or in another form."""
    from inspector.signatures.diagnosis.secret_trials import forms_of, stored_as
    from inspector.signatures.diagnosis.testing import DigestTester

    for value in dict.fromkeys((text, text.strip())):
        found = case.check(secrets=(Secret(value, "", ending_of(value)),))
        if found.verdict in (Verdict.VALID, Verdict.STALE):
            more = "" if value == text else " Blanks around it were left out."
            late = f" {found.title}." if found.verdict is Verdict.STALE else ""
            return TrialResult("pass", "shield-check", "This secret fits", f"{found.summary}{late}{more}", value)
    ground = Ground(case)
    secret = Secret(text.strip(), "", ending_of(text.strip()))
    if ground.is_digest:
        tester = DigestTester(ground)
        for variant in forms_of(ground, secret, None):
            fit = tester.fit(variant)
            if fit is not None and variant.secret is not None:
                key = key_bytes(variant.secret.value.rpartition(":")[2], variant.key)
                stored = stored_as(key, ground.recipe.key) if key is not None else None
                words = f"It fits when it is used {variant.words}."
                return TrialResult("pass", "shield-check", "This secret fits in another form", words, stored or "")
    found = case.check(secrets=(secret,))
    return TrialResult("fail", "shield-x", "This secret does not fit", found.summary)
