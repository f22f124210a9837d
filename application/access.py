"""Who may do what, and to what: two tables, which everything that is asked for over an interface is held against.

An operation is a route's context and name (`quoting.accept_quote`, as `x-operation` in OpenAPI). What is not listed is
denied, to everybody. A role carries an operation out within its scope; what lies outside does not exist for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from uuid import UUID

from domain.identity import DocumentKind, Role
from domain.shared.personal import KeyClass

REPRESENTATIVE, MANAGER, OPERATIONS = Role.SALES_REPRESENTATIVE, Role.SALES_MANAGER, Role.SALES_OPERATIONS
FINANCE, SUPPORT, COMPLIANCE = Role.FINANCE, Role.SUPPORT, Role.COMPLIANCE
MARKETING, ANALYST, ADMINISTRATOR, SERVICE = Role.MARKETING, Role.ANALYST, Role.ADMINISTRATOR, Role.SERVICE
NEGOTIATOR, SIGNER = Role.CUSTOMER_NEGOTIATOR, Role.CUSTOMER_SIGNER


class Scope(IntEnum):
    """What a role reaches, from the least to the most."""

    OWN = 1
    """What is the caller's: of our own people their account, of a customer's people what was sent to the customer."""
    ASSIGNED = 2
    """Customers whom they look after or nobody does, opportunities and documents that they own, and what came of it."""
    TEAM = 3
    """What is assigned to them, or to somebody whom they lead today, directly or through others."""
    ALL = 4


SELLING = {REPRESENTATIVE, MANAGER, OPERATIONS}
HEADS = {MANAGER, OPERATIONS}
STAFF = {role for role in Role if not role.is_customers}
CUSTOMERS = {role for role in Role if role.is_customers}
EVERYBODY = STAFF | CUSTOMERS
DEALING = SELLING | {FINANCE, SUPPORT, COMPLIANCE, SERVICE}
"""Those who have to do with single documents."""
COUNTING = {MANAGER, OPERATIONS, FINANCE, COMPLIANCE, ANALYST}
"""Those who look at all of them together."""

_ALLOWED: Iterable[tuple[str, set[Role], str]] = (
    # context, who, what
    ("identity", {ADMINISTRATOR}, "register_user grant_role revoke_role deactivate_user reactivate_user"),
    ("identity", {ADMINISTRATOR, OPERATIONS}, "assign_manager"),
    ("identity", {ADMINISTRATOR}, "reset_password reset_totp sessions_of end_sessions_of"),
    ("identity", {ADMINISTRATOR, COMPLIANCE}, "declare_same_person"),
    ("identity", {COMPLIANCE}, "retract_same_person"),  # an administrator could then do everything alone
    ("identity", EVERYBODY, "whoami sign_out begin_totp confirm_totp issue_key rotate_key revoke_key keys"),
    ("identity", EVERYBODY, "sessions end_session replace_recovery_codes"),
    ("identity", EVERYBODY, "delegate end_delegation"),
    ("identity", SELLING | {FINANCE, SUPPORT}, "give_portal_link revoke_portal_link"),
    ("organisation", {ADMINISTRATOR, FINANCE}, "register_legal_entity set_tax_rates"),
    ("catalogue", {OPERATIONS, SERVICE}, "register_product change_product discontinue_product"),
    ("catalogue", {OPERATIONS, SERVICE}, "open_price_book set_prices close_price_book"),
    ("crm", SELLING | {MARKETING, SERVICE}, "register_customer change_customer add_contact change_roles"),
    ("crm", HEADS, "assign_representative merge_customer unmerge_customer define_stage_path assign_opportunity_owner"),
    ("crm", SELLING | {MARKETING, SERVICE}, "open_opportunity change_opportunity move_opportunity"),
    ("crm", SELLING, "choose_primary_quote win_opportunity lose_opportunity abandon_opportunity reopen_opportunity"),
    ("crm", SELLING | {SUPPORT, FINANCE, MARKETING, SERVICE}, "log_activity plan_activity complete_activity"),
    ("crm", SELLING | {SUPPORT, FINANCE, MARKETING}, "reschedule_activity reassign_activity cancel_activity"),
    ("crm", STAFF, "write_comment edit_comment retract_comment read_mention"),
    ("crm", {FINANCE}, "acknowledge_hand_over return_hand_over"),
    ("crm", SELLING, "answer_hand_over"),
    ("quoting", SELLING | {SERVICE}, "draft_quote add_quote_line change_quote_line remove_quote_line reprice_quote"),
    ("quoting", SELLING | {SERVICE}, "send_quote withdraw_quote revise_quote expire_quote"),
    ("quoting", HEADS, "extend_quote"),
    ("quoting", SELLING | {SERVICE, SIGNER}, "accept_quote"),
    ("quoting", SELLING | {SERVICE, SIGNER, NEGOTIATOR}, "decline_quote"),
    ("contracting", SELLING | {SERVICE}, "draft_contract draft_contract_by_hand send_contract_for_signature"),
    ("contracting", SELLING | {SERVICE}, "return_contract_to_draft activate_contract expire_contract"),
    ("contracting", HEADS | {FINANCE}, "approve_contract reject_contract terminate_contract"),
    ("contracting", SELLING | {SERVICE}, "sign_contract"),  # it bears the signatures of both sides
    ("contracting", SELLING | {SERVICE, SIGNER, NEGOTIATOR}, "decline_contract"),
    ("ordering", SELLING | {SERVICE}, "place_order place_contract_order place_direct_order confirm_order"),
    ("ordering", SELLING | {SERVICE}, "request_order_change cancel_order"),
    ("ordering", HEADS | {SERVICE}, "fulfil_order close_order reopen_order agree_tolerance"),
    ("ordering", HEADS | {SERVICE}, "confirm_order_change decline_order_change"),
    ("ordering", HEADS | {FINANCE}, "hold_order release_hold"),
    ("ordering", HEADS | {SUPPORT, SERVICE}, "authorise_return cancel_return receive_return inspect_return"),
    ("ordering", {FINANCE}, "set_credit_limit credit_return"),
    ("billing", {FINANCE, SERVICE}, "draft_invoice invoice_delivery invoice_prepayment invoice_instalment"),
    ("billing", {FINANCE, SERVICE}, "issue_invoice release_invoice discard_invoice"),
    ("billing", {FINANCE}, "rebill_invoice credit_invoice credit_invoices"),
    ("billing", SELLING | {SUPPORT, FINANCE}, "request_credit_note"),
    ("billing", {FINANCE, MANAGER}, "approve_credit_note reject_credit_note"),
    ("billing", {FINANCE}, "allocate_credit_note unallocate_credit_note refund_credit_note"),
    ("payments", {FINANCE, SERVICE}, "record_payment allocate_payment allocate_payment_by_reference"),
    ("payments", {FINANCE}, "unallocate_payment refund_payment reverse_payment"),
    ("privacy", {COMPLIANCE, SUPPORT}, "request_erasure"),
    ("privacy", {COMPLIANCE}, "approve_erasure reject_erasure place_hold lift_hold"),
    ("directory", {COMPLIANCE, SUPPORT}, "data_subjects data_subject"),
    ("directory", STAFF, "legal_entities legal_entity products product price_books price_book"),
    ("directory", STAFF - {ANALYST}, "customers customer"),
    ("directory", {ADMINISTRATOR, COMPLIANCE}, "users user"),
    ("documents", DEALING | {ANALYST}, "quotes quote contracts contract orders order returns return_"),
    ("documents", DEALING | {ANALYST}, "invoices invoice credit_notes credit_note payments payment"),
    ("documents", DEALING, "quote_page invoice_page credit_note_page"),
    ("documents", SELLING | {FINANCE, COMPLIANCE}, "credit_limits"),
    ("pipeline", SELLING | {FINANCE, COMPLIANCE, MARKETING, ANALYST}, "deals stages metrics opportunities opportunity"),
    ("pipeline", SELLING | {FINANCE, COMPLIANCE, MARKETING, ANALYST}, "stage_paths forecast_categories outcomes"),
    ("pipeline", STAFF - {ANALYST}, "conversation my_work"),
    ("pipeline", SELLING | {FINANCE, COMPLIANCE}, "hand_overs hand_over"),
    ("portal", DEALING | CUSTOMERS, "dashboard quotes quote contracts contract orders order"),
    ("portal", DEALING | CUSTOMERS, "invoices invoice credit_notes payments"),
    ("receivables", COUNTING | {SUPPORT}, "open_items ageing dso on_time"),
    ("sales", COUNTING | {REPRESENTATIVE, MARKETING}, "by_month by_region by_product_line by_segment"),
    ("support", DEALING, "find customer timeline"),
    ("history", {COMPLIANCE, FINANCE, OPERATIONS, SUPPORT}, "history_of difference_of"),
    ("history", {COMPLIANCE}, "history_of_all segregation_of_duties"),
    ("access", {COMPLIANCE, ADMINISTRATOR}, "sign_ins who_saw seen_by refused_duties"),
    ("changes", STAFF, "changes"),
    ("proofs", EVERYBODY, "last_checkpoint inclusion consistency"),
    ("proofs", DEALING, "evidence"),
    ("health", {ADMINISTRATOR, SERVICE}, "projections sealing metrics"),
    ("health", {ADMINISTRATOR, OPERATIONS, FINANCE}, "refusals"),
)
PERSONAL: Mapping[KeyClass, frozenset[Role]] = {
    KeyClass.PROFILE: frozenset(SELLING | {FINANCE, SUPPORT, COMPLIANCE, MARKETING, SERVICE}),
    KeyClass.LEGAL: frozenset(SELLING | {FINANCE, SUPPORT, COMPLIANCE, SERVICE}),
}
"""For whom personal data is opened in what they may ask for; others see that there is some."""
OPEN = frozenset(("health.live", "health.ready")) | {
    f"identity.{name}" for name in ("sign_in", "open_portal_link", "go_to_provider", "come_from_provider")
}
"""What may be asked for by whoever can reach the interface."""
ENROLLING = frozenset(f"identity.{name}" for name in ("whoami", "sign_out", "begin_totp", "confirm_totp"))
"""All that is possible to whoever must have an authenticator, and has none yet."""
_REACHED = {REPRESENTATIVE: Scope.ASSIGNED, MANAGER: Scope.TEAM, **dict.fromkeys(CUSTOMERS, Scope.OWN)}
"""The scope of a role. Those who are not named have to do with everybody's: all."""
_OF_ONES_OWN = frozenset(
    f"identity.{name}"
    for name in (
        *("whoami", "sign_out", "begin_totp", "confirm_totp", "delegate", "end_delegation"),
        *("keys", "issue_key", "rotate_key", "revoke_key", "sessions", "end_session", "replace_recovery_codes"),
    )
)
"""What everybody does with their own account, whatever their role."""
POLICY: Mapping[str, Mapping[Role, Scope]] = {
    operation: {role: Scope.OWN if operation in _OF_ONES_OWN else _REACHED.get(role, Scope.ALL) for role in who}
    for context, who, what in _ALLOWED
    for operation in (f"{context}.{name}" for name in what.split())
}
"""Each operation, the roles that may carry it out, and each one's scope."""
BY_LINK: Mapping[DocumentKind, frozenset[str]] = {
    "quote": frozenset(("portal.quote", "quoting.accept_quote", "quoting.decline_quote")),
    "contract": frozenset(("portal.contract",)),
    "invoice": frozenset(("portal.invoice",)),
}
"""What whoever has opened a link may do with its document, beyond leaving: as far as the link's roles let them."""
LEAVING = frozenset(("identity.whoami", "identity.sign_out"))

