"""The gallery's payloads: an envelope with its payload inside, parts with a picture, a menu, a body of fields."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from inspector.domain.answer import Answer
from inspector.domain.event import Draft
from inspector.domain.request import Request
from inspector.ui.detail.payload_view import PayloadView
from inspector.ui.gallery_data import MOMENT

if TYPE_CHECKING:
    from inspector.ui.gallery import Stage

SETTLE_S = 0.4
_INNER = {
    "senderPhoneNumber": "+4915112345678",
    "messageId": "msg_8f31c07a",
    "eventType": "DELIVERED",
    "eventId": "evt_51c09e",
    "sendTime": "2024-12-20T14:23:44.000Z",
    "agentId": "northwind_agent",
}


def _token() -> str:
    parts = (b'{"alg":"RS256","kid":"7"}', b'{"iss":"https://accounts.example","exp":1734708225}', b"\x01\x02\x03\x04")
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def _envelope() -> bytes:
    data = base64.b64encode(json.dumps(_INNER).encode()).decode()
    message = {
        "attributes": {"type": "event"},
        "data": data,
        "messageId": "11822",
        "publishTime": "2024-12-20T14:23:45Z",
    }
    link = "https://shop.example/cart?id=c_19&utm_source=rcs"
    body = {"message": message, "subscription": "projects/northwind/subscriptions/rcs", "token": _token(), "link": link}
    return json.dumps(body).encode()


def _picture() -> bytes:
    image = QImage(160, 90, QImage.Format.Format_RGB32)
    image.fill(QColor("#e6edff"))
    painter = QPainter(image)
    painter.fillRect(12, 12, 60, 66, QColor("#2357d9"))
    painter.fillRect(84, 12, 64, 12, QColor("#8aa6ee"))
    painter.fillRect(84, 34, 64, 12, QColor("#8aa6ee"))
    painter.end()
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # PySide's stub asks for bytes, which fails at run time
    return bytes(QByteArray(buffer.data()).data())


def _parts() -> bytes:
    disposition = 'Content-Disposition: form-data; name="{}"'
    pieces = (
        (disposition.format("from"), b"+4915112345678"),
        (
            disposition.format("payload"),
            json.dumps({"message_id": "msg_8f31c07a", "event": "message.inbound"}).encode(),
        ),
        (disposition.format("media") + '; filename="card.png"\r\nContent-Type: image/png', _picture()),
    )
    parts = [b"--northwind\r\n" + head.encode() + b"\r\n\r\n" + content + b"\r\n" for head, content in pieces]
    return b"".join(parts) + b"--northwind--\r\n"


async def _show(stage: Stage, body: bytes, content_type: str) -> PayloadView:
    """Keep an event with this body and show its payload."""
    headers = ((b"Content-Type", content_type.encode()), (b"User-Agent", b"northwind/1.0"))
    endpoint = stage.app.directory.all()[0]
    request = Request("POST", endpoint.path, headers, body, MOMENT, "203.0.113.24")
    draft = Draft(request, Answer(), endpoint.id, "google-rbm", None, rule=endpoint.duplicates, size=len(body))
    summary = await stage.app.store.append(draft)
    stage.app.store.record_answer(summary.id, 9_000, True)
    await asyncio.sleep(SETTLE_S)
    stage.window.events.open(summary.id)
    stage.window.pane.show_view("payload")
    await asyncio.sleep(SETTLE_S)
    view = stage.window.pane.view("payload")
    assert isinstance(view, PayloadView)
    view.tree.setFocus()
    return view


def _select(view: PayloadView, path: str) -> None:
    node = view.model.tree.find(path) if view.model.tree is not None else None
    assert node is not None
    view.tree.select_node(node)


async def envelope(stage: Stage) -> None:
    """Show a push envelope whose payload opened by itself, and a token that was opened."""
    view = await _show(stage, _envelope(), "application/json")
    _select(view, "$.token")
    view.tree.expand(view.tree.currentIndex())
    await asyncio.sleep(SETTLE_S)


async def parts(stage: Stage) -> None:
    """Show the parts of a multipart body with the picture among them."""
    view = await _show(stage, _parts(), "multipart/form-data; boundary=northwind")
    view.parts.selectRow(2)
    view.parts.setFocus()
    await asyncio.sleep(SETTLE_S)


async def menu(stage: Stage) -> QWidget | None:
    """Show what can be done with a value."""
    view = await _show(stage, _envelope(), "application/json")
    _select(view, "$.subscription")
    view.menu_for_current().popup(view.mapToGlobal(view.rect().center()))
    await asyncio.sleep(SETTLE_S)
    return QApplication.activePopupWidget()


async def protobuf(stage: Stage) -> None:
    """Show the fields of a body whose schema nobody has."""
    body = bytes.fromhex("0a0c6d73675f386633316330376110031a1209a4703d0ad7a3f03f12076361727269657225cdcc8c3f")
    await _show(stage, body, "application/x-protobuf")
