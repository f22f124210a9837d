"""Commands on the hand-over of a deal to finance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, TypeVar
from uuid import UUID

from application.constraints import LongText, Text
from application.unit_of_work import Context
from domain.crm import HandOver
from domain.ordering import Order
from domain.shared.personal import PROFILE

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareHandOver:
    """Hand an agreed deal over to finance."""

    order_id: UUID
    owner: Text

    @property
    def natural_id(self) -> UUID:
        """One for an order."""
        return HandOver.id_for(self.order_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgeHandOver:
    """Take a deal over: finance has what it needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnHandOver:
    """Return a deal to who sold it, with a question."""

    question: Annotated[LongText, PROFILE]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerHandOver:
    """Answer finance's question."""

    answer: Annotated[LongText, PROFILE]


class HandingOver(Context):
    """What sales gives to finance."""

    async def prepare_hand_over(self, hand_over_id: UUID, command: PrepareHandOver) -> None:
        """Finance may look at it."""
        hand_over = self.work.new(HandOver, hand_over_id)
        hand_over.prepare(command.order_id, command.owner, self.at)
        self.work.save(hand_over)

    async def acknowledge_hand_over(self, hand_over_id: UUID, command: AcknowledgeHandOver) -> None:
        """Finance takes it over."""
        hand_over = await self.work.load(HandOver, hand_over_id)
        hand_over.acknowledge(self.at)
        self.work.save(hand_over)

    async def return_hand_over(self, hand_over_id: UUID, command: ReturnHandOver) -> None:
        """Finance asks."""
        hand_over = await self.work.load(HandOver, hand_over_id)
        command = await self._sealed(command, hand_over)
        hand_over.return_with(command.question, self.at)
        self.work.save(hand_over)

    async def answer_hand_over(self, hand_over_id: UUID, command: AnswerHandOver) -> None:
        """Sales answers."""
        hand_over = await self.work.load(HandOver, hand_over_id)
        command = await self._sealed(command, hand_over)
        hand_over.answer(command.answer, self.at)
        self.work.save(hand_over)

    async def _sealed(self, command: T, hand_over: HandOver) -> T:
        order = await self.work.read(Order, hand_over.order_id)
        return await self.work.sealed(command, order.data_subject)