_UNTRACED: Iterable[tuple[str, str]] = (
    ("identity", "whoami keys sessions"),
    ("directory", "legal_entities legal_entity products product price_books price_book"),
    ("proofs", "last_checkpoint inclusion consistency"),
    ("health", "projections metrics"),
)
UNTRACED = OPEN | {f"{context}.{name}" for context, what in _UNTRACED for name in what.split()}
"""What may be read without a trace: nothing personal, financial or of the past. Every other query leaves one."""
TRACED = frozenset(
    f"identity.{name}"
    for name in (
        *("sign_in", "sign_out", "end_session", "end_sessions_of", "reset_password"),
        *("issue_key", "rotate_key", "revoke_key"),
    )
)
"""Commands that leave a trace among the reads, since they change who can read; of others the history tells."""
ASKED_WHY = frozenset((COMPLIANCE, SUPPORT))
"""Roles whose sight goes beyond their own dealings: they say why they look, wherever no other role lets them."""
WHERE_ASKED = frozenset(
    operation
    for operation in POLICY
    if operation.startswith(("access.", "history.", "portal."))
    or operation in ("proofs.evidence", "directory.customer", "support.customer", "support.timeline")
)
"""What they say it for: the past, and what is known of a person or of one customer."""


@cache
def _widest(roles: frozenset[Role], operation: str) -> Scope | None:
    """Asked with every request; there are as many answers as kinds of users and operations."""
    return max((scope for role, scope in POLICY[operation].items() if role in roles), default=None)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, as they were signed in."""

    user_id: UUID
    actor: str
    roles: frozenset[Role]
    customer_id: UUID | None = None
    """The only customer whose objects exist for this caller; None for our own people."""
    must_enrol: bool = False
    """A password was enough to come in, and is not enough for more."""

    document: tuple[DocumentKind, UUID] | None = None
    """The only one that exists for whoever has opened a link."""
    key_name: str | None = None
    """The key that they came with; None with a session."""
    other_accounts: tuple[str, ...] = ()
    """By which the same person signs in as well."""

    def may(self, operation: str) -> bool:
        """Whether one of the caller's roles lets them carry it out."""
        if self.document is not None and operation not in BY_LINK[self.document[0]] | LEAVING:
            return False
        return _widest(self.roles, operation) is not None

    def sees(self, key_class: KeyClass, subject: UUID) -> bool:
        """Whether personal data is opened for the caller: to a customer's people only that customer's."""
        if self.customer_id is not None:
            return subject == self.customer_id
        return not self.roles.isdisjoint(PERSONAL[key_class])

    def scope_of(self, operation: str) -> Scope:
        """The widest of the scopes in which one of their roles lets them. They may."""
        scope = _widest(self.roles, operation)
        assert scope is not None, operation
        return scope

    def must_say_why(self, operation: str) -> bool:
        """Whether only roles let them that have to say why they look."""
        return operation in WHERE_ASKED and self.roles & POLICY[operation].keys() <= ASKED_WHY


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """That somebody was shown something, or was turned away. Ids only: nothing of what was read."""

    operation: str
    outcome: str
    """`given`, or why not: `interfaces.rest.problems` knows the words; or the rule of two persons that refused it."""
    by: Caller | None
    """None where nobody knows who it was."""
    objects: Sequence[str] = ()
    """Ids of what was asked for, and of the customers who were shown."""
    more: int | None = 0
    """How many more customers were shown; None where nobody counted."""
    purpose: str | None = None
    address: str | None = None
    """Of whoever signed in, or tried to."""
    correlation_id: str | None = None
    """The request's, as logs have it."""
