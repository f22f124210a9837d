"""The interface does what its OpenAPI says, whatever it is sent.

`Q2C_CASES=5000 pytest features/rest/test_openapi.py -s` sends so many requests instead of a few hundred.
"""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from httpx2 import Response
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from features.api import Json, SetClock
from features.proofs.sealed import seal
from features.rest.examples import example, ids
from features.rest.shop import Shop, interrupted
from features.world import World
from interfaces.rest.app import create_app

if TYPE_CHECKING:
    from schemathesis import Case
    from schemathesis.schemas import APIOperation

CASES = int(os.environ.get("Q2C_CASES", "250"))
SEED = int(os.environ.get("Q2C_SEED", "20"))
ACTOR = "fay"
OF_SESSIONS = ("/keys", "/totp", "/sessions/{")
"""What is for whoever has signed in: everything else is asked for with a key."""
WAYS = ["as it came", "ids known", "ids known", "example varied", "example", "example"]
"""How a generated request is sent; `example` is what must succeed."""


@dataclass
class Outcomes:
    """What was answered, by operation."""

    statuses: dict[str, Counter[int]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def report(self) -> str:
        """One line for all, one for each operation."""
        sums = sum(self.statuses.values(), Counter[int]())
        total, good = sums.total(), sum(count for status, count in sums.items() if status < 300)
        lines = [f"{total} cases, {good / total:.0%} of them 2xx: {dict(sorted(sums.items()))}"]
        return "\n".join(
            [*lines, *(f"  {name}: {dict(sorted(found.items()))}" for name, found in self.statuses.items())]
        )


@pytest.fixture
def shop(world: World, database_url: str, clock: SetClock) -> Iterator[Shop]:
    with interrupted(database_url, clock) as api:
        shop = Shop(world, api)
        shop.acting = ACTOR
        yield shop


@pytest.fixture(scope="module")
def description() -> Json:
    return create_app("postgresql://nowhere").openapi()


def test_the_description_is_openapi_3_1(description: Json) -> None:
    from jsonschema_rs import meta
    from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

    assert description["openapi"].startswith("3.1")
    OPENAPI_31_VALIDATOR.validate(description)
    for schema in description["components"]["schemas"].values():
        meta.validate(schema)


def test_every_operation_has_a_name_of_its_own_and_every_reference_leads_somewhere(description: Json) -> None:
    names = Counter(one["operationId"] for path in description["paths"].values() for one in path.values())
    assert {name for name, count in names.items() if count > 1} == set()
    references = {part["$ref"] for part in _objects(description) if "$ref" in part}
    components = description["components"]
    known = {f"#/components/{kind}/{name}" for kind in components for name in components[kind]}
    assert references - known == set()


def test_what_a_command_is_refused_without_is_said_to_be_required(description: Json) -> None:
    asked: dict[str, set[bool]] = {"Idempotency-Key": set(), "If-Match": set(), "Q2C-Reason": set()}
    for operation in _operations(description):
        for one in operation.get("parameters", ()):
            if one["name"] in asked:
                asked[one["name"]].add(one["required"])
                assert not one["required"] or one["schema"]["type"] == "string"
    assert asked == {"Idempotency-Key": {True}, "If-Match": {True}, "Q2C-Reason": {False}}


def test_the_headers_of_answers_are_described_once(description: Json) -> None:
    def told(path: str, method: str, status: str) -> set[str]:
        response = description["paths"][path][method]["responses"][status]
        return set(response.get("headers") or description["components"]["responses"][status]["headers"])

    always = {"Q2C-Request-Id", "RateLimit", "RateLimit-Policy"}
    assert told("/quotes", "post", "201") == {*always, "ETag"}
    assert told("/quotes", "post", "503") == told("/quotes", "get", "429") == {*always, "Retry-After"}
    assert told("/quotes", "get", "200") == {*always, "Q2C-Incomplete"}
    assert told("/quotes/{quote_id}", "get", "200") == {*always, "ETag", "Q2C-Incomplete"}
    assert told("/quotes/{quote_id}/send", "post", "412") == always
    headers = description["components"]["headers"]
    assert set(headers) == {*always, "ETag", "Q2C-Incomplete", "Retry-After"}
    assert all(one["description"] for one in headers.values())


def test_what_the_code_says_of_a_field_is_said_of_the_property(description: Json) -> None:
    schemas = description["components"]["schemas"]
    described = {
        ("DraftQuote", "valid_until"): "The last valid day, in the seller's time zone.",
        ("SignIn", "code"): "Of the authenticator, or a recovery code; for whoever has one.",
        ("SessionRow", "used_at"): "Within a minute.",
        ("ReadModelHealth", "lag"): "Events of the log that are not in its tables yet.",
    }
    found = {place: schemas[place[0]]["properties"][place[1]].get("description") for place in described}
    assert found == described


def test_an_answer_is_described_by_its_own_schema(description: Json) -> None:
    """A command and an answer may each have a `DocumentCharge`."""
    charges = description["components"]["schemas"][_of_items(description, "DocumentView", "charges")]
    assert {"vat_category_code", "vat_rate"} <= charges["properties"].keys()
    charges = description["components"]["schemas"][_of_items(description, "DraftQuote", "charges")]
    assert charges["properties"].keys() == {"reason", "amount", "tax"}


def _of_items(description: Json, schema: str, field: str) -> str:
    items = description["components"]["schemas"][schema]["properties"][field]["items"]
    return str(items["$ref"]).rpartition("/")[2]


def _operations(description: Json) -> Iterator[Json]:
    for path in description["paths"].values():
        yield from path.values()


def test_whatever_is_sent_the_answer_is_documented_and_every_operation_succeeds(
    shop: Shop, description: Json, database_url: str, tmp_path: Path
) -> None:
    import schemathesis  # here, since it takes seconds
    from schemathesis.core.result import Ok

    schema = schemathesis.openapi.from_dict(description)
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) == sum(map(len, description["paths"].values()))
    # A stream of changes has no end, which this client would wait for: `features/changes` listens to it.
    operations = [one for one in operations if one.path != "/changes"]
    # To sign in at a provider, there must be one: `features/identity` has it.
    operations = [one for one in operations if not one.path.startswith("/oidc/")]
    known, outcomes = ids(shop), Outcomes()
    shop.sign_in()
    seal(database_url, tmp_path)
    each = -(-CASES // len(operations))
    for operation in operations:
        outcomes.statuses[operation.label] = Counter()
        _fuzz(Sender(shop, known, operation), each, outcomes)
    print("\n" + outcomes.report())
    assert outcomes.failures == []
    never = [name for name, statuses in outcomes.statuses.items() if not any(status < 300 for status in statuses)]
    assert never == []
    statuses = sum(outcomes.statuses.values(), Counter[int]())
    assert sum(count for status, count in statuses.items() if status < 300) >= 0.3 * statuses.total()


def _fuzz(sender: Sender, cases: int, outcomes: Outcomes) -> None:
    """So many requests to one operation: valid and invalid ones, plain and varied; the first is the example."""
    from schemathesis import GenerationMode

    drawn = [sender.operation.as_strategy(generation_mode=mode) for mode in GenerationMode]
    ways = iter(["example"])

    @seed(SEED)
    @settings(
        max_examples=cases,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.one_of(drawn), way=st.sampled_from(WAYS), number=st.integers(0, 2**64))
    def send(case: Case[Any], way: str, number: int) -> None:
        response = sender.send(case, next(ways, way), random.Random(number))
        outcomes.statuses[sender.operation.label][response.status_code] += 1
        try:
            sender.judge(case, response)
        except BaseExceptionGroup as failures:  # told at the end: sent again, the same request need not fail again
            outcomes.failures += [f"{sender.operation.label} (Q2C_SEED={SEED}): {one}" for one in failures.exceptions]

    send()


@dataclass
class Sender:
    """Sends generated requests for one operation, with what every request needs."""

    shop: Shop
    known: dict[str, list[str]]
    operation: APIOperation[Any, Any, Any, Any]

    def send(self, case: Case[Any], way: str, chance: random.Random) -> Response:
        """Send it in one of the `WAYS`."""
        body: Any = case.body if self.operation.method == "post" and _is_given(case.body) else None
        path = dict(case.path_parameters or {})
        if way != "as it came":
            path = {name: self.known[name][0] if way == "example" else chance.choice(self.known[name]) for name in path}
            body = _with_ids(body, self.known, chance)
        if way.startswith("example") and self.operation.method == "post":
            addressee, valid = example(self.shop, self.operation.label)
            path = dict.fromkeys(path, addressee)
            body = valid if way == "example" else _varied(valid, body, chance)
        case.path_parameters, case.body = path, body
        case.query = _required(self.operation.definition.raw) if way == "example" else case.query
        headers = {"As": ACTOR, "Idempotency-Key": self.shop.unique("fuzz "), "If-Match": "*"}
        headers["Content-Type"] = "application/json"
        headers |= self.shop.session if self.operation.path.startswith(OF_SESSIONS) else {}
        content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        return self.shop.api.client.request(
            case.method,
            case.formatted_path,
            params=case.query,
            headers=headers,
            content=content,
        )

    def judge(self, case: Case[Any], response: Response) -> None:
        """No 5xx, and nothing that the description does not say."""
        from schemathesis.checks import not_a_server_error
        from schemathesis.specs.openapi import checks

        case.validate_response(
            response,
            checks=[
                not_a_server_error,
                checks.status_code_conformance,
                checks.content_type_conformance,
                checks.response_headers_conformance,
                checks.response_schema_conformance,
            ],
        )


def _required(operation: Json) -> Json:
    """The query parameters that must be given, as the description exemplifies them."""
    parameters = [one for one in operation.get("parameters", ()) if one["in"] == "query" and one["required"]]
    return {one["name"]: one["schema"]["examples"][0] for one in parameters}


def _is_given(body: Any) -> bool:
    from schemathesis.core import NOT_SET

    return body is not NOT_SET


def _with_ids(body: Any, known: dict[str, list[str]], chance: random.Random) -> Any:
    """The same with ids of what there is."""
    if isinstance(body, dict):
        return {
            name: chance.choice(known[name])
            if name in known and isinstance(value, str)
            else _with_ids(value, known, chance)
            for name, value in body.items()
        }
    return [_with_ids(value, known, chance) for value in body] if isinstance(body, list) else body


def _varied(valid: Json, generated: Any, chance: random.Random) -> Json:
    """The valid body with one field as it was generated."""
    if not isinstance(generated, dict) or not generated:
        return valid
    name = chance.choice(sorted(generated))
    return {**valid, name: generated[name]}


def _objects(value: Any) -> Iterator[Json]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _objects(part)
