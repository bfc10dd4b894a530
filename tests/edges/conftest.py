"""Fixtures for the tests of the edges: a certificate for servers on loopback."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.edges.web import Certificate


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """Made by openssl; the test is skipped where it is absent."""
    if not shutil.which("openssl"):
        pytest.skip("openssl makes the certificate of this test, and is not installed")
    folder = tmp_path_factory.mktemp("certificate")
    made = Certificate(folder / "certificate.pem", folder / "key.pem")
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    )
    where = ["-keyout", str(made.key), "-out", str(made.certificate)]
    subprocess.run([*command.split(), *where], check=True, capture_output=True)
    return made
