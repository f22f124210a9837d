"""A client that does business over HTTP, for measurements."""

from __future__ import annotations

import http.client
import itertools
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from domain.billing import Invoice
from domain.ordering import Order

Json = dict[str, Any]
ADDRESS = {"country_code": "DE", "city": "Kiel"}
EVIDENCE = {"consent_text": "We order.", "accepted_by": "Ida", "identified_by": "e-mail"}


@dataclass(frozen=True, slots=True)
class Business:
    """Who sells what to whom."""

    seller: str
    customer: str
    product: str
    price_book: str

    def quote(self, lines: int) -> Json:
        """A body to draft a quote of so many lines."""
        return {
            "seller_id": self.seller,
            "customer_id": self.customer,
            "price_book_id": self.price_book,
            "valid_until": "2199-12-31",
            "lines": [{"product_id": self.product, "quantity": "3"}] * lines,
        }

    def payment(self, invoice: Json) -> Json:
        """A body to pay an invoice."""
        return {
            "seller_id": self.seller,
            "customer_id": self.customer,
            "amount": invoice["total_amount"],
            "currency": "EUR",
            "remittance_information": invoice["number"],
        }


class Dealer:
    """One client over one connection."""

    def __init__(self, address: str, signed: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
        self._signed = {"Authorization": signed}
        self._keys = itertools.count(1)
        self._position = 0

    def open_business(self) -> Business:
        """A seller, a customer, a product and its price."""
        entity = {"name": "Nordlicht GmbH", "address": ADDRESS, "currency": "EUR", "time_zone": "Europe/Berlin"}
        seller = self.post("/legal-entities", {**entity, "series_prefix": "BENCH", "vat_id": "DE136695976"})
        rates = [{"jurisdiction": "DE", "category": "S", "rate": "19", "valid_from": "2007-01-01"}]
        self.post(f"/legal-entities/{seller}/set-tax-rates", {"tax_rates": rates})
        customer = self.post("/customers", {"name": "Müller & Söhne KG", "address": ADDRESS})
        product = self.post("/products", {"sku": "LAMP", "name": "Desk lamp"})
        book = self.post("/price-books", {"name": "List", "currency": "EUR", "valid_from": "2020-01-01"})
        price = {"product_id": product, "price": {"unit_price": "100.00"}, "valid_from": "2020-01-01"}
        self.post(f"/price-books/{book}/set-prices", {"prices": [price]})
        return Business(seller, customer, product, book)

    def deal(self, business: Business, times: int) -> None:
        """So many deals, each from quote to paid invoice."""
        for _ in range(times):
            quote = self.post("/quotes", business.quote(3))
            self.post(f"/quotes/{quote}/send")
            shown = self.get(f"/quotes/{quote}")["document"]
            sent = {"revision": shown["revision"], "document_sha256": shown["document_sha256"]}
            self.post(f"/quotes/{quote}/accept", {**sent, "evidence": EVIDENCE})
            order = Order.id_for(UUID(quote), 1)
            self.post(f"/orders/{order}/fulfil")
            self.post("/payments", business.payment(self.get(f"/invoices/{Invoice.id_for(order, 1)}")["document"]))

    def post(self, path: str, body: Json | None = None) -> str:
        """A command; the id that it answers."""
        headers = {"Idempotency-Key": str(next(self._keys)), "If-Match": "*"}
        answer = self._ask("POST", path, json.dumps(body or {}), headers)
        self._position = answer["position"]
        return str(answer["id"])

    def get(self, path: str) -> Any:
        """A query that sees what this client has done."""
        return self._ask("GET", f"{path}?after={self._position}", None, {})

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Any:
        self._connection.request(method, path, body, {**headers, **self._signed})
        response = self._connection.getresponse()
        content = json.loads(response.read())
        if response.status >= 300:
            raise RuntimeError(f"{method} {path} was answered with {response.status}: {content.get('code')}")
        return content
