"""Opportunities: what somebody may buy, how far that has come, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from domain.crm.stage_path import Milestone, Stage, StageDetail, stage_of, won_place
from domain.shared.aggregate import Aggregate, Event
from domain.shared.assignment import Assignment
from domain.shared.money import Money
from domain.shared.refusal import Invalid, Refusal


class StageIsReachedByWinning(Refusal):
    """An opportunity gets to this stage, and beyond, only when it is won."""


class StageIsBehindTheWin(Refusal):
    """What is won goes on from the stage in which it was won, and not back."""


class QuoteOfAnotherCustomer(Refusal):
    """The opportunity is with another customer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What may be bought, by whom and when, as far as it is known."""

    name: str
    customer_id: UUID | None
    close_date: date | None
    """When it is expected to be decided; past that day it is past due (F3)."""
    estimate: Money | None
    """What it may come to, without tax, while there is no quote (F2)."""
    product_interest: str
    source: str
    """How it came to us."""


class Opportunity(Aggregate):
    """A possible sale. Its amount is its primary quote's, once there is one (F2); before that, an estimate."""

    ACTIONS = {
        "open": ("change", "assign_owner", "move", "choose_primary_quote", "win", "lose", "abandon"),
        "won": ("assign_owner", "move", "choose_primary_quote"),
        "lost": ("reopen",),
        "abandoned": ("reopen",),
    }

    number: str
    prospect: Prospect
    owner: str
    path: tuple[Stage, ...]
    stage: Stage

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.customer_id: UUID | None = None
        self.quotes: list[UUID] = []
        self.primary_quote_id: UUID | None = None
        self.orders: set[UUID] = set()
        """That won it, and were not cancelled as a whole."""
        self.before_the_win: Stage | None = None
        self.details: dict[str, dict[str, str]] = {}
        """What was captured, by stage."""
        self.reason: str | None = None
        self.competitor: str | None = None

    class Opened(Event):
        number: str
        prospect: Prospect
        owner: str
        path_name: str
        path: tuple[Stage, ...]

        def apply(self, opportunity: Opportunity) -> None:
            opportunity.state, opportunity.number, opportunity.owner = "open", self.number, self.owner
            opportunity.prospect, opportunity.customer_id = self.prospect, self.prospect.customer_id
            opportunity.path, opportunity.stage = self.path, self.path[0]

    class Changed(Event):
        prospect: Prospect

        def apply(self, opportunity: Opportunity) -> None:
            opportunity.prospect, opportunity.customer_id = self.prospect, self.prospect.customer_id

    class OwnerAssigned(Event):
        owner: str

        def apply(self, opportunity: Opportunity) -> None:
            opportunity.owner = self.owner

    class Moved(Event):
        stage: Stage
        details: tuple[StageDetail, ...]

        def apply(self, opportunity: Opportunity) -> None:
            opportunity.stage = self.stage
            if self.details:
                captured = {detail.name: detail.value for detail in self.details}
                before = opportunity.details.get(self.stage.name, {})
                opportunity.details = {**opportunity.details, self.stage.name: before | captured}

    class QuoteAttached(Event):
        quote_id: UUID
        customer_id: UUID
        primary: bool

        def apply(self, opportunity: Opportunity) -> None:
            opportunity.quotes.append(self.quote_id)
            opportunity.customer_id = self.customer_id
            if self.primary:
                opportunity.primary_quote_id = self.quote_id

    class PrimaryQuoteChosen(Event):
        quote_id: UUID

        def apply(self, opportunity: Opportunity) -> None:
            opportunity.primary_quote_id = self.quote_id

    class MilestoneReached(Event):
        milestone: Milestone
        quote_id: UUID
        stage: Stage
        """Where it is now; a milestone never sets back."""

        def apply(self, opportunity: Opportunity) -> None:
            opportunity.stage = self.stage

    class Won(Event):
        stage: Stage
        order_id: UUID | None
        """None where somebody said so."""

        def apply(self, opportunity: Opportunity) -> None:
            if opportunity.state != "won":
                opportunity.before_the_win = opportunity.stage
            opportunity.state, opportunity.stage = "won", self.stage
            if self.order_id is not None:
                opportunity.orders.add(self.order_id)

    class OrderCancelled(Event):
        order_id: UUID

        def apply(self, opportunity: Opportunity) -> None:
            opportunity.orders.discard(self.order_id)

    class WinReversed(OrderCancelled):
        stage: Stage
        """Where it is open again."""

        def apply(self, opportunity: Opportunity) -> None:
            opportunity.orders.discard(self.order_id)
            opportunity.state, opportunity.stage = "open", self.stage

    class Lost(Event):
        reason: str
        competitor: str | None

        def apply(self, opportunity: Opportunity) -> None:
            opportunity.state, opportunity.reason, opportunity.competitor = "lost", self.reason, self.competitor

    class Abandoned(Event):
        reason: str

        def apply(self, opportunity: Opportunity) -> None:
            opportunity.state, opportunity.reason = "abandoned", self.reason

    class Reopened(Event):
        close_date: date | None

        def apply(self, opportunity: Opportunity) -> None:
            opportunity.state, opportunity.reason, opportunity.competitor = "open", None, None
            opportunity.prospect = replace(opportunity.prospect, close_date=self.close_date)

    def assignment(self) -> Assignment:
        """Its owner's, and whoever looks after the customer's."""
        return Assignment(customer_id=self.customer_id, owners=(self.owner,))

    def open(
        self, prospect: Prospect, at: datetime, *, number: str, owner: str, path_name: str, path: Sequence[Stage]
    ) -> None:
        """A new opportunity, in the first stage of its path."""
        self.record(
            self.Opened, at, number=number, prospect=prospect, owner=owner, path_name=path_name, path=tuple(path)
        )

    def change(self, prospect: Prospect, survivor_id: UUID | None, at: datetime) -> None:
        """What is known by now. The customer of its quotes stays, or is whom that one was merged into."""
        self.require("change")
        if self.quotes and prospect.customer_id not in (self.customer_id, survivor_id):
            raise QuoteOfAnotherCustomer("There are quotes for its customer.", pointer="/customer_id")
        self.record(self.Changed, at, prospect=prospect)

    def assign_owner(self, owner: str, at: datetime) -> None:
        """Whose it is."""
        self.require("assign_owner")
        self.record(self.OwnerAssigned, at, owner=owner)

    def move(self, name: str, details: Sequence[StageDetail], at: datetime) -> None:
        """To that stage, forward or back, with what is captured there; to its own stage to capture more."""
        self.require("move")
        place, won = stage_of(self.path, name), won_place(self.path)
        stage = self.path[place]
        if self.state == "open" and place >= won:
            raise StageIsReachedByWinning(pointer="/stage")
        if self.state == "won" and place < won:
            raise StageIsBehindTheWin(pointer="/stage")
        for index, detail in enumerate(details):
            if detail.name not in stage.asks_for:
                asked = ", ".join(stage.asks_for) or "nothing"
                raise Invalid(f"{stage.name} asks for {asked}.", pointer=f"/details/{index}/name")
        if stage == self.stage and not details:
            raise Invalid("It is in this stage.", pointer="/stage")
        self.record(self.Moved, at, stage=stage, details=tuple(details))

    def check_quotable(self, customer_id: UUID, survivor_id: UUID | None) -> None:
        """Refuse a quote for what is decided, or for somebody else than its customer, whoever that is by now."""
        if self.state != "open":
            raise Invalid(f"The opportunity is {self.state}.", pointer="/opportunity_id")
        if survivor_id not in (None, customer_id):
            raise QuoteOfAnotherCustomer(pointer="/customer_id")

    def attach_quote(self, quote_id: UUID, customer_id: UUID, at: datetime) -> None:
        """One more quote; the first is the primary one until another is chosen."""
        self.record(self.QuoteAttached, at, quote_id=quote_id, customer_id=customer_id, primary=not self.quotes)

    def choose_primary_quote(self, quote_id: UUID, at: datetime) -> None:
        """The quote whose amount is this opportunity's (F2)."""
        self.require("choose_primary_quote")
        if quote_id not in self.quotes:
            raise Invalid("It is not a quote for this opportunity.", pointer="/quote_id")
        self.record(self.PrimaryQuoteChosen, at, quote_id=quote_id)

    def reach(self, milestone: Milestone, quote_id: UUID, at: datetime) -> None:
        """A quote has come so far: the opportunity is in the stage that this leads to, unless it is further."""
        stage = next((one for one in self.path if one.reached_by == milestone), self.stage)
        further = self.state == "open" and self.path.index(stage) > self.path.index(self.stage)
        self.record(
            self.MilestoneReached,
            at,
            milestone=milestone,
            quote_id=quote_id,
            stage=stage if further else self.stage,
        )

    def win(self, at: datetime) -> None:
        """The customer buys; usually its confirmed order says so."""
        self.require("win")
        self._win(None, at)

    def win_by_order(self, order_id: UUID, at: datetime) -> None:
        """The seller accepted an order for it, whatever was thought of it before."""
        self._win(order_id, at)

    def lose_order(self, order_id: UUID, at: datetime) -> None:
        """All of an order is cancelled: without another one it was not won after all, and is open again."""
        if self.state == "won" and self.orders == {order_id}:
            stage = self.before_the_win or self.path[0]
            self.record(self.WinReversed, at, order_id=order_id, stage=stage)
        else:
            self.record(self.OrderCancelled, at, order_id=order_id)

    def lose(self, reason: str, competitor: str | None, at: datetime) -> None:
        """The customer buys elsewhere, or not at all."""
        self.require("lose")
        self.record(self.Lost, at, reason=reason, competitor=competitor)

    def abandon(self, reason: str, at: datetime) -> None:
        """We no longer pursue it."""
        self.require("abandon")
        self.record(self.Abandoned, at, reason=reason)

    def reopen(self, close_date: date | None, at: datetime) -> None:
        """It is alive again, in the stage in which it ended, to be decided by another day."""
        self.require("reopen")
        self.record(self.Reopened, at, close_date=close_date)

    def _win(self, order_id: UUID | None, at: datetime) -> None:
        won = won_place(self.path)
        stage = self.stage if self.path.index(self.stage) >= won else self.path[won]
        self.record(self.Won, at, stage=stage, order_id=order_id)

    @property
    def data_subject(self) -> UUID:
        """Its customer, if there is one yet."""
        return self.customer_id or self.id
