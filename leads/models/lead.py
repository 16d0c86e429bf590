from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from leads.models.company import Company
from leads.models.importrun import ImportRun
from workspaces.ids import ID_LENGTH, new_public_id
from workspaces.owned import Owned, OwnedManager


class Lead(Owned):
    """A person of one workspace; "contact" on conversation pages (R6)."""

    class Status(models.TextChoices):
        ACTIVE = "active", "Active"
        EXCLUDED = "excluded", "Excluded"

    # Its unique keys begin with the workspace; an index of that alone would only be one more to write.
    workspace = models.ForeignKey("workspaces.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False)
    public_id = models.CharField(max_length=ID_LENGTH, default=new_public_id, editable=False)
    name = models.CharField(max_length=200)
    title = models.CharField(max_length=200, blank=True)
    company = models.ForeignKey(Company, on_delete=models.SET_NULL, null=True, blank=True, related_name="leads")
    persona = models.CharField(max_length=100, blank=True)
    persona_match = models.BooleanField(null=True, help_text="Empty: not judged yet.")
    status = models.CharField(max_length=8, choices=Status, default=Status.ACTIVE)
    status_note = models.CharField(max_length=300, blank=True, help_text="Why it is excluded.")
    opted_out_at = models.DateTimeField(null=True, help_text="The person wants no more messages, at any of their addresses.")
    time_zone = models.CharField(max_length=64, blank=True, help_text="Empty: taken from the number.")
    imported_by = models.ForeignKey(
        ImportRun, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False, db_constraint=False
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = OwnedManager["Lead"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "public_id"], name="lead_public_id"),
            # Addresses point at it, and it lists the newest.
            models.UniqueConstraint(fields=["workspace", "id"], name="lead_of_workspace"),
        ]
        indexes = [
            models.Index(fields=["workspace", "name", "id"], name="lead_by_name"),
            models.Index(fields=["workspace", "persona"], name="lead_by_persona", condition=~models.Q(persona="")),
            models.Index(fields=["workspace", "status"], name="lead_excluded", condition=models.Q(status="excluded")),
            models.Index(fields=["workspace"], name="lead_opted_out", condition=models.Q(opted_out_at__isnull=False)),
            models.Index(fields=["imported_by", "id"], name="lead_by_import", condition=models.Q(imported_by__isnull=False)),
            GinIndex(OpClass(Lower("name"), name="gin_trgm_ops"), name="lead_name_parts"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_excluded(self) -> bool:
        """Whether automation leaves them alone: they are excluded, or their company is. Reads the company."""
        return self.status == self.Status.EXCLUDED or (self.company is not None and self.company.status == Company.Status.EXCLUDED)


class Address(Owned):
    """One way to reach a lead. Rank 0 is the primary of its kind, 1 to 3 the alternates (S3-23)."""

    class Kind(models.TextChoices):
        PHONE = "phone", "Phone"
        EMAIL = "email", "Email"

    class Availability(models.TextChoices):
        """Whether the address takes iMessage, as last checked."""

        UNCHECKED = "unchecked", "Not checked"
        AVAILABLE = "available", "Available"
        UNAVAILABLE = "unavailable", "Unavailable"
        CHECKING = "checking", "Checking"
        ERROR = "error", "Error"
        NO_ACTIVE_LINE = "no_active_line", "No active line"

    # The unique key on (workspace, value) begins with it. An index of its own tempts the planner to read whole workspaces.
    # That the workspace is the lead's is one foreign key over both (migration 0003), at half the work of two.
    workspace = models.ForeignKey(
        "workspaces.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="addresses", db_index=False, db_constraint=False)
    kind = models.CharField(max_length=5, choices=Kind)
    rank = models.PositiveSmallIntegerField(default=0)
    value = models.CharField(max_length=254, help_text="E.164, or the email address in lower case.")
    availability = models.CharField(max_length=16, choices=Availability, default=Availability.UNCHECKED)
    checked_at = models.DateTimeField(null=True)

    objects = OwnedManager["Address"]()

    class Meta:
        verbose_name_plural = "addresses"
        constraints = [
            models.UniqueConstraint(fields=["workspace", "value"], name="address_belongs_to_one_lead"),
            models.UniqueConstraint(fields=["lead", "kind", "rank"], name="one_address_per_rank"),
            models.CheckConstraint(condition=models.Q(rank__lte=3), name="rank_0_to_3"),
        ]
        indexes = [
            GinIndex(OpClass("value", name="gin_trgm_ops"), name="address_parts"),
            models.Index(
                fields=["workspace", "lead"],
                condition=models.Q(availability__in=["unchecked", "no_active_line"]),
                name="address_unchecked",
            ),
            models.Index(fields=["workspace", "checked_at"], condition=models.Q(checked_at__isnull=False), name="address_by_check"),
        ]

    def __str__(self) -> str:
        return self.value
