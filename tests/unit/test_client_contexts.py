"""aiohttp comes without the system's certificates, and TLS is afterwards as it was."""

from __future__ import annotations

import subprocess
import sys

from tests.end_to_end.program import ROOT

PROGRAM = """
import ssl
made, paths = ssl.create_default_context, ssl.SSLContext.set_default_verify_paths
from inspector.client_contexts import import_aiohttp
import_aiohttp()
from aiohttp import connector
for context in (connector._SSL_CONTEXT_VERIFIED, connector._SSL_CONTEXT_UNVERIFIED):
    assert context.cert_store_stats()["x509"] == 0, context.cert_store_stats()
assert ssl.create_default_context is made
assert ssl.SSLContext.set_default_verify_paths == paths
assert "set_default_verify_paths" not in vars(ssl.SSLContext)
"""


def test_importing_aiohttp_loads_no_certificates_and_leaves_tls_as_it_was() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
