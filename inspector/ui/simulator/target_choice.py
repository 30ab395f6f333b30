"""Where made-up events go: to one of our endpoints by one of its addresses, or to a handler of the user's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from inspector.domain.endpoint import Endpoint, EndpointId
from inspector.ui.icons import Icons
from inspector.ui.replay.target_field import SUGGESTED, TargetField
from inspector.ui.theme import Theme
from inspector.ui.widgets.fields import ComboBox
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.segments import Segments

WHERE = (("ours", "This receiver"), ("handler", "A handler"))


@dataclass(frozen=True, slots=True)
class Choice:
    """An endpoint, whose provider and secret are used, and the address; `ours` where events come back to us."""

    endpoint_id: EndpointId
    url: str
    ours: bool


class TargetChoice(QWidget):
    """One row: as which endpoint, to whom, and the address.

    Signals:
        changed: another endpoint or address is chosen.
    """

    changed = Signal()

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        addresses: Callable[[Endpoint], Sequence[tuple[str, str]]],
        history: Sequence[str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._addresses = addresses
        self._endpoints: dict[EndpointId, Endpoint] = {}
        self.endpoint = ComboBox(theme, icons, self, name="Endpoint")
        self.endpoint.setMinimumWidth(170)
        self.where = Segments(theme, WHERE, self, name="Target")
        self.address = ComboBox(theme, icons, self, name="Address")
        self.handler = TargetField(theme, icons, history[0] if history else SUGGESTED, history, self)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.address)
        self._stack.addWidget(self.handler)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 12, 8)
        row.setSpacing(8)
        row.addWidget(Label(theme, "As", self, color="text2"))
        row.addWidget(self.endpoint)
        row.addWidget(Label(theme, "to", self, color="text2"))
        row.addWidget(self.where)
        row.addWidget(self._stack, 1)
        self.endpoint.currentIndexChanged.connect(lambda _place: self._on_endpoint())
        self.where.changed.connect(lambda _key: self._on_where())
        self.address.currentIndexChanged.connect(lambda _place: self.changed.emit())
        self.handler.changed.connect(self.changed)

    def show_endpoints(self, endpoints: Sequence[Endpoint], chosen: EndpointId) -> None:
        """Offer these endpoints."""
        self._endpoints = {endpoint.id: endpoint for endpoint in endpoints}
        self.endpoint.blockSignals(True)
        self.endpoint.clear()
        for endpoint in endpoints:
            self.endpoint.addItem(endpoint.name, endpoint.id)
        self.endpoint.setCurrentIndex(max(self.endpoint.findData(chosen), 0))
        self.endpoint.blockSignals(False)
        self._on_endpoint()

    def prefer(self, provider: str) -> None:
        """Choose an endpoint of this provider where there is one and the chosen one is of another."""
        current = self.current
        if not provider or current is None or current.provider == provider:
            return
        for endpoint in self._endpoints.values():
            if endpoint.provider == provider:
                self.endpoint.setCurrentIndex(self.endpoint.findData(endpoint.id))
                return

    @property
    def current(self) -> Endpoint | None:
        """The chosen endpoint."""
        return self._endpoints.get(EndpointId(int(self.endpoint.currentData() or 0)))

    @property
    def is_ours(self) -> bool:
        """Whether the events come to our own receiver."""
        return self.where.current == "ours"

    @property
    def is_usable(self) -> bool:
        """Whether there is somewhere to send to."""
        if self.current is None:
            return False
        return bool(self.address.currentData()) if self.is_ours else self.handler.is_usable

    def chosen(self) -> Choice:
        """Return what is chosen."""
        current = self.current
        url = str(self.address.currentData() or "") if self.is_ours else self.handler.text
        return Choice(current.id if current is not None else EndpointId(0), url, self.is_ours)

    def remember(self) -> None:
        """Keep a handler's address among the earlier ones."""
        if not self.is_ours:
            self.handler.remember()

    def _on_endpoint(self) -> None:
        self.address.blockSignals(True)
        self.address.clear()
        current = self.current
        for name, url in self._addresses(current) if current is not None else ():
            self.address.addItem(f"{name}  {url}", url)
        self.address.blockSignals(False)
        self.changed.emit()

    def _on_where(self) -> None:
        self._stack.setCurrentWidget(self.address if self.is_ours else self.handler)
        self.changed.emit()
