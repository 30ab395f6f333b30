"""Handlers behind HTTPS: a certificate of their own is trusted where the user said so, in every way of sending."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from inspector.domain.attempt import Failure
from inspector.replay.target_options import TargetOptions, options_text
from inspector.simulator.check.bench import Seams
from inspector.simulator.check.checks import chosen
from inspector.simulator.check.outcome import Run, State
from inspector.simulator.check.runner import HandlerCheck
from tests.fakes import Target, a_target
from tests.integration.check.checking import identity, keys

pytestmark = pytest.mark.asyncio

WAYS = "successful-delivery,slow-response,slow-client,chunked-body,parallel"


def a_certificate(folder: Path, name: str) -> Path:
    """Write a self-made certificate with its key and return the file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    made = builder.add_extension(x509.BasicConstraints(True, None), critical=True).sign(key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "certificate.pem"
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


async def run_against(target: Target, options: tuple[str, ...]) -> Run:
    """Check a target on localhost in all ways of sending."""
    seams = Seams(retry_s=0.05, drip_s=0.1, rng=Random(1), options=lambda: options)
    checking = HandlerCheck(f"https://localhost:{target.port}/hook", identity(), seams=seams)
    return await checking.run(chosen(WAYS.split(",")))


@pytest.mark.parametrize("host", ["", "shop.example"], ids=["its own name", "another name"])
async def test_a_certificate_the_user_trusts_is_enough_for_every_way_of_sending(tmp_path: Path, host: str) -> None:
    file = a_certificate(tmp_path, host or "localhost")
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(file)
    async with a_target(tls=theirs, reads_body=False) as target:
        origin = f"https://localhost:{target.port}"
        run = await run_against(target, (options_text(TargetOptions(origin, str(file), host)),))
    assert run.problem is None
    assert keys(run, State.PASSED) >= {"successful-delivery", "slow-response", "parallel"}
    named = (host or f"localhost:{target.port}").encode()
    assert all(b"Host: " + named + b"\r\n" in request for request in target.requests)


async def test_a_certificate_nobody_trusts_is_one_problem(tmp_path: Path) -> None:
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(a_certificate(tmp_path, "localhost"))
    async with a_target(tls=theirs) as target:
        run = await run_against(target, ())
    assert run.problem is not None
    assert run.problem.failure is Failure.TLS
    assert run.outcomes == ()
