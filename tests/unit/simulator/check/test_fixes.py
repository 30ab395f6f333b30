"""Advice: every topic has words and code for every framework, and the code that can run here runs."""

from __future__ import annotations

import ast
import base64
import hashlib
import hmac
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from inspector.providers.catalogue import load_catalogue
from inspector.resources import resource_path
from inspector.simulator.check.checks import CHECKS
from inspector.simulator.check.fixes import ADVICE, FRAMEWORKS, Framework, fix_for, framework_of, load_frameworks


@cache
def frameworks() -> tuple[Framework, ...]:
    """Return the bundled fixes."""
    return load_frameworks(resource_path("fixes"))


def recipe_of(provider: str) -> Any:
    """Return a provider's first scheme."""
    profile = load_catalogue([resource_path("providers")]).get(provider)
    assert profile is not None
    return profile.recipes[0]


def test_the_picker_shows_six_frameworks() -> None:
    names = [framework.name for framework in frameworks()]
    assert names == ["Flask", "FastAPI", "Express", "Laravel", "Spring", "Go"]
    assert {path.stem for path in resource_path("fixes").glob("*.toml")} == set(FRAMEWORKS)
    assert framework_of(frameworks(), "FASTAPI") is frameworks()[1]
    assert framework_of(frameworks(), "rails") is None


def test_every_check_has_a_topic_with_advice() -> None:
    assert {check.topic for check in CHECKS} <= set(ADVICE)


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("topic", ADVICE)
def test_no_blank_is_left_in_any_code(framework: str, topic: str) -> None:
    chosen = framework_of(frameworks(), framework)
    assert chosen is not None
    for provider in ("rcs-events", "github", "line", "stripe", "twilio", "google-rbm"):
        fix = fix_for(topic, chosen, recipe_of(provider), title=provider)
        assert fix.advice
        assert "{{" not in fix.code
        assert fix.code or topic == "address"


@pytest.mark.parametrize("framework", ["flask", "fastapi"])
@pytest.mark.parametrize("topic", ADVICE)
def test_python_code_is_python(framework: str, topic: str) -> None:
    chosen = framework_of(frameworks(), framework)
    assert chosen is not None
    for provider in ("rcs-events", "line", "stripe"):
        code = fix_for(topic, chosen, recipe_of(provider), title=provider).code
        body = f"async def _():\n{_indented(code)}" if re.search(r"^\w.*\bawait ", code, re.MULTILINE) else code
        ast.parse(body)


def _indented(code: str) -> str:
    return "".join(f"    {line}\n" for line in code.splitlines())


PROVIDERS = {
    "rcs-events": lambda made: made.hex(),
    "github": lambda made: "sha256=" + made.hex(),
    "line": lambda made: base64.b64encode(made).decode(),
}


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("framework", ["flask", "fastapi"])
def test_the_python_check_accepts_what_is_signed_and_nothing_else(framework: str, provider: str) -> None:
    chosen = framework_of(frameworks(), framework)
    assert chosen is not None
    code = fix_for("verify", chosen, recipe_of(provider)).code.split("@app.")[0]
    space: dict[str, Any] = {}
    exec(code, space)
    signed = PROVIDERS[provider](hmac.digest(b"key", b"{}", "sha256"))
    assert space["verify_webhook"](b"{}", signed, "key")
    assert not space["verify_webhook"](b"{ }", signed, "key")
    assert not space["verify_webhook"](b"{}", "ü", "key")
    assert not space["verify_webhook"](b"{}", "", "key")


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_node_check_accepts_what_is_signed_and_nothing_else(provider: str, tmp_path: Path) -> None:
    chosen = framework_of(frameworks(), "express")
    assert chosen is not None
    code = fix_for("verify", chosen, recipe_of(provider)).code.split("// The raw bytes")[0]
    signed = PROVIDERS[provider](hmac.new(b"key", b"{}", hashlib.sha256).digest())
    calls = [f'["{{}}", "{signed}"]', f'["{{ }}", "{signed}"]', '["{}", ""]', '["{}", "ü"]']
    script = tmp_path / "check.js"
    tries = (
        f"for (const [body, sent] of [{', '.join(calls)}]) console.log(verifyWebhook(Buffer.from(body), sent, 'key'));"
    )
    script.write_text(code + tries, "utf-8")
    done = subprocess.run(["node", str(script)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["true", "false", "false", "false"]


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
@pytest.mark.parametrize("topic", [topic for topic in ADVICE if topic not in ("address",)])
def test_node_code_is_javascript(topic: str, tmp_path: Path) -> None:
    chosen = framework_of(frameworks(), "express")
    assert chosen is not None
    script = tmp_path / "fix.js"
    script.write_text(fix_for(topic, chosen, recipe_of("stripe"), title="Stripe").code, "utf-8")
    subprocess.run(["node", "--check", str(script)], check=True, capture_output=True)
