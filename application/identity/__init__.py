"""Commands on users, on what lets them in, and on links for people at customers."""

from application.identity.credentials import (
    ConfirmTotp,
    Delegate,
    EndDelegation,
    Entrusting,
    IssueKey,
    ReplaceRecoveryCodes,
    ResetPassword,
    ResetTotp,
    RevokeKey,
    RotateKey,
)
from application.identity.portal_links import (
    GivePortalLink,
    OpenPortalLink,
    PortalLinks,
    RevokePortalLink,
)
from application.identity.users import (
    AssignManager,
    DeactivateUser,
    DeclareSamePerson,
    GrantRole,
    ReactivateUser,
    RegisterUser,
    RetractSamePerson,
    RevokeRole,
    Users,
    user_id,
)

__all__ = [
    "AssignManager",
    "ConfirmTotp",
    "DeactivateUser",
    "DeclareSamePerson",
    "Delegate",
    "EndDelegation",
    "Entrusting",
    "GivePortalLink",
    "GrantRole",
    "IssueKey",
    "OpenPortalLink",
    "PortalLinks",
    "ReactivateUser",
    "RegisterUser",
    "ReplaceRecoveryCodes",
    "ResetPassword",
    "ResetTotp",
    "RetractSamePerson",
    "RevokeKey",
    "RevokePortalLink",
    "RevokeRole",
    "RotateKey",
    "Users",
    "user_id",
]
