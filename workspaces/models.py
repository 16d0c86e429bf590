"""Who: users, the workspaces they belong to with a role, invitations, and the audit trail."""

from __future__ import annotations

import zoneinfo
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from workspaces.ids import ID_LENGTH, new_public_id
from workspaces.owned import Owned, OwnedManager


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **extra: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in, by email. What they may do hangs on their memberships, not on Django's permissions."""

    class Theme(models.TextChoices):
        SYSTEM = "system", "Follow the system"
        LIGHT = "light", "Light"
        DARK = "dark", "Dark"

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    theme = models.CharField(max_length=6, choices=Theme, default=Theme.SYSTEM)
    enter_sends = models.BooleanField(
        default=False, help_text="Enter sends and Shift-Enter starts a new line, instead of the other way round."
    )
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_any_case")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] or self.email


def validate_zone(value: str) -> None:
    if value not in zoneinfo.available_timezones():
        raise ValidationError(f"“{value}” is not a known time zone. Choose one such as Europe/London.")


class Workspace(models.Model):
    """A tenant. Every other row of the product belongs to exactly one."""

    slug = models.SlugField(unique=True, max_length=50)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=64, default="America/New_York", validators=[validate_zone])
    default_region = models.CharField(max_length=2, default="US", help_text="For numbers written without +.")
    consent_required = models.BooleanField(default=False)
    consent_text = models.TextField(blank=True)
    reply_to_opted_out = models.BooleanField(
        default=False, help_text="Allow a person to answer someone who opted out, with a warning (R4)."
    )
    typing_outward = models.BooleanField(default=True, help_text="Show contacts that a rep is typing.")
    receipts_outward = models.BooleanField(default=True, help_text="Tell contacts that a rep has read their message.")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)


class Role(models.TextChoices):
    ADMIN = "admin", "Admin"
    REP = "rep", "Rep"
    OPS = "ops", "Ops"
    VIEWER = "viewer", "Viewer"


class Membership(Owned):
    """A user's role in a workspace."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=6, choices=Role)
    created_at = models.DateTimeField(default=timezone.now)

    objects = OwnedManager["Membership"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "user"], name="one_membership_per_user")]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"


class Invitation(Owned):
    """An offer to join, by email; the link carries a token of which only the SHA-256 is kept."""

    email = models.EmailField()
    role = models.CharField(max_length=6, choices=Role)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = OwnedManager["Invitation"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "workspace",
                Lower("email"),
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="one_open_invitation_per_email",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} as {self.get_role_display()}"


class AuditEntry(Owned):
    """What someone did that others may have to account for. Written once; the app role may not change it."""

    public_id = models.CharField(max_length=ID_LENGTH, default=new_public_id, editable=False)
    at = models.DateTimeField(default=timezone.now)
    user = models.ForeignKey(User, on_delete=models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    action = models.CharField(max_length=60, help_text="noun.verb, such as line.paused")
    target = models.CharField(max_length=200, blank=True, help_text="What it was done to, in words.")
    detail = models.JSONField(default=dict)
    address = models.GenericIPAddressField(null=True)

    objects = OwnedManager["AuditEntry"]()

    class Meta:
        indexes = [models.Index(fields=["workspace", "-at"], name="audit_newest")]

    def __str__(self) -> str:
        return f"{self.action} {self.target}"
