"""What is done about personal data: its erasure, who asked for it and who agreed, and what stands against it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid5

from domain.shared.aggregate import Aggregate, Event
from domain.shared.approval import SamePerson, check_second_person
from domain.shared.assignment import Assignment
from domain.shared.personal import KeyClass
from domain.shared.refusal import NotAllowedNow, NotFound, Refusal

IDENTITIES = UUID("6a5f8c1e-2c0b-5d51-9b0e-0d5b6c3f7a10")


class SamePersonApproves(SamePerson):
    """Whoever asked for an erasure does not approve it."""


class OnHold(Refusal):
    """A legal hold stands against it."""


class NoHold(Refusal):
    """There is no legal hold on it."""


class DataSubject(Aggregate):
    """Somebody of whom personal data is kept: a customer with its people, or the buyer whom an invoice names in the
    place of a one-time customer.

    An erasure is `requested`, then `approved` by somebody else, then done: `erased_in_part` while the law still wants
    the data of class `legal`, `erased` after that. Under a legal hold nothing is erased.
    """

    ACTIONS = {
        "kept": ("request_erasure", "place_hold", "lift_hold"),
        "requested": ("approve_erasure", "reject_erasure", "place_hold", "lift_hold"),
        "approved": ("reject_erasure", "place_hold", "lift_hold"),
        "erased_in_part": ("request_erasure", "place_hold", "lift_hold"),
        "erased": ("request_erasure", "place_hold", "lift_hold"),
    }
    CONSEQUENCES = {"approved": ("erase",), "erased_in_part": ("erase",)}

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.state = "kept"
        self.customer_id: UUID | None = None
        self.invoice_id: UUID | None = None
        self.requested_by: tuple[str, ...] = ()
        self.approved_by: tuple[str, ...] = ()
        self.held_for: str | None = None
        self.legal_until: date | None = None
        self.destroyed: tuple[str, ...] = ()

    def assignment(self) -> Assignment:
        """Whoever looks after the customer."""
        return Assignment(customer_id=self.customer_id)

    class ErasureRequested(Event):
        customer_id: UUID
        requested_by: tuple[str, ...]
        """Everybody who stood behind the request."""
        reason: str
        invoice_id: UUID | None = None
        """The first that names the buyer, where it is one of a one-time customer's."""

        def apply(self, subject: DataSubject) -> None:
            subject.state, subject.requested_by = "requested", self.requested_by
            subject.customer_id, subject.invoice_id = self.customer_id, self.invoice_id

    class ErasureApproved(Event):
        approved_by: tuple[str, ...] = ()
        """Everybody who stood behind the approval."""

        def apply(self, subject: DataSubject) -> None:
            subject.state, subject.approved_by = "approved", self.approved_by

    class ErasureRejected(Event):
        reason: str

        def apply(self, subject: DataSubject) -> None:
            subject.state = "kept" if subject.legal_until is None else "erased_in_part"

    class Erased(Event):
        keys: tuple[str, ...]
        """Class and version of each key that was destroyed."""
        wrapping: int
        """The version of the key-encryption key that was destroyed with them."""
        legal_until: date | None
        """The last day on which the law still wants the rest; None where nothing is left."""

        def apply(self, subject: DataSubject) -> None:
            subject.state = "erased" if self.legal_until is None else "erased_in_part"
            subject.legal_until = self.legal_until
            subject.destroyed += self.keys

    class HoldPlaced(Event):
        customer_id: UUID
        reason: str
        invoice_id: UUID | None = None

        def apply(self, subject: DataSubject) -> None:
            subject.customer_id, subject.invoice_id = self.customer_id, self.invoice_id
            subject.held_for = self.reason

    class HoldLifted(Event):
        reason: str

        def apply(self, subject: DataSubject) -> None:
            subject.held_for = None

    @staticmethod
    def id_for(subject_id: UUID) -> UUID:
        """Of a customer, or of the buyer whom that invoice was the first to name."""
        return uuid5(IDENTITIES, str(subject_id))

    def request_erasure(
        self, customer_id: UUID, invoice_id: UUID | None, people: tuple[str, ...], reason: str, at: datetime
    ) -> None:
        """The customer or buyer, or somebody for them, wants their personal data to be gone."""
        self.require("request_erasure")
        self.record(
            self.ErasureRequested,
            at,
            customer_id=customer_id,
            invoice_id=invoice_id,
            requested_by=people,
            reason=reason,
        )

    def approve_erasure(self, people: tuple[str, ...], at: datetime) -> None:
        """Somebody else agrees. Refused to whoever stood behind the request, and under a legal hold."""
        self.require("approve_erasure")
        check_second_person(self.requested_by, people, SamePersonApproves)
        self._check_hold()
        self.record(self.ErasureApproved, at, approved_by=people)

    def reject_erasure(self, reason: str, at: datetime) -> None:
        """It will not be done, and why."""
        self.require("reject_erasure")
        self.record(self.ErasureRejected, at, reason=reason)

    def erasable(self, legal_until: date | None) -> tuple[KeyClass, ...]:
        """What may be erased now of what the law wants until then; None: it wants nothing any more.

        Refuses what nobody has asked for or approved, what a legal hold stands against, and what was collected since
        the last erasure: that is asked for anew.
        """
        if not self.version:
            raise NotFound("Nobody has asked for the erasure of this personal data.")
        self.require("erase")
        self._check_hold()
        if self.state == "approved":
            return tuple(KeyClass) if legal_until is None else (KeyClass.PROFILE,)
        if legal_until is not None:
            raise NotAllowedNow(f"What the law wants until {legal_until} stays, and so does what is newer.")
        return (KeyClass.LEGAL,)

    def erase(self, keys: tuple[str, ...], wrapping: int, legal_until: date | None, at: datetime) -> None:
        """Its keys were destroyed: what they sealed can be read nowhere any more."""
        self.require("erase")
        self.record(self.Erased, at, keys=keys, wrapping=wrapping, legal_until=legal_until)

    def place_hold(self, customer_id: UUID, invoice_id: UUID | None, reason: str, at: datetime) -> None:
        """A law suit or an inquiry needs the data: nothing of it is erased until the hold is lifted."""
        self.require("place_hold")
        self._check_hold()
        self.record(self.HoldPlaced, at, customer_id=customer_id, invoice_id=invoice_id, reason=reason)

    def lift_hold(self, reason: str, at: datetime) -> None:
        """Nothing stands against an erasure any more."""
        self.require("lift_hold")
        if self.held_for is None:
            raise NoHold
        self.record(self.HoldLifted, at, reason=reason)

    def _check_hold(self) -> None:
        if self.held_for is not None:
            raise OnHold("Lift the legal hold first.")
