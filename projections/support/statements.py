"""The statements that the events of several kinds of records share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.shared.aggregate import Event
from domain.shared.document import Line, Totals
from domain.shared.party import Contact, Parties, local_date
from projections.shared import Effect, Effects, Recorded, insert, update
from projections.support.keys import Identifier, number_key, sequence_key, words_key
from projections.support.spelling import pieces, spelling, tolerance
from projections.support.telling import NUMBER, OTHER, Told

KEYS = """insert into keys (matched_on, key, ordinal)
    select asked.matched_on, asked.key, ordinal
    from records, unnest(%(matched_on)s::text[], %(keys)s::text[]) as asked (matched_on, key)
    where record_id = %(id)s on conflict do nothing"""
CONTACT = """insert into contacts (customer_id, name, email, phone) values (%(id)s, %(name)s, %(email)s, %(phone)s)
    on conflict (customer_id, name) do update set email = excluded.email, phone = excluded.phone"""
NAME = """insert into names (customer_id, name, full_spelling, plain_spelling, words)
    values (%(id)s, %(name)s, %(full)s, %(plain)s, %(words)s) on conflict do nothing"""
TERMS = """insert into terms (term, word_count, ordinal, customer_id)
    select term, %(word_count)s, ordinal, record_id from records, unnest(%(terms)s::text[]) as term
    where record_id = %(id)s on conflict do nothing"""
PIECES = """insert into pieces (piece, term) select * from unnest(%(pieces)s::text[], %(terms)s::text[])
    on conflict do nothing"""
LESS_OPEN = "update records set open_amount = open_amount - %(amount)s where record_id = %(id)s"
ALLOCATED = "update records set allocated_amount = allocated_amount + %(amount)s where record_id = %(id)s"
ENTRY = """insert into timeline
        (position, at, actor, customer_id, bill_to_id, record_id, kind, dealing_id, happened, sentence, is_contact)
    select %(position)s, %(at)s, %(actor)s, customer_id, bill_to_id, records.record_id, kind, dealing_id, %(happened)s,
        replace(replace(%(sentence)s, %(own)s, number), %(other)s,
            coalesce((select coalesce(c.name, r.number) from records r
                left join customers c on c.customer_id = r.record_id where r.record_id = %(other_id)s), label, '')),
        %(is_contact)s and coalesce(dealings.is_contact, true)
    from records left join dealings on dealing_id = %(id)s
    where records.record_id = coalesce((select record_id from dealings where dealing_id = %(id)s), %(id)s)"""
DEALING = """insert into dealings (dealing_id, record_id, label, is_contact)
    values (%(id)s, %(record)s, %(label)s, %(is_contact)s) on conflict do nothing"""


def document_row(
    event: Event, recorded: Recorded, kind: str, *, parties: Parties, totals: Totals, **values: Any
) -> Effects:
    """A new document of that kind; what is not given is not known of it yet."""
    given: dict[str, Any] = {
        "document_date": local_date(event.timestamp, parties.time_zone),
        "open_amount": None,
        "last_day": None,
        "open_quantity": None,
        **values,
    }
    yield insert(
        "records",
        record_id=event.originator_id,
        kind=kind,
        ordinal=recorded.position,
        customer_id=parties.sold_to_id,
        bill_to_id=parties.bill_to_id if parties.bill_to_id != parties.sold_to_id else None,
        currency=totals.payable_amount.currency,
        total_amount=totals.payable_amount.amount,
        time_zone=parties.time_zone,
        **given,
    )
    if parties.buyer.subject_id is not None:
        yield found_by_name(event.originator_id, str(parties.buyer.subject_id))


def changed(event: Event, **values: Any) -> Effect:
    """Other values of the record."""
    return update("records", {"record_id": event.originator_id}, **values)


def less_open(record_id: UUID, amount: Decimal) -> Effect:
    """So much less is open of it."""
    return Effect(LESS_OPEN, {"id": record_id, "amount": amount})


def allocated(event: Event, amount: Decimal) -> Effect:
    """So much more of it settles an invoice."""
    return Effect(ALLOCATED, {"id": event.originator_id, "amount": amount})


def found_by(record_id: UUID, *numbers: tuple[Identifier, str | None]) -> Effects:
    """What the record may be asked for by, where there is such a thing."""
    keys: list[tuple[str, str]] = [(matched_on, number_key(number)) for matched_on, number in numbers if number]
    keys += [("sequence", sequence_key(number)) for matched_on, number in numbers if matched_on == "number" and number]
    keys = [(matched_on, key) for matched_on, key in keys if key]
    if keys:
        matched_on, values = zip(*dict.fromkeys(keys), strict=True)
        yield Effect(KEYS, {"id": record_id, "matched_on": list(matched_on), "keys": list(values)}, None)


def found_by_name(record_id: UUID, name: str) -> Effect:
    """A name that is found whole only."""
    return Effect(KEYS, {"id": record_id, "matched_on": ["name"], "keys": [words_key(name)]}, None)


def found_by_items(record_id: UUID, lines: Iterable[Line]) -> Effects:
    """Every product that is on it, by its SKU and by its name."""
    called = (name for line in lines for name in (line.seller_item_id, line.item_name))
    yield from found_by(record_id, *(("item", name) for name in called))


def contact_row(customer_id: UUID, contact: Contact) -> Effects:
    """A person to reach."""
    yield Effect(CONTACT, {"id": customer_id, "name": contact.name, "email": contact.email, "phone": contact.phone})


def name_row(customer_id: UUID, name: str) -> Effects:
    """A name that the customer has or had, and the pieces that a misspelled one shares with it."""
    spelled = spelling(name)
    words = list(spelled.words)
    forms = {"full": spelled.full, "plain": spelled.plain, "words": words}
    yield Effect(NAME, {"id": customer_id, "name": name, **forms}, None)
    terms = sorted({*words, *spelled.wholes})
    yield Effect(TERMS, {"id": customer_id, "terms": terms, "word_count": len(words)}, None)
    kept = [(piece, word) for word in words if tolerance(word) for piece in pieces(word, tolerance(word))]
    kept += [(piece, whole) for whole in sorted(spelled.wholes) if tolerance(whole) for piece in pieces(whole, 1)]
    if kept:
        keys, of = zip(*dict.fromkeys(kept), strict=True)
        yield Effect(PIECES, {"pieces": list(keys), "terms": list(of)}, None)


def dealing(event: Event, record_id: UUID, label: str = "", *, is_contact: bool = False) -> Effect:
    """Something that people do or say about a record; `label` is what later sentences call it."""
    values = {"id": event.originator_id, "record": record_id, "label": label, "is_contact": is_contact}
    return Effect(DEALING, values, None)


def entry(event: Event, recorded: Recorded, told: Told) -> Effect:
    """One line of the timeline, with the numbers that the records concerned have by now."""
    return Effect(
        ENTRY,
        {
            "id": event.originator_id,
            "position": recorded.position,
            "at": event.timestamp,
            "actor": recorded.actor,
            "happened": event.TOPIC,
            "sentence": told.sentence,
            "own": NUMBER,
            "other": OTHER,
            "other_id": told.other_id,
            "is_contact": told.is_contact,
        },
    )


def instalments(event: Event, due: Iterable[tuple[date, Decimal]]) -> Effects:
    """What is due when, the earliest first: payments settle them in that order."""
    earlier = Decimal(0)
    for place, (due_date, amount) in enumerate(sorted(due), 1):
        yield insert(
            "instalments",
            invoice_id=event.originator_id,
            place=place,
            due_date=due_date,
            amount=amount,
            earlier_amount=earlier,
        )
        earlier += amount
