"""Commands on customers, opportunities, activities, comments and hand-overs."""

from __future__ import annotations

from uuid import UUID

from application.crm import (
    AbandonOpportunity,
    AcknowledgeHandOver,
    AddContact,
    AnswerHandOver,
    AssignOpportunityOwner,
    AssignRepresentative,
    CancelActivity,
    ChangeCustomer,
    ChangeOpportunity,
    ChangeRoles,
    ChoosePrimaryQuote,
    CompleteActivity,
    DefineStagePath,
    EditComment,
    LogActivity,
    LoseOpportunity,
    MergeCustomer,
    MoveOpportunity,
    OpenOpportunity,
    PlanActivity,
    ReadMention,
    ReassignActivity,
    RegisterCustomer,
    ReopenOpportunity,
    RescheduleActivity,
    RetractComment,
    ReturnHandOver,
    UnmergeCustomer,
    WinOpportunity,
    WriteComment,
)
from interfaces.rest.executing import Change, Create, Recorded, command_router

customers = command_router("/customers", "crm")
stage_paths = command_router("/stage-paths", "crm")
opportunities = command_router("/opportunities", "crm")
activities = command_router("/activities", "crm")
comments = command_router("/comments", "crm")
hand_overs = command_router("/hand-overs", "crm")


@customers.post("")
async def register_customer(command: RegisterCustomer, create: Create) -> Recorded:
    """Register a customer."""
    return await create(command)


@customers.post("/{customer_id}/change")
async def change_customer(customer_id: UUID, command: ChangeCustomer, change: Change) -> Recorded:
    """Replace its details; documents that exist keep theirs."""
    return await change(command, customer_id)


@customers.post("/{customer_id}/add-contact")
async def add_contact(customer_id: UUID, command: AddContact, change: Change) -> Recorded:
    """Add a person to reach."""
    return await change(command, customer_id)


@customers.post("/{customer_id}/assign-representative")
async def assign_representative(customer_id: UUID, command: AssignRepresentative, change: Change) -> Recorded:
    """Say who looks after it."""
    return await change(command, customer_id)


@customers.post("/{customer_id}/change-roles")
async def change_roles(customer_id: UUID, command: ChangeRoles, change: Change) -> Recorded:
    """Say who receives the invoices and the goods."""
    return await change(command, customer_id)


@customers.post("/{customer_id}/merge")
async def merge_customer(customer_id: UUID, command: MergeCustomer, change: Change) -> Recorded:
    """Make it an alias of another one; nothing is rewritten."""
    return await change(command, customer_id)


@customers.post("/{customer_id}/unmerge")
async def unmerge_customer(customer_id: UUID, command: UnmergeCustomer, change: Change) -> Recorded:
    """Let it be a customer by itself again."""
    return await change(command, customer_id)


@stage_paths.post("")
async def define_stage_path(command: DefineStagePath, create: Create) -> Recorded:
    """Define a path of stages, each with its forecast category."""
    return await create(command)


@opportunities.post("")
async def open_opportunity(command: OpenOpportunity, create: Create) -> Recorded:
    """Open an opportunity."""
    return await create(command)


@opportunities.post("/{opportunity_id}/change")
async def change_opportunity(opportunity_id: UUID, command: ChangeOpportunity, change: Change) -> Recorded:
    """Replace what is known of it."""
    return await change(command, opportunity_id)


@opportunities.post("/{opportunity_id}/assign-owner")
async def assign_opportunity_owner(opportunity_id: UUID, command: AssignOpportunityOwner, change: Change) -> Recorded:
    """Say whose it is."""
    return await change(command, opportunity_id)


@opportunities.post("/{opportunity_id}/move")
async def move_opportunity(opportunity_id: UUID, command: MoveOpportunity, change: Change) -> Recorded:
    """Advance it to a stage or set it back, with what is captured there."""
    return await change(command, opportunity_id)


