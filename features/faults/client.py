"""A client that does what clients are told to: where it has no answer, it asks again with the same key."""

from __future__ import annotations

import http.client
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from features.api import Json
from features.house.processes import eventually

LONG_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A command that the service said it had carried out."""

    actor: str
    key: str
    id: str
    position: int


class Client:
    """One user over one connection."""

    def __init__(self, port: int, actor: str, signed: Mapping[str, str], *, seconds: float = LONG_SECONDS) -> None:
        self.actor, self._signed = actor, signed
        self.acknowledged: list[Acknowledged] = []
        self.repeated = self.unanswered = 0
        """How many requests were sent again; and those of them that had no answer at all within `seconds`."""
        self._port, self._seconds = port, seconds
        self._connection: http.client.HTTPConnection | None = None
        self._keys = itertools.count(1)

    def post(self, path: str, body: Json | None = None) -> str:
        """A command, until it is answered; the id that it answers."""
        key = f"{self.actor} {next(self._keys)}"
        headers = {"Idempotency-Key": key, "If-Match": "*"}
        answer = self._answer("POST", path, json.dumps(body or {}), headers)
        self.acknowledged.append(Acknowledged(self.actor, key, answer["id"], answer["position"]))
        return str(answer["id"])

    def get(self, path: str) -> Any:
        """A query that sees everything that this client has done."""
        after = self.acknowledged[-1].position if self.acknowledged else 0
        return self._answer("GET", f"{path}?{urlencode({'after': after})}", None, {})

    def close(self) -> None:
        """Hang up."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _answer(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Any:
        answers: list[Any] = []

        def answered() -> bool:
            try:
                status, content = self._ask(method, path, body, headers)
            except (OSError, http.client.HTTPException):
                status, content = 503, b""
                self.unanswered += 1
                self.close()
            if status == 503:
                self.repeated += 1
                return False
            assert status < 300, f"{method} {path}: {status} {content.decode()}"
            answers.append(json.loads(content))
            return True

        eventually(answered, f"an answer to {method} {path}")
        return answers[0]

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> tuple[int, bytes]:
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=self._seconds)
        self._connection.request(method, path, body, {**headers, **self._signed})
        response = self._connection.getresponse()
        return response.status, response.read()


@dataclass(frozen=True, slots=True)
class Business:
    """What every client deals in."""

    seller: str
    customer: str
    product: str
    price_book: str

    @classmethod
    def made(cls, client: Client) -> Business:
        """A seller, a customer, a product and its price."""
        address = {"country_code": "DE", "city": "Kiel"}
        entity = {"name": "Nordlicht GmbH", "address": address, "currency": "EUR", "time_zone": "Europe/Berlin"}
        seller = client.post("/legal-entities", {**entity, "series_prefix": "NL", "vat_id": "DE136695976"})
        rates = [{"jurisdiction": "DE", "category": "S", "rate": "19", "valid_from": "2007-01-01"}]
        client.post(f"/legal-entities/{seller}/set-tax-rates", {"tax_rates": rates})
        customer = client.post("/customers", {"name": "Müller & Söhne KG", "address": address})
        product = client.post("/products", {"sku": "LAMP", "name": "Desk lamp"})
        book = client.post("/price-books", {"name": "List", "currency": "EUR", "valid_from": "2020-01-01"})
        price = {"product_id": product, "price": {"unit_price": "100.00"}, "valid_from": "2020-01-01"}
        client.post(f"/price-books/{book}/set-prices", {"prices": [price]})
        return cls(seller, customer, product, book)

    def invoice(self) -> Json:
        """A body to invoice by hand."""
        lines = [{"item_name": "Advice", "quantity": "2", "net_price": "80.00"}]
        return {"seller_id": self.seller, "customer_id": self.customer, "currency": "EUR", "lines": lines}

    def quote(self) -> Json:
        """A body to draft a quote."""
        return {
            "seller_id": self.seller,
            "customer_id": self.customer,
            "price_book_id": self.price_book,
            "valid_until": "2199-12-31",
            "lines": [{"product_id": self.product, "quantity": "3"}],
        }

    def payment(self, reference: str) -> Json:
        """A body to pay an invoice of such a quote."""
        who = {"seller_id": self.seller, "customer_id": self.customer}
        return {**who, "amount": "357.00", "currency": "EUR", "remittance_information": reference}
