from __future__ import annotations

from django.db import models
from django.utils import timezone

from leads.models.company import Company
from leads.models.importrun import ImportRun
from leads.models.lead import Lead
from workspaces.models import User
from workspaces.owned import Owned, OwnedManager


class LeadEvent(Owned):
    """What was done to a lead or a company, for the timeline that says why somebody got a message, or did not.

    That an import made a lead is told by the lead itself (`Lead.imported_by`); a row here means it was touched since.
    """

    class Kind(models.TextChoices):
        ADDED = "added", "Added"
        EDITED = "edited", "Edited"
        IMPORTED = "imported", "Updated by an import"
        EXCLUDED = "excluded", "Excluded"
        INCLUDED = "included", "Included again"
        MERGED = "merged", "Merged"
        LINKED = "linked", "Saved from a conversation"

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, null=True, related_name="events")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, null=True, related_name="events")
    kind = models.CharField(max_length=8, choices=Kind)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    text = models.CharField(max_length=500, blank=True, help_text="What changed, in words.")
    run = models.ForeignKey(ImportRun, on_delete=models.SET_NULL, null=True, related_name="+")
    before = models.JSONField(default=dict, help_text="Of an import: what it replaced, so that it can be undone.")

    unsettled = models.BooleanField(
        default=False, db_default=False, help_text="An exclusion: what waits for them is still to be cancelled."
    )

    objects = OwnedManager["LeadEvent"]()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(lead__isnull=True) ^ models.Q(company__isnull=True), name="event_of_a_lead_or_a_company"
            )
        ]
        indexes = [
            models.Index(fields=["run", "lead"], name="event_of_run", condition=models.Q(run__isnull=False)),
            models.Index(fields=["id"], name="event_unsettled", condition=models.Q(unsettled=True)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.text}".strip()
