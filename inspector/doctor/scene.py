"""What the checks look at: the running parts of the program, and the endpoint somebody waits at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from inspector.directory import Directory, Resolved
from inspector.doctor.fetching import Heard
from inspector.domain.endpoint import EndpointId
from inspector.receiver.https import Https
from inspector.receiver.server import Receiver
from inspector.store.store import Store
from inspector.tunnels.tunnels import Tunnels


class Program(Protocol):
    """The whole program, as far as the checks look at it."""

    @property
    def folder(self) -> Path: ...
    @property
    def receiver(self) -> Receiver: ...
    @property
    def https(self) -> Https: ...
    @property
    def tunnels(self) -> Tunnels: ...
    @property
    def directory(self) -> Directory: ...
    @property
    def store(self) -> Store: ...


@dataclass(slots=True)
class Scene:
    """The parts of the program. `heard` is what the public address said last, for the check of the clock."""

    folder: Path
    receiver: Receiver
    https: Https
    tunnels: Tunnels
    directory: Directory
    store: Store
    endpoint_id: EndpointId | None = None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    heard: Heard | None = None

    @classmethod
    def of(cls, program: Program, endpoint_id: EndpointId | None = None) -> Scene:
        """Return the scene of a running program."""
        parts = (program.receiver, program.https, program.tunnels, program.directory, program.store)
        return cls(program.folder, *parts, endpoint_id)

    @property
    def resolved(self) -> Resolved | None:
        """The endpoint somebody waits at: the chosen one, else the first."""
        if self.endpoint_id is not None:
            found = self.directory.by_id(self.endpoint_id)
            if found is not None:
                return found
        endpoints = self.directory.all()
        return self.directory.by_id(endpoints[0].id) if endpoints else None

    @property
    def public_url(self) -> str:
        """The public address without a slash at its end, "" where there is none."""
        return self.tunnels.state.public_url if self.tunnels.state.wanted else ""
