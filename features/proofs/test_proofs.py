"""Proofs as auditors and customers get them: by command line and REST, and checked without us."""

from __future__ import annotations

import asyncio
import json
from base64 import b64decode
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from pytest_bdd import given, parsers, scenarios, then, when
from typer.testing import CliRunner, Result

from features.api import Api, Json
from features.proofs.checking import check_consistency, check_inclusion
from features.proofs.sealed import Sealed, contents, zipped
from features.world import Story
from infrastructure.proofs.keys import signer_of
from infrastructure.proofs.ledgers import ACCESSES
from infrastructure.proofs.reading import log_name
from infrastructure.proofs.sealer import Sealer, SealingRefused
from infrastructure.proofs.sink import Sink
from interfaces import verify_bundle
from interfaces.cli import application

scenarios("proofs.feature")

EVENT = """
    SELECT position, originator_id::text, originator_version, recorded_at, topic, state, metadata, actor, key, digest
    FROM log.events WHERE topic = 'quoting.Quote.Accepted'"""


@pytest.fixture
def auditor(sealed: Sealed, monkeypatch: pytest.MonkeyPatch) -> Sealed:
    """The settings name the database and what it is sealed with."""
    monkeypatch.setenv("DATABASE_URL", sealed.url)
    monkeypatch.setenv("Q2C_SIGNING_KEY", str(sealed.folder / "key.pem"))
    monkeypatch.setenv("Q2C_CHECKPOINTS", str(sealed.sink.file))
    return sealed


def q2c(*arguments: str) -> Result:
    """The command line, as those settings say."""
    return CliRunner().invoke(application(), arguments)


@given("the log is sealed")
def is_sealed(auditor: Sealed) -> None:
    auditor.seal()


@when('"q2c export-bundle" writes a bundle', target_fixture="bundle")
def written(auditor: Sealed) -> Path:
    file = auditor.folder / "bundle.zip"
    done = q2c("export-bundle", str(file))
    assert (done.exit_code, done.output.startswith(f"{file}: ")) == (0, True), done.output
    assert file.stat().st_mode & 0o777 == 0o600
    assert q2c("export-bundle", str(file)).exit_code == 1
    return file


@then("the verifier, alone with Python and the key, finds it good")
def good_offline(auditor: Sealed, bundle: Path) -> None:
    key = q2c("verify", "--show-key").output.strip()
    found = auditor.judged(bundle, key=key)
    assert found["good"]
    assert found["events"] == found["sealed"] > 10
    file = auditor.folder / "key.txt"
    file.write_text(key)
    assert auditor.judged(bundle, key=str(file)) == found


@then('"q2c verify" finds the log good and exits with 0')
def good_live(auditor: Sealed) -> None:
    done = q2c("verify")
    assert (done.exit_code, done.output.startswith("Good: ")) == (0, True)
    done = q2c("verify", "--json", "--key", str(auditor.signer.verifier))
    assert (done.exit_code, json.loads(done.output)["good"]) == (0, True)


@when("the customer takes the evidence of the quote along", target_fixture="bundle")
def taken_along(auditor: Sealed, api: Api, story: Story) -> Path:
    answer = api.client.get(f"/proofs/evidence/{story.quote}")
    assert answer.headers["content-type"] == "application/zip"
    assert api.client.get(f"/proofs/evidence/{uuid4()}").status_code == 404
    file = auditor.folder / "evidence.zip"
    file.write_bytes(answer.content)
    return file


@then("the verifier, alone with Python and the key, finds their acceptance in it")
def accepted(auditor: Sealed, bundle: Path) -> None:
    found = auditor.judged(bundle)
    topics = [json.loads(line)["topic"] for line in contents(bundle)["events.jsonl"].splitlines()]
    assert found["good"]
    assert found["events"] == found["sealed"] == len(topics)
    assert "quoting.Quote.Accepted" in topics


