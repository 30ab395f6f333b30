"""The menus of one event: what the dots offer, and the choices behind Replay."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from inspector.domain.event import Event
from inspector.formats.curl import to_curl
from inspector.ui.detail.attempt_words import short_target
from inspector.ui.detail.detail_view import Surroundings, copy_text
from inspector.ui.widgets.menu import Menu

NOT_KEPT = "Its body was not kept"


def can_replay(event: Event) -> bool:
    """Whether an event can be sent again: there is nothing to send where its body is not kept."""
    return event.body_kept


class EventMenus:
    """Builds menus for the event that is shown; what copies does so at once, the rest is wished for."""

    def __init__(self, around: Surroundings, owner: QWidget) -> None:
        self._around = around
        self._owner = owner

    def target_of(self, event: Event) -> str:
        """Return the target of the event's endpoint, "" where none is set."""
        endpoint_id = event.summary.endpoint_id
        endpoint = self._around.reader.endpoint(endpoint_id) if endpoint_id is not None else None
        return endpoint.target if endpoint is not None else ""

    def replay(self, event: Event) -> None:
        """Wish for a replay to the endpoint's target, or to one that is asked for where there is none."""
        wishes = self._around.wishes
        (wishes.replay_requested if self.target_of(event) else wishes.replay_to_requested).emit(event.id)

    def copy_body(self, event: Event) -> None:
        """Copy the body as it was received."""
        copy_text(event.request.body.decode("utf-8", "replace"), self._owner, "Body")

    def copy_curl(self, event: Event) -> None:
        """Copy a command that sends the event again."""
        copy_text(to_curl(event.request, self.curl_url(event)), self._owner, "cURL command")

    def curl_url(self, event: Event) -> str:
        """Return where the command sends to: the target, else where the event came in."""
        host = event.request.header("Host") or "localhost"
        return self.target_of(event) or f"http://{host}{event.request.target}"

    def more_menu(self, event: Event) -> Menu:
        """Return the menu of the dots."""
        wishes, summary = self._around.wishes, event.summary
        menu = Menu(self._around.theme, self._around.icons, self._owner)
        no_body = "" if can_replay(event) else NOT_KEPT
        no_text = "" if event.request.body else "It came without a body"
        menu.add("Copy body", "copy", lambda: self.copy_body(event), reason=no_body or no_text)
        menu.add("Copy as cURL", "terminal", lambda: self.copy_curl(event), reason=no_body)
        menu.line()
        star = "Remove star" if summary.starred else "Star"
        menu.add(star, "star", lambda: wishes.star_toggled.emit(event.id, not summary.starred))
        menu.add("Mark as unread", "circle-dot", lambda: wishes.unread_requested.emit(event.id))
        menu.line()
        menu.add("Delete", "trash-2", lambda: wishes.delete_requested.emit(event.id), danger=True)
        return menu

    def replay_menu(self, event: Event) -> Menu:
        """Return the choices behind Replay."""
        wishes, target = self._around.wishes, self.target_of(event)
        menu = Menu(self._around.theme, self._around.icons, self._owner)
        if target:
            words = f"Replay to {short_target(target)}"
            menu.add(words, "repeat-2", lambda: wishes.replay_requested.emit(event.id))
        menu.add("Edit and replay…", "sliders-horizontal", lambda: wishes.replay_to_requested.emit(event.id))
        menu.line()
        menu.add("Copy as cURL", "terminal", lambda: self.copy_curl(event))
        return menu
