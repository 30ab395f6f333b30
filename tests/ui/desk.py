"""The running program with its window, as the stories of this folder use it."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass

import aiohttp

from inspector.app import App
from inspector.domain.endpoint import Endpoint
from inspector.domain.event import EventSummary
from inspector.ui.main_window import MainWindow
from tests.ui.waiting import until

BODY = json.dumps(
    {
        "event": "message.delivered",
        "timestamp": "2024-12-20T14:23:45Z",
        "message_id": "msg_abc123",
        "recipient": "+1234567890",
        "channel": "rcs",
        "metadata": {"campaign_id": "cart_recovery_dec"},
    }
).encode()


@dataclass
class Desk:
    """The running program and its window."""

    app: App
    window: MainWindow
    http: aiohttp.ClientSession

    @property
    def endpoint(self) -> Endpoint:
        return self.app.directory.all()[0]

    @property
    def secret(self) -> str:
        resolved = self.app.directory.by_id(self.endpoint.id)
        assert resolved is not None
        return resolved.secrets[0].value

    async def post(self, body: bytes = BODY, *, secret: str = "", to: Endpoint | None = None) -> int:
        """Send a signed event and return the status of the answer."""
        signature = hmac.new((secret or self.secret).encode(), body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Webhook-Signature": signature}
        url = self.app.receiver.address_of(to or self.endpoint)
        async with self.http.post(url, data=body, headers=headers) as answer:
            return answer.status

    async def post_many(self, count: int) -> None:
        """Send different events, the first one first."""
        for number in range(count):
            await self.post(BODY.replace(b"abc123", b"abc%03d" % number))

    async def row(self, place: int, *, of: int) -> EventSummary:
        """Return the summary in a row once the list has that many."""
        model = self.window.page.model
        await until(lambda: model.rowCount() == of)
        found = model.summary(place)
        assert found is not None
        return found
