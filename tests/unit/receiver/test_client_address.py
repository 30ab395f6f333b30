"""Who sent a request is told by the connection, and by a header only as far as a trusted proxy wrote it."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.receiver.client_address import Network, client_of, is_among, parse_address, parse_network

PROXIES = (parse_network("127.0.0.1"), parse_network("10.0.0.0/8"), parse_network("fd00::/8"))
XFF = "X-Forwarded-For"


def sender(*values: str, header: str = XFF, peer: str = "127.0.0.1") -> str | None:
    found = client_of(peer, [value.encode() for value in values], header, PROXIES)
    return None if found.address is None else str(found.address)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("203.0.113.9:4711", "203.0.113.9"),
        ("2001:db8::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("[::ffff:203.0.113.9]:1", "203.0.113.9"),
        ("fe80::1%eth0", "fe80::1"),
        (" 203.0.113.9 ", "203.0.113.9"),
        ("unknown", None),
        ("_hidden", None),
        ("", None),
        ("203.0.113.9:x", None),
        ("[2001:db8::1", None),
        ("[2001:db8::1]x", None),
        ("203.0.113.09", None),
    ],
)
def test_an_address_is_read_as_it_is_written(text: str, address: str | None) -> None:
    assert parse_address(text) == (None if address is None else ip_address(address))


@pytest.mark.parametrize(
    ("network", "inside", "outside"),
    [
        ("203.0.113.24", "203.0.113.24", "203.0.113.25"),
        ("198.51.100.7/24", "198.51.100.255", "198.51.101.0"),
        ("2001:db8::/32", "2001:db8:1::1", "2001:db9::"),
        ("::ffff:198.51.100.0/120", "198.51.100.4", "198.51.101.4"),
        ("0.0.0.0/0", "8.8.8.8", "::1"),
    ],
)
def test_a_network_holds_its_addresses_and_no_others(network: str, inside: str, outside: str) -> None:
    found: Network = parse_network(network)
    assert is_among(ip_address(inside), [found])
    assert not is_among(ip_address(outside), [found])


@pytest.mark.parametrize(
    ("values", "address"),
    [
        (("203.0.113.9",), "203.0.113.9"),
        (("198.51.100.1, 203.0.113.9",), "203.0.113.9"),
        (("198.51.100.1, 203.0.113.9, 10.0.0.3",), "203.0.113.9"),
        (("198.51.100.1", "203.0.113.9"), "203.0.113.9"),
        (("198.51.100.1", "203.0.113.9", "10.0.0.3"), "203.0.113.9"),
        (("10.0.0.4, 10.0.0.3",), "10.0.0.4"),
        (("198.51.100.1, nonsense",), None),
        (("198.51.100.1, nonsense, 10.0.0.3",), None),
        (("198.51.100.1,",), None),
        (("",), None),
        ((), "127.0.0.1"),
        (("[2001:db8::7]:5, fd00::1",), "2001:db8::7"),
    ],
)
def test_the_last_hop_that_is_no_proxy_of_ours_is_the_sender(values: tuple[str, ...], address: str | None) -> None:
    assert sender(*values) == address


@pytest.mark.parametrize(
    ("values", "address"),
    [
        (("for=203.0.113.9",), "203.0.113.9"),
        (('for=198.51.100.1, For="[2001:db8::7]:4711";proto=https',), "2001:db8::7"),
        (("for=203.0.113.9;proto=http;by=10.0.0.1, for=10.0.0.9",), "203.0.113.9"),
        (("proto=https",), None),
        (("for=unknown",), None),
        (('for="203.0.113.9',), None),
        (('for=198.51.100.1;by=", for=203.0.113.9',), None),
        (('for=198.51.100.1;by=", for="[2001:db8::7]"',), None),
        (("for=198.51.100.1;for=203.0.113.9",), None),
        (('for="198.51.100.1";x="', "for=203.0.113.9"), "203.0.113.9"),
    ],
)
def test_the_standard_header_is_read_by_its_grammar(values: tuple[str, ...], address: str | None) -> None:
    assert sender(*values, header="Forwarded") == address


def test_a_header_of_anybody_else_says_nothing() -> None:
    assert sender("203.0.113.9", peer="198.51.100.77") == "198.51.100.77"


def test_a_proxy_that_comes_in_by_its_mapped_address_is_trusted_too() -> None:
    assert sender("203.0.113.9", peer="::ffff:10.0.0.7") == "203.0.113.9"


def test_without_a_chosen_header_nothing_is_looked_at() -> None:
    assert client_of("127.0.0.1", [b"203.0.113.9"], "", PROXIES).shown == "127.0.0.1"


@given(
    forged=st.lists(st.text(max_size=60), max_size=4),
    header=st.sampled_from([XFF, "Forwarded"]),
    apart=st.booleans(),
    proxies=st.integers(0, 2),
)
def test_nothing_a_sender_writes_changes_what_the_proxy_adds(
    forged: list[str], header: str, apart: bool, proxies: int
) -> None:
    hops = ["203.0.113.9", *["10.0.0.1", "10.0.0.2"][:proxies]]
    added = ", ".join(f"for={hop}" if header == "Forwarded" else hop for hop in hops)
    lines = [text.encode() for text in forged]
    if apart or not lines:
        lines.append(added.encode())
    else:
        lines[-1] += b", " + added.encode()
    found = client_of("127.0.0.1", lines, header, PROXIES)
    assert found.address in (None, ip_address("203.0.113.9"))


@given(st.text(max_size=40), st.sampled_from([XFF, "Forwarded", "X-Real-IP"]))
def test_any_header_at_all_can_be_looked_at(text: str, header: str) -> None:
    client_of("127.0.0.1", [text.encode("utf-8", "surrogatepass")], header, PROXIES)
