"""The schemes that need code, in one list; everything else is said by a recipe alone.

Each is imported when the first definition asks for its kind: all of them together would take a tenth of the start.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from inspector.signatures.scheme import Scheme


def _basic() -> Scheme:
    from inspector.signatures.basic import BasicScheme

    return BasicScheme()


def _aws_sns() -> Scheme:
    from inspector.signatures.aws_sns import AwsSns

    return AwsSns()


def _paypal() -> Scheme:
    from inspector.signatures.paypal import PayPal

    return PayPal()


def _jwt_scheme() -> Scheme:
    from inspector.signatures.jwt_scheme import JwtScheme

    return JwtScheme()


def _plivo() -> Scheme:
    from inspector.signatures.plivo import PlivoScheme

    return PlivoScheme()


def _contentful() -> Scheme:
    from inspector.signatures.contentful import ContentfulScheme

    return ContentfulScheme()


def _hook0() -> Scheme:
    from inspector.signatures.hook0 import Hook0Scheme

    return Hook0Scheme()


def _prepared() -> Scheme:
    from inspector.signatures.prepared import PreparedScheme

    return PreparedScheme()


def _hubspot() -> Scheme:
    from inspector.signatures.hubspot import HubSpotScheme

    return HubSpotScheme()


def _detached() -> Scheme:
    from inspector.signatures.detached import DetachedScheme

    return DetachedScheme()


def _http_message() -> Scheme:
    from inspector.signatures.http_message import HttpMessageScheme

    return HttpMessageScheme()


SCHEMES: tuple[tuple[str, Callable[[], Scheme]], ...] = (
    ("basic", _basic),
    ("aws-sns", _aws_sns),
    ("paypal", _paypal),
    ("jwt", _jwt_scheme),
    ("plivo-v3", _plivo),
    ("contentful", _contentful),
    ("hook0", _hook0),
    ("hmac-prepared", _prepared),
    ("hubspot-v3", _hubspot),
    ("detached-jws", _detached),
    ("http-message", _http_message),
)
"""Every kind with what makes its scheme."""


@cache
def scheme_of(kind: str) -> Scheme | None:
    """Return the scheme with code for a recipe's kind, None for one the recipe describes completely."""
    make = dict(SCHEMES).get(kind)
    return None if make is None else make()
