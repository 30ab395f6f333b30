"""A target in a thread that keeps the bytes of the requests it gets."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK"


@dataclass
class Recorder:
    """Where it listens and what came."""

    port: int
    heads: list[bytes] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?a=%2F&b"

    def lines(self, number: int = 0) -> list[tuple[bytes, bytes]]:
        """Return the header lines of a request, in order."""
        _, *lines = self.heads[number].split(b"\r\n")
        return [(name, value.strip()) for name, _, value in (line.partition(b":") for line in lines if line)]


@contextlib.contextmanager
def a_recorder() -> Iterator[Recorder]:
    """Run a target that answers 200 and keeps everything."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        recorder = Recorder(server.getsockname()[1])
        thread = threading.Thread(target=_serve, args=(server, recorder), daemon=True)
        thread.start()
        yield recorder
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def _serve(server: socket.socket, recorder: Recorder) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection, _ = server.accept()
            with connection, contextlib.suppress(OSError):
                _answer(connection, recorder)


def _answer(connection: socket.socket, recorder: Recorder) -> None:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    if re.search(rb"(?im)^expect: *100-continue", head):
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    length = re.search(rb"(?im)^content-length: *(\d+)", head)
    pieces = [body]
    missing = int(length[1]) - len(body) if length else 0
    while missing > 0:
        piece = connection.recv(1 << 20)
        if not piece:
            break
        pieces.append(piece)
        missing -= len(piece)
    recorder.heads.append(head)
    recorder.bodies.append(b"".join(pieces))
    connection.sendall(ANSWER)
