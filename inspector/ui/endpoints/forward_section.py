"""Where an endpoint's events go on to while they come in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout

from inspector.ui.endpoints.endpoint_form import EndpointForm
from inspector.ui.endpoints.form_parts import FormSection
from inspector.ui.endpoints.forward_card import ForwardCard
from inspector.ui.endpoints.forward_form import ForwardForm, new_forward
from inspector.ui.widgets.buttons import link_button


class ForwardSection(FormSection):
    """One card for each rule, and one more at a click."""

    def rows(self) -> Iterator[None]:
        self.cards: list[ForwardCard] = []
        self._list = QVBoxLayout()
        self._list.setSpacing(10)
        self.add_button = link_button(self.theme, self.icons, "Forward events", self.add_rule, self)
        self._list.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.add_layout(self._list)
        for form in self.start.forwards:
            yield
            self._append(form)

    def read(self, form: EndpointForm) -> EndpointForm:
        return replace(form, forwards=tuple(card.form for card in self.cards))

    def add_rule(self) -> None:
        """Add an empty rule and go to its address."""
        card = self._append(new_forward())
        self.tell()
        card.targets.setFocus()

    def show_problems(self, found: Mapping[str, str]) -> bool:
        """Show the reasons on the cards they belong to."""
        wrong = [card for card in self.cards if card.show_problems(found)]
        return bool(wrong)

    def _append(self, form: ForwardForm) -> ForwardCard:
        card = ForwardCard(self.theme, self.icons, form)
        card.changed.connect(self.tell)
        card.removed.connect(lambda: self._remove(card))
        card.test_wanted.connect(self.test_wanted)
        self._list.insertWidget(len(self.cards), card)
        self.cards.append(card)
        self.fields |= card.fields
        self.add_button.setText("Forward somewhere else as well")
        return card

    def _remove(self, card: ForwardCard) -> None:
        self.cards.remove(card)
        for key in card.fields:
            self.fields.pop(key)
        self._list.removeWidget(card)
        card.hide()
        card.deleteLater()
        if not self.cards:
            self.add_button.setText("Forward events")
        self.add_button.setFocus()
        self.tell()