@given("the customer keeps the checkpoint", target_fixture="held")
def keeps(auditor: Sealed, api: Api) -> Path:
    file = auditor.folder / "kept.txt"
    file.write_text(api.client.get("/proofs/checkpoint").text)
    return file


@given("more was recorded and sealed")
def more(auditor: Sealed, api: Api) -> None:
    api.done("/products", {"sku": "NEW", "name": "New"})
    auditor.seal()


@when("the customer takes the evidence of the quote along, from that checkpoint on", target_fixture="bundle")
def taken_along_from(auditor: Sealed, api: Api, story: Story, held: Path) -> Path:
    size = auditor.signer.verifier.opened(held.read_text()).size
    file = auditor.folder / "evidence.zip"
    file.write_bytes(api.client.get(f"/proofs/evidence/{story.quote}", params={"earlier": size}).content)
    answer = api.client.get(f"/proofs/evidence/{story.quote}", params={"earlier": size - 1})
    assert (answer.status_code, answer.json()["detail"]) == (404, f"No checkpoint of {size - 1} events is known.")
    return file


@then("the verifier finds that what was signed last goes on from what they kept")
def goes_on_from_it(auditor: Sealed, bundle: Path, held: Path) -> None:
    found = auditor.judged(bundle, held=held)
    assert (found["good"], found["checkpoints"]) == (True, 2)


@then("it finds out whoever signs a history that does not")
def is_found_out(auditor: Sealed, bundle: Path, held: Path) -> None:
    """With the very key. A root of one's own does not lead to the later one; the kept root is not one's own."""
    files = contents(bundle)
    (path,) = map(json.loads, files["consistency.jsonl"].splitlines())
    size, last = (
        auditor.signer.verifier.opened(json.loads(note)).size for note in files["checkpoints.jsonl"].splitlines()
    )
    forged = f"{json.dumps(auditor.signer.note(size, bytes(32)))}\n".encode()
    later = files["checkpoints.jsonl"].splitlines(keepends=True)[1]
    not_its_beginning = f"the log of {size} events that was signed is not the beginning of the one of {last}"
    for changed, wrong in (
        ({"checkpoints.jsonl": forged + later}, not_its_beginning),
        ({"consistency.jsonl": json.dumps(path[1:]).encode()}, not_its_beginning),
        ({"consistency.jsonl": b"[7]"}, not_its_beginning),
        ({"consistency.jsonl": b""}, "not every checkpoint goes with a proof"),
        ({"consistency.jsonl": b"[]", "checkpoints.jsonl": forged * 2}, f"two histories of {size} events were signed"),
    ):
        found = auditor.judged(zipped(auditor.folder / "forged.zip", files | changed), held=held)
        assert (found["good"], found["wrong"]) == (False, wrong)


@then("nothing of it can be changed, left out before its end or left unproved")
def unchanged(auditor: Sealed, bundle: Path) -> None:
    files = contents(bundle)
    events, paths = files["events.jsonl"].splitlines(keepends=True), files["paths.jsonl"].splitlines(keepends=True)
    position = json.loads(events[1])["position"]
    for forged in (
        {"events.jsonl": b"".join([events[0], events[1].replace(b"quoting", b"quotinG"), *events[2:]])},
        {"events.jsonl": b"".join([events[0], *events[2:]]), "paths.jsonl": b"".join([paths[0], *paths[2:]])},
        {"events.jsonl": b"".join(events[1:]), "paths.jsonl": b"".join(paths[1:])},
        {"paths.jsonl": b"".join([paths[0], b"null\n", *paths[2:]])},
        {"paths.jsonl": b"".join([paths[0], b"[]\n", *paths[2:]])},
        {"paths.jsonl": b"".join([paths[0], b"[7]\n", *paths[2:]])},
    ):
        found = auditor.judged(zipped(auditor.folder / "forged.zip", files | forged))
        assert (found["good"], found["thing"]) == (False, json.loads(events[0])["originator_id"])
        assert found["first_wrong_position"] >= position
    for forged in (
        {"events.jsonl": b"", "paths.jsonl": b""},
        {"checkpoints.jsonl": b""},
        {"checkpoints.jsonl": files["checkpoints.jsonl"] * 2},
    ):
        assert auditor.judged(zipped(auditor.folder / "forged.zip", files | forged))["good"] is False


