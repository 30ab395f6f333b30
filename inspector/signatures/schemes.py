"""The schemes that need code, in one list; everything else is said by a recipe alone."""

from __future__ import annotations

from inspector.signatures.aws_sns import AwsSns
from inspector.signatures.basic import BasicScheme
from inspector.signatures.contentful import ContentfulScheme
from inspector.signatures.detached import DetachedScheme
from inspector.signatures.hook0 import Hook0Scheme
from inspector.signatures.http_message import HttpMessageScheme
from inspector.signatures.hubspot import HubSpotScheme
from inspector.signatures.jwt_scheme import JwtScheme
from inspector.signatures.paypal import PayPal
from inspector.signatures.plivo import PlivoScheme
from inspector.signatures.prepared import PreparedScheme
from inspector.signatures.scheme import Scheme

SCHEMES: tuple[Scheme, ...] = (
    BasicScheme(),
    AwsSns(),
    PayPal(),
    JwtScheme(),
    PlivoScheme(),
    ContentfulScheme(),
    Hook0Scheme(),
    PreparedScheme(),
    HubSpotScheme(),
    DetachedScheme(),
    HttpMessageScheme(),
)


_BY_KIND = {scheme.kind: scheme for scheme in SCHEMES}


def scheme_of(kind: str) -> Scheme | None:
    """Return the scheme with code for a recipe's kind, None for one the recipe describes completely."""
    return _BY_KIND.get(kind)
