"""Standard output and error, made so that every text can be written to them, whatever they are connected to.

A pipe on Windows takes the letters of one code page, a terminal with LANG=C only ASCII, and a program that was started
without them has neither. What cannot be written is shown by what looks like it, or by a question mark.
"""

from __future__ import annotations

import codecs
import os
import sys
from io import TextIOWrapper

_ERRORS = "look-alike"

_LOOK_ALIKES = {"…": "...", **dict(zip("“”‘’–—−×·→←•µ\u00a0\u202f", "\"\"''---x-><*u  ", strict=True))}


def prepare_streams() -> None:
    """Let standard output and error take every text; one that is closed becomes one that keeps nothing."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # open until the program ends
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    codecs.register_error(_ERRORS, _look_alike)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # Half of a pair of surrogates cannot be written in UTF-8 either.
            stream.reconfigure(errors=_ERRORS)


def takes_unicode() -> bool:
    """Whether standard output takes every letter. JSON has escapes for those it does not take."""
    return (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("-", "").startswith("utf")


def _look_alike(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    return "".join(_LOOK_ALIKES.get(letter, "?") for letter in text), error.end
