"""What the README says can be typed, and does what it says."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Verdict
from inspector.payload.body import Payload
from inspector.providers.catalogue import ORDER
from inspector.providers.mapping import normalise
from inspector.providers.profile import parse_profile
from inspector.signatures.engine import verify

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def blocks(section: str, language: str) -> list[str]:
    """Return the code blocks of one section."""
    text = re.split(r"^## ", README, flags=re.MULTILINE)
    found = next(part for part in text if part.startswith(section))
    return re.findall(rf"```{language}\n(.*?)```", found, flags=re.DOTALL)


@contextmanager
def a_handler() -> Iterator[int]:
    """Run a handler on localhost:5000's stand-in port that answers 200 once."""
    with subprocess.Popen([sys.executable, "-c", _HANDLER], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield int(process.stdout.readline())
        process.kill()


_HANDLER = """
import http.server
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200); self.end_headers(); self.wfile.write(b"done")
    def log_message(self, *_): pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
"""


@pytest.mark.skipif(
    not all(map(shutil.which, ("bash", "curl", "openssl"))), reason="the story is told with bash, curl and openssl"
)
def test_the_main_job_works_as_it_is_written(tmp_path: Path) -> None:
    port = free_port()
    env = os.environ | {"XDG_DATA_HOME": str(tmp_path), "HOME": str(tmp_path), "INSPECTOR_SECRETS": "file"}
    story = "\n".join(blocks("The main job", "sh"))
    alias = 'alias inspector=".venv/bin/python main.py"'
    assert alias in story
    story = story.replace(alias, 'inspector() { .venv/bin/python main.py "$@"; }')
    story = story.replace(".venv/bin/python", f'"{sys.executable}"')
    serve = subprocess.Popen(
        [sys.executable, "main.py", "serve", "--port", str(port)],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert serve.stdout is not None
        assert json.loads(serve.stdout.readline())["receiving"] == f"http://127.0.0.1:{port}"
        with a_handler() as handler:
            story = story.replace("localhost:5000", f"localhost:{handler}")
            told = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", story], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60
            )
        assert told.returncode == 0, told.stdout + told.stderr
        events = [json.loads(serve.stdout.readline()) for _ in range(3)]
    finally:
        serve.terminate()
        serve.communicate(timeout=20)
    assert [event["verdict"] for event in events] == ["valid", "invalid", "valid"]
    assert [event["answer"] for event in events] == [200, 401, 200]
    assert told.stdout.count("HTTP/1.1 200") == 2
    assert "HTTP/1.1 401" in told.stdout
    assert "done" in told.stdout
    assert events[2].get("repeat") == "duplicate"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def lines_of(*sections: str) -> list[str]:
    """Return the commands of these sections, without their comments."""
    found = [line for section in sections for block in blocks(section, "sh") for line in block.splitlines()]
    return [re.split(r" {2,}#", line)[0] for line in found if line]


def test_every_command_of_the_chapters_does_what_it_says(tmp_path: Path) -> None:
    env = os.environ | {"XDG_DATA_HOME": str(tmp_path), "HOME": str(tmp_path), "INSPECTOR_SECRETS": "file"}
    env |= {"WEBHOOK_SECRET": "shared with the handler"}
    lines = lines_of("A public address", "Rehearse", "Check your handler")
    with a_handler() as handler:
        while_closed = [line for line in lines if " endpoints set " in line]
        with serving(env, free_port()):
            told(env, "inspector send message.delivered", handler, tmp_path)  # makes event 1
        for line in while_closed:
            told(env, line, handler, tmp_path)
        with serving(env, free_port()):
            for line in lines:
                if line not in while_closed and not line.startswith("inspector serve"):
                    told(env, line, handler, tmp_path)
    assert (tmp_path / "check.html").exists()


@pytest.mark.parametrize(
    "line", [line for line in lines_of("A public address", "Watch it") if line.startswith("inspector serve")]
)
def test_every_way_to_serve_begins(line: str, tmp_path: Path) -> None:
    env = os.environ | {"XDG_DATA_HOME": str(tmp_path), "HOME": str(tmp_path), "INSPECTOR_SECRETS": "file"}
    words = shlex.split(re.sub(r"\b(8443|9464)\b", lambda _: str(free_port()), line))[1:]
    if "--tunnel" in words:  # it would go out to the internet: only that it is understood
        command = [sys.executable, "main.py", "serve", "--help"]
        helped = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
        assert words[-1] in helped.stdout
        return
    with serving(env, free_port(), *words[1:]):
        pass


@contextmanager
def serving(env: dict[str, str], port: int, *more: str) -> Iterator[None]:
    """Run the program headless until the block ends."""
    command = [sys.executable, "main.py", "serve", "--port", str(port), *more]
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as serve:
        assert serve.stdout is not None
        try:
            assert json.loads(serve.stdout.readline())["receiving"].endswith(f":{port}")
            yield
        finally:
            serve.terminate()
            serve.communicate(timeout=20)
    assert serve.returncode == 0


def told(env: dict[str, str], line: str, handler: int, folder: Path) -> None:
    """Run a command that ends by itself; 1 says that an outcome is bad, which is an outcome."""
    line = line.replace("localhost:5000", f"localhost:{handler}").replace("check.html", str(folder / "check.html"))
    words = shlex.split(line)
    assert words[0] == "inspector"
    ran = subprocess.run(
        [sys.executable, "main.py", *words[1:]], cwd=ROOT, env=env, capture_output=True, text=True, timeout=100
    )
    assert ran.returncode in (0, 1), (line, ran.stdout, ran.stderr)
    assert "Traceback" not in ran.stderr


def test_the_provider_of_the_readme_takes_one_file_and_no_code() -> None:
    [text] = blocks("Add a provider", "toml")
    profile = parse_profile("acme", tomllib.loads(text))
    body = b'{"type":"status","id":"m1","to":"+1415","status":"delivered","time":"2026-03-01T11:59:59Z"}'
    stamp = str(int(NOW.timestamp()))
    digest = hmac.new(b"key", stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    headers = ((b"X-Acme-Timestamp", stamp.encode()), (b"X-Acme-Signature", f"sha256={digest}".encode()))
    request = Request("POST", "/in/x", headers, body, NOW)
    payload = Payload(request)
    found = verify(request, payload, profile.recipes, [Secret("key")], scheme="acme", url="http://x/", now=NOW)
    assert found.verdict is Verdict.VALID
    [report] = normalise(profile, request, payload)
    assert (report.kind, report.message_id, report.recipient) == ("message.delivered", "m1", "+1415")


@pytest.mark.parametrize("block", blocks("On the command line", "sh"))
def test_every_command_line_of_the_readme_is_understood(block: str, tmp_path: Path) -> None:
    env = os.environ | {"XDG_DATA_HOME": str(tmp_path), "HOME": str(tmp_path), "INSPECTOR_SECRETS": "file"}
    for line in block.splitlines():
        words = line.partition("#")[0].split()
        assert words[0] == "inspector"
        ran = subprocess.run(
            [sys.executable, "main.py", *words[1:]], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60
        )
        assert ran.returncode == 0, (line, ran.stdout, ran.stderr)


def test_every_provider_that_is_listed_first_is_in_the_readmes_table() -> None:
    rows = [line for line in README.splitlines() if line.startswith("| ") and "HMAC" in line]
    assert len(rows) == len(ORDER)


def test_every_file_the_readme_names_exists() -> None:
    for name in re.findall(r"\]\((resources/[^)]+)\)", README):
        assert (ROOT / name).exists(), name
