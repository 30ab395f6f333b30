"""One way the sender may have differed from what is stored: another secret, another signed text, another request."""

from __future__ import annotations

from dataclasses import dataclass, field

from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.providers.profile import Profile
from inspector.signatures.diagnosis.case import KnownSecret
from inspector.signatures.diagnosis.cause import Cause
from inspector.signatures.place import Place


@dataclass(frozen=True, slots=True)
class Variant:
    """What differs; what is not set is as stored.

    `words` goes into the sentence ("a line break at its end"). `origin` is the stored secret that `secret` was made
    of, `key` the form the secret is turned into a key by, `signed` a template of the signed text, `place` another
    place of the signature, `profile` another provider, `changes` further keys of the signing table.
    """

    cause: Cause
    words: str = ""
    secret: Secret | None = field(default=None, repr=False)
    origin: KnownSecret | None = None
    key: str = ""
    signed: str = ""
    request: Request | None = None
    url: str | None = None
    place: Place | None = None
    add_break: bool = False
    profile: Profile | None = None
    changes: tuple[tuple[str, object], ...] = ()

    @property
    def changes_secret(self) -> bool:
        """Whether it is about the key, so that it can be combined with one that is about the text."""
        return self.secret is not None or bool(self.key)

    def with_text_of(self, other: Variant) -> Variant:
        """Return this variation of the key together with another's of the text; the cause stays this one's."""
        return Variant(
            self.cause,
            self.words,
            self.secret,
            self.origin,
            self.key,
            other.signed,
            other.request,
            other.url,
            other.place,
        )
