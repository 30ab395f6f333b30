"""What is tried, in order: the first variation that fits is the likely cause."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from inspector.domain.verification import Verdict
from inspector.signatures.diagnosis import (
    address_trials,
    body_trials,
    other_trials,
    secret_trials,
    text_trials,
)
from inspector.signatures.diagnosis.ground import Ground
from inspector.signatures.diagnosis.variant import Variant

INVALID = frozenset({Verdict.INVALID})
SIGNED = frozenset({Verdict.INVALID, Verdict.NO_SECRET})
ANY = frozenset({Verdict.INVALID, Verdict.UNSIGNED})


@dataclass(frozen=True, slots=True)
class Trial:
    """One idea: its name for the list of checks, its variations, and the verdicts it may explain."""

    name: str
    variants: Callable[[Ground], Iterator[Variant | None]]
    explains: frozenset[Verdict] = INVALID
    of_text: bool = False  # about what is signed, so of no use for a token


TRIALS: tuple[Trial, ...] = (
    Trial("Previous secrets", secret_trials.former_secrets, SIGNED),
    Trial("Secrets of other endpoints", secret_trials.other_endpoints, SIGNED),
    Trial("Secret without blanks", secret_trials.blanks),
    Trial("Secret with a line break", secret_trials.line_breaks),
    Trial("Secret decoded, or as it is", secret_trials.forms),
    Trial("Name of the key", secret_trials.key_names),
    Trial("An ID as secret", secret_trials.ids),
    Trial("Other ways to write a signature", other_trials.public_key_forms),
    Trial("Other labels", other_trials.token_prefixes),
    Trial("Line break at the end", body_trials.line_breaks, of_text=True),
    Trial("Compressed or not", body_trials.inflated, of_text=True),
    Trial("Timestamp, ID and address in the text", text_trials.signed_texts, of_text=True),
    Trial("A plain hash", text_trials.plain_hashes, of_text=True),
    Trial("Other line breaks", body_trials.line_endings, of_text=True),
    Trial("JSON written anew", body_trials.json_rewritten, of_text=True),
    Trial("Other character coding", body_trials.text_encodings, of_text=True),
    Trial("Form encoded anew", body_trials.form_rewritten, of_text=True),
    Trial("Other addresses", address_trials.addresses, of_text=True),
    Trial("A field of the body", text_trials.inner_fields, of_text=True),
    Trial("Compressed again", body_trials.compressed, of_text=True),
    Trial("Other providers", other_trials.other_providers, ANY),
    Trial("Other headers", other_trials.other_headers, ANY),
)
"""Secrets first, because they are the commonest cause and the cheapest to try; other providers late, because their
definitions may have to be read for it."""
