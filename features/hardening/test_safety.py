"""What the service does not start with, and how it speaks TLS."""

from __future__ import annotations

import asyncio
import datetime
import http.client
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from starlette.types import Receive, Scope, Send

from features.house.processes import environment, eventually, free_port, processes_of, q2c, started
from infrastructure.safety import unsafe
from infrastructure.settings import Settings
from interfaces.cli.serving import transport
from interfaces.rest.server import Server

FAR = "postgresql://owner:secret-word@db.example.com/q2c"
UNSAFE: dict[str, tuple[dict[str, str], str]] = {
    "beyond this machine in plain": ({"Q2C_HOST": "192.0.2.1"}, "Q2C_HOST"),
    "beyond this machine in plain, by IPv6": ({"Q2C_HOST": "::"}, "Q2C_HOST"),
    "believes whoever asks": ({"Q2C_PROXIES": "*"}, "Q2C_PROXIES"),
    "a certificate without its key": ({"Q2C_TLS_CERTIFICATE": "/nowhere.pem"}, "go together"),
    "a key without its certificate": ({"Q2C_TLS_KEY": "/nowhere.pem"}, "go together"),
    "no such certificate": ({"Q2C_TLS_CERTIFICATE": "/nowhere.pem", "Q2C_TLS_KEY": "/nowhere.pem"}, "cannot be used"),
    "a far database in plain": ({"DATABASE_URL": FAR}, "sslmode=prefer"),
    "a far database, whoever it is": ({"DATABASE_URL": f"{FAR}?sslmode=require"}, "sslmode=require"),
    "a far database beside one of ours": (
        {"DATABASE_URL": "postgresql://owner:secret-word@localhost,db.example.com/q2c"},
        "sslmode=prefer",
    ),
    "a far Valkey in plain": ({"REDIS_URL": "redis://:secret-word@valkey.example.com"}, "rediss://"),
}
SAFE: tuple[dict[str, str], ...] = (
    {},
    {"Q2C_HOST": "::1"},
    {"Q2C_HOST": "192.0.2.1", "Q2C_PROXIES": "10.0.0.1, 10.1.0.0/16"},
    {"DATABASE_URL": "postgresql:///q2c?host=/run/postgresql"},
    {"DATABASE_URL": "postgresql://owner@127.0.0.1/q2c"},
    {"DATABASE_URL": f"{FAR}?sslmode=verify-full"},
    {"REDIS_URL": "unix:///run/valkey.sock"},
    {"REDIS_URL": "redis://localhost:6379"},
    {"REDIS_URL": "rediss://valkey.example.com"},
)


@pytest.mark.parametrize("name", UNSAFE)
def test_what_is_not_safe_is_told_without_a_secret(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    given, sentence = UNSAFE[name]
    for variable, value in given.items():
        monkeypatch.setenv(variable, value)
    said = " ".join(unsafe(Settings()))
    assert sentence in said
    assert "secret-word" not in said


@pytest.mark.parametrize("process", ["serve", "api", "worker"])
def test_with_what_is_not_safe_no_process_starts(state: Path, process: str) -> None:
    said = q2c(process, env=environment(state, DATABASE_URL=FAR, Q2C_HOST="192.0.2.1"))
    assert said.returncode == 1
    assert said.stderr.startswith("q2c: These settings are not safe, so nothing was started. Q2C_HOST is 192.0.2.1")
    assert "sslmode=verify-full" in said.stderr
    assert not processes_of(state)


@pytest.mark.parametrize("given", SAFE)
def test_what_is_safe_is_let_be(monkeypatch: pytest.MonkeyPatch, given: dict[str, str]) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert list(unsafe(Settings())) == []


@pytest.mark.parametrize("variable", ["Q2C_SIGNING_KEY", "Q2C_TLS_KEY"])
def test_a_key_that_every_user_may_read_is_refused(state: Path, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    certificate, key = certified(state)
    monkeypatch.setenv("Q2C_TLS_CERTIFICATE", str(certificate))
    monkeypatch.setenv("Q2C_TLS_KEY", str(key))
    monkeypatch.setenv(variable, str(key))
    assert list(unsafe(Settings())) == []
    key.chmod(0o644)
    assert f"{variable} names" in " ".join(unsafe(Settings()))


def test_a_sample_is_shown_all_the_same_and_says_what_is_not_safe(state: Path) -> None:
    env = environment(state, Q2C_HOST="203.0.113.1")  # no address of this machine: so it ends there
    said = q2c("serve", "--sample", env=env)
    assert "not safe, for a sample only: Q2C_HOST is 203.0.113.1" in said.stderr
    assert "Cannot listen" in said.stderr


@pytest.mark.parametrize(
    ("proxies", "client", "scheme"),
    [
        (None, "10.0.0.1", "http"),
        ("192.0.2.1", "10.0.0.1", "http"),
        ("10.0.0.1", "203.0.113.7", "https"),
        ("10.0.0.0/24, 192.0.2.1", "203.0.113.7", "https"),
    ],
)
def test_who_is_no_named_proxy_says_nothing_of_addresses(
    monkeypatch: pytest.MonkeyPatch, proxies: str | None, client: str, scheme: str
) -> None:
    found = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        found.append((scope["client"][0], scope["scheme"]))

    if proxies is not None:
        monkeypatch.setenv("Q2C_PROXIES", proxies)
    config = Server(app, lambda: None, **transport(Settings())).config  # type: ignore[arg-type]
    config.load()
    headers = [(b"x-forwarded-for", b"192.0.2.99, 203.0.113.7"), (b"x-forwarded-proto", b"https")]
    scope = {"type": "http", "client": ("10.0.0.1", 1), "scheme": "http", "headers": headers}
    asyncio.run(config.loaded_app(scope, None, None))
    assert found == [(client, scheme)]


def test_it_speaks_tls_and_nothing_older_than_1_2(state: Path) -> None:
    certificate, key = certified(state)
    port = free_port()
    env = environment(state, Q2C_PORT=str(port), Q2C_TLS_CERTIFICATE=str(certificate), Q2C_TLS_KEY=str(key))
    trusting = ssl.create_default_context(cafile=str(certificate))
    with started("serve", env=env) as supervisor:
        eventually(lambda: answered(port, trusting) is not None, "it answers")
        answer = answered(port, trusting)
        assert answer is not None
        assert answer.getheader("Strict-Transport-Security", "").startswith("max-age=31536000")
        plain = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        plain.request("GET", "/health/live")
        with pytest.raises((ConnectionError, http.client.HTTPException)):
            plain.getresponse()
        plain.close()
        old = ssl.create_default_context(cafile=str(certificate))
        old.set_ciphers("ALL:@SECLEVEL=0")
        with pytest.warns(DeprecationWarning, match="TLSv1"):
            old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        connection = http.client.HTTPSConnection("localhost", port, context=old, timeout=10)
        with pytest.raises(ssl.SSLError):
            connection.connect()
        connection.close()
        supervisor.terminate()
        supervisor.wait(60)


def answered(port: int, context: ssl.SSLContext) -> http.client.HTTPResponse | None:
    connection = http.client.HTTPSConnection("localhost", port, context=context, timeout=10)
    try:
        connection.request("GET", "/health/ready")
        answer = connection.getresponse()
        answer.read()
    except OSError:
        return None
    finally:
        connection.close()
    return answer if answer.status == 200 else None


def certified(folder: Path) -> tuple[Path, Path]:
    """A certificate for `localhost`, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    files[1].chmod(0o600)
    return files
