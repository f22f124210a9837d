"""Checkpoints are C2SP's signed notes, and the offline verifier's own arithmetic of signatures is RFC 8032's."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.proofs.checkpoints import CheckpointRefused, Signer, Verifier
from infrastructure.proofs.keys import signer_of
from infrastructure.proofs.sink import Sink
from infrastructure.servers import ServerError
from interfaces import verify_bundle as offline

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SIGNER = Signer("quote-to-cash/test", KEY)
ROOT = bytes(range(100, 132))
NOTE = SIGNER.note(7, ROOT)
# Section 7.1 of RFC 8032: secret key, message, signature.
RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
]


@pytest.mark.parametrize(("secret", "message", "signature"), RFC_8032)
def test_signatures_of_the_standard_verify(secret: str, message: str, signature: str) -> None:
    public = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret)).public_key().public_bytes_raw()
    assert offline.ed25519_verifies(public, bytes.fromhex(message), bytes.fromhex(signature))
    assert not offline.ed25519_verifies(public, bytes.fromhex(message) + b".", bytes.fromhex(signature))


@given(st.binary(max_size=100), st.integers(0, 511))
def test_no_other_bit_of_a_signature_verifies(message: bytes, bit: int) -> None:
    public, signature = KEY.public_key().public_bytes_raw(), KEY.sign(message)
    assert offline.ed25519_verifies(public, message, signature)
    wrong = bytearray(signature)
    wrong[bit // 8] ^= 1 << bit % 8
    assert not offline.ed25519_verifies(public, message, bytes(wrong))


def test_a_scalar_that_is_too_large_is_no_signature() -> None:
    signature = KEY.sign(b"")
    larger = int.from_bytes(signature[32:], "little") + offline.Q
    assert not offline.ed25519_verifies(
        KEY.public_key().public_bytes_raw(), b"", signature[:32] + larger.to_bytes(32, "little")
    )


def test_a_note_says_what_was_signed() -> None:
    assert NOTE.startswith("quote-to-cash/test\n7\n")
    assert "\n\n\u2014 quote-to-cash/test " in NOTE
    found = SIGNER.verifier.opened(NOTE)
    assert (found.size, found.root) == (7, ROOT) == offline.opened(NOTE, offline.parsed_key(str(SIGNER.verifier)))


ANOTHER = Signer("quote-to-cash/test", Ed25519PrivateKey.from_private_bytes(bytes(32)))
FORGED = {
    "another size": NOTE.replace("\n7\n", "\n8\n"),
    "a size that begins with 0": NOTE.replace("\n7\n", "\n07\n"),
    "no number": NOTE.replace("\n7\n", "\n-7\n"),
    "another root": SIGNER.note(7, ROOT[::-1]).split("\n\n")[0] + "\n\n" + NOTE.split("\n\n")[1],
    "another key": ANOTHER.note(7, ROOT),
    "another log": Signer("quote-to-cash/other", KEY).note(7, ROOT),
    "no signature": NOTE.split("\n\n")[0] + "\n\n",
    "no note": "a text",
    "nothing": "",
    "another line": NOTE.replace("\n7\n", "\n7\n7\n"),
}


@pytest.mark.parametrize("note", FORGED.values(), ids=FORGED)
def test_whatever_else_is_said_is_refused(note: str) -> None:
    with pytest.raises(CheckpointRefused):
        SIGNER.verifier.opened(note)
    with pytest.raises(offline.Refused):
        offline.opened(note, offline.parsed_key(str(SIGNER.verifier)))


def test_a_verifier_key_is_read_as_it_is_written() -> None:
    assert Verifier.parsed(f"{SIGNER.verifier}\n") == SIGNER.verifier
    for wrong in ("", "name", "name+00000000+AA==", str(SIGNER.verifier).replace("test", "tost")):
        with pytest.raises(CheckpointRefused):
            Verifier.parsed(wrong)
        with pytest.raises(offline.Refused):
            offline.parsed_key(wrong)


def test_the_signing_key_is_made_once_and_is_ours_alone(tmp_path: Path) -> None:
    file = tmp_path / "new" / "key.pem"
    assert signer_of(file, "log").verifier == signer_of(file, "log").verifier
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o640)
    with pytest.raises(ServerError, match="chmod 600"):
        signer_of(file, "log")
    file.write_text("no key")
    file.chmod(0o600)
    with pytest.raises(ServerError, match="no private key"):
        signer_of(file, "log")


def test_half_a_line_in_the_sink_is_not_taken_for_a_checkpoint(tmp_path: Path) -> None:
    sink = Sink(tmp_path / "checkpoints.jsonl")
    assert (sink.last(), sink.notes()) == (None, [])
    sink.add(NOTE)
    with sink.file.open("a") as file:
        file.write('"quote-to-ca')
    assert sink.last() == NOTE
    sink.add(NOTE.replace("7", "8"))
    assert sink.notes() == [NOTE, NOTE.replace("7", "8")]
    assert sink.last() == NOTE.replace("7", "8")
