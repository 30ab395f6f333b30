"""The gallery's pictures of the endpoint dialog and of schemes of one's own."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication, QWidget

from inspector.ui.endpoints.endpoint_desk import EndpointDesk
from inspector.ui.endpoints.scheme_dialog import SchemeDialog
from inspector.ui.endpoints.settings_dialog import EndpointSettings

if TYPE_CHECKING:
    from inspector.ui.gallery import Stage

SETTLE_S = 0.35
OWN = """\
# Learnt from a captured event.
name = "Warehouse"
secret_label = "Signing secret"

[[signing]]
signature = "header:X-Webhook-Signature"
signed = "{body}"
encoding = "hexx"
"""


async def settings(stage: Stage, section: str = "signature") -> EndpointSettings:
    """Open the settings of the first endpoint, whose former secret is still accepted until tomorrow."""
    app, window = stage.app, stage.window
    endpoint = app.directory.all()[0]
    current = next(ref for ref in endpoint.signing.secrets if ref.until is None)
    await app.directory.rename_secret(endpoint.id, current.key, "Production")
    for former in [ref for ref in endpoint.signing.secrets if ref.until is not None][:1]:
        tomorrow = former.added_at.replace(hour=9, minute=12) + timedelta(days=1)
        await app.directory.accept_former(endpoint.id, former.key, tomorrow)
    desk = EndpointDesk(app, window.theme, window.icons, window.tasks, window.notices, window)
    dialog = desk.open(endpoint.id, section)
    assert dialog is not None
    await asyncio.sleep(SETTLE_S)
    return dialog


async def duplicates(stage: Stage) -> QWidget:
    """Show a duplicate key of one's own choice, tried on the newest event."""
    dialog = await settings(stage, "duplicates")
    section = dialog.duplicates
    section.key_box.setCurrentIndex(section.key_box.findData("field"))
    section.place_kind.setCurrentIndex(section.place_kind.findData("json"))
    section.place_name.setText("message_id")
    dialog.go_to("duplicates")
    await asyncio.sleep(SETTLE_S)
    return dialog


async def forwarding(stage: Stage) -> QWidget:
    """Show a forward rule with a mistake in its search."""
    dialog = await settings(stage, "forwarding")
    dialog.forwarding.add_rule()
    card = dialog.forwarding.cards[-1]
    card.name.setText("Staging")
    card.match.setText("colour:red")
    card.targets.setPlainText("https://staging.northwind.example/webhooks/rcs")
    card.schedule.setCurrentIndex(card.schedule.findData("rcs-events"))
    dialog.go_to("forwarding")
    await asyncio.sleep(SETTLE_S)
    return dialog


async def access(stage: Stage) -> QWidget:
    """Show who may call the endpoint."""
    dialog = await settings(stage, "access")
    dialog.access.allowed.set_values(("203.0.113.0/24", "198.51.100.7"))
    dialog.access.rate.setText("50")
    dialog.access.username.setText("northwind")
    dialog.access.password.setText("a password nobody guesses")
    dialog.go_to("access")
    await asyncio.sleep(SETTLE_S)
    return dialog


async def replacing(stage: Stage) -> QWidget:
    """Show a secret while it is being replaced, with a mistake in another section."""
    dialog = await settings(stage)
    dialog.signature.secrets.rows[0].replace_button.click()
    dialog.answer.delay.setText("soon")
    await asyncio.sleep(SETTLE_S)
    return dialog


async def other_provider(stage: Stage, id: str) -> QWidget:
    """Show what another provider asks for."""
    dialog = await settings(stage)
    dialog.choose_provider(id)
    await asyncio.sleep(SETTLE_S)
    return dialog


async def providers(stage: Stage) -> QWidget | None:
    """Show the list of providers."""
    dialog = await settings(stage)
    dialog.open_providers()
    for _try in range(100):
        await asyncio.sleep(0.05)
        if not dialog._shelf.loading:
            break
    await asyncio.sleep(SETTLE_S)
    return QApplication.activePopupWidget()


async def scheme(stage: Stage, tab: str) -> QWidget | None:
    """Show a scheme of one's own: as a form that fits the newest event, or as a text with a mistake."""
    dialog = await settings(stage)
    dialog.new_scheme_wanted.emit()
    await asyncio.sleep(2 * SETTLE_S)
    found = next((item for item in QApplication.topLevelWidgets() if isinstance(item, SchemeDialog)), None)
    if found is None:
        return None
    found.load("warehouse", OWN if tab == "text" else OWN.replace("hexx", "hex"))
    found.tabs.set_current(tab)
    await asyncio.sleep(SETTLE_S)
    return found
