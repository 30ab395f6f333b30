"""What a diagnosis ends in: one cause, one sentence, one thing to do, and what was tried on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Cause(StrEnum):
    """Why a signature is not valid."""

    FIXED = "fixed"  # with today's settings it is valid
    FORMER_SECRET = "former_secret"
    OTHER_ENDPOINT = "other_endpoint"
    SECRET_BLANKS = "secret_blanks"
    SECRET_LINE_BREAK = "secret_line_break"
    ID_AS_SECRET = "id_as_secret"
    SECRET_DECODED = "secret_decoded"
    SECRET_RAW = "secret_raw"
    SECRET_FORM = "secret_form"
    KEY_NAME = "key_name"
    ENCODING = "encoding"
    PREFIX = "prefix"
    HASH = "hash"
    SIGNED_TEXT = "signed_text"
    LINE_BREAK = "line_break"
    JSON_REWRITTEN = "json_rewritten"
    LINE_ENDINGS = "line_endings"
    TEXT_ENCODING = "text_encoding"
    FORM_REWRITTEN = "form_rewritten"
    COMPRESSED = "compressed"  # signed as it is inflated, sent compressed
    INFLATED = "inflated"  # signed compressed, inflated on the way
    ADDRESS = "address"
    INNER_FIELD = "inner_field"
    OTHER_PROVIDER = "other_provider"
    OTHER_HEADER = "other_header"
    CLOCK = "clock"
    LATE = "late"
    TIME_UNIT = "time_unit"
    VALUE_MISSING = "value_missing"
    HEADER_CUT = "header_cut"
    BODY_CUT = "body_cut"
    BODY_CHANGED = "body_changed"
    UNREADABLE = "unreadable"
    UNSIGNED = "unsigned"
    NO_SECRET = "no_secret"
    DOCUMENT = "document"  # a certificate or a key set is needed
    UNKNOWN = "unknown"


class Do(StrEnum):
    """What an action does; each one can be carried out as it stands."""

    ACCEPT_FORMER = "accept_former"  # ref_key
    ADD_SECRET = "add_secret"  # value, named `name`
    REPLACE_SECRET = "replace_secret"  # ref_key, value
    EDIT_SECRET = "edit_secret"
    SWITCH_PROVIDER = "switch_provider"  # provider
    OWN_SCHEME = "own_scheme"  # changes: keys of the signing table
    SET_ADDRESS = "set_address"  # value
    SET_LIMIT = "set_limit"  # seconds
    ACCEPT_UNSIGNED = "accept_unsigned"
    CHECK_AGAIN = "check_again"
    SHOW_BYTES = "show_bytes"
    HOW_TO_FIX = "how_to_fix"
    GET_DOCUMENT = "get_document"  # value: its address
    PASTE_DOCUMENT = "paste_document"  # value: its address
    OPEN_ENDPOINT = "open_endpoint"  # endpoint_id


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do: its button's words and what it needs. `value` may be a secret and never shows itself."""

    do: Do
    words: str
    ref_key: str = ""
    value: str = field(default="", repr=False)
    name: str = ""
    provider: str = ""
    seconds: int = 0
    endpoint_id: int = 0
    changes: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Tried:
    """One trial: what it varied, how many variations were computed, and whether one of them fits."""

    name: str
    count: int
    fits: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """The variation that fits: whose secret ("previous secret"), its ending, what was signed and the signature made.

    `signed` is None where the scheme's own code makes the signed text, `made` is "" where nothing is computed.
    """

    secret: str = ""
    ending: str = ""
    words: str = ""
    made: str = ""
    signed: bytes | None = None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The likely cause. `title` goes on after "Likely cause: ", `sentence` explains it, `guide` says how to fix it.

    `certain` tells that a variation was found which makes the signature valid; without it the cause is a guess from
    what the request looks like. `others` are further things the user may want to do.
    """

    cause: Cause
    title: str
    sentence: str
    action: Action
    others: tuple[Action, ...] = ()
    guide: str = ""
    certain: bool = True
    match: Match | None = None
    tried: tuple[Tried, ...] = ()
    complete: bool = True  # False where the time allowed ended before every combination was tried

    @property
    def count(self) -> int:
        """How many variations were computed."""
        return sum(tried.count for tried in self.tried)
