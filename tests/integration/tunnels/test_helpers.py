"""Helper programs: their address is read, their end is noticed, and none of them outlives us."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import textwrap
from datetime import timedelta
from pathlib import Path

import pytest

from inspector.domain.errors import UsageError
from inspector.tunnels.state import ConsentNeeded, TunnelStatus
from tests.family import is_running
from tests.integration.tunnels.kit import ENDPOINT, SOON_S, Desk, a_desk, a_program, free_port
from tests.waiting import until

pytestmark = pytest.mark.asyncio

ROOT = Path(__file__).parents[3]
SLEEP = "time.sleep(600)\n"

# What each program says, as close to the real one as can be written down, and the address in it.
SAYS = (
    (
        "cloudflared",
        'sys.stderr.write("2024-12-20T14:23:45Z INF |  https://api.trycloudflare.com/tunnel  |\\n'
        '2024-12-20T14:23:46Z INF |  https://blue-cat-12.trycloudflare.com     |\\n"); sys.stderr.flush()',
        "https://blue-cat-12.trycloudflare.com",
    ),
    (
        "ngrok",
        """say('{"lvl":"info","msg":"client session established","obj":"tunnels.session"}')
say('{"addr":"http://localhost:8787","lvl":"info","msg":"started tunnel","name":"command_line",\
"obj":"tunnels","t":"2024-12-20T14:23:45Z","url":"https://f00-1-2.ngrok-free.app"}')""",
        "https://f00-1-2.ngrok-free.app",
    ),
    (
        "tailscale",
        'say("Available on the internet:\\n\\nhttps://desk.tail1a2b.ts.net/\\n|-- proxy http://127.0.0.1:8787")',
        "https://desk.tail1a2b.ts.net",
    ),
    (
        "bore",
        'say("\\x1b[2m2024-12-20T14:23:45Z\\x1b[0m \\x1b[32m INFO\\x1b[0m bore_cli: listening at bore.pub:35429")',
        "http://bore.pub:35429",
    ),
)


@pytest.mark.parametrize(("name", "says", "url"), SAYS, ids=[row[0] for row in SAYS])
async def test_the_address_is_read_from_what_the_program_says(tmp_path: Path, name: str, says: str, url: str) -> None:
    program = a_program(tmp_path / "bin", name, f"say(' '.join(sys.argv[1:]))\n{says}\n{SLEEP}")
    async with a_desk(tmp_path) as desk:
        desk.settings.change(tunnel_programs=(f"{name}={program}",))
        await desk.begin(name)
        state = await desk.reaches(TunnelStatus.UP)
        assert state.public_url == url
        assert desk.tunnels.url_of(ENDPOINT) == f"{url}/in/abc"
        port = desk.receiver.state.inner_url.rpartition(":")[2]
        assert re.search(rf"\b{port}\b", desk.tunnels.log[1].text), "the program was not told the receiver's port"


async def test_the_address_of_ngrok_is_asked_for_at_its_interface_where_its_log_does_not_tell(tmp_path: Path) -> None:
    port = free_port()
    program = a_program(
        tmp_path / "bin",
        "ngrok",
        f"""
        import http.server
        class Interface(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = b'{{"tunnels":[{{"public_url":"http://x.ngrok.app"}},{{"public_url":"https://x.ngrok.app"}}]}}'
                self.send_response(200); self.send_header("Content-Length", str(len(body))); self.end_headers()
                self.wfile.write(body)
        server = http.server.HTTPServer(("127.0.0.1", {port}), Interface)
        say('{{"addr":"127.0.0.1:{port}","lvl":"info","msg":"starting web service","obj":"web"}}')
        server.serve_forever()
        """,
    )
    async with a_desk(tmp_path) as desk:
        desk.settings.change(tunnel_programs=(f"ngrok={program}",))
        await desk.begin("ngrok")
        assert (await desk.reaches(TunnelStatus.UP)).public_url == "https://x.ngrok.app"


async def test_a_named_cloudflare_tunnel_gets_its_token_by_the_environment_only(tmp_path: Path) -> None:
    program = a_program(
        tmp_path / "bin",
        "cloudflared",
        """
        say("token " + os.environ["TUNNEL_TOKEN"] + " args " + " ".join(sys.argv[1:]))
        told = '{"ingress":[{"hostname":"hooks.example.com"}]}'.replace('"', chr(92) + '"')
        say(f'INF Updated to new configuration config="{told}"')
        say("INF Registered tunnel connection connIndex=0 location=fra03")
        time.sleep(600)
        """,
    )
    async with a_desk(tmp_path) as desk:
        desk.settings.change(tunnel_programs=(f"cloudflared={program}",))
        desk.secrets.put("tunnel/cloudflared-token", "eyJhIjoiYWJj")
        await desk.begin("cloudflared")
        assert (await desk.reaches(TunnelStatus.UP)).public_url == "https://hooks.example.com"
        said = desk.tunnels.log[1].text
        assert said == "token •••• args tunnel --no-autoupdate run"


async def test_a_secret_in_the_last_words_of_a_helper_is_told_to_nobody(tmp_path: Path) -> None:
    script = 'say("error: server refused " + os.environ["BORE_SECRET"])\nsys.exit(1)'
    program = a_program(tmp_path / "bin", "bore", script)
    async with a_desk(tmp_path) as desk:
        desk.settings.change(tunnel_programs=(f"bore={program}",))
        desk.secrets.put("tunnel/bore-secret", "open sesame")
        await desk.begin("bore")
        error = (await desk.reaches(TunnelStatus.DOWN)).error
        assert error is not None
        assert "server refused ••••" in str(error)
        assert "sesame" not in f"{error} {error.why} {[line.text for line in desk.tunnels.log]}"


async def own_command(desk: Desk, folder: Path, script: str) -> Path:
    """Start an own command that runs this script."""
    program = a_program(folder / "bin", "mine", script)
    desk.settings.change(tunnel_command=f"'{program}' --to {{port}}")
    await desk.begin("command")
    return program


async def test_a_killed_program_is_noticed_at_once_and_started_again(tmp_path: Path) -> None:
    script = 'say(f"pid={os.getpid()}")\nsay("open at https://a.example.com/")\n' + SLEEP
    async with a_desk(tmp_path) as desk:
        await own_command(desk, tmp_path, script)
        await desk.reaches(TunnelStatus.UP)
        pid = last_pid(desk)
        os.kill(pid, signal.SIGKILL)
        down = await desk.reaches(TunnelStatus.DOWN, within_s=SOON_S)
        assert down.error is not None
        assert "signal 9" in str(down.error)
        assert down.retry_at is not None
        assert down.retry_at - down.since == timedelta(seconds=1)
        assert down.down_since == down.since
        up = await desk.reaches(TunnelStatus.UP)
        assert last_pid(desk) != pid
        assert up.down_since is None
        (outage,) = desk.tunnels.outages()
        assert outage.start == down.since
        assert outage.end is not None
        assert outage.end >= outage.start + timedelta(seconds=1)


def touch(path: str) -> None:
    """Make an empty file."""
    Path(path).touch()


def remove(path: str) -> None:
    """Remove a file."""
    Path(path).unlink()


def last_pid(desk: Desk) -> int:
    """Return the process id the script said last."""
    return next(int(line.text[4:]) for line in reversed(desk.tunnels.log) if line.text.startswith("pid="))


async def test_a_program_that_ends_says_why_in_its_last_words(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        await own_command(desk, tmp_path, 'say("starting up")\nsay("error: quota exceeded")\nsay("bye")\nsys.exit(3)')
        state = await desk.reaches(TunnelStatus.DOWN)
        assert str(state.error) == "mine ended with code 3. It said: error: quota exceeded"


async def test_another_address_after_a_restart_is_told_until_it_is_noted(tmp_path: Path) -> None:
    script = 'say(f"pid={os.getpid()}")\nsay(f"https://a{os.getpid()}.example.com")\n' + SLEEP
    async with a_desk(tmp_path) as desk:
        await own_command(desk, tmp_path, script)
        first = await desk.reaches(TunnelStatus.UP)
        assert first.changed_from == ""
        os.kill(last_pid(desk), signal.SIGKILL)
        await desk.reaches(TunnelStatus.DOWN)
        second = await desk.reaches(TunnelStatus.UP)
        assert second.public_url != first.public_url
        assert second.changed_from == first.public_url
        desk.tunnels.note_address()
        assert desk.tunnels.state.changed_from == ""


async def test_an_address_that_changes_while_the_program_runs_is_followed(tmp_path: Path) -> None:
    script = 'say("now: one.example.com")\nwhile not os.path.exists(sys.argv[0] + ".go"): time.sleep(0.02)\n'
    script += 'say("now: two.example.com")\n' + SLEEP
    async with a_desk(tmp_path) as desk:
        desk.settings.change(tunnel_pattern=r"now: (\S+)")
        program = await own_command(desk, tmp_path, script)
        assert (await desk.reaches(TunnelStatus.UP)).public_url == "https://one.example.com"
        touch(f"{program}.go")
        await until(lambda: desk.tunnels.state.public_url == "https://two.example.com")
        assert desk.tunnels.state.changed_from == "https://one.example.com"
        assert desk.tunnels.state.status is TunnelStatus.UP


async def test_a_new_address_after_a_new_start_of_everything_is_told_too(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        desk.settings.change(tunnel_urls=("command=https://old.example.com",))
        await own_command(desk, tmp_path, 'say("https://new.example.com")\n' + SLEEP)
        assert (await desk.reaches(TunnelStatus.UP)).changed_from == "https://old.example.com"


async def test_stopping_ends_the_program_with_its_children(tmp_path: Path) -> None:
    script = """
    import subprocess
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    say(f"child={child.pid}"); say(f"pid={os.getpid()}"); say("https://a.example.com"); time.sleep(600)
    """
    async with a_desk(tmp_path) as desk:
        await own_command(desk, tmp_path, script)
        await desk.reaches(TunnelStatus.UP)
        pid = last_pid(desk)
        child = next(int(line.text[6:]) for line in desk.tunnels.log if line.text.startswith("child="))
        await desk.tunnels.stop()
        assert desk.tunnels.state.status is TunnelStatus.OFF
        await until(lambda: not is_running(pid) and not is_running(child))


async def test_a_program_that_will_not_end_is_killed(tmp_path: Path) -> None:
    script = 'import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\nsay(f"pid={os.getpid()}")\n'
    async with a_desk(tmp_path) as desk:
        await own_command(desk, tmp_path, script + 'say("https://a.example.com")\n' + SLEEP)
        await desk.reaches(TunnelStatus.UP)
        pid = last_pid(desk)
        await desk.tunnels.stop()
        assert not is_running(pid)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has a job object instead")
async def test_the_program_ends_even_when_we_are_killed(tmp_path: Path) -> None:
    program = a_program(tmp_path / "bin", "mine", 'say(f"pid={os.getpid()}")\n' + SLEEP)
    runner = f"""
    import asyncio
    from inspector.tunnels.program import run_program
    asyncio.run(run_program([{str(program)!r}], lambda line: print(line, flush=True)))
    """
    ours = await asyncio.create_subprocess_exec(
        sys.executable, "-c", textwrap.dedent(runner), stdout=subprocess.PIPE, cwd=ROOT
    )
    assert ours.stdout is not None
    line = await ours.stdout.readline()
    helper = int(line.split(b"=")[1])
    await until(lambda: watchers_of(helper))
    assert is_running(helper)
    ours.kill()
    await ours.wait()
    await until(lambda: not is_running(helper))
    await until(lambda: not watchers_of(helper))


def watchers_of(pid: int) -> list[str]:
    """Return the processes that watch over a helper."""
    found = subprocess.run(["pgrep", "-f", f"tunnel-watch {pid}$"], capture_output=True, check=False)
    return found.stdout.decode().split()


async def test_nothing_starts_before_somebody_agreed_to_the_carrier(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        with pytest.raises(ConsentNeeded) as refused:
            await desk.tunnels.start("cloudflared")
        assert "Cloudflare" in refused.value.text
        assert desk.tunnels.state.status is TunnelStatus.OFF
        desk.tunnels.agree("cloudflared")
        assert desk.tunnels.consent_needed("cloudflared") is None
        assert desk.tunnels.consent_needed("ngrok") is not None


async def test_a_program_that_is_not_there_is_told_with_where_to_get_it_and_not_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    async with a_desk(tmp_path) as desk:
        await desk.begin("bore")
        state = await desk.reaches(TunnelStatus.DOWN)
        assert state.retry_at is None
        assert "https://github.com/ekzhang/bore" in str(state.error)


async def test_an_own_command_without_a_place_for_the_port_is_refused(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        desk.settings.change(tunnel_command="mytunnel --http")
        with pytest.raises(UsageError, match="where the port goes"):
            await desk.begin("command")


async def test_a_command_line_is_never_read_by_a_shell(tmp_path: Path) -> None:
    program = a_program(tmp_path / "bin", "mine", "say(repr(sys.argv[1:]))\n" + SLEEP)
    async with a_desk(tmp_path) as desk:
        desk.settings.change(tunnel_command=f"{program} {{port}} '$HOME; touch x' `id`")
        await desk.begin("command")
        await until(lambda: len(desk.tunnels.log) > 1)
        port = desk.receiver.state.inner_url.rpartition(":")[2]
        assert desk.tunnels.log[1].text == repr([port, "$HOME; touch x", "`id`"])


async def test_a_tunnel_whose_address_leads_elsewhere_is_down_although_its_program_runs(tmp_path: Path) -> None:
    other = await asyncio.start_server(answer_404, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{other.sockets[0].getsockname()[1]}"
    async with a_desk(tmp_path) as desk:
        desk.settings.change(tunnel_own_url=url)
        await desk.begin("own")
        state = await desk.reaches(TunnelStatus.DOWN)
        assert str(state.error).startswith("Something else answers at the public address, with 404.")
        assert TunnelStatus.UP not in desk.statuses
        desk.settings.change(tunnel_own_url=desk.receiver.state.inner_url)
        await desk.begin("own")
        up = await desk.reaches(TunnelStatus.UP)
        assert up.latency_ms is not None
        assert desk.receiver.requests == [], "a round trip is no event"
    other.close()


async def answer_404(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer as another web server would."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    await writer.drain()
    writer.close()


async def test_without_a_network_the_state_says_so_and_its_return_starts_the_tunnel_at_once(tmp_path: Path) -> None:
    there = [True]
    script = 'if os.path.exists(sys.argv[0] + ".off"): sys.exit(1)\nsay(f"pid={os.getpid()}")\n'
    async with a_desk(tmp_path, route=lambda: there[0]) as desk:
        program = await own_command(desk, tmp_path, script + 'say("https://a.example.com")\n' + SLEEP)
        await desk.reaches(TunnelStatus.UP)
        there[0] = False
        touch(f"{program}.off")
        os.kill(last_pid(desk), signal.SIGKILL)
        await desk.reaches(TunnelStatus.NO_NETWORK, within_s=SOON_S)
        await until(lambda: sum("ended with code 1" in line.text for line in desk.tunnels.log) >= 2)
        remove(f"{program}.off")
        there[0] = True
        await desk.reaches(TunnelStatus.UP, within_s=SOON_S)


async def test_the_receivers_new_port_is_given_to_the_tunnel(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        await own_command(desk, tmp_path, 'say("to " + sys.argv[2])\nsay("https://a.example.com")\n' + SLEEP)
        await desk.reaches(TunnelStatus.UP)
        desk.receiver.state.inner_url = "http://127.0.0.1:4321"
        desk.receiver.changed.publish(None)
        await until(lambda: any(line.text == "to 4321" for line in desk.tunnels.log))
        await desk.reaches(TunnelStatus.UP)
        assert TunnelStatus.DOWN not in desk.statuses


async def test_waiting_can_be_cut_short(tmp_path: Path) -> None:
    script = 'if os.path.exists(sys.argv[0] + ".on"): say("https://a.example.com"); time.sleep(600)\nsys.exit(1)'
    async with a_desk(tmp_path) as desk:
        program = await own_command(desk, tmp_path, script)
        failed = lambda: sum("ended with code 1" in line.text for line in desk.tunnels.log)  # noqa: E731
        await until(lambda: failed() >= 3)
        touch(f"{program}.on")
        desk.tunnels.retry()
        await desk.reaches(TunnelStatus.UP, within_s=SOON_S)


async def test_a_name_that_is_not_known_here_is_no_outage(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        await own_command(desk, tmp_path, 'say("https://never-there.invalid")\n' + SLEEP)
        await desk.reaches(TunnelStatus.UP)
        await until(lambda: any("is not known here yet" in line.text for line in desk.tunnels.log))
        assert desk.tunnels.state.status is TunnelStatus.UP
        assert desk.tunnels.outages() == ()


async def test_a_tunnel_that_stops_leading_here_is_down_and_up_again_when_it_does(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        url = desk.receiver.state.inner_url
        desk.settings.change(tunnel_pattern=r"open (\S+)")
        await own_command(desk, tmp_path, f'say("open {url}")\n' + SLEEP)
        await until(lambda: desk.tunnels.state.latency_ms is not None)
        answer = desk.receiver.nonces.answer
        desk.receiver.nonces.answer = lambda _target: None  # type: ignore[method-assign]
        desk.tunnels.probe()
        down = await desk.reaches(TunnelStatus.DOWN)
        assert "Something else answers at the public address, with 200." in str(down.error)
        desk.receiver.nonces.answer = answer  # type: ignore[method-assign]
        desk.tunnels.retry()
        await desk.reaches(TunnelStatus.UP, within_s=SOON_S)


async def test_words_about_a_lost_carrier_are_looked_into_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = """
    say("open " + os.environ["WHERE"])
    while not os.path.exists(sys.argv[0] + ".go"): time.sleep(0.02)
    say("ERR Lost connection with the edge. Retrying")
    time.sleep(600)
    """
    async with a_desk(tmp_path) as desk:
        monkeypatch.setenv("WHERE", desk.receiver.state.inner_url)
        desk.settings.change(tunnel_pattern=r"open (\S+)")
        program = await own_command(desk, tmp_path, script)
        await until(lambda: desk.tunnels.state.latency_ms is not None)
        desk.receiver.nonces.answer = lambda _target: None  # type: ignore[method-assign]
        touch(f"{program}.go")
        await desk.reaches(TunnelStatus.DOWN, within_s=SOON_S)


async def test_a_receiver_that_does_not_listen_is_no_fault_of_the_tunnel(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        desk.settings.change(tunnel_own_url=desk.receiver.state.inner_url)
        await desk.begin("own")
        await desk.reaches(TunnelStatus.UP)
        desk.settings.change(tunnel_own_url="http://127.0.0.1:1")
        desk.receiver.state.inner_url = ""
        desk.receiver.nonces.answer = lambda _target: None  # type: ignore[method-assign]
        desk.tunnels.probe()
        made = desk.receiver.requests
        await until(lambda: made)
        desk.tunnels.probe()
        await until(lambda: len(made) > 1)
        assert desk.tunnels.state.status is TunnelStatus.UP
