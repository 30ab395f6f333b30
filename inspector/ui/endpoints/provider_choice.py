"""The provider of an endpoint as one field: its button, its list, and the catalogue read when the list first opens."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from inspector.providers.catalogue import Catalogue
from inspector.providers.profile import Profile
from inspector.signatures.engine import signature_headers
from inspector.ui.endpoints.provider_picker import ProviderButton, ProviderList
from inspector.ui.endpoints.provider_shelf import ProviderShelf
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme


def title_of(profile: Profile) -> str:
    """Return a provider's name with the header its signature is in: "RCS events (X-Webhook-Signature)"."""
    headers = signature_headers(profile.recipes)
    return f"{profile.name} ({headers[0]})" if headers else profile.name


class ProviderChoice(ProviderButton):
    """A ProviderButton that knows which provider is chosen and opens the list by itself.

    Signals:
        changed(str): another provider was chosen, by its id.
    """

    changed = Signal(str)

    def __init__(self, theme: Theme, icons: Icons, catalogue: Catalogue) -> None:
        super().__init__(theme, icons)
        self._catalogue = catalogue
        self._shelf = ProviderShelf(catalogue, (), self)
        self._list: ProviderList | None = None
        self.provider_id = ""
        self.show_provider("Not signed")
        self.opened.connect(self.open_list)

    def choose(self, provider: str) -> None:
        """Take a provider by its id; "" is no signature."""
        if provider == self.provider_id:
            return
        self.provider_id = provider
        profile = self._catalogue.get(provider)
        self.show_provider("Not signed" if profile is None else title_of(profile))
        self.changed.emit(provider)

    def open_list(self) -> None:
        """Open the list under the button; it fills while the catalogue is being read."""
        if self._list is not None:
            return
        host: QWidget = self.window()
        found = ProviderList(self._theme, self._icons, self.provider_id, host)
        self._list = found
        found.chosen.connect(self.choose)
        found.closed.connect(self._forget)
        self._shelf.grown.connect(self._fill)
        self._shelf.start()
        self._fill()
        found.open_under(self)

    def _fill(self) -> None:
        if self._list is not None:
            self._list.set_rows(self._shelf.rows, loading=self._shelf.loading)

    def _forget(self) -> None:
        self._list = None
        self._shelf.grown.disconnect(self._fill)
        self.setFocus()