@then("it is not taken for a bundle of the whole log")
def of_one_thing(auditor: Sealed, api: Api, bundle: Path) -> None:
    assert (
        "Later ones of it, and other things, are not in this file."
        in auditor.run(bundle, "--key", str(auditor.signer.verifier))[1]
    )
    api.done("/products", {"sku": "NEW", "name": "New"})
    auditor.seal()
    found = auditor.judged(bundle, held=auditor.sink.file)
    assert (found["good"], "ask for evidence that goes on from it" in found["unclear"]) == (None, True)


@when(parsers.parse("somebody who owns the database makes {quantity} lamps of it"))
def changed(auditor: Sealed, quantity: str) -> None:
    auditor.tamper(
        "UPDATE log.events SET state = convert_to(replace(convert_from(state, 'UTF8'), '\"5\"', %(other)s), 'UTF8')"
        " WHERE topic = 'billing.Invoice.Issued' OR topic = 'ordering.Order.Placed'",
        other=f'"{quantity}"',
    )


@then('"q2c verify" names the first wrong event and exits with 1')
def named(auditor: Sealed) -> None:
    done = q2c("verify", "--json")
    found = json.loads(done.output)
    with psycopg.connect(auditor.url) as connection:
        row = connection.execute(
            "SELECT min(position) FROM log.events WHERE topic = 'ordering.Order.Placed'"
        ).fetchone()
    assert (done.exit_code, found["good"], (found["first_wrong_position"],)) == (1, False, row)
    assert q2c("verify").output == f"WRONG: {found['wrong']}.\n"


@then("what was recorded of the acceptance is proved to be in the log that was signed", target_fixture="earlier")
def included(auditor: Sealed, api: Api) -> tuple[int, bytes]:
    """By what the customer knows of it, and with the auditor's own program."""
    with psycopg.connect(auditor.url) as connection:
        cursor = connection.execute(EVENT)
        (row,) = cursor.fetchall()
        event = dict(zip([column.name for column in cursor.description or ()], row, strict=True))
    event |= {"recorded_at": event["recorded_at"].isoformat(), "digest": event["digest"].hex()}
    event |= {name: event[name].decode() for name in ("state", "metadata")}
    leaf = verify_bundle.leaf_hash(verify_bundle.event_content(event))
    proof = api.client.get(f"/proofs/inclusion/{event['position']}").json()
    assert (b64decode(proof["leaf_hash"]), proof["leaf_index"]) == (leaf, event["position"] - 1)
    assert proof["checkpoint"] == api.client.get("/proofs/checkpoint").text
    size, root = verify_bundle.opened(proof["checkpoint"], verify_bundle.parsed_key(str(auditor.signer.verifier)))
    check_inclusion(leaf, event["position"] - 1, size, list(map(b64decode, proof["inclusion_path"])), root)
    return size, root


@then("once more was recorded and sealed, that log is proved to be the beginning of the longer one")
def goes_on(auditor: Sealed, api: Api, story: Story, earlier: tuple[int, bytes]) -> None:
    size, root = earlier
    api.done("/products", {"sku": "NEW", "name": "New"})
    auditor.seal()
    later = auditor.signer.verifier.opened(api.client.get("/proofs/checkpoint").text)
    assert later.size == size + 1
    proof: Json = api.client.get("/proofs/consistency", params={"earlier": size, "later": later.size}).json()
    check_consistency(size, later.size, list(map(b64decode, proof["consistency_path"])), root, later.root)


