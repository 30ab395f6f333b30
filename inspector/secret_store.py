"""Where signing secrets are kept: the system's keyring, or a file only the user can read where there is none."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import threading
from pathlib import Path
from typing import Protocol

from inspector.domain.errors import InspectorError

SERVICE = "webhook-inspector"
FILE_NAME = "secrets.json"
CHOICE_VARIABLE = "INSPECTOR_SECRETS"
"""Set to `file` or `keyring` to choose where secrets are kept; unset, the keyring is used where one works."""

_log = logging.getLogger(__name__)


class SecretStore(Protocol):
    """Keeps texts under keys. `kind` is keyring, file or memory; `description` is a sentence for the user."""

    kind: str
    description: str

    def get(self, key: str) -> str | None:
        """Return the secret under `key`, or None."""

    def put(self, key: str, value: str) -> None:
        """Keep `value` under `key`. Raises InspectorError where that is not possible."""

    def delete(self, key: str) -> None:
        """Forget the secret under `key`; nothing happens where there is none."""


class MemorySecrets:
    """Secrets that end with the program, for tests and trials."""

    kind = "memory"
    description = "Secrets are kept until the program ends."

    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    def get(self, key: str) -> str | None:
        """Return the secret under `key`, or None."""
        return self._values.get(key)

    def put(self, key: str, value: str) -> None:
        """Keep `value` under `key`."""
        self._values[key] = value

    def delete(self, key: str) -> None:
        """Forget the secret under `key`."""
        self._values.pop(key, None)


class KeyringSecrets:
    """Secrets in the keyring of the operating system."""

    kind = "keyring"
    description = "Secrets are kept in the system keychain."

    def get(self, key: str) -> str | None:
        """Return the secret under `key`, or None."""
        import keyring

        return keyring.get_password(SERVICE, key)

    def put(self, key: str, value: str) -> None:
        """Keep `value` under `key`."""
        import keyring
        import keyring.errors

        try:
            keyring.set_password(SERVICE, key, value)
        except keyring.errors.KeyringError as error:
            raise InspectorError("The secret was not stored.", f"The keychain says: {error}.", "Unlock it.") from error

    def delete(self, key: str) -> None:
        """Forget the secret under `key`."""
        import keyring
        import keyring.errors

        with contextlib.suppress(keyring.errors.PasswordDeleteError):
            keyring.delete_password(SERVICE, key)


class FileSecrets:
    """Secrets in one file that only the user can read, for machines without a keyring."""

    kind = "file"
    description = "No keychain found: secrets are stored in a file only you can read."

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME
        self._changing = threading.Lock()  # the file is read and written whole

    def get(self, key: str) -> str | None:
        """Return the secret under `key`, or None."""
        return self._load().get(key)

    def put(self, key: str, value: str) -> None:
        """Keep `value` under `key`."""
        with self._changing:
            self._save({**self._load(), key: value})

    def delete(self, key: str) -> None:
        """Forget the secret under `key`."""
        with self._changing:
            values = self._load()
            if values.pop(key, None) is not None:
                self._save(values)

    def _load(self) -> dict[str, str]:
        try:
            return dict(json.loads(self._path.read_text("utf-8")))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise InspectorError(
                f"The secrets file {self._path} cannot be read.", f"{error}.", "Repair it or move it away."
            ) from error

    def _save(self, values: dict[str, str]) -> None:
        draft = self._path.with_suffix(".tmp")
        try:
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(values, file)
            os.replace(draft, self._path)
        except OSError as error:
            raise InspectorError(
                "The secret was not stored.", f"{error}.", "Free some space, then try again."
            ) from error


def open_secret_store(folder: Path) -> SecretStore:
    """Return the system's keyring where one works, else a file in `folder`.

    A folder that already has a secrets file keeps it, so that secrets do not seem to vanish the day a keyring appears.
    """
    choice = os.environ.get(CHOICE_VARIABLE, "")
    if choice == "file" or (choice != "keyring" and (folder / FILE_NAME).exists()):
        return FileSecrets(folder)
    if choice == "keyring" or _keyring_works():
        return KeyringSecrets()
    return FileSecrets(folder)


def _keyring_works() -> bool:
    try:
        import keyring
        import keyring.backends.fail
        import keyring.backends.null

        backend = keyring.get_keyring()
        if isinstance(backend, keyring.backends.fail.Keyring | keyring.backends.null.Keyring):
            return False
        keyring.get_password(SERVICE, "probe")
    except Exception as error:  # backends raise their own kinds, and a broken one must not stop the program
        _log.info("No keyring can be used: %s", error)
        return False
    return True
