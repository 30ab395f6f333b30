"""The reasons of failed encrypted connections."""

from __future__ import annotations

import ssl

import pytest

from inspector.receiver.hello import Hello
from inspector.receiver.tls_words import covers, handshake_failure, left_at_once, not_tls

NAMES = ("localhost", "*.hooks.example.com", "192.168.1.7", "::1")


def openssl(reason: str) -> ssl.SSLError:
    """Return an error as OpenSSL's binding makes them."""
    error = ssl.SSLError(1, f"[SSL: {reason}] words")
    error.reason = reason
    return error


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("TLSV1_ALERT_UNKNOWN_CA", "does not know who issued it"),
        ("SSLV3_ALERT_BAD_CERTIFICATE", "refused our certificate"),
        ("SSLV3_ALERT_CERTIFICATE_EXPIRED", "expired"),
        ("NO_SHARED_CIPHER", "no cipher or key exchange in common"),
        ("WRONG_VERSION_NUMBER", "no TLS handshake"),
        ("TLSV1_ALERT_PROTOCOL_VERSION", "refused the version"),
        ("SOMETHING_NEW", "something new"),
    ],
)
def test_openssls_reasons_become_sentences(reason: str, words: str) -> None:
    sentence = handshake_failure(openssl(reason), None, NAMES, "1.2")
    assert words in sentence
    assert sentence.endswith(".")


def test_too_old_a_client_is_told_with_both_versions() -> None:
    sentence = handshake_failure(openssl("UNSUPPORTED_PROTOCOL"), Hello("x", ("TLS 1.0", "TLS 1.1")), NAMES, "1.2")
    assert sentence == "The newest version the client can is TLS 1.1; this port takes TLS 1.2 and newer."


def test_a_wrong_name_explains_a_refused_certificate() -> None:
    sentence = handshake_failure(openssl("SSLV3_ALERT_BAD_CERTIFICATE"), Hello("shop.example.com"), NAMES, "1.2")
    assert "It asked for shop.example.com, and the certificate is for localhost" in sentence


def test_a_right_name_leads_to_the_trust_guide() -> None:
    sentence = handshake_failure(openssl("TLSV1_ALERT_UNKNOWN_CA"), Hello("localhost"), NAMES, "1.2")
    assert "Settings, HTTPS" in sentence


def test_a_client_that_leaves_after_the_handshake_is_told_about_its_name_or_its_trust() -> None:
    assert "It asked for shop.example.com" in left_at_once(Hello("shop.example.com"), NAMES)
    assert "Node.js" not in left_at_once(Hello("shop.example.com"), NAMES)
    assert "Node.js" in left_at_once(Hello("localhost"), NAMES)
    assert "Node.js" in left_at_once(None, NAMES)


def test_a_client_that_takes_too_long_and_one_that_leaves_are_told_apart() -> None:
    assert "in time" in handshake_failure(ConnectionAbortedError(), Hello(), NAMES, "1.2")
    assert "hung up" in handshake_failure(ConnectionResetError(), None, NAMES, "1.2")


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"POST /in/x HTTP/1.1\r\n", "plain HTTP"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "SSH"),
        (b"\x80\x2e\x01\x03\x01", "SSL 2"),
        (b"\x00\x01\x02\x03", "neither TLS nor HTTP"),
        (b"hello there", "neither TLS nor HTTP"),
    ],
)
def test_what_is_no_tls_is_named(head: bytes, words: str) -> None:
    assert words in not_tls(head)


@pytest.mark.parametrize(
    ("host", "good"),
    [
        ("localhost", True),
        ("LOCALHOST.", True),
        ("a.hooks.example.com", True),
        ("hooks.example.com", False),
        ("a.b.hooks.example.com", False),
        ("192.168.1.7", True),
        ("192.168.1.8", False),
        ("0:0::1", True),
        ("[::1]", True),
    ],
)
def test_names_are_compared_as_clients_do(host: str, good: bool) -> None:
    assert covers(NAMES, host) is good
