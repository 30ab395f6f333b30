"""Set up, run, test, check, package: every chore of the project as `python3 dev.py COMMAND`, standard library only.

Each command makes what it needs (system libraries on Debian and Ubuntu, .venv, the locked packages) and skips what is
already there, so the first call after a clone and the hundredth are the same line.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
VENV_BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
VENV_PYTHON = VENV_BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "installed"  # what is installed, as fingerprints of the lock files
BUSY = VENV / "installing"  # lies there while an installation is under way

ON_LINUX = sys.platform.startswith("linux")
PYTHON = f"python{sys.version_info[0]}.{sys.version_info[1]}"
OLDEST_PYTHON = (3, 11)
FIRST_PYTHON_WITHOUT_QT = (3, 15)  # PySide6-Essentials 6.11 says: Python < 3.15

# The second lock of `dev` holds the first. All of it comes as wheels but forbiddenfruit, which blockbuster needs.
LOCKS = {"run": ("requirements.txt",), "dev": ("requirements.txt", "requirements-dev.txt")}
WHEELS_ONLY = ("--only-binary", ":all:", "--no-binary", "forbiddenfruit")

# Debian's package and the library in it, as Qt's xcb and offscreen plugins load them.
WINDOW_LIBRARIES = (
    ("libgl1", "libGL.so.1"),
    ("libegl1", "libEGL.so.1"),
    ("libxkbcommon0", "libxkbcommon.so.0"),
    ("libdbus-1-3", "libdbus-1.so.3"),
    ("libfontconfig1", "libfontconfig.so.1"),
    ("libglib2.0-0", "libglib-2.0.so.0"),
    ("libxcb-cursor0", "libxcb-cursor.so.0"),
    ("libxcb-icccm4", "libxcb-icccm.so.4"),
    ("libxcb-keysyms1", "libxcb-keysyms.so.1"),
    ("libxcb-shape0", "libxcb-shape.so.0"),
    ("libxcb-xkb1", "libxcb-xkb.so.1"),
    ("libxkbcommon-x11-0", "libxkbcommon-x11.so.0"),
)
# The same with programs: a display for the tests that want a real one, and what PyInstaller reads libraries with.
DISPLAY_PROGRAMS = (("xvfb", "Xvfb"),)
PACKAGING_PROGRAMS = (("binutils", "objdump"),)

# Runs of pytest that need nothing of each other. Three of them keep two cores busy: each waits a third of its time.
PARTS = (
    ("tests", "--ignore=tests/ui", "--ignore=tests/unit", "--durations=10"),
    ("tests/ui", "-o", "cache_dir=.pytest_cache/ui", "--durations=10"),
    ("tests/unit", "-o", "cache_dir=.pytest_cache/unit", "--durations=10"),
)

# What `check` runs, and tests/test_quality.py with it: name and arguments of `.venv/bin/python`.
CHECKS: dict[str, tuple[str, ...]] = {
    "lint": ("-m", "ruff", "check", "."),
    "format": ("-m", "ruff", "format", "--check", "."),
    "types": ("-m", "mypy", "--strict", "inspector", "main.py", "dev.py"),
    "layers": ("-c", "from importlinter.cli import lint_imports_command as lint; lint()"),
}


def say(line: str) -> None:
    print(f"dev: {line}", flush=True)


def stop(line: str) -> NoReturn:
    print(f"dev: {line}", file=sys.stderr)
    raise SystemExit(1)


# ── the machine ────────────────────────────────────────────────────────────────────────────────────────────────────


def require_python(here: tuple[int, int]) -> None:
    if not OLDEST_PYTHON <= here < FIRST_PYTHON_WITHOUT_QT:
        used, oldest, first_without = (".".join(map(str, v)) for v in (here, OLDEST_PYTHON, FIRST_PYTHON_WITHOUT_QT))
        stop(f"this is Python {used}; Python {oldest} or newer is needed, older than {first_without}.")


def loads(soname: str) -> bool:
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def missing_libraries(libraries: tuple[tuple[str, str], ...]) -> list[str]:
    return [package for package, soname in libraries if not loads(soname)]


def missing_programs(programs: tuple[tuple[str, str], ...]) -> list[str]:
    return [package for package, program in programs if not shutil.which(program)]


def missing_for_packaging() -> list[str]:
    """PyInstaller copies Python's shared library, which Debian keeps in a package of its own."""
    libpython = f"lib{PYTHON}"
    debian_python = ((libpython, f"{libpython}.so.1.0"),) if sys.base_prefix == "/usr" else ()
    return missing_programs(PACKAGING_PROGRAMS) + missing_libraries(debian_python)


def missing_venv() -> list[str]:
    """Debian ships Python without ensurepip, and `python3 -m venv` then leaves a .venv that has no pip."""
    return [] if STAMP.exists() or importlib.util.find_spec("ensurepip") else [f"{PYTHON}-venv"]


