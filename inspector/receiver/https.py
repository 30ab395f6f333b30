"""Keeps the certificate: loads it, watches its files, renews our own, and says what is wrong with it.

Nothing of this costs anything while HTTPS is off: the parts that know certificates are loaded when they are needed.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.domain.errors import InspectorError
from inspector.feed import Feed
from inspector.receiver.https_state import HttpsMode, HttpsState, Plan, Source
from inspector.secret_store import SecretStore

if TYPE_CHECKING:
    from inspector.receiver.certificates import Examined

PASSPHRASE_KEY = "https.passphrase"
"""Under which name the passphrase of the user's own key lies in the secret store."""

LOOK_S = 2.0
"""How often the certificate's files are looked at."""

RECHECK_S = 60.0
"""How often our own certificate is compared with this computer's addresses, and its end with the clock."""

_log = logging.getLogger(__name__)

Stamp = tuple[tuple[int, int, int], ...]


class Https:
    """The certificate in force and what is known about it.

    `context` is None until `load` has succeeded once. A later failure keeps what is in force and is told in `state`.
    Feeds: `changed` (HttpsState) with every change of `state`.
    """

    def __init__(
        self,
        folder: Path,
        secrets: SecretStore,
        plan: Callable[[], Plan],
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        look_s: float = LOOK_S,
        passphrase: str | None = None,
    ) -> None:
        self.changed: Feed[HttpsState] = Feed()
        self.context: ssl.SSLContext | None = None
        self.state = HttpsState()
        self._folder = folder
        self._secrets = secrets
        self._plan = plan
        self._clock = clock
        self._look_s = look_s
        self._passphrase = passphrase
        self._in_force = Plan()
        self._loading = asyncio.Lock()
        self._watching: asyncio.Task[None] | None = None

    @property
    def plan(self) -> Plan:
        """What the settings say."""
        return self._plan()

    @property
    def names(self) -> tuple[str, ...]:
        """Host names and addresses of the certificate in force."""
        return self.state.facts.names if self.state.facts else ()

    @property
    def lowest(self) -> str:
        """The oldest version of TLS that is taken."""
        return self._in_force.lowest

    @property
    def authority_file(self) -> Path:
        """The certificate of the local authority, for whoever shall trust it; made when HTTPS is first used."""
        return self._folder / "authority" / "authority.pem"

    async def load(self, *, anew: bool = False) -> None:
        """Read the certificate the settings name and use it from the next connection on; watch its files.

        With `anew` the local authority is made again. Raises InspectorError where it cannot be used; what was in
        force stays in force then, if it was meant for the same settings.
        """
        async with self._loading:
            plan = self.plan
            try:
                context, examined, unnamed = await asyncio.to_thread(self._read, plan, anew)
            except InspectorError as error:
                if (plan.source, plan.certificate) != (self._in_force.source, self._in_force.certificate):
                    self.context = None
                    self.state = HttpsState()
                self._tell(self.state._replace(error=error))
                self._watch()
                raise
            if self.plan.mode is HttpsMode.OFF:  # switched off meanwhile
                return
            self.context = context
            self._in_force = plan
            self._tell(HttpsState(examined.facts, examined.problems, None, self._clock(), unnamed))
            self._watch()

    async def reload(self, *, anew: bool = False) -> bool:
        """Like `load`, with the outcome in `state` alone; returns whether it worked."""
        try:
            await self.load(anew=anew)
        except InspectorError as error:
            _log.warning("The certificate was not loaded: %s", error)
            return False
        return True

    async def close(self) -> None:
        """Stop watching and forget what is in force."""
        watching, self._watching = self._watching, None
        if watching is not None:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
        self.context = None
        if self.state != HttpsState():
            self._tell(HttpsState())

    # In a thread

    def _read(self, plan: Plan, anew: bool) -> tuple[ssl.SSLContext, Examined, tuple[str, ...]]:
        """Return a context with the certificate of a plan, what is known of it, and names it must not have.

        Raises InspectorError.
        """
        from inspector.receiver import authority
        from inspector.receiver.certificates import examine
        from inspector.receiver.own_names import own_names

        unnamed: tuple[str, ...] = ()
        if plan.source is Source.AUTHORITY:
            made = authority.ensure(self._folder, own_names(), self._clock(), anew=anew)
            certificate, key, unnamed, passphrase = made.files.certificate, made.files.key, made.unnamed, None
        else:
            certificate, key = own_files(plan)
            passphrase = self._passphrase or self._secrets.get(PASSPHRASE_KEY)
        examined = examine(_contents(certificate), _contents(key), passphrase, self._clock())
        if (problem := examined.fatal) is not None:
            raise InspectorError(problem.words, "", problem.todo)
        return server_context(certificate, key, passphrase, plan.lowest), examined, unnamed

    def _look(self, plan: Plan) -> Stamp:
        """Return what tells whether the files have changed."""
        stamps = []
        for path in _watched(self._folder, plan):
            try:
                status = os.stat(path)
            except OSError:
                stamps.append((0, 0, 0))
            else:
                stamps.append((status.st_mtime_ns, status.st_size, status.st_ino))
        return tuple(stamps)

    def _must_renew(self) -> bool:
        """Tell whether this computer has names that its certificate lacks, or the certificate is soon over."""
        from inspector.receiver.own_names import own_names

        facts = self.state.facts
        if facts is None:
            return True
        lacking = set(own_names()) - set(facts.names) - set(self.state.unnamed)
        return bool(lacking) or (facts.not_after - self._clock()).days < 30

    # Watching

    def _watch(self) -> None:
        if self._watching is None:
            self._watching = asyncio.get_running_loop().create_task(self._keep_watch(), name="https-certificate")

    async def _keep_watch(self) -> None:
        """Take up changed files, names and ends until told to stop. Failures are told once, and tried again."""
        seen = await asyncio.to_thread(self._look, self.plan)
        since_check = 0.0
        while True:
            await asyncio.sleep(self._look_s)
            since_check += self._look_s
            plan = self.plan
            if plan.mode is HttpsMode.OFF:
                continue
            stamp = await asyncio.to_thread(self._look, plan)
            if stamp != seen:
                seen = stamp
                await self.reload()
                if plan.source is Source.AUTHORITY:
                    seen = await asyncio.to_thread(self._look, plan)
            elif since_check >= RECHECK_S:
                since_check = 0.0
                await self._check_again(plan)

    async def _check_again(self, plan: Plan) -> None:
        if plan.source is Source.OWN:
            # Only the calendar can have changed: the warning of an end that comes near.
            if self.state.facts is not None:
                await self.reload()
        elif await asyncio.to_thread(self._must_renew):
            await self.reload()

    def _tell(self, state: HttpsState) -> None:
        before, self.state = self.state, state
        if before._replace(loaded_at=None) != state._replace(loaded_at=None):
            self.changed.publish(state)


