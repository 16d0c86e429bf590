from workspaces.models.audit import AuditEntry
from workspaces.models.membership import Invitation, Membership, Role
from workspaces.models.session import Session
from workspaces.models.token import ApiToken
from workspaces.models.user import User, UserManager
from workspaces.models.workspace import Workspace, validate_region, validate_zone

__all__ = [
    "ApiToken",
    "AuditEntry",
    "Invitation",
    "Membership",
    "Role",
    "Session",
    "User",
    "UserManager",
    "Workspace",
    "validate_region",
    "validate_zone",
]