def require_packages(needed: list[str], wanted: list[str]) -> None:
    """Install Debian packages as root; everyone else is told the one line to type, and stopped if one is NEEDED."""
    names = " ".join(needed + wanted)
    if not names:
        return
    apt = shutil.which("apt-get")
    if apt and getattr(os, "geteuid", lambda: 1)() == 0:
        say(f"installing system packages: {names}")
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        install = [apt, "install", "-qq", "-y", "--no-install-recommends", *names.split()]
        if succeeds([apt, "update", "-qq"], env) and succeeds(install, env):
            return
    todo = f"sudo apt-get install --no-install-recommends {names}" if apt else f"install what Debian calls {names}"
    if needed:
        stop(f"system packages are missing. Do this, then call the same command again:\n  {todo}")
    say(f"what needs these packages is skipped; to have it: {todo}")


def succeeds(command: list[str], env: dict[str, str] | None = None) -> bool:
    """Run without a word; only a failure shows what the command said."""
    done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        sys.stderr.write(done.stdout.decode(errors="replace"))
    return done.returncode == 0


def step(command: list[str], env: dict[str, str] | None = None) -> None:
    if not succeeds(command, env):
        stop(f"this failed: {' '.join(command)}")


# ── the virtual environment ────────────────────────────────────────────────────────────────────────────────────────


def fingerprint(kind: str) -> str:
    """What the stamp says once `kind` is installed: a hash of its lock files and of the Python below them."""
    digest = hashlib.sha256(f"{kind} {sys.version_info} {sys.base_prefix}".encode())
    for name in LOCKS[kind]:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def venv_is_whole() -> bool:
    """No installation was broken off, and its Python still starts, is ours and has pip."""
    if BUSY.exists() or not VENV_PYTHON.exists():
        return False
    probe = "import sys, pip; print(sys.version_info, sys.base_prefix)"
    answer = subprocess.run([str(VENV_PYTHON), "-c", probe], capture_output=True, text=True)
    return answer.returncode == 0 and answer.stdout.strip() == f"{sys.version_info} {sys.base_prefix}"


def require_venv(kind: str) -> None:
    """Make .venv hold exactly what the lock of `kind` says; the dev lock holds the runtime one, so it serves `run`."""
    enough = {fingerprint(kind), fingerprint("dev")}
    if STAMP.exists() and not BUSY.exists() and VENV_PYTHON.exists() and STAMP.read_text() in enough:
        return
    if not venv_is_whole():
        if Path(sys.prefix).resolve() == VENV:
            stop("the environment in .venv is not usable; call dev.py with the system's Python to have it rebuilt.")
        say("making .venv")
        shutil.rmtree(VENV, ignore_errors=True)
        step([sys.executable, "-m", "venv", str(VENV)])
    lock = LOCKS[kind][-1]
    say(f"installing {lock} (Qt alone is a download of 80 MB)")
    STAMP.unlink(missing_ok=True)
    BUSY.touch()
    pip = [str(VENV_PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet"]
    step([*pip, "--root-user-action", "ignore", "--require-hashes", *WHEELS_ONLY, "-r", lock])
    BUSY.unlink()
    STAMP.write_text(fingerprint(kind))


def prepare(kind: str, *, window: bool = True, display: bool = False, packaging: bool = False) -> None:
    require_python(sys.version_info[:2])
    if ON_LINUX:
        libraries = missing_libraries(WINDOW_LIBRARIES) if window else []
        wanted = missing_programs(DISPLAY_PROGRAMS) if display else []
        wanted += missing_for_packaging() if packaging else []
        require_packages(missing_venv() + libraries, wanted)
    require_venv(kind)


def hand_over(arguments: list[str], *, tool: bool = True) -> NoReturn:
    """Become `.venv/bin/python ARGUMENTS`, so that signals and the exit code are the program's own.

    A tool works in the top folder and, unless told otherwise, without a window on the screen.
    """
    command, environment = [str(VENV_PYTHON), *arguments], dict(os.environ)
    if tool:
        os.chdir(ROOT)
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    if os.name == "posix":
        os.execve(command[0], command, environment)
    raise SystemExit(subprocess.run(command, env=environment).returncode)  # Windows cannot replace a process


# ── the commands ───────────────────────────────────────────────────────────────────────────────────────────────────


def has_display() -> bool:
    return not ON_LINUX or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def run(arguments: list[str]) -> None:
    """Open the program; ARGUMENTS are its own (try --help). Without a display it receives headless."""
    first = arguments[0] if arguments else ""
    window = not first or (first.startswith("-") and first not in ("-h", "--help", "--version"))
    if window and not has_display():
        say("no display (DISPLAY and WAYLAND_DISPLAY are empty): receiving without a window, like `dev.py run serve`")
        arguments, window = ["serve", *arguments], False
    prepare("run", window=window)
    hand_over([str(ROOT / "main.py"), *arguments], tool=False)


def test(arguments: list[str]) -> None:
    """Run all tests, lint and types among them, in parts at once; with ARGUMENTS for pytest, those alone."""
    prepare("dev", display=True, packaging=True)
    if arguments or (os.cpu_count() or 1) < 2:
        hand_over(["-m", "pytest", *arguments])
    environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ}
    shown, *beside = [[str(VENV_PYTHON), "-m", "pytest", *part] for part in PARTS]
    say("running the tests of the window and the small ones beside all others; what they print comes last")
    with ExitStack() as stack:
        runs = []
        for command in beside:
            printed = stack.enter_context(tempfile.TemporaryFile())
            run = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=printed, stderr=subprocess.STDOUT)
            runs.append((stack.enter_context(run), printed))
        codes = [subprocess.run(shown, cwd=ROOT, env=environment).returncode]
        for run, printed in runs:
            codes.append(run.wait())
            printed.seek(0)
            sys.stdout.flush()
            shutil.copyfileobj(printed, sys.stdout.buffer)
    raise SystemExit(next(filter(None, codes), 0))