def own_files(plan: Plan) -> tuple[Path, Path]:
    """Return the user's certificate and key; one file may hold both. Raises InspectorError where none is chosen."""
    if not plan.certificate:
        raise InspectorError("No certificate is chosen.", "", "Choose its file in Settings, HTTPS.")
    certificate = Path(plan.certificate).expanduser()
    return certificate, Path(plan.key).expanduser() if plan.key else certificate


def server_context(certificate: Path, key: Path, passphrase: str | None, lowest: str) -> ssl.SSLContext:
    """Return what connections are encrypted with. Raises InspectorError where OpenSSL does not take the files."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3 if lowest == "1.3" else ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        # Without a passphrase OpenSSL would ask for it on the terminal.
        context.load_cert_chain(certificate, key, password=passphrase or "")
    except (OSError, ValueError) as error:
        why = (error.reason or "").replace("_", " ").lower() if isinstance(error, ssl.SSLError) else str(error)
        raise InspectorError("The certificate cannot be used.", f"{why.rstrip('.')}.", "Choose another one.") from error
    return context


def _contents(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise InspectorError(f"{path} is not there.", "", "Choose the file again.") from error
    except OSError as error:
        raise InspectorError(
            f"{path} cannot be read.", f"{error.strerror or error}.", "Give yourself the right to read it."
        ) from error


def _watched(folder: Path, plan: Plan) -> tuple[Path, ...]:
    if plan.source is Source.AUTHORITY:
        inside = folder / "authority"
        return tuple(inside / name for name in ("authority.pem", "authority.key", "certificate.pem", "certificate.key"))
    with contextlib.suppress(InspectorError):
        return own_files(plan)
    return ()
