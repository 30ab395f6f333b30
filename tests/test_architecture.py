"""The tree keeps its shape: Qt in one place, short files, captions, and every resource readable by its reader."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "inspector"
RESOURCES = ROOT / "resources"
SOURCES = sorted([*PACKAGE.rglob("*.py"), *(ROOT / "tests").rglob("*.py"), ROOT / "dev.py", ROOT / "main.py"])
LONGEST = 500


def test_no_file_is_longer_than_500_lines() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in SOURCES}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_every_file_opens_with_a_sentence_that_captions_it() -> None:
    bare = [path for path in SOURCES if not (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").strip()]
    assert bare == []


@pytest.mark.parametrize("module", ["inspector.cli", "inspector.app", "inspector.commands.serve"])
def test_everything_but_the_window_loads_without_qt(module: str) -> None:
    check = f"import sys, {module}; assert not {{'PySide6', 'qasync', 'shiboken6'}} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", check], cwd=ROOT, check=True)


def test_every_toml_and_json_resource_can_be_read() -> None:
    for path in RESOURCES.rglob("*.toml"):
        tomllib.loads(path.read_text("utf-8"))
    for path in RESOURCES.rglob("*.json"):
        json.loads(path.read_text("utf-8"))


def test_every_icon_is_a_picture_that_takes_the_themes_colour() -> None:
    icons = [path for path in (RESOURCES / "icons").glob("*.svg") if path.stem != "app"]
    assert icons
    for path in icons:
        assert ElementTree.fromstring(path.read_text("utf-8")).tag.endswith("svg"), path
        assert "currentColor" in path.read_text("utf-8"), path


def test_every_icon_is_used() -> None:
    folders = (PACKAGE / "ui", ROOT / "tests" / "ui")
    sources = "\n".join(path.read_text("utf-8") for folder in folders for path in folder.rglob("*.py"))
    named = set(re.findall(r'"([a-z0-9]+(?:-[a-z0-9]+)*)"', sources))
    shipped = {path.stem for path in (RESOURCES / "icons").glob("*.svg")} - {"app"}
    assert shipped - named == set()
