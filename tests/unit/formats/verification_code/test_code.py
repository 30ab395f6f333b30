"""The programs the window offers check what the provider signs, and refuse what it did not."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from inspector.formats.verification_code.code import LANGUAGES, CannotWrite, verification_code
from inspector.formats.verification_code.language import Language
from inspector.formats.verification_code.node import NODE
from inspector.formats.verification_code.plan import plan_of
from inspector.formats.verification_code.python import PYTHON
from inspector.signatures.recipe import parse_recipe
from tests.builders import NOON
from tests.unit.formats.verification_code.signed_samples import Sample, samples, tampered

SAMPLES = samples()
NOW = NOON.timestamp()


def options_of(sample: Sample, url: str, now: float = NOW) -> dict[str, Any]:
    options: dict[str, Any] = {"method": sample.request.method, "url": url, "now": now}
    return options | ({"facts": sample.facts} if "fact" in plan_of(sample.recipe).atoms else {})


def in_python(code: str, headers: Mapping[str, str], body: bytes, secret: str, options: dict[str, Any]) -> bool:
    namespace: dict[str, Any] = {}
    exec(compile(code, "verify.py", "exec"), namespace)
    verdict = namespace["verify"](headers, body, secret, **options)
    assert isinstance(verdict, bool)
    return verdict


def signs_body(sample: Sample) -> bool:
    return any(template.atoms & {"body", "form.sorted"} for template in sample.recipe.signed)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_the_python_program_tells_genuine_from_forged(sample: Sample) -> None:
    code = verification_code(sample.recipe, PYTHON, sample.name)
    body, options = sample.request.body, options_of(sample, sample.url)
    assert in_python(code, sample.headers, body, sample.secret, options)
    for why, headers, secret, url in tampered(sample):
        assert not in_python(code, headers, body, secret, options_of(sample, url)), why
    if signs_body(sample):
        assert not in_python(code, sample.headers, body.replace(b"Zo", b"zo"), sample.secret, options)
    if sample.recipe.time is not None and sample.recipe.time.tolerance_s:
        late = options_of(sample, sample.url, NOW + sample.recipe.time.tolerance_s + 60)
        assert not in_python(code, sample.headers, body, sample.secret, late)


def cases_of(sample: Sample) -> list[dict[str, Any]]:
    """Return requests with the verdict each must get."""
    body = sample.request.body

    def case(
        headers: Mapping[str, str], body: bytes, secret: str, url: str, genuine: bool, now: float = NOW
    ) -> dict[str, Any]:
        return {
            "headers": dict(headers),
            "body": base64.b64encode(body).decode(),
            "secret": secret,
            "options": options_of(sample, url, now),
            "genuine": genuine,
        }

    found = [case(sample.headers, body, sample.secret, sample.url, True)]
    found += [case(headers, body, secret, url, False) for _why, headers, secret, url in tampered(sample)]
    if signs_body(sample):
        found.append(case(sample.headers, body.replace(b"Zo", b"zo"), sample.secret, sample.url, False))
    if sample.recipe.time is not None and sample.recipe.time.tolerance_s:
        late = NOW + sample.recipe.time.tolerance_s + 60
        found.append(case(sample.headers, body, sample.secret, sample.url, False, late))
    return found


RUNNER = """
const fs = require("node:fs");
const path = require("node:path");
const folder = process.argv[2];
const wrong = [];
for (const [name, cases] of Object.entries(JSON.parse(fs.readFileSync(path.join(folder, "cases.json"), "utf8")))) {
  const { verify } = require(path.join(folder, `${name}.js`));
  cases.forEach((item, number) => {
    let verdict;
    try {
      verdict = verify(item.headers, Buffer.from(item.body, "base64"), item.secret, item.options);
    } catch (error) {
      verdict = String(error.stack);
    }
    if (verdict !== item.genuine) wrong.push([name, number, verdict]);
  });
}
console.log(JSON.stringify(wrong));
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
def test_the_node_programs_tell_genuine_from_forged(tmp_path: Path) -> None:
    cases = {}
    for sample in SAMPLES:
        (tmp_path / f"{sample.name}.js").write_text(verification_code(sample.recipe, NODE, sample.name), "utf-8")
        cases[sample.name] = cases_of(sample)
    (tmp_path / "cases.json").write_text(json.dumps(cases), "utf-8")
    (tmp_path / "run.js").write_text(RUNNER, "utf-8")
    done = subprocess.run(["node", tmp_path / "run.js", tmp_path], capture_output=True, text=True, timeout=50)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []


def reason(sample: Sample, language: Language) -> str:
    """Return why there is no program, "" where there is one."""
    try:
        return "" if verification_code(sample.recipe, language, sample.name) else "it is empty"
    except CannotWrite as reason:
        return str(reason)


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)
def test_nearly_every_bundled_scheme_has_a_program_and_the_rest_says_why_not(language: Language) -> None:
    reasons = [reason(sample, language) for sample in SAMPLES]
    assert len(SAMPLES) > 150
    assert reasons.count("") / len(SAMPLES) > 0.8
    assert all(words.endswith(".") for words in reasons if words)
    if language in (PYTHON, NODE):
        assert set(reasons) == {""}


def test_every_program_compares_in_constant_time() -> None:
    marks = {"Python": "hmac.compare_digest", "Node": "timingSafeEqual", "PHP": "hash_equals", "Go": "hmac.Equal"}
    marks |= {"Ruby": "secure_compare", "Java": "MessageDigest.isEqual", "C#": "FixedTimeEquals"}
    recipe = parse_recipe({"signature": "header:X-Sig", "signed": "{body}"}, "x.toml: signing")
    for language in LANGUAGES:
        assert marks[language.name] in verification_code(recipe, language, "Example")


def test_a_scheme_with_code_of_its_own_says_so() -> None:
    recipe = parse_recipe({"kind": "jwt", "signature": "header:Authorization", "algs": ["HS256"]}, "x.toml: signing")
    with pytest.raises(CannotWrite, match="more than a recipe"):
        verification_code(recipe, PYTHON, "Example")
