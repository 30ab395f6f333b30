"""Failures in few words: what the titles say, for a narrow column."""

from __future__ import annotations

import asyncio
import socket
import ssl

import pytest

from inspector.replay.failures import short_title, trouble_of
from inspector.replay.response_reader import ProtocolProblem
from inspector.replay.target import parse_target

TARGET = parse_target("https://shop.example:8443/hook")


def _tls(error: ssl.SSLError) -> ssl.SSLError:
    """Return an error with what the ssl module gives it."""
    error.reason = "HANDSHAKE_FAILURE"
    if isinstance(error, ssl.SSLCertVerificationError):
        error.verify_code, error.verify_message = 18, "self-signed certificate"
    return error


@pytest.mark.parametrize(
    ("error", "short"),
    [
        (ConnectionRefusedError(), "Refused"),
        (socket.gaierror(), "Host not found"),
        (_tls(ssl.SSLCertVerificationError()), "Not trusted"),
        (_tls(ssl.SSLError()), "No encryption"),
        (ConnectionResetError(), "Hung up"),
        (asyncio.IncompleteReadError(b"", 1), "Hung up"),
        (ProtocolProblem("It said nothing of a status."), "No HTTP"),
        (OSError(101, "Network is unreachable"), "Unreachable"),
        (TimeoutError(), "No answer within 5 s"),
    ],
)
def test_every_trouble_has_a_short_title(error: Exception, short: str) -> None:
    assert short_title(trouble_of(error, TARGET, connected=True, timeout_s=5).title) == short


@pytest.mark.parametrize("error", [TimeoutError(), ConnectionResetError()])
def test_a_target_that_begins_no_encryption_is_told_apart_from_one_that_is_not_there(error: Exception) -> None:
    trouble = trouble_of(error, TARGET, connected=False, timeout_s=5, encrypting=True)
    assert trouble.title == "No encrypted connection to shop.example:8443"
    assert "Try http://" in trouble.hint


@pytest.mark.parametrize("title", ["", "503", "Something else"])
def test_other_words_stay_as_they_are(title: str) -> None:
    assert short_title(title) == title
