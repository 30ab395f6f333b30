"""A program that speaks HTTPS, set up for a test."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

from inspector.app import App
from tests.integration.receiver.encrypted import trusting, until_https
from tests.issued import Issued, an_authority, an_intermediate, issue


@dataclass
class Place:
    """A program with HTTPS beside HTTP and one endpoint that checks nothing."""

    app: App
    path: str
    port: int
    trust: ssl.SSLContext

    async def reload(self) -> None:
        assert await self.app.https.reload()


async def set_up(app: App, **settings: object) -> Place:
    endpoint = await app.directory.create("Plain", "")
    app.settings.change(**{"https_mode": "beside", "https_port": 0, **settings})
    port = await until_https(app)
    own = app.settings.current.https_source == "own"
    trust = trusting(None if own else app.https.authority_file)
    if own:
        trust.load_verify_locations(cadata=an_authority().pem.decode())
    return Place(app, endpoint.path, port, trust)


def own(folder: Path, *, name: str = "localhost", **options: object) -> Issued:
    """Write a certificate for localhost with its chain as server.pem and server.key."""
    issued = issue(name, an_intermediate(), names=("localhost", "127.0.0.1"), **options)  # type: ignore[arg-type]
    issued.save(folder, an_intermediate())
    return issued


async def set_up_own(app: App, folder: Path, **settings: object) -> Place:
    own(folder)
    files = {"https_certificate": str(folder / "server.pem"), "https_key": str(folder / "server.key")}
    return await set_up(app, https_source="own", **files, **settings)
