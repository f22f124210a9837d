"""For each command a fresh addressee in the right state and a body that it takes; for queries, ids of what there is."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from domain.billing import Invoice
from domain.contracting import Contract
from features.api import Json
from features.rest.shop import MONTHLY, SIGNATURES, Shop
from features.rest.signing_in import SIGNING_IN

Example = tuple[str, Json]
"""The id in the path, and the body."""

LATER = "2026-04-30"
REASON = {"reason": "changed our mind"}


def example(shop: Shop, label: str) -> Example:
    """A request that the operation of this label (`POST /quotes`) answers with 2xx."""
    path, known = label.removeprefix("POST "), EXAMPLES | SIGNING_IN
    assert path in known, f"{label} has no example: give it one in {__name__}"
    return known[path](shop)


def _deactivated(shop: Shop) -> Example:
    user = shop.user()
    shop.api.done(f"/users/{user}/deactivate")
    return user, {}


def _line(shop: Shop, **more: str) -> Json:
    return {"line": {"product_id": shop.world.products["CARE"], "quantity": "2", **more}}


def _accept(shop: Shop) -> Example:
    quote = shop.sent()
    return quote, shop.world.acceptance(quote)


def _roles(shop: Shop) -> Example:
    customer = shop.customer()
    return customer, {"bill_to": customer, "ship_to": shop.world.customer}


def _prices(shop: Shop) -> Example:
    tiers = [{"up_to": "10", "unit_price": "12.50"}, {"up_to": None, "unit_price": "11.00"}]
    price = {"unit_price": "12.50", "model": "volume", "tiers": tiers}
    return shop.price_book(), {"prices": [{"product_id": shop.product(), "price": price, "valid_from": "2026-02-01"}]}


def _in_signature(shop: Shop) -> Example:
    contract = shop.contract()
    shop.api.done(f"/contracts/{contract}/send-for-signature")
    return contract, REASON


def _of_contract(shop: Shop) -> Example:
    return "", {"contract_id": shop.activated()}


def _of_instalment(shop: Shop) -> Example:
    return "", {"contract_id": shop.active(), "number": 1}


def _expired_contract(shop: Shop) -> Example:
    return shop.active(starts_on="2026-01-01", ends_on="2026-02-28"), {}


def _closable(shop: Shop) -> Example:
    return shop.delivered(billed=True), {}


def _issuable(shop: Shop) -> Example:
    return shop.interrupted.done("/invoices", shop.by_hand()).id, {}


def _credit(shop: Shop) -> Example:
    return "", {"invoice_id": shop.invoice(), "reason": "damaged", "lines": [{"line_id": "1", "amount": "50.00"}]}


def _credits(shop: Shop) -> Example:
    taken = [{"invoice_id": shop.invoice(), "lines": [{"line_id": "1", "quantity": "1"}]} for _ in range(2)]
    return "", {"credits": taken, "reason": "damaged"}


def _bonus(shop: Shop) -> Json:
    lines = [{"item_name": "Bonus", "quantity": "1", "net_price": "10.00"}]
    period = {"first": "2025-01-01", "last": "2025-12-31"}
    who = {"seller_id": shop.world.seller, "customer_id": shop.world.customer, "currency": "EUR"}
    return who | {"kind": "volume_bonus", "period": period, "reason": "year 2025", "lines": lines}


def _requested(shop: Shop) -> str:
    return shop.api.done("/credit-notes/request", _bonus(shop), actor="finance").id


def _open_credit(shop: Shop) -> str:
    note = _requested(shop)
    shop.api.done(f"/credit-notes/{note}/approve", actor="head-of-finance")
    return note


def _set_off(shop: Shop) -> Example:
    note, invoice = _open_credit(shop), shop.invoice()
    shop.api.done(f"/credit-notes/{note}/allocate", {"invoice_id": invoice})
    return note, {"invoice_id": invoice}


def _beyond(shop: Shop) -> Example:
    order = shop.order()
    change = {"quantities": [{"line_id": "1", "quantity": "4"}], "reason": "one more"}
    shop.api.done(f"/orders/{order}/request-change", change)
    return order, {}


def _uncredited(shop: Shop) -> Example:
    rma = shop.arrived()
    shop.interrupted.done(f"/returns/{rma}/inspect", {"settlement": "credit"})
    credit = {"invoice_id": shop.invoice(), "reason": "came back"}
    return rma, {"credit_note_id": shop.api.done("/credit-notes", credit).id}


def _held_order(shop: Shop) -> Example:
    order = shop.order()
    shop.api.done(f"/orders/{order}/hold", {"kind": "customer", **REASON})
    return order, REASON


def _closed_order(shop: Shop) -> Example:
    order = shop.delivered(billed=True)
    shop.api.done(f"/orders/{order}/close")
    return order, REASON


def _payment(shop: Shop) -> Example:
    who = {"seller_id": shop.world.seller, "customer_id": shop.world.customer}
    return "", {**who, "amount": "10.00", "currency": "EUR"}


def _allocate(shop: Shop) -> Example:
    return shop.payment(), {"allocations": [{"invoice_id": shop.invoice(), "amount": "40.00"}]}


def _by_reference(shop: Shop) -> Example:
    body = _payment(shop)[1] | {"remittance_information": shop.number_of(shop.invoice())}
    return shop.interrupted.done("/payments", body).id, {}


def _unallocate(shop: Shop) -> Example:
    invoice = shop.invoice()
    return shop.world.pay("100.00", shop.number_of(invoice)).id, {"invoice_id": invoice}


def _merged(shop: Shop) -> Example:
    customer = shop.customer(vat_id="DE129273398")
    shop.api.done(f"/customers/{customer}/merge", {"into": shop.customer()})
    return customer, {}


def _primary_quote(shop: Shop) -> Example:
    opportunity = shop.opportunity()
    return opportunity, {"quote_id": shop.draft(opportunity_id=opportunity)}


def _lost(shop: Shop) -> Example:
    opportunity = shop.opportunity()
    shop.api.done(f"/opportunities/{opportunity}/lose", REASON)
    return opportunity, {"close_date": LATER}


def _doing(shop: Shop, **when: str) -> Json:
    return {"kind": "call", "subject": shop.world_customer(), "summary": "Called", "with_whom": "Ida", **when}


def _returned_hand_over(shop: Shop) -> Example:
    hand_over = shop.hand_over()
    shop.api.done(f"/hand-overs/{hand_over}/return", {"question": "Which cost centre?"})
    return hand_over, {"answer": "4711"}


_address = {"country_code": "DE", "city": "Bremen"}

EXAMPLES: dict[str, Callable[[Shop], Example]] = {
    "/privacy/erasures": lambda shop: ("", {"customer_id": shop.customer(), **REASON}),
    "/privacy/data-subjects/{data_subject_id}/approve-erasure": lambda shop: (shop.data_subject(), {}),
    "/privacy/data-subjects/{data_subject_id}/reject-erasure": lambda shop: (shop.data_subject(), REASON),
    "/privacy/holds": lambda shop: ("", {"customer_id": shop.customer(), **REASON}),
    "/privacy/data-subjects/{data_subject_id}/lift-hold": lambda shop: (shop.held_subject(), REASON),
    "/legal-entities": lambda shop: ("", shop.legal_entity()),
    "/legal-entities/{entity_id}/set-tax-rates": lambda shop: (
        shop.api.done("/legal-entities", shop.legal_entity()).id,
        {"tax_rates": [{"jurisdiction": "DE", "category": "S", "rate": "19", "valid_from": "2007-01-01"}]},
    ),
    "/products": lambda shop: ("", {"sku": shop.unique("K"), "name": "Table"}),
    "/products/{product_id}/change": lambda shop: (shop.product(), {"name": "Stool"}),
    "/products/{product_id}/discontinue": lambda shop: (shop.product(), {}),
    "/price-books": lambda shop: ("", {"name": "List", "currency": "EUR", "valid_from": "2026-01-01"}),
    "/price-books/{price_book_id}/set-prices": _prices,
    "/price-books/{price_book_id}/close": lambda shop: (shop.price_book(), {"last_day": "2026-12-31"}),
    "/customers": lambda shop: ("", {"name": "Meyer", "address": _address, "external_id": shop.unique("E")}),
    "/customers/{customer_id}/change": lambda shop: (shop.customer(), {"name": "Maier", "address": _address}),
    "/customers/{customer_id}/add-contact": lambda shop: (shop.customer(), {"contact": {"name": "Ida"}}),
    "/customers/{customer_id}/assign-representative": lambda shop: (shop.customer(), {"representative": "bob"}),
    "/customers/{customer_id}/change-roles": _roles,
    "/customers/{customer_id}/merge": lambda shop: (shop.customer(), {"into": shop.customer()}),
    "/customers/{customer_id}/unmerge": _merged,
    "/stage-paths": lambda shop: ("", shop.two_stages()),
    "/opportunities": lambda shop: ("", {"name": "Lamps", "estimate": {"amount": "500.00", "currency": "EUR"}}),
    "/opportunities/{opportunity_id}/change": lambda shop: (shop.opportunity(), {"name": "More lamps"}),
    "/opportunities/{opportunity_id}/assign-owner": lambda shop: (shop.opportunity(), {"owner": "bob"}),
    "/opportunities/{opportunity_id}/move": lambda shop: (
        shop.opportunity(),
        {"stage": "advance", "details": [{"name": "advance amount", "value": "100.00 EUR"}]},
    ),
    "/opportunities/{opportunity_id}/choose-primary-quote": _primary_quote,
    "/opportunities/{opportunity_id}/win": lambda shop: (shop.opportunity(), {}),
    "/opportunities/{opportunity_id}/lose": lambda shop: (shop.opportunity(), {"competitor": "Südlicht", **REASON}),
    "/opportunities/{opportunity_id}/abandon": lambda shop: (shop.opportunity(), REASON),
    "/opportunities/{opportunity_id}/reopen": _lost,
    "/activities": lambda shop: ("", _doing(shop, happened_on="2026-03-01")),
    "/activities/planned": lambda shop: ("", _doing(shop, due_date=LATER)),
    "/activities/{activity_id}/complete": lambda shop: (shop.task(), {"outcome": "done"}),
    "/activities/{activity_id}/reschedule": lambda shop: (shop.task(), {"due_date": LATER}),
    "/activities/{activity_id}/reassign": lambda shop: (shop.task(), {"owner": "bob"}),
    "/activities/{activity_id}/cancel": lambda shop: (shop.task(), REASON),
    "/comments": lambda shop: ("", shop.remark()),
    "/comments/{comment_id}/edit": lambda shop: (shop.comment(), {"body": "Better so."}),
    "/comments/{comment_id}/retract": lambda shop: (shop.comment(), {}),
    "/comments/{comment_id}/read-mention": lambda shop: (shop.comment(), {}),
    "/hand-overs/{hand_over_id}/acknowledge": lambda shop: (shop.hand_over(), {}),
    "/hand-overs/{hand_over_id}/return": lambda shop: (shop.hand_over(), {"question": "Which cost centre?"}),
    "/hand-overs/{hand_over_id}/answer": _returned_hand_over,
    "/quotes": lambda shop: ("", shop.world.quote()),
    "/quotes/{quote_id}/add-line": lambda shop: (shop.draft(), _line(shop)),
    "/quotes/{quote_id}/change-line": lambda shop: (shop.draft(), _line(shop, line_id="1")),
    "/quotes/{quote_id}/remove-line": lambda shop: (shop.draft(), {"line_id": "2"}),
    "/quotes/{quote_id}/reprice": lambda shop: (shop.draft(), {}),
    "/quotes/{quote_id}/send": lambda shop: (shop.draft(), {}),
    "/quotes/{quote_id}/accept": _accept,
    "/quotes/{quote_id}/decline": lambda shop: (shop.sent(), REASON),
    "/quotes/{quote_id}/expire": lambda shop: (shop.overdue(), {}),
    "/quotes/{quote_id}/withdraw": lambda shop: (shop.sent(), REASON),
    "/quotes/{quote_id}/extend": lambda shop: (shop.sent(), {"valid_until": LATER}),
    "/quotes/{quote_id}/revise": lambda shop: (shop.sent(), {"valid_until": LATER}),
    "/contracts": lambda shop: ("", {"quote_id": shop.accepted(contract_terms=MONTHLY), "revision": 1}),
    "/contracts/by-hand": lambda shop: ("", shop.contract_by_hand()),
    "/contracts/{contract_id}/approve": lambda shop: (
        shop.interrupted.done("/contracts/by-hand", shop.contract_by_hand()).id,
        {},
    ),
    "/contracts/{contract_id}/reject": lambda shop: (
        shop.api.done("/contracts/by-hand", shop.contract_by_hand()).id,
        REASON,
    ),
    "/contracts/{contract_id}/send-for-signature": lambda shop: (shop.contract(), {}),
    "/contracts/{contract_id}/return-to-draft": _in_signature,
    "/contracts/{contract_id}/decline": lambda shop: (shop.contract(), REASON),
    "/contracts/{contract_id}/sign": lambda shop: (shop.contract(), SIGNATURES),
    "/contracts/{contract_id}/activate": lambda shop: (shop.signed(), {}),
    "/contracts/{contract_id}/terminate": lambda shop: (shop.active(), {"last_day": "2026-05-01", **REASON}),
    "/contracts/{contract_id}/expire": _expired_contract,
    "/orders": lambda shop: ("", {"quote_id": shop.accepted(), "revision": 1}),
    "/orders/of-contract": _of_contract,
    "/orders/direct": lambda shop: (
        "",
        {**shop.agreed(), "purchase_order": {"number": shop.unique("PO"), "amount": "200.00"}},
    ),
    "/credit-limits": lambda shop: (
        "",
        {"seller_id": shop.world.seller, "customer_id": shop.customer(), "limit": "5000.00", "currency": "EUR"},
    ),
    "/users": lambda shop: ("", {"login": shop.unique("user-"), "roles": ["finance", "compliance"]}),
    "/users/{user_id}/grant-role": lambda shop: (shop.user(), {"role": "analyst"}),
    "/users/{user_id}/revoke-role": lambda shop: (shop.user(), {"role": "marketing"}),
    "/users/{user_id}/assign-manager": lambda shop: (shop.user(), {"manager": shop.manager(), "since": LATER}),
    "/users/{user_id}/declare-same-person": lambda shop: (shop.user(), {"login": shop.login()}),
    "/users/{user_id}/retract-same-person": lambda shop: (shop.same_person(), REASON),
    "/users/{user_id}/deactivate": lambda shop: (shop.user(), {}),
    "/users/{user_id}/reactivate": _deactivated,
    "/delegations": lambda shop: ("", {"to": shop.login()}),
    "/delegations/end": lambda shop: ("", {"to": shop.delegate()}),
    "/orders/{order_id}/confirm": lambda shop: (shop.placed(), {}),
    "/orders/{order_id}/fulfil": lambda shop: (shop.order(), {"quantities": [{"line_id": "1", "quantity": "2"}]}),
    "/orders/{order_id}/cancel": lambda shop: (shop.order(), REASON),
    "/orders/{order_id}/close": _closable,
    "/orders/{order_id}/reopen": _closed_order,
    "/orders/{order_id}/agree-tolerance": lambda shop: (shop.order(), {"over_percent": "10", "under_percent": "5"}),
    "/orders/{order_id}/hold": lambda shop: (shop.order(), {"kind": "compliance", **REASON}),
    "/orders/{order_id}/release-hold": _held_order,
    "/orders/{order_id}/request-change": lambda shop: (
        shop.order(),
        {"quantities": [{"line_id": "1", "quantity": "5"}], **REASON},
    ),
    "/orders/{order_id}/confirm-change": _beyond,
    "/orders/{order_id}/decline-change": lambda shop: (_beyond(shop)[0], REASON),
    "/returns": lambda shop: ("", {"order_id": shop.delivered(billed=True), **REASON}),
    "/returns/{return_id}/cancel": lambda shop: (shop.announced(), REASON),
    "/returns/{return_id}/receive": lambda shop: (shop.announced(), {}),
    "/returns/{return_id}/inspect": lambda shop: (shop.arrived(), {"settlement": "credit"}),
    "/returns/{return_id}/credit": _uncredited,
    "/invoices": lambda shop: ("", shop.by_hand(charges=[{"reason": "Freight", "amount": "10.00"}])),
    "/invoices/of-delivery": lambda shop: ("", {"order_id": shop.delivered(billed=False), "delivery": 1}),
    "/invoices/of-prepayment": lambda shop: ("", {"order_id": shop.order(), "percent": "30"}),
    "/invoices/of-instalment": _of_instalment,
    "/invoices/{invoice_id}/issue": _issuable,
    "/invoices/{invoice_id}/release": lambda shop: (shop.held(), {}),
    "/invoices/{invoice_id}/discard": lambda shop: (shop.held(), REASON),
    "/credit-notes": _credit,
    "/credit-notes/of-invoices": _credits,
    "/credit-notes/request": lambda shop: ("", _bonus(shop)),
    "/credit-notes/{credit_note_id}/approve": lambda shop: (_requested(shop), {}),
    "/credit-notes/{credit_note_id}/reject": lambda shop: (_requested(shop), REASON),
    "/credit-notes/{credit_note_id}/allocate": lambda shop: (_open_credit(shop), {"invoice_id": shop.invoice()}),
    "/credit-notes/{credit_note_id}/unallocate": _set_off,
    "/credit-notes/{credit_note_id}/refund": lambda shop: (_open_credit(shop), {"amount": "5.00", **REASON}),
    "/invoices/rebill": lambda shop: ("", {"invoice_id": shop.invoice(), **REASON}),
    "/payments": _payment,
    "/payments/{payment_id}/allocate": _allocate,
    "/payments/{payment_id}/allocate-by-reference": _by_reference,
    "/payments/{payment_id}/unallocate": _unallocate,
    "/payments/{payment_id}/refund": lambda shop: (shop.payment(), {"amount": "5.00", **REASON}),
    "/payments/{payment_id}/reverse": lambda shop: (shop.payment(), REASON),
}


SINGLE = {
    "user": "user",
    "activity": "task",
    "comment": "comment",
    "hand_over": "hand_over",
    "link": "link",
    "stage_path": "stage_path",
    "data_subject": "data_subject",
}
"""By the name of an id what makes the thing that bears it."""


def _signed_by(shop: Shop, customer: str) -> str:
    quote = shop.sent(customer_id=customer, contract_terms=MONTHLY)
    shop.world.accept(quote)
    contract = str(Contract.id_for(UUID(quote), 1))
    shop.api.done(f"/contracts/{contract}/sign", SIGNATURES)
    return contract


def ids(shop: Shop) -> dict[str, list[str]]:
    """What there is, by the name that a path or a body gives to its id: in several states each, and the customer's
    first. Nothing of it is what the examples stand on: whatever is done to it, they hold."""
    customer = shop.customer()
    quotes = [shop.sent(customer_id=customer), shop.draft(), shop.overdue(), shop.accepted()]
    contracts = [_signed_by(shop, customer), shop.contract(), shop.signed(), shop.active()]
    orders = [shop.order(customer_id=customer), shop.placed()]
    billed = shop.order(customer_id=customer)
    shop.api.done(f"/orders/{billed}/fulfil")
    orders += [shop.delivered(billed=True), shop.delivered(billed=False)]
    invoices = [str(Invoice.id_for(UUID(billed), 1)), shop.invoice(), shop.invoice(), shop.held()]
    seller = shop.api.done("/legal-entities", shop.legal_entity()).id
    known = {
        "quote": quotes,
        "contract": contracts,
        "order": orders,
        "invoice": invoices,
        "payment": [shop.payment(), shop.world.pay("100.00", shop.number_of(invoices[2])).id],
        "credit_note": [shop.api.done("/credit-notes", {"invoice_id": invoices[1], **REASON}).id],
        "return": [shop.announced(), shop.arrived()],
        "customer": [customer, shop.customer()],
        "opportunity": [shop.opportunity(), shop.opportunity()],
        "subject": [customer],
        **{name: [getattr(shop, made)()] for name, made in SINGLE.items()},
        "product": [shop.product(), shop.product()],
        "price_book": [shop.price_book()],
        **{name: [seller] for name in ("entity", "seller")},
    }
    named = {f"{name}_id": found for name, found in known.items()}
    named["bill_to"] = named["ship_to"] = known["customer"]
    named["aggregate_id"] = [id for found in known.values() for id in found]
    return named | {"session_id": [str(UUID(int=1))], "position": ["1", "2"], "login": ["ann", "nobody-of-that-name"]}
