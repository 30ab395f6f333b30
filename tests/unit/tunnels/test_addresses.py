"""Addresses are found in what programs say, and nothing else is taken for one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.tunnels import bore, localhost_run, pinggy, serveo, tailscale
from inspector.tunnels.addresses import by_pattern, first_https, is_here, plain, tidy
from inspector.tunnels.command import arguments, reader
from inspector.tunnels.ngrok import public_url


@pytest.mark.parametrize(
    ("line", "url"),
    [
        ("Forwarding  https://a.example.com -> http://localhost:8787", "https://a.example.com"),
        ("see https://a.example.com/x/.", "https://a.example.com/x"),
        ('{"url":"https://a.example.com","x":1}', "https://a.example.com"),
        ("http only: http://a.example.com", ""),
        ("(https://a.example.com:8443)", "https://a.example.com:8443"),
        ("nothing here", ""),
    ],
)
def test_the_first_https_address_is_taken_without_what_surrounds_it(line: str, url: str) -> None:
    assert first_https(line) == url


@pytest.mark.parametrize(
    ("url", "tidied"),
    [
        (" https://A.Example.com:443/ ", "https://a.example.com"),
        ("http://[2001:db8::1]:8080/in/", "http://[2001:db8::1]:8080/in"),
        ("ftp://a.example.com", ""),
        ("https://", ""),
        ("https://a:99999", ""),
        ("a.example.com", ""),
    ],
)
def test_an_address_is_brought_into_one_form(url: str, tidied: str) -> None:
    assert tidy(url) == tidied


def test_colours_and_cursor_movements_are_no_part_of_a_line() -> None:
    assert plain("\x1b[2K\x1b[32mhttps://a.example.com\x1b[0m\r\n") == "https://a.example.com"
    assert plain("\x1b]8;;https://link\x07text\x1b]8;;\x07") == "text"


@given(st.text())
def test_no_line_breaks_the_reading(line: str) -> None:
    tidied = first_https(plain(line))
    assert tidied == "" or tidied.startswith("https://")


def test_a_pattern_gives_its_first_group_and_a_bare_host_gets_https() -> None:
    assert by_pattern(re.compile(r"host=(\S+)"), "up host=a.example.com now") == "https://a.example.com"
    assert by_pattern(re.compile(r"http://\S+"), "at http://a.example.com:81/") == "http://a.example.com:81"
    assert by_pattern(re.compile(r"x"), "nothing") == ""


def test_without_a_pattern_later_addresses_do_not_count() -> None:
    reads = reader("")
    assert reads("open: https://a.example.com") == "https://a.example.com"
    assert reads("GET https://other.example.com") == "https://a.example.com"


def test_links_of_the_services_themselves_are_no_addresses() -> None:
    assert (
        by_pattern(localhost_run.SERVICE.address, "see https://admin.localhost.run/ and https://localhost.run/docs")
        == ""
    )
    assert by_pattern(pinggy.SERVICE.address, "upgrade at https://dashboard.pinggy.io") == ""
    assert by_pattern(serveo.SERVICE.address, "docs at https://serveo.net") == ""
    assert tailscale.reads("To enable, visit: https://login.tailscale.com/f/funnel?node=abc") == ""
    refused = tailscale.explains("To enable, visit: https://login.tailscale.com/f/funnel?node=abc")
    assert refused is not None
    assert refused.lasting
    assert "https://login.tailscale.com/f/funnel?node=abc" in str(refused)


def test_the_https_tunnel_of_ngrok_is_preferred() -> None:
    told = {"tunnels": [{"public_url": "http://x.ngrok.app"}, {"public_url": "https://x.ngrok.app"}]}
    assert public_url(told, 8787) == "https://x.ngrok.app"
    assert public_url({"tunnels": []}, 8787) == ""
    assert public_url(["odd"], 8787) == ""


def test_a_tunnel_of_ngrok_that_leads_elsewhere_is_not_ours() -> None:
    told = {
        "tunnels": [
            {"public_url": "https://other.ngrok.app", "config": {"addr": "http://localhost:3000"}},
            {"public_url": "https://ours.ngrok.app", "config": {"addr": "http://127.0.0.1:8787"}},
        ]
    }
    assert public_url(told, 8787) == "https://ours.ngrok.app"
    assert public_url(told, 9999) == ""


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("lt --port {port}", ["lt", "--port", "8787"]),
        ("'my tunnel' http://localhost:{port}/ \"a b\"", ["my tunnel", "http://localhost:8787/", "a b"]),
        ("x {port} && rm -rf /", ["x", "8787", "&&", "rm", "-rf", "/"]),
    ],
)
def test_a_command_is_cut_into_words_and_given_the_port(command: str, words: list[str]) -> None:
    assert arguments(command, 8787) == words


@pytest.mark.parametrize("command", ["", "lt --port", "lt 'open {port}"])
def test_a_command_that_cannot_be_used_is_refused_with_a_sentence(command: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        arguments(command, 8787)


def test_this_computer_is_told_from_others() -> None:
    assert is_here("http://127.0.0.1:8787")
    assert is_here("http://[::1]:8787")
    assert is_here("http://localhost")
    assert not is_here("https://a.example.com")
    assert not is_here("")


def test_the_server_of_bore_is_bore_pub_unless_another_is_set() -> None:
    from inspector.settings import Settings

    assert bore.KIND.who(Settings()) == "bore.pub"
    assert bore.KIND.who(Settings(tunnel_bore_server="bore.example.com")) == "bore.example.com"
