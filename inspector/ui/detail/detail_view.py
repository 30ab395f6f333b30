"""What every view of the inspector is given, and what it can ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from inspector.domain.attempt import Attempt
from inspector.domain.event import Event
from inspector.ui.detail.notes import Note
from inspector.ui.detail.payload_facts import PayloadFacts
from inspector.ui.detail.reader import EventReader
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.announce import announce


class Wishes(QObject):
    """What the user wants done with the event that is shown; ids are Python numbers of any size.

    Signals:
        replay_requested(event id): replay to the endpoint's target.
        replay_to_requested(event id): replay to a target that is asked for.
        attempt_cancel_requested(event id): stop the replay that runs.
        star_toggled(event id, bool), unread_requested(event id), delete_requested(event id).
        open_event_requested(event id): select another event.
        filter_requested(str): add this filter to the search.
        edit_secret_requested(endpoint id): open the endpoint's secrets.
        view_requested(str): show another view of the inspector.
        message_requested(event id): show the message it tells of.
        compare_requested: compare the event with the original it is a repeat of.
        deed_requested(Deed): do what a callout offers.
        pick_requested(Pick): use a value of the payload as a duplicate key or a column.
        save_requested(str, bytes): save something under a name that is asked for.
    """

    replay_requested = Signal(object)
    replay_to_requested = Signal(object)
    attempt_cancel_requested = Signal(object)
    star_toggled = Signal(object, bool)
    unread_requested = Signal(object)
    delete_requested = Signal(object)
    open_event_requested = Signal(object)
    filter_requested = Signal(str)
    edit_secret_requested = Signal(object)
    view_requested = Signal(str)
    message_requested = Signal(object)
    compare_requested = Signal()
    deed_requested = Signal(object)
    pick_requested = Signal(object)
    save_requested = Signal(str, object)


def no_advice(_event: Event) -> tuple[Note, ...]:
    """Offer nothing."""
    return ()


def no_facts(_event: Event, _body: bytes) -> PayloadFacts:
    """Know nothing beyond the bytes."""
    return PayloadFacts()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The look, the look-ups and the way out of every view; `advise` says what an event invites to do.

    `facts` tells what is known of a payload, given an event and its body as unpacked.
    """

    theme: Theme
    icons: Icons
    reader: EventReader
    wishes: Wishes
    advise: Callable[[Event], tuple[Note, ...]] = no_advice
    facts: Callable[[Event, bytes], PayloadFacts] = no_facts


class DetailView(QWidget):
    """One view: it is made when first looked at and filled only while it is visible."""

    def __init__(self, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.around = around
        self.theme = around.theme
        self.icons = around.icons

    def show_event(self, event: Event | None) -> None:
        """Show an event, None for nothing. The same event may come again with other marks."""
        raise NotImplementedError

    def show_attempts(self, attempts: tuple[Attempt, ...], running: str) -> None:
        """Take the replays of the event, newest first, and the target of one that runs ("" for none)."""

    def begin_search(self) -> bool:
        """Begin a search inside the view; False where it has none."""
        return False


def copy_text(text: str, source: QWidget, what: str) -> None:
    """Put text on the clipboard and tell a screen reader so."""
    QGuiApplication.clipboard().setText(text)
    announce(source, f"{what} copied")
