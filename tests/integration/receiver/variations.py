"""Requests as senders, proxies, scanners and broken programs put them on the wire: as many as one likes, by a seed."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from tests.integration.receiver.wire import http, signature

METHODS = ("POST", "POST", "POST", "PUT", "GET", "HEAD", "OPTIONS", "PATCH", "DELETE")
CLEAN = frozenset({200, 400, 401, 404, 408, 413})
"""What any request at all may be answered."""

ABORT = object()
HALF_CLOSE = object()
WAIT_FOR_100 = object()


@dataclass(frozen=True)
class Place:
    """Where to send: the path of an endpoint, its secret, and the path of one that takes only `small_limit` bytes."""

    path: str
    secret: str
    small_path: str
    small_limit: int


@dataclass(frozen=True)
class Variation:
    """One conversation: what is sent, step by step, and the statuses that must come back.

    `statuses` of None allows any number of answers out of CLEAN. `methods` belong to the answers in turn. `marks` are
    the targets whose rows must exist afterwards, one for each time they stand there.
    """

    family: str
    steps: tuple[object, ...]
    statuses: tuple[int, ...] | None
    methods: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


def variations(seed: int, count: int, place: Place) -> Iterator[Variation]:
    """Yield so many conversations; the same seed gives the same ones."""
    random = Random(seed)
    names, weights = [family for family, _ in FAMILIES], [weight for _, weight in FAMILIES]
    for number in range(count):
        family = random.choices(names, weights)[0]
        yield family(random, place, f"v={number}")


def _body(random: Random, most: int = 3000) -> bytes:
    if random.random() < 0.5:
        return b'{"event":"message.delivered","message_id":"m%d"}' % random.getrandbits(40)
    return random.randbytes(random.randrange(most))


def _headers(random: Random) -> list[tuple[str, str]]:
    lines = []
    for _ in range(random.randrange(12)):
        name = "".join(random.choice("abcXYZ019-_.!~") for _ in range(random.randrange(1, 30)))
        value = "".join(random.choice("abc XYZ;,=\"'\\é€\t:/@") for _ in range(random.randrange(60))).strip()
        lines.append((f"X-{name}", value))
    return lines


def _target(random: Random, place: Place, mark: str) -> str:
    rest = random.choice(["", "/", "/sub/path", "/a%2Fb", "/..;/x", "//x"])
    prefix = random.choice(["", "", "", "http://hooks.example.com", "https://h:8443"])
    return f"{prefix}{place.path}{rest}?{mark}{random.choice(['', '&x=%00', '&a=1&a=2', '&b=~!$'])}"


def _request(random: Random, place: Place, mark: str) -> tuple[bytes, int, str, str]:
    """Return a good request, the status it gets, its method and its target."""
    method, target = random.choice(METHODS), _target(random, place, mark)
    body = b"" if method in ("GET", "HEAD") else _body(random)
    headers = _headers(random)
    signed = random.random() < 0.7
    if signed:
        headers.insert(random.randrange(len(headers) + 1), signature(place.secret, body))
    return http(target, body, method=method, headers=headers), 200 if signed else 401, method, target


def _cut(random: Random, data: bytes, most: int = 8) -> tuple[bytes, ...]:
    cuts = sorted(random.randrange(len(data) + 1) for _ in range(random.randrange(1, most)))
    return tuple(data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True) if start < end)


def plain(random: Random, place: Place, mark: str) -> Variation:
    data, status, method, target = _request(random, place, mark)
    return Variation("plain", (data,), (status,), (method,), (target,))


def split(random: Random, place: Place, mark: str) -> Variation:
    data, status, method, target = _request(random, place, mark)
    return Variation("split", _cut(random, data), (status,), (method,), (target,))


def pipelined(random: Random, place: Place, mark: str) -> Variation:
    requests = [_request(random, place, mark) for _ in range(random.randrange(2, 7))]
    data = b"".join(request[0] for request in requests)
    statuses, methods, marks = zip(*[request[1:] for request in requests], strict=True)
    return Variation("pipelined", _cut(random, data, 4), statuses, methods, marks)


def chunked(random: Random, place: Place, mark: str) -> Variation:
    body, target = _body(random), _target(random, place, mark)
    head = http(target, headers=[("Transfer-Encoding", "chunked"), signature(place.secret, body)], length=False)
    parts = []
    for part in _cut(random, body) if body else ():
        extension = random.choice([b"", b"", b";x=1", b';name="v"'])
        size = b"%x" % len(part)
        parts.append((size.upper() if random.random() < 0.5 else size) + extension + b"\r\n" + part + b"\r\n")
    end = b"0\r\n" + random.choice([b"", b"X-Trailer: 1\r\n"]) + b"\r\n"
    return Variation("chunked", _cut(random, head + b"".join(parts) + end), (200,), ("POST",), (target,))


def asking_first(random: Random, place: Place, mark: str) -> Variation:
    body, target = b"x" + _body(random), _target(random, place, mark)
    headers = [("Expect", random.choice(["100-continue", "100-Continue"])), ("Content-Length", str(len(body)))]
    head = http(target, headers=[*headers, signature(place.secret, body)], length=False)
    return Variation("asking first", (head, WAIT_FOR_100, *_cut(random, body, 3)), (200,), ("POST",), (target,))


def old(random: Random, place: Place, mark: str) -> Variation:
    body, target = _body(random), f"{place.path}?{mark}"
    name, value = signature(place.secret, body)
    keep = random.choice(["", "Connection: keep-alive\r\n", "Connection: close\r\n"])
    head = f"POST {target} HTTP/1.0\r\n{name}: {value}\r\n{keep}Content-Length: {len(body)}\r\n\r\n"
    return Variation("old", (head.encode() + body,), (200,), ("POST",), (target,))


def lost(random: Random, place: Place, mark: str) -> Variation:
    path = random.choice(["/", "/in/", "/in/nobody", "/favicon.ico", "/.env", "/in/%00", "/wp-login.php", "/x"])
    target = f"{path}?{mark}"
    data = http(target, _body(random), headers=_headers(random))
    return Variation("lost", (data,), (404,), ("POST",), (target,))


def oversized(random: Random, place: Place, mark: str) -> Variation:
    target = f"{place.small_path}?{mark}"
    size = place.small_limit + random.randrange(1, 30_000)
    kind = random.randrange(5)
    if kind == 0:
        data = http(target, headers=[("Content-Length", str(size))], length=False) + b"x" * size
    elif kind == 1:
        data = http(target, headers=[("Transfer-Encoding", "chunked")], length=False)
        data += b"%x\r\n" % size + b"x" * size + b"\r\n0\r\n\r\n"
    elif kind == 2:
        huge = random.choice([10**9, 2**32, 2**63, 10**18])
        data = http(target, headers=[("Content-Length", str(huge))], length=False)
    elif kind == 3:
        data = http(target, headers=[("X-Long", "v" * random.randrange(66_000, 90_000))])
        return Variation("oversized", (data,), (400,), ("POST",))
    else:
        data = http(f"/in/{'x' * random.randrange(66_000, 90_000)}")
        return Variation("oversized", (data,), (400,), ("POST",))
    return Variation("oversized", (data,), (413,), ("POST",), (target,))


_BAD: tuple[Callable[[Random, str], bytes], ...] = (
    lambda random, target: b"\x16\x03\x01" + random.randbytes(200),
    lambda random, target: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    lambda random, target: b"SSH-2.0-OpenSSH_9.6\r\n",
    lambda random, target: b"hello\r\n\r\n",
    lambda random, target: f"POST {target} HTTP/1.1\r\n\r\n".encode(),
    lambda random, target: f"POST {target} HTTP/3.7\r\nHost: h\r\n\r\n".encode(),
    lambda random, target: f"POST {target} http/1.1\r\nHost: h\r\n\r\n".encode(),
    lambda random, target: b"POST * HTTP/1.1\r\nHost: h\r\n\r\n",
    lambda random, target: f"POST {target} HTTP/1.1\r\nHost: h\r\nX: a\r\n folded\r\n\r\n".encode(),
    lambda random, target: f"POST {target} HTTP/1.1\r\nHost: h\r\n folded: first\r\n\r\n".encode(),
    lambda random, target: f"POST {target} HTTP/1.1\r\nHost: h\r\nX : a\r\n\r\n".encode(),
    lambda random, target: f"POST {target} HTTP/1.1\r\nHost: h\r\nX\x00Y: a\r\n\r\n".encode(),
    lambda random, target: f"POST {target} HTTP/1.1\r\nHost: h\r\nX: a\x00b\r\n\r\n".encode(),
    lambda random, target: f"POST {target} HTTP/1.1\r\nHost: h\r\nno colon\r\n\r\n".encode(),
    lambda random, target: f"POST {target} HTTP/1.1\r\nHost: h\r\n: empty\r\n\r\n".encode(),
    lambda random, target: f"POST {target} HTTP/1.1\r\nHost: h\r\nContent-Length: -5\r\n\r\n".encode(),
    lambda random, target: f"POST {target} HTTP/1.1\r\nHost: h\r\nContent-Length: 0x5\r\n\r\nhello".encode(),
    lambda random, target: f"POST {target} HTTP/1.1\r\nHost: h\r\nContent-Length: 5, 5\r\n\r\nhello".encode(),
    lambda random, target: (
        f"POST {target} HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n".encode()
    ),
    lambda random, target: (
        f"POST {target} HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    ).encode(),
    lambda random, target: f"POST {target} HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, gzip\r\n\r\n".encode(),
    lambda random, target: f"POST {target} HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n".encode(),
    lambda random, target: (
        f"POST {target} HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloXX".encode()
    ),
    lambda random, target: (
        f"POST {target} HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n{'f' * 20}\r\n".encode()
    ),
    lambda random, target: f"P\xd6ST {target} HTTP/1.1\r\nHost: h\r\n\r\n".encode("latin-1"),
    lambda random, target: f"{'M' * random.randrange(70, 200)} {target} HTTP/1.1\r\nHost: h\r\n\r\n".encode(),
    lambda random, target: b"\x00" * random.randrange(10, 200),
    lambda random, target: b"\xff" + random.randbytes(random.randrange(10, 400)) + b"\r\n\r\n",
)


def malformed(random: Random, place: Place, mark: str) -> Variation:
    data = random.choice(_BAD)(random, f"{place.path}?{mark}")
    steps: tuple[object, ...] = _cut(random, data, 3) if random.random() < 0.3 else (data,)
    return Variation("malformed", (*steps, HALF_CLOSE), (400,), ("POST",))


def odd(random: Random, place: Place, mark: str) -> Variation:
    """What some take and others do not: blanks too many, no version, no carriage returns, bytes beyond ASCII."""
    target = f"{place.path}?{mark}"
    data = random.choice(
        [
            f"POST {target}\r\n\r\n",
            f"POST  {target}  HTTP/1.1\r\nHost: h\r\n\r\n",
            f"POST {target} HTTP/1.1\nHost: h\n\n",
            f"\r\n\r\nPOST {target} HTTP/1.1\r\nHost: h\r\n\r\n",
            f"POST {target}&é=ü HTTP/1.1\r\nHost: h\r\n\r\n",
            f"POST {target} HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n",
            f"POST {target} HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\nrest",
            "CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n",
            f"POST {target} HTTP/1.1\r\nHost: h\r\nContent-Length: 00000000000000000003\r\n\r\nabc",
            f"POST {target}#part HTTP/1.1\r\nHost: h\r\n\r\n",
        ]
    )
    return Variation("odd", (data.encode(), HALF_CLOSE), None, ())


def bad_after_good(random: Random, place: Place, mark: str) -> Variation:
    data, status, method, target = _request(random, place, mark)
    bad = b"POST /in/x HTTP/1.1\r\nHost: h\r\nno colon\r\n\r\n"
    return Variation("bad after good", (data + bad, HALF_CLOSE), (status, 400), (method, "POST"), (target,))


def mutated(random: Random, place: Place, mark: str) -> Variation:
    data = bytearray(_request(random, place, mark)[0])
    for _ in range(random.randrange(1, 6)):
        at = random.randrange(min(len(data), 400))
        kind = random.randrange(4)
        if kind == 0:
            data[at] = random.randrange(256)
        elif kind == 1:
            del data[at : at + random.randrange(1, 20)]
        elif kind == 2:
            data[at:at] = random.choice([b"\r\n", b"\n", b"\x00", b" ", b":", random.randbytes(5)])
        else:
            data[at:at] = data[: random.randrange(60)]
        if not data:
            data = bytearray(b"x")
    return Variation("mutated", (*_cut(random, bytes(data), 3), HALF_CLOSE), None, ())


def aborted(random: Random, place: Place, mark: str) -> Variation:
    data = _request(random, place, mark)[0]
    return Variation("aborted", (data[: random.randrange(1, len(data))], ABORT), None, ())


def slow(random: Random, place: Place, mark: str) -> Variation:
    target = f"{place.path}?{mark}"
    if random.random() < 0.5:
        data = f"POST {target} HTTP/1.1\r\nHost: h\r\nX-Slow: ".encode()
    else:
        data = http(target, headers=[("Content-Length", "100")], length=False) + b"some"
    return Variation("slow", (data,), (408,), ("POST",))


FAMILIES: tuple[tuple[Callable[[Random, Place, str], Variation], float], ...] = (
    (plain, 12),
    (split, 12),
    (pipelined, 10),
    (chunked, 10),
    (asking_first, 6),
    (old, 5),
    (lost, 5),
    (oversized, 5),
    (malformed, 14),
    (odd, 4),
    (bad_after_good, 4),
    (mutated, 12),
    (aborted, 4),
    (slow, 0.6),
)

LINGER_OFF = struct.pack("ii", 1, 0)
"""Closing a socket with this option resets the connection."""
