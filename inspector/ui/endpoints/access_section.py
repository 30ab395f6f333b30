"""Who may send to an endpoint, how often, and how much."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QCompleter, QHBoxLayout

from inspector.domain.access import AccessRule
from inspector.providers.profile import Profile
from inspector.settings import MIB
from inspector.tunnels.sender import INNER_PEER, can_trust, trusting
from inspector.ui.endpoints.access_form import CLIENT_HEADERS
from inspector.ui.endpoints.chip_field import ChipField
from inspector.ui.endpoints.endpoint_form import EndpointForm
from inspector.ui.endpoints.form_parts import FormSection
from inspector.ui.form import Row
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import IconButton, link_button
from inspector.ui.widgets.fields import ComboBox, TextField
from inspector.ui.widgets.secret_field import DOT, SecretField

PERIODS = ((1.0, "a second"), (60.0, "a minute"), (3600.0, "an hour"))


class _PasswordField(SecretField):
    """A person made this one up: unlike a random secret it gives nothing away, not even its end."""

    def shown_text(self, room_px: float) -> str:
        return DOT * len(super().shown_text(room_px))


class AccessSection(FormSection):
    """Addresses, rates, the largest body, a password, and the pages of browsers.

    Signals:
        https_wanted: HTTPS belongs to the whole receiver; its settings are wanted.
    """

    https_wanted = Signal()

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        form: EndpointForm,
        kept_in: str,
        largest_body: int,
        told: Callable[[], object],
        sender_header: str = "",
    ) -> None:
        super().__init__(theme, icons, "access", "Access", "Who may call this endpoint.", form, told)
        self._kept_in, self._largest_body, self._sender_header = kept_in, largest_body, sender_header

    def rows(self) -> Iterator[None]:
        yield from self._address_rows()
        yield from self._rate_rows()
        yield from self._password_rows()

    def _address_rows(self) -> Iterator[None]:
        form = self.start.access
        self.allowed = self._chips(form.allowed, "IP allow-list", "Add address or range")
        hint = "Calls from other addresses get 403 and are listed as Blocked. Empty lets everybody in."
        self.keep("allowed", self.add("IP allow-list", self.allowed, stretch=0, hint=hint), self.allowed)
        self.provider_ranges = self.check_box("The addresses the provider publishes as well", form.provider_ranges)
        self._ranges_row = self.add("", self.provider_ranges)
        yield
        self.trusted = self._chips(form.trusted_peers, "Trusted proxies", "Add address or range")
        hint = f"Only from these is the sender's address taken from a header. A tunnel comes from {INNER_PEER}."
        row = self.add("Trusted proxies", self.trusted, stretch=0, hint=hint)
        self.keep("trusted_peers", row, self.trusted)
        self.client_header = self.field(form.client_header, "Client address header", CLIENT_HEADERS[0], mono=True)
        completer = QCompleter(CLIENT_HEADERS, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.client_header.setCompleter(completer)
        row = self.add("Address header", self.client_header, stretch=0)
        self.keep("client_header", row, self.client_header)
        words = f"Trust the tunnel's header {self._sender_header}"
        self.trust_tunnel = link_button(self.theme, self.icons, words, self._trust_tunnel)
        hint = f"Through the tunnel every sender has the address {INNER_PEER}; this header says who it really is."
        self._trust_row = self.add("", self.trust_tunnel, hint=hint)
        for changed in (self.trusted.changed, self.client_header.textChanged):
            changed.connect(self._show_offer)
        self._show_offer()
        yield

    def _rule(self) -> AccessRule:
        return AccessRule(trusted_peers=self.trusted.values, client_header=self.client_header.text().strip())

    def _show_offer(self, *_said: object) -> None:
        """Offer the tunnel's header while a click would change something."""
        self._trust_row.setVisible(can_trust(self._rule(), self._sender_header))

    def _trust_tunnel(self) -> None:
        rule = trusting(self._rule(), self._sender_header)
        self.trusted.set_values(rule.trusted_peers)
        self.client_header.setText(rule.client_header)
        self.client_header.setFocus()  # the link goes, and the keys shall not get lost with it

    def _rate_rows(self) -> Iterator[None]:
        form = self.start.access
        self.rate, self.rate_per, row = self._rate("Rate limit", form.rate, form.rate_per)
        self.keep("rate", row, self.rate)
        self.sender_rate, self.sender_rate_per, row = self._rate(
            "Of one sender", form.sender_rate, form.sender_rate_per
        )
        self.keep("sender_rate", row, self.sender_rate)
        row.set_hint("More than that gets 429 with Retry-After. Empty sets no limit.")
        yield
        own = f"{self._largest_body / MIB:.4g}"
        self.max_body = self.field(form.max_body_mb, "Largest body", own if self._largest_body else "", width=80)
        hint = "Larger ones get 413."
        if self._largest_body:
            hint += f" Empty leaves it to the receiver: {own} MB."
        self.keep("max_body_mb", self.add("Largest body", self.max_body, "MB", hint=hint), self.max_body)
        yield

    def _password_rows(self) -> Iterator[None]:
        form = self.start.access
        self.username = self.field(form.username, "User name", "User name")
        self.password = _PasswordField(self.theme, form.password, name="Password")
        self.password.setPlaceholderText("Password")
        self.password.textChanged.connect(self.tell)
        self.show_password = IconButton(self.theme, self.icons, "eye", "Show the password")
        self.show_password.clicked.connect(self._toggle_password)
        hint = f"Basic authentication; others get 401. {self._kept_in}".strip()
        row = self.add("Password", self.username, self.password, self.show_password, stretch=1, hint=hint)
        self.username.setMinimumSize(QSize(120, 0))
        self.keep("username", row, self.username)
        yield
        self.origins = self._chips(self.start.access.cors_origins, "Browser origins", "Add https://app.example.com")
        hint = "Pages of these origins may send from a browser (CORS); * is all of them."
        self.keep("cors_origins", self.add("Browser origins", self.origins, stretch=0, hint=hint), self.origins)
        link = link_button(self.theme, self.icons, "HTTPS is set for the whole receiver", self.https_wanted.emit, self)
        holder = QHBoxLayout()
        holder.setContentsMargins(0, 4, 0, 0)
        holder.addWidget(link)
        holder.addStretch(1)
        self.add_layout(holder)

    def read(self, form: EndpointForm) -> EndpointForm:
        access = replace(
            form.access,
            allowed=self.allowed.values,
            provider_ranges=self.provider_ranges.isChecked(),
            trusted_peers=self.trusted.values,
            client_header=self.client_header.text().strip(),
            rate=self.rate.text(),
            rate_per=float(self.rate_per.currentData()),
            sender_rate=self.sender_rate.text(),
            sender_rate_per=float(self.sender_rate_per.currentData()),
            max_body_mb=self.max_body.text(),
            username=self.username.text(),
            password=self.password.text(),
            cors_origins=self.origins.values,
        )
        return replace(form, access=access)

    def show_provider(self, profile: Profile | None) -> None:
        """Offer the provider's published ranges where it has any."""
        ranges = profile.ranges if profile is not None else ()
        self._ranges_row.setVisible(bool(ranges) or self.provider_ranges.isChecked())
        count = f"{len(ranges)} range{'' if len(ranges) == 1 else 's'} of {profile.name}." if profile and ranges else ""
        self._ranges_row.set_hint(count or "This provider publishes none, so nothing is let in by this.")

    def _chips(self, values: tuple[str, ...], name: str, placeholder: str) -> ChipField:
        chips = ChipField(self.theme, self.icons, values, name, placeholder)
        chips.changed.connect(self.tell)
        return chips

    def _rate(self, label: str, events: str, per_s: float) -> tuple[TextField, ComboBox, Row]:
        field = self.field(events, label, "no limit", width=80)
        known = dict(PERIODS)
        periods = [*PERIODS, *(((per_s, f"in {per_s:g} s"),) if per_s not in known else ())]
        box = self.box(periods, per_s, f"{label}, in what time")
        return field, box, self.add(label, field, "events", box)

    def _toggle_password(self) -> None:
        shown = self.password.echoMode() is SecretField.EchoMode.Password
        self.password.set_shown(shown)
        self.show_password.set_icon_name("eye-off" if shown else "eye")
        self.show_password.set_name("Cover the password" if shown else "Show the password")
