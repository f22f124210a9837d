"""A contract that ends early: what is used is billed, what was billed beyond is credited, and both add up (C6)."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import Literal
from uuid import UUID, uuid5

from hypothesis import assume, given
from hypothesis import strategies as st

from domain.contracting import Contract, NothingAccruesAfterTermination, Signatory, schedule_of
from domain.contracting.termination import used_share
from domain.shared.contract_terms import ContractTerms
from domain.shared.document import Agreement, Charge, Line
from domain.shared.money import Money, total
from domain.shared.periods import Recurrence
from domain.shared.tax import Tax
from features.machines.deals import NOON, TODAY, agreements

SIGNATORIES = (Signatory("A", "seller"), Signatory("B", "buyer"))
RULES: tuple[Literal["monthly", "quarterly", "weekly", "yearly"], ...] = ("monthly", "quarterly", "weekly", "yearly")
LATER = NOON + timedelta(days=2000)


def as_agreed(taxed: Line | Charge) -> Tax:
    """The tax table has not changed since."""
    return taxed.tax


def active(agreement: Agreement, terms: ContractTerms) -> Contract:
    """A contract in force."""
    contract = Contract(UUID(int=1))
    contract.draft_contract(agreement, terms, NOON)
    contract.sign(SIGNATORIES, NOON)
    contract.activate(NOON)
    return contract


def bill(contract: Contract, number: int) -> tuple[UUID, Money]:
    """The invoice of an instalment, and what it comes to without tax and charges."""
    invoice_id = uuid5(UUID(int=2), str(number))
    lines = contract.bill_instalment(number, invoice_id, as_agreed, LATER).lines
    return invoice_id, total((line.line_extension_amount for line in lines), contract.currency)


@given(
    agreement=agreements(),
    days=st.integers(1, 800),
    recurrence=st.none() | st.sampled_from(RULES).map(lambda rule: Recurrence(rule=rule)),
    data=st.data(),
)
def test_what_is_used_and_what_is_credited_add_up(
    agreement: Agreement, days: int, recurrence: Recurrence | None, data: st.DataObject
) -> None:
    ends_on = TODAY + timedelta(days=days)
    terms = ContractTerms(starts_on=TODAY, ends_on=ends_on, billing_trigger="schedule", recurrence=recurrence)
    contract = active(agreement, terms)
    numbers = [one.number for one in contract.schedule]
    before = data.draw(st.integers(0, len(numbers)))
    billed = dict(bill(contract, number) for number in numbers[:before])
    last_day = TODAY + timedelta(days=data.draw(st.integers(0, days)))
    contract.terminate(last_day, "moved", LATER)
    for number in numbers[before:]:
        try:
            billed |= [bill(contract, number)]
        except NothingAccruesAfterTermination:
            assert used_share(terms, contract.schedule, number, last_day) == 0
    event = next(one for one in contract.pending if isinstance(one, Contract.Terminated))
    credited = total((part.amount for part in event.unused), contract.currency)
    cut = {one.number: one.amount for one in event.used}
    used = total((cut.get(one.number, one.amount) for one in contract.schedule), contract.currency)
    assert total(billed.values(), contract.currency) - credited == used
    assert all(0 < part.amount.amount <= billed[part.invoice_id].amount for part in event.unused)


@given(days=st.integers(1, 800), used=st.integers(0, 800), rule=st.sampled_from(("monthly", "weekly", "yearly")))
def test_what_is_used_grows_day_by_day_to_the_whole(
    days: int, used: int, rule: Literal["monthly", "weekly", "yearly"]
) -> None:
    assume(used <= days)
    terms = ContractTerms(
        starts_on=TODAY,
        ends_on=TODAY + timedelta(days=days),
        billing_trigger="schedule",
        recurrence=Recurrence(rule=rule),
    )
    schedule = schedule_of((), terms, "EUR")
    last_day = TODAY + timedelta(days=used)
    shares = [used_share(terms, schedule, one.number, last_day) for one in schedule]
    assert shares == sorted(shares, reverse=True)
    assert all(Fraction(0) <= share <= 1 for share in shares)
    assert sum(0 < share < 1 for share in shares) <= 1
    if used == days:
        assert set(shares) == {Fraction(1)}
