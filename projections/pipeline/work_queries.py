"""What waits for somebody: tasks, mentions, deals at risk, and deals to take over."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from domain.crm import HandOver
from projections.pipeline.opportunity_queries import ACTIVITY, Wanted, opportunities
from projections.pipeline.rows import ActivityRow
from projections.pipeline.work_rows import (
    Agreed,
    ContractSummary,
    HandOverRow,
    HandOverView,
    Mention,
    MyWork,
    ReachableContact,
    ScheduledAmount,
    TaxTreatment,
)
from projections.shared import Reader

HandOverState = Literal["waiting", "returned", "acknowledged", "cancelled"]

MOST = 200
EVERYTHING = 2**63 - 1
HAND_OVER = """hand_over_id, version, ordinal, state, order_id, number, buyer_name, owner, purchase_order_reference,
    currency, total_amount, placed_at, question, answer"""
AGREED = """seller_id, seller_name, seller_vat_id, sold_to_id, bill_to_id, ship_to_id, street, city, post_code,
    subdivision, country_code, buyer_vat_id, ship_to_country, payment_terms, billing_trigger, net_amount, charge_amount,
    tax_amount, deal_id as quote_id, accepted_by, identified_by,
    case source_kind when 'contract' then source_id end as contract_id, opportunity_id"""


async def my_work(reader: Reader, owner: str | None, now: datetime, stale_after_days: int) -> MyWork:
    """What waits for that person, or for anybody; at most 200 of each."""
    tasks = await reader.rows(
        ActivityRow,
        f"""select {ACTIVITY} from activities where (%(owner)s::text is null or owner = %(owner)s) and state = 'planned'
            order by due_date, ordinal limit {MOST}""",
        owner=owner,
        today=now.date(),
    )
    mentions = await reader.rows(
        Mention,
        f"""select comment_id, version, mentions.name, subject_kind, subject_id, author, body, written_at
            from mentions join comments using (comment_id)
            where (%(owner)s::text is null or mentions.name = %(owner)s) and read_at is null
            order by ordinal desc, mentions.name limit {MOST}""",
        owner=owner,
    )
    past_due, stale = Wanted(owner=owner, past_due=True), Wanted(owner=owner, stale=True)
    return MyWork(
        tasks,
        mentions,
        await opportunities(reader, now, stale_after_days, EVERYTHING, MOST - 1, past_due),
        await opportunities(reader, now, stale_after_days, EVERYTHING, MOST - 1, stale),
        await hand_overs(reader, EVERYTHING, MOST - 1, state="returned", owner=owner),
    )


async def hand_overs(
    reader: Reader, before: int, limit: int, *, state: HandOverState | None, owner: str | None
) -> list[HandOverRow]:
    """Deals that sales has handed over, the newest first."""
    return await reader.rows(
        HandOverRow,
        f"""select {HAND_OVER} from hand_overs where ordinal < %(before)s
            and (%(state)s::text is null or state = %(state)s) and (%(owner)s::text is null or owner = %(owner)s)
            order by ordinal desc limit %(limit)s + 1""",
        before=before,
        limit=limit,
        state=state,
        owner=owner,
    )


async def hand_over(reader: Reader, order_id: UUID) -> HandOverView | None:
    """Everything about the deal of an order."""
    row = await reader.row(HandOverRow, f"select {HAND_OVER} from hand_overs where order_id = %(id)s", id=order_id)
    agreed = await reader.row(
        Agreed,
        f"""select {AGREED} from hand_overs left join (select deal_id, order_id, accepted_by, identified_by,
                opportunity_id from deals) as deal using (order_id) where order_id = %(id)s""",
        id=order_id,
    )
    if row is None or agreed is None:
        return None
    taxes = await reader.rows(
        TaxTreatment,
        """select scheme, jurisdiction, vat_category_code, vat_rate, taxable_amount, tax_amount
            from hand_over_taxes where order_id = %(id)s order by place""",
        id=order_id,
    )
    contacts = await reader.rows(
        ReachableContact,
        """select customer_id, name, email, phone from contacts where customer_id = any(%(ids)s)
            order by name, customer_id""",
        ids=[agreed.sold_to_id, agreed.bill_to_id, agreed.ship_to_id],
    )
    contract, schedule = await _contract(reader, agreed.contract_id)
    actions = list(HandOver.ACTIONS.get(row.state, ()))
    missing = _missing(row, agreed, contacts)
    talk = f"/pipeline/conversations/{order_id}"
    return HandOverView(row, agreed, actions, missing, taxes, contract, schedule, contacts, talk)


async def _contract(reader: Reader, contract_id: UUID | None) -> tuple[ContractSummary | None, list[ScheduledAmount]]:
    """The terms and the payment schedule, where there is a contract."""
    if contract_id is None:
        return None, []
    contract = await reader.row(
        ContractSummary,
        """select contract_id, number, starts_on, ends_on, billing_trigger, signed_on from contract_terms
            where contract_id = %(id)s""",
        id=contract_id,
    )
    schedule = await reader.rows(
        ScheduledAmount,
        "select number, invoice_date, amount from schedule where contract_id = %(id)s order by number",
        id=contract_id,
    )
    return contract, schedule


def _missing(row: HandOverRow, agreed: Agreed, contacts: list[ReachableContact]) -> list[str]:
    """What an invoice needs to arrive and to be paid."""
    there = {
        "purchase_order_reference": bool(row.purchase_order_reference),
        "street": bool(agreed.street),
        "city": bool(agreed.city),
        "post_code": bool(agreed.post_code),
        "contact": any(one.email for one in contacts),
    }
    return [name for name, known in there.items() if not known]
