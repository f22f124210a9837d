"""The hand-over of an agreed deal from sales to finance. What is handed over is known; only the answer is new."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.shared.aggregate import Aggregate, Event
from domain.shared.assignment import Assignment
from domain.shared.identities import derived
from domain.shared.personal import Profile


class HandOver(Aggregate):
    """An order that finance takes over, or returns with a question to who sold it."""

    ACTIONS = {"waiting": ("acknowledge", "return"), "returned": ("answer",), "acknowledged": ()}

    order_id: UUID
    owner: str
    question: str = ""
    answered: str = ""

    class Prepared(Event):
        order_id: UUID
        owner: str
        """Who sold it, and answers questions."""

        def apply(self, hand_over: HandOver) -> None:
            hand_over.state, hand_over.order_id, hand_over.owner = "waiting", self.order_id, self.owner

    class Acknowledged(Event):
        def apply(self, hand_over: HandOver) -> None:
            hand_over.state = "acknowledged"

    class Returned(Event):
        question: Profile

        def apply(self, hand_over: HandOver) -> None:
            hand_over.state, hand_over.question, hand_over.answered = "returned", self.question, ""

    class Answered(Event):
        answer: Profile

        def apply(self, hand_over: HandOver) -> None:
            hand_over.state, hand_over.answered = "waiting", self.answer

    def assignment(self) -> Assignment:
        """Who sold it answers questions."""
        return Assignment(owners=(self.owner,), follows=("order", self.order_id))

    def prepare(self, order_id: UUID, owner: str, at: datetime) -> None:
        """The deal is agreed: everything about it is known."""
        self.record(self.Prepared, at, order_id=order_id, owner=owner)

    def acknowledge(self, at: datetime) -> None:
        """Finance has what it needs."""
        self.require("acknowledge")
        self.record(self.Acknowledged, at)

    def return_with(self, question: str, at: datetime) -> None:
        """Finance does not understand something."""
        self.require("return")
        self.record(self.Returned, at, question=question)

    def answer(self, answer: str, at: datetime) -> None:
        """Sales explains; finance looks again."""
        self.require("answer")
        self.record(self.Answered, at, answer=answer)

    @staticmethod
    def id_for(order_id: UUID) -> UUID:
        """One hand-over for an order."""
        return derived(order_id, "hand-over")
