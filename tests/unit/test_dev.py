"""dev.py sets up once, says what is missing, and the lock files are whole."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import dev

PIN = re.compile(r"^([a-z0-9-]+)==(\S+)(?: ; (.+))? \\$", re.MULTILINE)


def pins(name: str) -> dict[str, dict[str, str]]:
    """Return package -> version -> marker of one of the lock files; a few packages differ between systems."""
    found: dict[str, dict[str, str]] = {}
    for package, version, marker in PIN.findall((dev.ROOT / name).read_text("utf-8")):
        found.setdefault(package, {})[version] = marker
    return found


def project() -> dict[str, list[str]]:
    """Return what pyproject.toml asks for, by lock file."""
    table = tomllib.loads((dev.ROOT / "pyproject.toml").read_text("utf-8"))
    return {
        "requirements.txt": table["project"]["dependencies"],
        "requirements-dev.txt": table["project"]["dependencies"] + table["dependency-groups"]["dev"],
    }


class TestLocks:
    """requirements.txt and requirements-dev.txt."""

    @pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
    def test_what_the_project_asks_for_is_locked_to_a_version_it_allows(self, name: str) -> None:
        locked = pins(name)
        for text in project()[name]:
            wanted = Requirement(text)
            allowed = [
                version for version in locked[canonicalize_name(wanted.name)] if Version(version) in wanted.specifier
            ]
            assert allowed, text

    def test_developing_uses_the_versions_that_users_get(self) -> None:
        developing = pins("requirements-dev.txt")
        for package, versions in pins("requirements.txt").items():
            assert developing[package].keys() == versions.keys()

    @pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
    def test_every_package_has_hashes_and_no_line_names_a_place_to_download_from(self, name: str) -> None:
        text = (dev.ROOT / name).read_text("utf-8")
        entries = re.split(r"^(?=[a-z])", text, flags=re.MULTILINE)[1:]
        assert len(entries) == sum(map(len, pins(name).values()))
        assert all("--hash=sha256:" in entry for entry in entries)
        assert "://" not in text
        assert dev.without_options(text) == text

    def test_a_line_that_names_an_index_is_taken_out(self) -> None:
        package = "yarl==1 \\\n    --hash=sha256:00\n    # via aiohttp\n"
        assert dev.without_options(f"-i somewhere\n{package}--find-links folder\n") == package


class TestMachine:
    """What dev.py asks of the system it runs on."""

    @pytest.mark.parametrize("version", [(3, 9), (3, 10), (3, 15)])
    def test_a_python_that_cannot_run_the_program_is_named(
        self, version: tuple[int, int], capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(SystemExit) as stopped:
            dev.require_python(version)
        assert stopped.value.code == 1
        assert f"this is Python {version[0]}.{version[1]}; Python 3.11 or newer" in capsys.readouterr().err

    @pytest.mark.parametrize("version", [(3, 11), (3, 14)])
    def test_a_python_that_can_run_the_program_passes(self, version: tuple[int, int]) -> None:
        dev.require_python(version)

    @pytest.mark.skipif(not dev.ON_LINUX, reason="looks for Linux libraries")
    def test_only_what_is_missing_is_asked_for(self) -> None:
        assert dev.missing_libraries((("libc6", "libc.so.6"), ("libnowhere9", "libnowhere.so.9"))) == ["libnowhere9"]
        assert dev.missing_programs((("dash", "sh"), ("nowhere", "no-such-program"))) == ["nowhere"]

    def test_without_root_the_one_line_to_type_is_shown(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "apt-get").touch(mode=0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
        with pytest.raises(SystemExit) as stopped:
            dev.require_packages(["libgl1", "libegl1"], ["xvfb"])
        assert stopped.value.code == 1
        shown = capsys.readouterr().err.splitlines()
        assert shown[-1].strip() == "sudo apt-get install --no-install-recommends libgl1 libegl1 xvfb"

    def test_what_only_some_tests_need_stops_nobody(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        dev.require_packages([], ["xvfb"])
        assert "xvfb" in capsys.readouterr().out


class TestFingerprint:
    """The stamp that lets a second call skip everything."""

    @pytest.fixture(autouse=True)
    def locks(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        for name in ("requirements.txt", "requirements-dev.txt"):
            shutil.copy(dev.ROOT / name, tmp_path)
        monkeypatch.setattr(dev, "ROOT", tmp_path)
        return tmp_path

    @pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
    def test_another_lock_is_another_fingerprint(self, name: str, locks: Path) -> None:
        before = dev.fingerprint("dev")
        with (locks / name).open("a") as file:
            file.write("# changed\n")
        assert dev.fingerprint("dev") != before

    def test_the_program_alone_does_not_depend_on_the_tools(self, locks: Path) -> None:
        before = dev.fingerprint("run")
        (locks / "requirements-dev.txt").write_text("")
        assert dev.fingerprint("run") == before

    def test_the_program_alone_is_not_enough_for_the_tools(self) -> None:
        assert dev.fingerprint("run") != dev.fingerprint("dev")


class TestSetUp:
    """dev.py itself, in a project of its own that needs no packages."""

    @pytest.fixture
    def tree(self, tmp_path: Path) -> Path:
        shutil.copy(dev.ROOT / "dev.py", tmp_path)
        for name in ("requirements.txt", "requirements-dev.txt"):
            (tmp_path / name).write_text("# nothing\n")
        (tmp_path / "main.py").write_text("import sys\nprint(sys.prefix, *sys.argv[1:])\nsys.exit(7)\n")
        return tmp_path

    @staticmethod
    def call(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        env = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
        command = [sys.executable, str(tree / "dev.py"), *arguments]
        return subprocess.run(command, cwd=tree.parent, env=env, capture_output=True, text=True)

    @pytest.mark.slow
    def test_the_first_call_sets_up_the_second_only_runs_and_a_broken_off_one_is_repaired(self, tree: Path) -> None:
        first = self.call(tree, "run", "endpoints", "--json")
        assert "making .venv" in first.stdout, first.stderr
        assert first.stdout.splitlines()[-1] == f"{tree / '.venv'} endpoints --json"
        assert first.returncode == 7, "the exit code is the program's own"

        second = self.call(tree, "run", "--", "--help")
        assert second.stdout.splitlines() == [f"{tree / '.venv'} --help"]

        (tree / ".venv" / "installing").touch()
        third = self.call(tree, "run", "--version")
        assert "making .venv" in third.stdout
        assert self.call(tree, "run", "--version").stdout.splitlines() == [f"{tree / '.venv'} --version"]

        if dev.ON_LINUX:
            headless = self.call(tree, "run", "--port", "0").stdout.splitlines()
            assert "no display" in headless[0]
            assert headless[1:] == [f"{tree / '.venv'} serve --port 0"]

    def test_every_command_is_explained_and_an_unknown_one_is_an_error(self, tree: Path) -> None:
        usage = self.call(tree)
        assert usage.returncode == 0
        for command in dev.COMMANDS:
            assert re.search(rf"^  {command} +\S.+\.$", usage.stdout, re.MULTILINE), command
        assert self.call(tree, "tset").returncode == 2
        assert not (tree / ".venv").exists()


class TestParts:
    """`dev.py test` runs parts of the tests at once."""

    @pytest.mark.parametrize("failing", ["", "others", "window", "small"])
    def test_one_failing_part_fails_the_whole_and_all_are_printed(
        self,
        failing: str,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        names = ("others", "window", "small")
        for name in names:
            (tmp_path / f"test_{name}.py").write_text(
                f"def test_{name}():\n    print('the {name}')\n    assert {name != failing}\n"
            )
        (tmp_path / "pytest.ini").write_text("[pytest]\n")
        monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        monkeypatch.setattr(dev, "prepare", lambda *_, **__: None)
        monkeypatch.setattr(dev, "ROOT", tmp_path)
        monkeypatch.setattr(dev, "VENV_PYTHON", Path(sys.executable))
        parts = tuple((f"test_{name}.py", "-p", "no:cacheprovider", "-s") for name in names)
        monkeypatch.setattr(dev, "PARTS", parts)
        monkeypatch.setattr(os, "cpu_count", lambda: 2)
        with pytest.raises(SystemExit) as end:
            dev.test([])
        printed = capfd.readouterr().out
        assert end.value.code == (1 if failing else 0)
        places = [printed.rindex(f"the {name}\n") for name in names]
        assert places == sorted(places)

    def test_every_test_is_in_one_part(self) -> None:
        (top, *options), *beside = dev.PARTS
        ignored = [option.partition("=")[2] for option in options if option.startswith("--ignore=")]
        assert top == "tests"
        assert ignored == [part[0] for part in beside]
