from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from workspaces.ids import ID_LENGTH, new_public_id
from workspaces.models.user import User
from workspaces.models.workspace import every_day, validate_zone
from workspaces.owned import Owned, OwnedManager


class Role(models.TextChoices):
    ADMIN = "admin", "Admin"
    REP = "rep", "Rep"
    OPS = "ops", "Ops"
    VIEWER = "viewer", "Viewer"


class Membership(Owned):
    """A user's role in a workspace."""

    public_id = models.CharField(max_length=ID_LENGTH, default=new_public_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=6, choices=Role)
    notes_enabled = models.BooleanField(null=True, help_text="Notes for this member; empty: as the workspace says (R12).")
    may_delete = models.BooleanField(null=True, help_text="Whether they may delete conversations; empty: as the workspace says.")
    drips_enabled = models.BooleanField(null=True, help_text="Drips for this member; empty: as the workspace says (S2-27).")
    consent_required = models.BooleanField(
        null=True, help_text="Whether consent precedes what they write; empty: as the workspace says (S2-36)."
    )
    hours_from = models.TimeField(null=True, blank=True, help_text="Automated messages in their name leave from then on.")
    hours_until = models.TimeField(null=True, blank=True)
    work_days = ArrayField(models.PositiveSmallIntegerField(), default=every_day, help_text="1 Monday to 7 Sunday.")
    time_zone = models.CharField(max_length=64, blank=True, validators=[validate_zone], help_text="Empty: the workspace's.")
    created_at = models.DateTimeField(default=timezone.now)

    objects = OwnedManager["Membership"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "public_id"], name="membership_public_id"),
            models.UniqueConstraint(fields=["workspace", "user"], name="one_membership_per_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"

    @property
    def writes(self) -> bool:
        """Whether this member may change anything at all."""
        return self.role != Role.VIEWER

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone) if self.time_zone else self.workspace.zone

    @property
    def keeps_hours(self) -> bool:
        """Whether this member has working hours or days of their own."""
        return bool(self.hours_from or self.hours_until or len(self.work_days) < len(every_day()))

    @property
    def deletes(self) -> bool:
        """Whether this member may delete conversations (S2-51)."""
        return self.writes and (self.workspace.delete_enabled if self.may_delete is None else self.may_delete)

    @property
    def switched(self) -> int:
        """How many switches are set for this member alone."""
        own = (self.may_delete, self.drips_enabled, self.notes_enabled, self.consent_required)
        return sum(one is not None for one in own)

    @property
    def notes(self) -> bool:
        """Whether this member sees and writes notes in threads (S2-09)."""
        return self.workspace.notes_enabled if self.notes_enabled is None else self.notes_enabled

    @property
    def consent_first(self) -> bool:
        """Whether the consent message precedes the first message this member writes to a contact (S2-36)."""
        return self.workspace.consent_required if self.consent_required is None else self.consent_required

    @property
    def drips(self) -> bool:
        """Whether this member may apply drips in threads (S2-27)."""
        return self.writes and (self.workspace.drips_enabled if self.drips_enabled is None else self.drips_enabled)


class Invitation(Owned):
    """An offer to join, by email; the link carries a token of which only the SHA-256 is kept.

    Open while it is neither accepted nor revoked. Sending it again gives it a new token, so that the old link ends.
    """

    LASTS = timedelta(days=7)

    public_id = models.CharField(max_length=ID_LENGTH, default=new_public_id, editable=False)
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
            models.UniqueConstraint(fields=["workspace", "public_id"], name="invitation_public_id"),
            models.UniqueConstraint(
                "workspace",
                Lower("email"),
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="one_open_invitation_per_email",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} as {self.get_role_display()}"

    @property
    def expired(self) -> bool:
        return self.expires_at <= timezone.now()
