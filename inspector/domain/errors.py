"""Errors a person can act on; everything else is a builtin exception and a bug.

InspectorError
├── StoreError            the data folder or its database cannot be used as asked
│   ├── StoreBusy         another program instance owns the data folder
│   └── StoreFull         the disk is full; the event was not kept
├── ListenError           the receiver cannot listen where it was told to
├── ProviderError         a provider's definition cannot be understood
└── UsageError            a command line, a filter or a file was not usable
"""

from __future__ import annotations


class InspectorError(Exception):
    """Something went wrong that the user can act on.

    `what` happened, `why` it did (may be empty) and what `todo` about it (may be empty): three short sentences
    that are shown as they are, in the window and on the command line.
    """

    def __init__(self, what: str, why: str = "", todo: str = "") -> None:
        super().__init__(" ".join(part for part in (what, why, todo) if part))
        self.what = what
        self.why = why
        self.todo = todo


class StoreError(InspectorError):
    """The database could not do what was asked; nothing that was committed is lost."""


class StoreBusy(StoreError):
    """Another instance of the program owns this data folder."""


class StoreFull(StoreError):
    """The disk is full: the event was not kept, so it must not be answered as if it were."""


class ListenError(InspectorError):
    """The receiver could not listen on the port or address that was asked for."""

    def __init__(self, what: str, why: str = "", todo: str = "", *, port: int = 0, taken: bool = False) -> None:
        super().__init__(what, why, todo)
        self.port = port
        self.taken = taken


class ProviderError(InspectorError):
    """A provider's definition is wrong; the sentence names the file and the key."""


class UsageError(InspectorError):
    """What was typed or handed in cannot be used; nothing was done."""
