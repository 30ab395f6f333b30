"""Lint, format, types and import layers are tests, so that one command tells whether the tree is sound."""

from __future__ import annotations

import subprocess
import sys

import pytest

import dev


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("check", dev.CHECKS)
def test_the_source_is_clean(check: str) -> None:
    command = [sys.executable, *dev.CHECKS[check]]
    done = subprocess.run(command, cwd=dev.ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, f"python3 dev.py check {check}\n{done.stdout}"
