"""What is wrong with a certificate, in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from inspector.receiver.certificates import examine
from inspector.receiver.https_facts import days_left
from tests.issued import Issued, an_authority, an_intermediate, issue

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


def server(**options: object) -> Issued:
    """Return a server's certificate under the intermediate authority."""
    options.setdefault("names", ("hooks.example.com", "192.0.2.9"))
    return issue("hooks.example.com", an_intermediate(), **options)  # type: ignore[arg-type]


def chain(*links: Issued) -> bytes:
    return b"".join(link.pem for link in links)


def codes(certificate: bytes, key: bytes, passphrase: str | None = None, now: datetime = NOW) -> list[str]:
    return [problem.code for problem in examine(certificate, key, passphrase, now).problems]


def test_a_whole_chain_with_its_key_is_good_and_told_about() -> None:
    ours = server()
    examined = examine(chain(ours, an_intermediate(), an_authority()), ours.key_pem, None, NOW)
    assert examined.problems == ()
    facts = examined.facts
    assert facts is not None
    assert (facts.names, facts.issuer, facts.key) == (
        ("hooks.example.com", "192.0.2.9"),
        "Test Issuing CA",
        "EC P-256",
    )
    assert facts.chain == ("hooks.example.com", "Test Issuing CA", "Test Root")


def test_a_key_of_another_certificate_is_fatal() -> None:
    examined = examine(chain(server(), an_intermediate()), server().key_pem, None, NOW)
    assert examined.fatal is not None
    assert examined.fatal.words == "The key does not belong to the certificate for hooks.example.com."


def test_a_chain_in_the_wrong_order_names_what_has_to_come_first() -> None:
    ours = server()
    fatal = examine(chain(an_intermediate(), ours), ours.key_pem, None, NOW).fatal
    assert fatal is not None
    assert fatal.code == "order"
    assert "begins with Test Issuing CA, and hooks.example.com comes as number 2" in fatal.words
    assert fatal.todo.startswith("Put hooks.example.com first")


def test_an_expired_certificate_is_told_with_its_day_and_still_works() -> None:
    ours = server(since=datetime(2024, 1, 1, tzinfo=UTC), until=datetime(2024, 12, 20, 12, tzinfo=UTC))
    examined = examine(chain(ours, an_intermediate()), ours.key_pem, None, NOW)
    assert examined.fatal is None
    assert examined.problems[0].words == "The certificate expired on 20 December 2024."


def test_a_certificate_of_the_future_is_told() -> None:
    ours = server(since=NOW + 2 * DAY)
    assert codes(chain(ours, an_intermediate()), ours.key_pem) == ["not_yet"]


@pytest.mark.parametrize(("days", "found"), [(13, ["expires"]), (15, [])])
def test_the_end_is_announced_from_fourteen_days(days: int, found: list[str]) -> None:
    ours = server(until=NOW + days * DAY)
    assert codes(chain(ours, an_intermediate()), ours.key_pem) == found


def test_a_certificate_without_names_is_told() -> None:
    ours = server(names=())
    assert codes(chain(ours, an_intermediate()), ours.key_pem) == ["no_names"]


def test_a_certificate_alone_asks_for_the_full_chain() -> None:
    ours = server()
    problem = examine(ours.pem, ours.key_pem, None, NOW).problems[0]
    assert problem.code == "alone"
    assert "Test Issuing CA" in problem.words


def test_a_self_signed_certificate_alone_is_all_there_is() -> None:
    ours = issue("localhost", names=("localhost",))
    assert codes(ours.pem, ours.key_pem) == []


def test_a_link_that_does_not_belong_is_named() -> None:
    ours, stranger = server(), issue("Another Root", authority=True)
    problem = examine(chain(ours, stranger), ours.key_pem, None, NOW).problems[0]
    assert problem.words == "Certificate 2 of the file (Another Root) did not issue number 1."


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_an_encrypted_key_needs_its_passphrase(form: PrivateFormat) -> None:
    ours = server()
    pem, locked = chain(ours, an_intermediate()), ours.locked("open sesame", form)
    assert codes(pem, locked) == ["locked"]
    assert codes(pem, locked, "wrong") == ["passphrase"]
    assert codes(pem, locked, "open sesame") == []


def test_a_passphrase_that_is_not_needed_does_no_harm() -> None:
    ours = server()
    assert codes(chain(ours, an_intermediate()), ours.key_pem, "left over") == []


def test_one_file_may_hold_certificate_and_key() -> None:
    ours = server()
    both = ours.key_pem + chain(ours, an_intermediate())
    assert codes(both, both) == []


def test_swapped_files_are_recognised() -> None:
    ours = server()
    assert "swapped" in examine(ours.key_pem, ours.pem, None, NOW).problems[0].todo
    assert "swapped" in examine(chain(ours, an_intermediate()), ours.pem, None, NOW).problems[0].todo


def test_a_binary_file_is_told_how_to_become_pem() -> None:
    ours = server()
    problem = examine(ours.certificate.public_bytes(Encoding.DER), ours.key_pem, None, NOW).problems[0]
    assert "openssl x509 -inform der" in problem.todo


@pytest.mark.parametrize("data", [b"", b"no certificate at all", b"-----BEGIN CERTIFICATE-----\nAAAA"])
def test_a_file_without_a_certificate_is_fatal(data: bytes) -> None:
    assert codes(data, b"") == ["no_certificate"]


def test_a_damaged_certificate_is_told_by_its_number() -> None:
    ours = server()
    broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    problem = examine(ours.pem + broken, ours.key_pem, None, NOW).problems[0]
    assert (problem.code, problem.fatal) == ("unreadable", True)
    assert problem.words.startswith("Certificate 2 of the file cannot be read")


def test_a_short_rsa_key_is_told() -> None:
    ours = server(key=rsa.generate_private_key(65537, 1024))
    assert codes(chain(ours, an_intermediate()), ours.key_pem) == ["weak_key"]


def test_a_key_that_cannot_sign_for_tls_is_told() -> None:
    from cryptography.hazmat.primitives.asymmetric import x25519

    key = x25519.X25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    assert codes(chain(server(), an_intermediate()), pem) == ["key_kind"]


def test_the_kinds_of_keys_have_names() -> None:
    kinds = [
        issue("a", names=("a",), key=key).pem  # type: ignore[arg-type]
        for key in (ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65537, 2048))
    ]
    named = [facts.key for pem in kinds if (facts := examine(pem, b"", None, NOW).facts) is not None]
    assert named == ["EC P-384", "RSA 2048"]


@pytest.mark.parametrize(("until", "words"), [(NOW, "today"), (NOW + DAY, "tomorrow"), (NOW + 9 * DAY, "in 9 days")])
def test_days_are_said_as_people_do(until: datetime, words: str) -> None:
    assert days_left(until, NOW) == words
