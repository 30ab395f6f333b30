"""One language the code can be written in, and what all of them share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from inspector.formats.verification_code.plan import CannotWrite, Plan

PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
PUBLIC = ("ed25519", "ecdsa", "rsa")


@dataclass(frozen=True, slots=True)
class Language:
    """A language: its name in the menu, its file suffix, and what writes the program."""

    name: str
    suffix: str
    write: Callable[[Plan, str], str]


def refuse(plan: Plan, language: str, *, atoms: tuple[str, ...], functions: tuple[str, ...], public: bool) -> None:
    """Raise CannotWrite where a plan needs what is not written in a language."""
    if plan.kind in PUBLIC and not public:
        raise CannotWrite(f"A public key is checked in Python and Node only; {language} has no example.")
    odd = sorted((plan.atoms - set(atoms)) | (plan.functions - set(functions)))
    if odd:
        raise CannotWrite(f"{language} has no example for {' and '.join(odd)}, which this scheme signs.")


def indent(text: str, by: str) -> str:
    """Return lines moved to the right; empty ones stay empty."""
    return "\n".join(f"{by}{line}" if line else line for line in text.split("\n"))
