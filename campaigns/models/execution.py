from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from campaigns.models.campaign import Campaign
from campaigns.models.enrolment import Enrolment
from campaigns.models.workflow import Node
from campaigns.vocabulary import OPEN, ExecutionState
from lines.models import Line
from workspaces.ids import ID_LENGTH, new_public_id
from workspaces.owned import Owned, OwnedManager


class Execution(Owned):
    """One visit of an enrolment to a node (reliability, 5.3).

    Waiting until `due_at` or an event, then pending; a pending message node is handed to conversations
    (`handed_at`), whose one message carries this row's key, and is settled by what becomes of that message.
    """

    public_id = models.CharField(max_length=ID_LENGTH, default=new_public_id, editable=False)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="executions", db_index=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="+", db_index=False)
    node = models.ForeignKey(Node, on_delete=models.CASCADE, related_name="+")
    visit = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=8, choices=ExecutionState)
    due_at = models.DateTimeField(default=timezone.now, help_text="When it is taken up at the latest.")
    handed_at = models.DateTimeField(null=True, help_text="Since then its message stands in a conversation.")
    variant = models.CharField(max_length=1, blank=True, help_text="The text that was chosen: A, B, ...")
    line = models.ForeignKey(
        Line,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
        help_text="What its message goes over; follows the message by a trigger in the database.",
    )
    read_at = models.DateTimeField(null=True, help_text="When the contact read its message.")
    recall = models.BooleanField(
        default=False,
        db_default=False,
        help_text="It was stopped after its message was handed over: the message is to be cancelled.",
    )
    why = models.CharField(max_length=300, blank=True, help_text="What it waits for, or how it ended, in words.")
    created_at = models.DateTimeField(default=timezone.now)
    at = models.DateTimeField(default=timezone.now, help_text="When its state last changed.")

    objects = OwnedManager["Execution"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "public_id"], name="execution_public_id"),
            models.UniqueConstraint(fields=["enrolment", "node", "visit"], name="one_execution_per_visit"),
        ]
        indexes = [
            models.Index(
                fields=["campaign", "state", "due_at", "id"], condition=Q(state__in=OPEN, handed_at=None), name="execution_due"
            ),
            models.Index(fields=["id"], condition=Q(recall=True), name="execution_to_recall"),
            models.Index(fields=["enrolment", "id"], name="execution_of_enrolment"),
            models.Index(fields=["workspace", "-at", "-id"], name="execution_newest"),
            models.Index(fields=["workspace", "state", "-at", "-id"], name="execution_by_state"),
            models.Index(fields=["campaign", "node", "state"], name="execution_by_node"),
            models.Index(fields=["campaign", "-at", "-id"], name="execution_of_campaign"),
            models.Index(fields=["campaign", "state", "-at", "-id"], name="execution_of_campaign_by_state"),
            models.Index(
                fields=["line", "state", "-at", "-id"], condition=Q(line__isnull=False), name="execution_of_line_by_state"
            ),
            models.Index(fields=["workspace", "state", "due_at"], condition=Q(state__in=OPEN), name="execution_open"),
        ]

    def __str__(self) -> str:
        return f"{self.node} for {self.enrolment}: {self.get_state_display()}"
