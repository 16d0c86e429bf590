from __future__ import annotations

from django.db import models
from django.utils import timezone

from campaigns.models.campaign import Campaign
from campaigns.vocabulary import Source
from workspaces.ids import ID_LENGTH, new_public_id
from workspaces.models import User
from workspaces.owned import Owned, OwnedManager


class EnrolRun(Owned):
    """A choice of leads on its way into a campaign, chunk by chunk: what was chosen, how far it is, what came of it."""

    public_id = models.CharField(max_length=ID_LENGTH, default=new_public_id, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="enrol_runs")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    source = models.CharField(max_length=9, choices=Source)
    chosen = models.TextField(help_text="The filters of the leads table as a query string, or lead=… for each that was ticked.")
    total = models.PositiveIntegerField(help_text="Leads that were chosen when it began.")
    last = models.BigIntegerField(default=0, help_text="Leads up to this id are done.")
    until = models.BigIntegerField(help_text="Leads with a greater id came later and were not chosen.")
    enrolled = models.PositiveIntegerField(default=0)
    left_out = models.JSONField(default=dict, help_text="{reason: how many}")
    created_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)
    refused = models.CharField(max_length=300, blank=True, help_text="Why it ended before its end, in words.")

    objects = OwnedManager["EnrolRun"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "public_id"], name="enrol_run_public_id")]
        indexes = [models.Index(fields=["id"], condition=models.Q(done_at=None), name="enrol_run_at_work")]

    def __str__(self) -> str:
        return f"{self.total} leads into {self.campaign}"

    @property
    def seen(self) -> int:
        return self.enrolled + sum(int(count) for count in self.left_out.values())
