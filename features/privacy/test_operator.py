"""Steps of what whoever runs the service does about personal data."""

from __future__ import annotations

from pathlib import Path

from pytest_bdd import given, parsers, scenarios, then

from features.api import Json
from features.house.processes import environment, q2c
from features.world import World

scenarios("operator.feature")

STAY = "name and address are kept in plain"


def operator(database_url: str, folder: Path, *arguments: str) -> tuple[str, str]:
    """What `q2c` tells, and what it says beside that."""
    done = q2c(*arguments, env=environment(folder, DATABASE_URL=database_url))
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


def registered(world: World, *contacts: str) -> str:
    body: Json = {"name": "Lund", "address": {"country_code": "NO"}, "contacts": [{"name": one} for one in contacts]}
    return world.api.done("/customers", body).id


@given(parsers.parse('a customer with the contact "{name}"'), target_fixture="customer")
def _(world: World, name: str) -> str:
    return registered(world, name)


@given("a customer without contacts", target_fixture="customer")
def _(world: World) -> str:
    return registered(world)


@given("the erasure of the customer was asked for and approved", target_fixture="subject")
def _(world: World, customer: str) -> str:
    subject = world.api.done("/privacy/erasures", {"customer_id": customer, "reason": "wishes so"}).id
    world.api.done(f"/privacy/data-subjects/{subject}/approve-erasure", actor="bob")
    return subject


@then(parsers.parse('"q2c personal-data" of the data subject tells "{name}", and that name and address stay'))
def _(database_url: str, tmp_path: Path, subject: str, name: str) -> None:
    told, said = operator(database_url, tmp_path, "personal-data", subject)
    assert (name in told, STAY in said) == (True, True)


@then('"q2c erase" of the data subject erases the customer, and tells that name and address stay')
def _(database_url: str, tmp_path: Path, customer: str, subject: str) -> None:
    certificate, said = operator(database_url, tmp_path, "erase", subject)
    assert (f"data subject: customer {customer}" in certificate, STAY in said) == (True, True)


@then("a certificate that cannot be written is refused before anything is erased")
def _(database_url: str, tmp_path: Path, subject: str) -> None:
    (tmp_path / "there").write_text("precious")
    for place in ("there", "no-folder/certificate"):
        line = ("erase", subject, "--certificate", str(tmp_path / place))
        said = q2c(*line, env=environment(tmp_path, DATABASE_URL=database_url))
        assert (said.returncode, said.stdout, said.stderr.count("\n")) == (1, "", 1)
    assert (tmp_path / "there").read_text() == "precious"
    certificate, _ = operator(database_url, tmp_path, "erase", subject, "--certificate", str(tmp_path / "certificate"))
    assert (tmp_path / "certificate").read_text() == certificate


@then('"q2c personal-data" of the customer tells that nothing is sealed, and that name and address stay')
def _(database_url: str, tmp_path: Path, customer: str) -> None:
    told, said = operator(database_url, tmp_path, "personal-data", customer)
    assert (told, "nothing of them is sealed" in said, STAY in said) == ("", True, True)
