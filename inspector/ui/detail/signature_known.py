"""What is found out about a signature after the event is shown: the cause, the signed text, a later check."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.domain.verification import Verification
from inspector.signatures.diagnosis.cause import Diagnosis
from inspector.signatures.diagnosis.signed_text import Part


@dataclass(frozen=True, slots=True)
class CodeChoice:
    """A language of `Copy verification code`; `reason` says why there is no code in it, "" where there is."""

    language: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """Everything beyond the verdict at receipt.

    `diagnosis` is None for a valid signature and where the endpoint's scheme is unknown. `recheck` is the verdict of
    a later check.
    """

    diagnosis: Diagnosis | None = None
    parts: tuple[Part, ...] = ()
    recheck: Verification | None = None
    codes: tuple[CodeChoice, ...] = ()