@opportunities.post("/{opportunity_id}/choose-primary-quote")
async def choose_primary_quote(opportunity_id: UUID, command: ChoosePrimaryQuote, change: Change) -> Recorded:
    """Choose the quote whose amount counts."""
    return await change(command, opportunity_id)


@opportunities.post("/{opportunity_id}/win")
async def win_opportunity(opportunity_id: UUID, command: WinOpportunity, change: Change) -> Recorded:
    """Say that it is won; a confirmed order says so by itself."""
    return await change(command, opportunity_id)


@opportunities.post("/{opportunity_id}/lose")
async def lose_opportunity(opportunity_id: UUID, command: LoseOpportunity, change: Change) -> Recorded:
    """Say that it is lost, why, and to whom."""
    return await change(command, opportunity_id)


@opportunities.post("/{opportunity_id}/abandon")
async def abandon_opportunity(opportunity_id: UUID, command: AbandonOpportunity, change: Change) -> Recorded:
    """No longer pursue it."""
    return await change(command, opportunity_id)


@opportunities.post("/{opportunity_id}/reopen")
async def reopen_opportunity(opportunity_id: UUID, command: ReopenOpportunity, change: Change) -> Recorded:
    """Take it up again."""
    return await change(command, opportunity_id)


@activities.post("")
async def log_activity(command: LogActivity, create: Create) -> Recorded:
    """Log what has been done."""
    return await create(command)


@activities.post("/planned")
async def plan_activity(command: PlanActivity, create: Create) -> Recorded:
    """Plan what is to be done by a day."""
    return await create(command)


@activities.post("/{activity_id}/complete")
async def complete_activity(activity_id: UUID, command: CompleteActivity, change: Change) -> Recorded:
    """Say that it is done."""
    return await change(command, activity_id)


@activities.post("/{activity_id}/reschedule")
async def reschedule_activity(activity_id: UUID, command: RescheduleActivity, change: Change) -> Recorded:
    """Set another day."""
    return await change(command, activity_id)


@activities.post("/{activity_id}/reassign")
async def reassign_activity(activity_id: UUID, command: ReassignActivity, change: Change) -> Recorded:
    """Give it to somebody else."""
    return await change(command, activity_id)


@activities.post("/{activity_id}/cancel")
async def cancel_activity(activity_id: UUID, command: CancelActivity, change: Change) -> Recorded:
    """Say that it will not be done."""
    return await change(command, activity_id)


@comments.post("")
async def write_comment(command: WriteComment, create: Create) -> Recorded:
    """Say something about a deal, and mention colleagues."""
    return await create(command)


@comments.post("/{comment_id}/edit")
async def edit_comment(comment_id: UUID, command: EditComment, change: Change) -> Recorded:
    """Say it otherwise; earlier wordings stay in its history."""
    return await change(command, comment_id)


@comments.post("/{comment_id}/retract")
async def retract_comment(comment_id: UUID, command: RetractComment, change: Change) -> Recorded:
    """Take it back."""
    return await change(command, comment_id)


@comments.post("/{comment_id}/read-mention")
async def read_mention(comment_id: UUID, command: ReadMention, change: Change) -> Recorded:
    """Say that you have seen where you are mentioned."""
    return await change(command, comment_id)


@hand_overs.post("/{hand_over_id}/acknowledge")
async def acknowledge_hand_over(hand_over_id: UUID, command: AcknowledgeHandOver, change: Change) -> Recorded:
    """Take the deal over: finance has what it needs."""
    return await change(command, hand_over_id)


@hand_overs.post("/{hand_over_id}/return")
async def return_hand_over(hand_over_id: UUID, command: ReturnHandOver, change: Change) -> Recorded:
    """Return it to who sold it, with a question."""
    return await change(command, hand_over_id)


@hand_overs.post("/{hand_over_id}/answer")
async def answer_hand_over(hand_over_id: UUID, command: AnswerHandOver, change: Change) -> Recorded:
    """Answer finance's question."""
    return await change(command, hand_over_id)