@then("an operator sees how far the log is sealed, and for how long the rest has waited")
def is_told(auditor: Sealed, api: Api) -> None:
    api.done("/products", {"sku": "NEW", "name": "New"})
    told = json.loads(q2c("status", "--json").output)
    assert told["sealed_position"] == told["head"] - 1
    assert told["unsealed_seconds"] > 0
    sealed = auditor.seal()
    told = json.loads(q2c("status", "--json").output)
    assert (told["sealed_position"], told["unsealed_seconds"]) == (sealed, 0.0)
    assert f"Sealed up to {sealed}. " in q2c("status").output
    text = api.query("/metrics").text
    assert f"q2c_sealed_position {sealed:.1f}" in text
    assert "q2c_unsealed_seconds 0.0" in text


@then("an operator sees how far the access log is sealed, and for how long the rest has waited")
def is_told_of_accesses(auditor: Sealed, api: Api) -> None:
    api.get("/quotes")
    told = json.loads(q2c("status", "--json").output)
    assert told["accesses"] > told["accesses_sealed_position"] == 0
    assert told["accesses_unsealed_seconds"] > 0
    signer = signer_of(auditor.folder / "accesses.pem", log_name(auditor.url, ACCESSES))
    sealed = asyncio.run(Sealer(auditor.url, signer, Sink(auditor.folder / "accesses.jsonl"), ACCESSES).seal())
    told = json.loads(q2c("status", "--json").output)
    assert (told["accesses_sealed_position"], told["accesses_unsealed_seconds"]) == (sealed, 0.0)
    assert f"The access log ends at {sealed}, sealed up to {sealed}." in q2c("status").output
    health = api.get("/health/sealing")
    assert (health["accesses_sealed_position"], health["accesses_unsealed_seconds"] >= 0) == (sealed, True)


@when("the tree is changed behind our back, and the worker is to seal what comes next")
def refuses(auditor: Sealed, api: Api) -> None:
    auditor.tamper("UPDATE proofs.tiles SET hashes = set_byte(hashes, 5, get_byte(hashes, 5) # 1)")
    api.done("/products", {"sku": "NEW", "name": "New"})
    for _ in range(2):
        with pytest.raises(SealingRefused):
            auditor.seal()


@then("an operator sees why it refuses, and that it does until it seals again")
def sees_why(auditor: Sealed, api: Api) -> None:
    size = auditor.signer.verifier.opened(auditor.sink.notes()[-1]).size
    why = f"the tree is not the one that was sealed at {size}"
    told = api.get("/health/sealing")
    assert (told["sealed_position"], told["refused"]) == (size, why)
    assert told["unsealed_seconds"] > 0
    status = " ".join(q2c("status").output.split())
    assert f"Sealing is refused since {datetime.fromisoformat(told['refused_since']):%Y-%m-%d %H:%M}: {why} " in status
    assert json.loads(q2c("status", "--json").output)["sealing_refused"] == why
    assert "q2c_sealing_refused 1.0" in api.query("/metrics").text
    auditor.tamper("UPDATE proofs.tiles SET hashes = set_byte(hashes, 5, get_byte(hashes, 5) # 1)")
    auditor.seal()
    told = api.get("/health/sealing")
    assert (told["refused"], told["refused_since"], told["unsealed_seconds"]) == (None, None, 0.0)
    assert "refused" not in q2c("status").output
    assert "q2c_sealing_refused 0.0" in api.query("/metrics").text


@then("there is no checkpoint yet, and no proof")
def none(api: Api) -> None:
    for path in ("/proofs/checkpoint", "/proofs/inclusion/1", "/proofs/consistency?earlier=1&later=2"):
        answer = api.client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert "Nothing is sealed yet" in answer.json()["detail"]


@then("once the log is sealed, there is none of what comes after")
def none_after(auditor: Sealed, api: Api) -> None:
    size = auditor.seal()
    for path in (f"/proofs/inclusion/{size + 1}", f"/proofs/consistency?earlier=1&later={size + 1}"):
        assert api.client.get(path).status_code == 404
    assert api.client.get("/proofs/consistency?earlier=2&later=1").status_code == 422
