"""The authority this computer makes for itself."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from inspector.domain.errors import InspectorError
from inspector.receiver import authority
from inspector.receiver.authority import LEAF_DAYS, Files, ensure, files_in
from inspector.receiver.certificates import examine, names_of
from inspector.receiver.own_names import own_names

NAMES = ("localhost", "desk", "desk.local", "127.0.0.1", "::1", "192.168.1.7", "203.0.113.5")
NOW = datetime.now(UTC)


def leaf_of(files: Files) -> x509.Certificate:
    return x509.load_pem_x509_certificate(files.certificate.read_bytes())


def test_a_new_authority_makes_a_certificate_that_is_good_for_every_name(tmp_path: Path) -> None:
    made = ensure(tmp_path, NAMES, NOW)
    files = made.files
    examined = examine(files.certificate.read_bytes(), files.key.read_bytes(), None, NOW)
    assert examined.problems == ()
    assert examined.facts is not None
    assert set(examined.facts.names) == set(NAMES)
    assert made.unnamed == ()


@pytest.mark.skipif(os.name != "posix", reason="permission bits are POSIX")
def test_the_keys_are_for_the_user_alone(tmp_path: Path) -> None:
    files = ensure(tmp_path, NAMES, NOW).files
    assert [path.stat().st_mode & 0o777 for path in (files.authority_key, files.key)] == [0o600, 0o600]
    assert files.folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.name != "posix", reason="permission bits are POSIX")
def test_a_key_that_others_could_read_is_closed_again(tmp_path: Path) -> None:
    files = ensure(tmp_path, NAMES, NOW).files
    files.authority_key.chmod(0o644)
    ensure(tmp_path, NAMES, NOW)
    assert files.authority_key.stat().st_mode & 0o777 == 0o600


def test_the_second_time_nothing_is_made_again(tmp_path: Path) -> None:
    first = ensure(tmp_path, NAMES, NOW)
    before = {path.name: path.read_bytes() for path in first.files.folder.iterdir()}
    assert not ensure(tmp_path, NAMES, NOW + timedelta(days=100)).renewed
    assert {path.name: path.read_bytes() for path in first.files.folder.iterdir()} == before


def test_a_certificate_that_is_soon_over_is_renewed_by_the_same_authority(tmp_path: Path) -> None:
    files = ensure(tmp_path, NAMES, NOW).files
    root, leaf = files.authority.read_bytes(), leaf_of(files)
    assert ensure(tmp_path, NAMES, NOW + timedelta(days=LEAF_DAYS - 29)).renewed
    assert files.authority.read_bytes() == root
    assert leaf_of(files).not_valid_after_utc > leaf.not_valid_after_utc


def test_a_new_private_address_gets_a_new_certificate(tmp_path: Path) -> None:
    files = ensure(tmp_path, NAMES, NOW).files
    assert ensure(tmp_path, (*NAMES, "10.1.2.3", "box.lan"), NOW).renewed
    assert {"10.1.2.3", "box.lan"} <= set(names_of(leaf_of(files)))


def test_an_address_outside_the_authoritys_limits_is_left_out_and_told(tmp_path: Path) -> None:
    files = ensure(tmp_path, NAMES, NOW).files
    made = ensure(tmp_path, (*NAMES, "198.51.100.9", "shop.example.com"), NOW)
    assert made.unnamed == ("198.51.100.9", "shop.example.com")
    assert not made.renewed
    assert "198.51.100.9" not in names_of(leaf_of(files))


def test_a_new_authority_takes_the_new_names_in(tmp_path: Path) -> None:
    files = ensure(tmp_path, NAMES, NOW).files
    root = files.authority.read_bytes()
    made = ensure(tmp_path, (*NAMES, "198.51.100.9"), NOW, anew=True)
    assert made.unnamed == ()
    assert files.authority.read_bytes() != root
    assert "198.51.100.9" in names_of(leaf_of(files))


def test_the_authority_can_vouch_for_nothing_but_this_computer_and_private_networks(tmp_path: Path) -> None:
    files = ensure(tmp_path, NAMES, NOW).files
    root = x509.load_pem_x509_certificate(files.authority.read_bytes())
    limits = root.extensions.get_extension_for_class(x509.NameConstraints)
    assert limits.critical
    assert limits.value.permitted_subtrees is not None
    zones = {limit.value for limit in limits.value.permitted_subtrees if isinstance(limit, x509.DNSName)}
    assert zones == {"localhost", "local", "lan", "home.arpa", "internal", "test", "desk", "desk.local"}
    basic = root.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert (basic.ca, basic.path_length) == (True, 0)


def test_a_damaged_authority_is_an_error_in_words_and_can_be_made_anew(tmp_path: Path) -> None:
    files = ensure(tmp_path, NAMES, NOW).files
    files.authority.write_bytes(b"nothing")
    with pytest.raises(InspectorError, match="Make a new authority"):
        ensure(tmp_path, NAMES, NOW)
    assert ensure(tmp_path, NAMES, NOW, anew=True).renewed


def test_a_key_of_another_authority_is_damage_too(tmp_path: Path) -> None:
    files = ensure(tmp_path, NAMES, NOW).files
    other = ensure(tmp_path / "other", NAMES, NOW).files
    files.authority_key.write_bytes(other.authority_key.read_bytes())
    with pytest.raises(InspectorError, match="belongs to another one"):
        ensure(tmp_path, NAMES, NOW)


def test_a_damaged_certificate_is_made_again_without_a_word(tmp_path: Path) -> None:
    files = ensure(tmp_path, NAMES, NOW).files
    files.certificate.write_bytes(b"nothing")
    assert ensure(tmp_path, NAMES, NOW).renewed
    assert set(names_of(leaf_of(files))) == set(NAMES)


def test_an_authority_that_has_run_out_is_replaced(tmp_path: Path) -> None:
    files = ensure(tmp_path, NAMES, NOW).files
    root = files.authority.read_bytes()
    ensure(tmp_path, NAMES, NOW + timedelta(days=authority.CA_DAYS))
    assert files.authority.read_bytes() != root


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(InspectorError, match="cannot be written"):
        ensure(tmp_path, NAMES, NOW)


def test_a_file_where_the_folder_should_be_is_told(tmp_path: Path) -> None:
    files_in(tmp_path).folder.write_text("in the way")
    with pytest.raises(InspectorError, match="cannot be written"):
        ensure(tmp_path, NAMES, NOW)


def test_this_computers_names_begin_with_loopback() -> None:
    names = own_names()
    assert names[0] == "localhost"
    assert {"127.0.0.1", "::1"} <= set(names)
    assert len(set(names)) == len(names)
