"""What the test of a target needs of the program: a sender that knows the target's options, and where they are kept."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from inspector.app import App
from inspector.ui.dialogs.question import Question, ask
from inspector.ui.icons import Icons
from inspector.ui.tasks import Tasks
from inspector.ui.theme import Theme

if TYPE_CHECKING:
    from inspector.replay.target_options import TargetOptions
    from inspector.replay.target_test import TargetReport
    from inspector.ui.forwarding.tester_dialog import TargetDialog
    from inspector.ui.replay.target_field import TargetField


class TargetDesk:
    """The program, as the dialog uses it."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def check(self, url: str) -> TargetReport:
        """Try a target as replays and forwards would reach it. Raises UsageError for an unusable address."""
        from inspector.replay.target_test import check_target

        return await check_target(url, self._app.replayer.sender)

    def options(self, url: str) -> TargetOptions | None:
        """Return what is set for the target's origin. Raises UsageError for an unusable address."""
        from inspector.replay.target_options import options_for

        return options_for(url, self._app.settings.current.target_options)

    async def keep(self, url: str, host: str, ca_file: str) -> None:
        """Set Host line and certificate of the target's origin; both empty forgets it. Raises UsageError."""
        from inspector.replay.target import parse_target
        from inspector.replay.target_options import TargetOptions, options_for, options_text

        options = TargetOptions(parse_target(url).origin, ca_file.strip(), host.strip())
        text = await asyncio.to_thread(options_text, options)  # reads the file
        kept = [one for one in self._app.settings.current.target_options if options_for(url, (one,)) is None]
        empty = options == replace(options, ca_file="", host="")
        self._app.settings.change(target_options=tuple(kept) if empty else (*kept, text))


def offer_test(field: TargetField, app: App, theme: Theme, icons: Icons, tasks: Tasks, over: QWidget) -> None:
    """Let a target's field test its address, over the dialog it stands in."""
    field.offer_test(lambda url: open_tester(app, theme, icons, tasks, url, over))


def open_tester(app: App, theme: Theme, icons: Icons, tasks: Tasks, url: str, over: QWidget) -> TargetDialog:
    """Open the test of a target over a window, and begin it where there is an address."""
    from inspector.ui.forwarding.tester_dialog import TargetDialog

    dialog = TargetDialog(theme, icons, tasks, TargetDesk(app), url, over)
    dialog.finished.connect(lambda _result: dialog.deleteLater())
    dialog.show()
    if url:
        dialog.test()
    return dialog


async def ask_to_trust(app: App, theme: Theme, icons: Icons, url: str, over: QWidget) -> bool:
    """Show whose certificate a target has, and trust it for this target where the user agrees. Raises UsageError."""
    from inspector.replay.target import parse_target
    from inspector.replay.target_certificate import certificate_of, keep_certificate

    name, desk = parse_target(url).name, TargetDesk(app)
    found = await certificate_of(url, app.replayer.sender)
    until = f", until {found.until:%Y-%m-%d}" if found.until is not None else ""
    half = len(found.fingerprint) // 2 + 1  # a line breaks at a blank only
    digest = f"{found.fingerprint[:half]} {found.fingerprint[half:]}"
    words = f"{found.subject or 'It names nobody'}{until}. No other target is trusted by it. SHA-256: {digest}"
    question = Question(theme, icons, f"Trust the certificate of {name}?", words, "Trust", over)
    if await ask(question) is None:
        return False
    known = desk.options(url)
    file = await asyncio.to_thread(keep_certificate, app.folder, url, found)
    await desk.keep(url, known.host if known is not None else "", str(file))
    return True
