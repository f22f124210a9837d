"""VAT numbers of customers."""

from __future__ import annotations

from uuid import UUID, uuid4

from pytest_bdd import given, parsers, scenarios, then, when

from domain.crm import Customer, CustomerDetails
from domain.identity import Role
from domain.shared.party import Address
from domain.shared.terms import NET_30
from features.api import Api
from features.privacy.people import found_by, signed_in, system_of
from features.world import Story
from infrastructure.event_log import Save

scenarios("vat_numbers.feature")


@given(
    parsers.parse('two customers with the VAT number "{number}", and one from before such were sealed'),
    target_fixture="customers",
)
def three_customers(story: Story, number: str) -> list[str]:
    return [
        *(_with_number(story.world.api, number, name) for name in ("Ostwind", "Levante")),
        _of_before(story, number),
    ]


def _with_number(api: Api, number: str, name: str) -> str:
    return api.done("/customers", {"name": name, "address": {"country_code": "DE"}, "vat_id": number}).id


def _of_before(story: Story, number: str) -> str:
    """As the log holds it since then."""
    api, address = story.world.api, Address(country_code="DE")
    details = CustomerDetails(
        name="East Wind", address=address, vat_id=number, region="", segment="", payment_terms=NET_30
    )
    customer = Customer(uuid4())
    customer.register(details, api.clock.now(), external_id=None, representative=None, contacts=(), one_time=False)
    metadata = {"actor": "ann", "command": "RegisterCustomer", "events": 1}
    save = Save(key="before", actor="ann", digest=b"", events=customer.pending, metadata=metadata)
    assert api.client.portal is not None
    api.position = api.client.portal.call(system_of(api).log.append, save).position
    return str(customer.id)


@then(parsers.parse('support finds the two by "{number}"'))
def found_by_number(story: Story, customers: list[str], number: str) -> None:
    found = {(hit["id"], hit["matched_on"]) for hit in found_by(story, number)}
    assert found == {(customer, "vat_id") for customer in customers[:2]}


@then("each of the two may be the same as the other, and the old one as both")
def may_be_the_same(story: Story, customers: list[str]) -> None:
    views = [story.world.api.get(f"/customers/{customer}") for customer in customers]
    same = [[one["customer_id"] for one in view["possible_duplicates"]] for view in views]
    assert same == [[customers[1]], [customers[0]], customers[:2]]


@then(parsers.parse('what is recorded for any of them from now on does not bear "{digits}"'))
def not_borne(story: Story, customers: list[str], digits: str) -> None:
    api = story.world.api
    quotes = [story.world.sent_quote(customer_id=customer) for customer in customers]
    assert [api.get(f"/quotes/{quote}")["document"]["buyer_vat_id"] for quote in quotes] == [f"DE{digits}"] * 3
    assert api.client.portal is not None
    for aggregate in (*customers[:2], *quotes):
        events = api.client.portal.call(system_of(api).log.events_of, UUID(aggregate))
        told = b"".join(event.state for event in events)
        assert b"sealed:1:legal:" in told
        assert digits.encode() not in told


@then("all of them can be merged into one")
def merged(story: Story, customers: list[str]) -> None:
    into, *others = customers
    for customer in others:
        story.world.api.done(f"/customers/{customer}/merge", {"into": into})


@then(parsers.parse('none with the VAT number "{number}" can be'))
def not_merged(story: Story, customers: list[str], number: str) -> None:
    other = _with_number(story.world.api, number, "Mistral")
    story.tries(f"/customers/{other}/merge", {"into": customers[0]})
    assert story.problem()["code"] == "different_vat_numbers"
    assert "DE1" not in str(story.problem())


@when(parsers.parse('marketing gives the first another name, and the VAT number as it reads it: "{shown}"'))
def renamed(story: Story, customers: list[str], shown: str) -> None:
    api, path = story.world.api, f"/customers/{customers[0]}"
    headers = {"Authorization": signed_in(api, "mark", Role.MARKETING)}
    seen = api.client.get(path, params={"after": api.position}, headers=headers).json()["customer"]
    assert seen["vat_id"] == shown
    body = {"name": "Ponente", "address": {"country_code": "DE"}, "vat_id": shown}
    headers |= {"Idempotency-Key": "renamed", "If-Match": "*"}
    answer = api.client.post(f"{path}/change", json=body, headers=headers)
    assert answer.is_success, answer.text
    api.position = answer.json()["position"]


@then(parsers.parse('the first has that name, and the VAT number "{number}"'))
def still(story: Story, customers: list[str], number: str) -> None:
    customer = story.world.api.get(f"/customers/{customers[0]}")["customer"]
    assert (customer["name"], customer["vat_id"]) == ("Ponente", number)
