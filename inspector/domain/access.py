"""Who may send to an endpoint, how often, and how much."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.domain.endpoint_secret import SecretRef


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most `events` in `per_s` seconds, as a bucket of tokens that holds `events` and fills steadily."""

    events: int
    per_s: float = 1.0


@dataclass(frozen=True, slots=True)
class AccessRule:
    """What a request must fulfil before it is read. Everything that is empty or None asks nothing.

    `allowed` are addresses and networks (`203.0.113.24`, `198.51.100.0/24`, `2001:db8::/32`); `provider_ranges` allows
    those the provider publishes as well. The sender's address is the connection's, but for connections from
    `trusted_peers` (addresses and networks of proxies), where it is what `client_header` says. `rate` is for the
    endpoint as a whole, `sender_rate` for each sender. `max_body_bytes` is 0 for the program's own limit.
    A basic password has its user name here and lies in the secret store under `password.key`. Pages of `cors_origins`
    (`https://app.example.com`, `*` for all) may call from a browser.
    """

    allowed: tuple[str, ...] = ()
    provider_ranges: bool = False
    trusted_peers: tuple[str, ...] = ()
    client_header: str = ""
    rate: RateLimit | None = None
    sender_rate: RateLimit | None = None
    methods: tuple[str, ...] = ()
    max_body_bytes: int = 0
    username: str = ""
    password: SecretRef | None = None
    cors_origins: tuple[str, ...] = ()
