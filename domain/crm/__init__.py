"""Customers, what they may buy, and what is done about it."""

from domain.crm.activity import Activity, ActivityKind, Occasion
from domain.crm.comment import Comment, NotMentioned, OnlyItsAuthor
from domain.crm.customer import Customer, CustomerDetails, DifferentVatNumbers, MergedInCircle, matching_name
from domain.crm.hand_over import HandOver
from domain.crm.opportunity import Opportunity, Prospect
from domain.crm.stage_path import PRESET, PRESET_NAME, ForecastCategory, Stage, StageDetail, StagePath, check_path
from domain.crm.subject import Subject, SubjectKind

__all__ = [
    "PRESET",
    "PRESET_NAME",
    "Activity",
    "ActivityKind",
    "Comment",
    "Customer",
    "CustomerDetails",
    "DifferentVatNumbers",
    "ForecastCategory",
    "HandOver",
    "MergedInCircle",
    "NotMentioned",
    "Occasion",
    "OnlyItsAuthor",
    "Opportunity",
    "Prospect",
    "Stage",
    "StageDetail",
    "StagePath",
    "Subject",
    "SubjectKind",
    "check_path",
    "matching_name",
]
