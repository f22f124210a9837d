"""Rules of merged customers that hold whatever is merged, taken back and changed, in whatever order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.crm import Customer, CustomerDetails
from domain.shared.party import Address
from domain.shared.refusal import Refusal
from domain.shared.terms import NET_30

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DETAILS = CustomerDetails(
    name="Meyer", address=Address(country_code="DE"), vat_id=None, region="", segment="", payment_terms=NET_30
)
NUMBERS = (None, "DE1", "DE2")

places = st.integers(0, 4)
acts = st.one_of(
    st.tuples(st.just("merge"), places, places),
    st.tuples(st.just("unmerge"), places, st.just(0)),
    st.tuples(st.just("change"), places, st.integers(0, 2)),
)


def registered(place: int) -> Customer:
    customer = Customer(UUID(int=place + 1))
    customer.register(DETAILS, AT, external_id=None, representative=None, contacts=(), one_time=False)
    return customer


def above(customers: dict[UUID, Customer], customer: Customer) -> list[Customer]:
    """Whom it was merged into, and so on."""
    found: list[Customer] = []
    while customer.merged_into is not None:
        customer = customers[customer.merged_into]
        found.append(customer)
    return found


def act(customers: dict[UUID, Customer], what: str, place: int, other: int) -> None:
    customer = customers[UUID(int=place + 1)]
    if what == "merge":
        into = customers[UUID(int=other + 1)]
        survivor = [into, *above(customers, into)][-1]
        customer.merge(survivor, [*customer.vat_numbers().values(), *survivor.vat_numbers().values()], AT)
    elif what == "unmerge":
        customer.unmerge(above(customers, customer), AT)
    else:
        number = NUMBERS[other]
        numbers = [*customer.alias_numbers.values(), *([number] if number else [])]
        customer.change(replace(DETAILS, vat_id=number), numbers, AT)


@settings(max_examples=300, deadline=None)
@given(st.lists(acts, max_size=30))
def test_customers_that_are_the_same_have_one_vat_number_at_most(steps: list[tuple[str, int, int]]) -> None:
    customers = {one.id: one for one in map(registered, range(5))}
    for step in steps:
        versions = {one.id: one.version for one in customers.values()}
        try:
            act(customers, *step)
        except Refusal:
            assert versions == {one.id: one.version for one in customers.values()}
        for customer in customers.values():
            aliases = [one for one in customers.values() if customer in above(customers, one)]
            assert customer.alias_numbers == {one.id: one.vat_id for one in aliases if one.vat_id}
            assert len(set(customer.vat_numbers().values())) <= 1