def check(arguments: list[str]) -> None:
    """Check lint, format, types and import layers, or those ARGUMENTS name."""
    prepare("dev", window=False)
    chosen = [name for name in CHECKS if name in arguments] or list(CHECKS)
    failed = [name for name in chosen if subprocess.run([VENV_PYTHON, *CHECKS[name]], cwd=ROOT).returncode]
    if failed:
        stop(f"not clean: {', '.join(failed)}")
    say(f"clean: {', '.join(chosen)}")


def bench(arguments: list[str]) -> None:
    """Measure on this machine; ARGUMENTS go to tests/performance/bench.py."""
    prepare("dev")
    hand_over(["-m", "tests.performance.bench", *arguments])


def app(arguments: list[str]) -> None:
    """Build the packaged program into dist/; ARGUMENTS go to PyInstaller."""
    prepare("dev", packaging=True)
    say("building dist/webhook-inspector")
    step([str(VENV_PYTHON), "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", *arguments, "inspector.spec"])
    folder = ROOT / "dist" / "webhook-inspector"
    size = sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_symlink())
    say(f"{folder.relative_to(ROOT)} is ready, {size / 1e6:.0f} MB")


def screens(arguments: list[str]) -> None:
    """Draw every screen into a folder, build/screens unless another is named."""
    prepare("dev")
    folder = Path(arguments[0]).resolve() if arguments else ROOT / "build" / "screens"
    hand_over(["-m", "inspector.ui.gallery", str(folder)])


def without_options(lock_text: str) -> str:
    """Keep the packages and their indented hashes; an option line would name somebody's package index."""
    return "".join(line for line in lock_text.splitlines(keepends=True) if not line.startswith("-"))


def lock(arguments: list[str]) -> None:
    """Write both requirement files anew from pyproject.toml; ARGUMENTS go to uv (try --upgrade)."""
    uv = shutil.which("uv", path=os.pathsep.join((str(VENV_BIN), os.environ.get("PATH", ""))))
    if uv is None:
        stop("uv writes the lock files: install it (docs.astral.sh/uv), then call this again.")
    # This machine's own indexes and folders of wheels must not decide what everybody else installs.
    env = {name: value for name, value in os.environ.items() if not name.startswith(("UV_", "PIP_"))}
    compile_lock = [uv, "--no-config", "pip", "compile", "pyproject.toml", "--universal", "--python-version", "3.11"]
    compile_lock += ["--generate-hashes", "--no-emit-index-url", "--custom-compile-command", "python3 dev.py lock"]
    for kind, extra in (("run", []), ("dev", ["--group", "dev", "--constraint", "requirements.txt"])):
        target = ROOT / LOCKS[kind][-1]
        step([*compile_lock, *WHEELS_ONLY, *extra, *arguments, "--output-file", target.name], env)
        target.write_text(without_options(target.read_text("utf-8")), "utf-8")
        say(f"wrote {target.name}")


COMMANDS = {command.__name__: command for command in (run, test, check, bench, app, screens, lock)}


def main(arguments: list[str]) -> None:
    if not arguments or arguments[0] not in COMMANDS:
        lines = [f"  {name:<8} {command.__doc__}" for name, command in COMMANDS.items()]
        print("usage: python3 dev.py COMMAND [ARGUMENTS]\n\n" + "\n".join(lines))
        raise SystemExit(0 if arguments[:1] in ([], ["-h"], ["--help"]) else 2)
    name, *rest = arguments
    COMMANDS[name](rest[1:] if rest[:1] == ["--"] else rest)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        raise SystemExit(130) from None
