"""What to try when a target does not answer as hoped: sentences from what a test found, the likeliest first. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from inspector.domain.attempt import Failure, Response
from inspector.domain.request import header_text
from inspector.replay.failures import Trouble
from inspector.replay.target import Target, is_this_computer

CONTAINER_HOST = "host.docker.internal"


@dataclass(slots=True)
class Finding:
    """What a test has found so far; everything is empty until it is looked at.

    `speaks_other` is "https", "http", or the greeting of something that speaks neither.
    """

    target: Target
    dns_problem: str = ""
    accepting: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    other_ports: tuple[int, ...] = ()
    trouble: Trouble | None = None
    response: Response | None = None
    tls_problem: str = ""
    names: tuple[str, ...] = ()
    speaks_other: str = ""


def advice(finding: Finding) -> tuple[str, ...]:
    """Return what to try, () where all is well."""
    return tuple(words for tip in TIPS if (words := tip(finding)))


def _name(finding: Finding) -> str:
    host = finding.target.host
    if not finding.dns_problem:
        return ""
    if host == CONTAINER_HOST:
        return f"{CONTAINER_HOST} is a name inside containers. From this computer use localhost."
    if "." not in host:
        return f"{host} has no dot: names of containers are known only inside their network. Try localhost."
    return "Check the spelling, and whether this computer is online."


def _nothing_listens(finding: Finding) -> str:
    if finding.dns_problem or finding.accepting or not finding.refused:
        return ""
    target = finding.target
    if not is_this_computer(target.host):
        return f"Nothing takes connections on port {target.port} there: is it the right port, or is a firewall between?"
    if finding.other_ports:
        ports = ", ".join(map(str, finding.other_ports))
        return f"Start your server, or try another port: something listens on {ports}."
    return "Start your server, and see in its first lines which port it takes."


def _container(finding: Finding) -> str:
    if finding.accepting or not finding.refused or not is_this_computer(finding.target.host):
        return ""
    port = finding.target.port
    return (
        f"If it runs in a container, publish its port (-p {port}:{port}) and let it listen on 0.0.0.0; "
        f"a program inside a container reaches this computer as {CONTAINER_HOST}."
    )


def _one_family(finding: Finding) -> str:
    if not finding.accepting or not finding.refused:
        return ""
    kinds = {":" in address for address in finding.accepting}
    if len(kinds) == 2 or {":" in address for address in finding.refused} == kinds:
        return ""
    takes, other = ("IPv6", "IPv4") if kinds == {True} else ("IPv4", "IPv6")
    address = finding.accepting[0]
    return f"It listens on {takes} only ({address}), not on {other}. Replays find it; name {address} to be certain."


def _wrong_scheme(finding: Finding) -> str:
    target = finding.target
    if finding.speaks_other == "https" and not target.secure:
        return f"That port speaks HTTPS: use https://{target.authority}{target.path}."
    if finding.speaks_other == "http" and target.secure:
        return f"That port speaks plain HTTP: use http://{target.host}:{target.port}{target.path}."
    response = finding.response
    refused = response is not None and response.status == 400 and b"https" in response.body[:2000].lower()
    if refused and not target.secure:
        return f"That port wants HTTPS: use https://{target.host}:{target.port}{target.path}."
    return ""


def _something_else(finding: Finding) -> str:
    if finding.response is not None or finding.speaks_other in ("", "http", "https"):
        return ""
    return f"Something else listens there: it says {finding.speaks_other!r}. Is it the right port?"


def _certificate(finding: Finding) -> str:
    if not finding.tls_problem or finding.speaks_other == "http":
        return ""
    target = finding.target
    if "another name" in finding.tls_problem and finding.names:
        first = finding.names[0]
        return f"Its certificate is for {', '.join(finding.names[:3])}: use that name, or set the Host line to {first}."
    if "self-made" in finding.tls_problem or "does not know" in finding.tls_problem:
        return f"Choose its certificate, or the one of its authority (mkcert: rootCA.pem), for {target.origin}."
    if "expired" in finding.tls_problem:
        return "Renew its certificate; providers refuse one that has expired."
    return ""


def _host_line(finding: Finding) -> str:
    response, target = finding.response, finding.target
    if response is None:
        return ""
    words = response.body[:2000].lower()
    denied = response.status == 421 or b"invalid host" in words or b"host header" in words
    denied = denied or b"disallowedhost" in words or b"blocked host" in words
    if denied:
        return f"It refuses the Host line {target.authority}: set the one it expects, or allow this one in the server."
    return ""


def _no_such_path(finding: Finding) -> str:
    if finding.response is None or finding.response.status != 404:
        return ""
    return f"It answers 404 to {finding.target.path}: check the path. Some handlers answer so to all but POST."


def _moved(finding: Finding) -> str:
    if finding.response is None or finding.response.status not in (301, 302, 307, 308):
        return ""
    to = header_text(finding.response.headers, "Location")
    return f"It redirects to {to}: use that address. Providers do not follow redirects."


def _methods(finding: Finding) -> str:
    if finding.response is None:
        return ""
    allow = header_text(finding.response.headers, "Allow").upper().replace(" ", "")
    if not allow or "POST" in allow.split(","):
        return ""
    return f"It allows {', '.join(allow.split(','))}, not POST: is it the path of the webhook?"


def _no_answer(finding: Finding) -> str:
    if finding.trouble is None or finding.trouble.failure is not Failure.TIMEOUT or finding.speaks_other:
        return ""
    return "It takes the connection and says nothing: is the server stuck in a breakpoint, or busy with one request?"


TIPS: tuple[Callable[[Finding], str], ...] = (
    _name,
    _nothing_listens,
    _container,
    _wrong_scheme,
    _something_else,
    _certificate,
    _host_line,
    _no_such_path,
    _moved,
    _methods,
    _no_answer,
    _one_family,
)
"""Everything there is to say, in the order it is told; each returns "" where it does not apply."""
