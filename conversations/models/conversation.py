from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.utils import timezone

from campaigns.models import Campaign
from conversations import cells
from conversations.folding import Folded
from conversations.vocabulary import Channel, Direction, Family, MessageStatus
from intent import vocabulary as intent
from leads import addresses
from leads.models import Company, Lead
from lines.models import Line
from workspaces.ids import ID_LENGTH, new_public_id
from workspaces.models import User
from workspaces.owned import Owned, OwnedManager

SEARCHED = Folded(Concat(F("contact_name"), Value(" "), F("company_name"), Value(" "), F("address")))
STATUSES = [(status, MessageStatus(status).label) for status in cells.STATUSES]


class Conversation(Owned):
    """One person on one channel family; one row per list entry.

    Everything the list filters or sorts by is a column here, written by `conversations.summary` alone, so that the
    list is one index scan without a join. Names and exclusion follow their lead, company and campaign by triggers in the
    database (migrations 0004, 0009), which also keep the counts of `Facet` (0003).
    """

    public_id = models.CharField(max_length=ID_LENGTH, default=new_public_id, editable=False)
    family = models.CharField(max_length=8, choices=Family, default=Family.PHONE)
    address = models.CharField(max_length=254, help_text="Where the next message goes: E.164 or email.")
    lead = models.ForeignKey(Lead, on_delete=models.SET_NULL, null=True, related_name="conversations")
    company = models.ForeignKey(Company, on_delete=models.SET_NULL, null=True, related_name="+")
    campaign = models.ForeignKey(Campaign, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    line = models.ForeignKey(Line, on_delete=models.SET_NULL, null=True, related_name="+")
    assignee = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    # What people decided about it.
    archived_at = models.DateTimeField(null=True)
    seen_through = models.BigIntegerField(default=0, help_text="The newest incoming message that was opened.")
    handled_through = models.BigIntegerField(default=0, help_text="The newest incoming message that was dismissed.")
    snoozed_until = models.DateTimeField(null=True, help_text="What came in so far waits for nobody until then.")
    snoozed_through = models.BigIntegerField(default=0, help_text="The newest incoming message that was put off.")

    # The summary of its messages.
    contact_name = models.CharField(max_length=200, blank=True)
    company_name = models.CharField(max_length=200, blank=True)
    campaign_name = models.CharField(max_length=200, blank=True)
    icp_match = models.BooleanField("ICP match", default=False)
    excluded = models.BooleanField(default=False, db_default=False, help_text="Its contact or company is; kept by the database.")
    last_at = models.DateTimeField(default=timezone.now, help_text="Last activity; the list's order.")
    last_direction = models.CharField(max_length=3, choices=Direction, blank=True)
    last_channel = models.CharField(max_length=8, choices=Channel, blank=True)
    last_status = models.CharField(max_length=13, choices=MessageStatus, blank=True)
    status = models.CharField(max_length=13, choices=STATUSES, blank=True, help_text="Of our newest message, in R1's words.")
    fell_back = models.BooleanField(default=False, help_text="Our newest message went as SMS instead of iMessage.")
    last_reason = models.CharField(max_length=20, blank=True)
    preview = models.CharField(max_length=160, blank=True)
    unread = models.PositiveIntegerField(default=0)
    waiting_since = models.DateTimeField(null=True, help_text="The contact waits for an answer since then (S0-14).")
    intent_status = models.CharField(max_length=8, choices=intent.Status, blank=True)
    intent_reason = models.CharField(max_length=16, choices=intent.Reason, blank=True)
    intent_score = models.PositiveSmallIntegerField(null=True, help_text="0 to 100")

    cell = models.GeneratedField(expression=cells.expression(), output_field=models.IntegerField(), db_persist=True)
    searched = models.GeneratedField(expression=SEARCHED, output_field=models.TextField(), db_persist=True)

    objects = OwnedManager["Conversation"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "public_id"], name="conversation_public_id"),
            models.UniqueConstraint(
                fields=["workspace", "family", "lead"],
                condition=models.Q(lead__isnull=False),
                name="one_conversation_per_lead_and_family",
            ),
            models.UniqueConstraint(
                fields=["workspace", "family", "address"],
                condition=models.Q(lead__isnull=True),
                name="one_conversation_per_unknown_address",
            ),
        ]
        indexes = [
            # The order of every list, with what broad filters look at: they are answered without visiting the table.
            models.Index(
                fields=["workspace", "-last_at", "-id"],
                include=["cell", "campaign", "company", "assignee", "intent_score"],
                name="conversation_newest",
            ),
            # Narrow filters go to their cells instead, each in the order of the list.
            models.Index(
                fields=["workspace", "cell", "-last_at", "-id"],
                include=["campaign", "company", "assignee", "intent_score"],
                name="conversation_in_cell",
            ),
            models.Index(
                fields=["workspace", "campaign", "cell", "-last_at", "-id"],
                include=["company", "assignee", "intent_score"],
                condition=models.Q(campaign__isnull=False),
                name="conversation_in_campaign",
            ),
            # A score is in no cell; how few pass is counted here.
            models.Index(
                fields=["workspace", "intent_status", "intent_score"],
                include=["cell", "campaign", "company", "assignee", "last_at", "id"],
                condition=models.Q(intent_score__isnull=False),
                name="conversation_by_score",
            ),
            models.Index(
                fields=["workspace", "company", "-last_at", "-id"],
                condition=models.Q(company__isnull=False),
                name="conversation_of_company",
            ),
            models.Index(
                fields=["workspace", "assignee", "-last_at", "-id"],
                include=["cell", "campaign", "company", "intent_score"],
                condition=models.Q(assignee__isnull=False),
                name="conversation_by_assignee",
            ),
            models.Index(
                fields=["workspace", "-last_at", "-id"],
                include=["cell", "campaign", "company", "assignee", "intent_score"],
                condition=models.Q(excluded=True),
                name="conversation_excluded",
            ),
            models.Index(fields=["workspace", "id"], condition=models.Q(intent_status="positive"), name="conversation_positive"),
            models.Index(fields=["snoozed_until"], condition=models.Q(snoozed_until__isnull=False), name="conversation_snoozed"),
            models.Index(fields=["workspace", "address"], name="conversation_by_address"),
            GinIndex(OpClass("searched", name="gin_trgm_ops"), name="conversation_parts"),
        ]

    def __str__(self) -> str:
        return self.contact_name or addresses.display(self.address)
