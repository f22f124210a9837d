"""Contracts: what was agreed for a term, who signed it, and when it is billed."""

from domain.contracting.contract import (
    Contract,
    InstalmentAlreadyBilled,
    InstalmentNotDue,
    NothingAccruesAfterTermination,
)
from domain.contracting.facts import Signatory, SourceDocument
from domain.contracting.schedule import Instalment, schedule_of

__all__ = [
    "Contract",
    "Instalment",
    "InstalmentAlreadyBilled",
    "InstalmentNotDue",
    "NothingAccruesAfterTermination",
    "Signatory",
    "SourceDocument",
    "schedule_of",
]
