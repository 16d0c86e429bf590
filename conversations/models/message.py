from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign, Execution
from conversations.models.canned import CannedResponse
from conversations.models.conversation import Conversation
from conversations.vocabulary import Channel, Direction, FallbackCause, Hold, MessageStatus, Origin, State
from lines.models import Line
from workspaces.ids import ID_LENGTH, new_public_id
from workspaces.models import User
from workspaces.owned import Owned, OwnedManager

STATUS = Case(
    When(direction=Direction.INCOMING, then=Value(MessageStatus.RECEIVED)),
    When(replied_at__isnull=False, then=Value(MessageStatus.REPLIED)),
    When(read_at__isnull=False, then=Value(MessageStatus.READ)),
    When(delivered_at__isnull=False, then=Value(MessageStatus.DELIVERED)),
    When(state=State.FAILED, then=Value(MessageStatus.NOT_DELIVERED)),
    When(Q(state=State.QUEUED, scheduled_at__isnull=False), then=Value(MessageStatus.SCHEDULED)),
    default=F("state"),
)


class Message(Owned):
    """One thing said in a conversation, in either direction.

    `state` is what we do and moves along the edges that a database trigger allows; the `*_at` facts are what the
    world told us and only ever fill in or move earlier; `status` is derived from both by the database.
    """

    public_id = models.CharField(max_length=ID_LENGTH, default=new_public_id, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    direction = models.CharField(max_length=3, choices=Direction)
    origin = models.CharField(max_length=12, choices=Origin, blank=True)
    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    line = models.ForeignKey(Line, on_delete=models.SET_NULL, null=True, related_name="+")
    address = models.CharField(max_length=254, help_text="The other side's address, frozen when it was made.")
    body = models.TextField(blank=True)
    has_media = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    at = models.DateTimeField(default=timezone.now, help_text="Its place in the thread: gateway time, else ours.")

    # Outgoing: what was asked for.
    requested_channel = models.CharField(max_length=8, choices=Channel, blank=True, help_text="Empty: automatic.")
    fallback = ArrayField(models.CharField(max_length=20), default=list, help_text="When SMS may take over (S4-11).")
    scheduled_at = models.DateTimeField(null=True, help_text="The time a person chose.")
    cancel_on_reply = models.BooleanField(default=False, help_text="Not sent if the contact writes first.")
    expires_at = models.DateTimeField(null=True, help_text="Not sent after this.")
    dedupe_key = models.CharField(max_length=120, blank=True, help_text="What it is the message of; sent once.")
    retry_of = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="retries")
    canned = models.ForeignKey(
        CannedResponse,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
        help_text="What answered by itself.",
    )
    execution = models.OneToOneField(
        Execution, on_delete=models.SET_NULL, null=True, related_name="message", help_text="The campaign step it is the message of."
    )
    batch = models.ForeignKey(
        "conversations.Batch", on_delete=models.SET_NULL, null=True, related_name="messages", db_index=False, help_text="S1-13"
    )

    # Whose it is, for reports: filled in by the database when it is made (migration 0007), and kept as it was then.
    campaign = models.ForeignKey(
        Campaign, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False, help_text="Also of a step sent again."
    )
    step = models.CharField(max_length=12, blank=True, default="", db_default="", help_text="The step's key, in all versions.")
    variant = models.CharField(max_length=1, blank=True, default="", db_default="", help_text="The text of the step: A, B, ...")
    persona = models.CharField(max_length=100, blank=True, default="", db_default="", help_text="The contact's, outgoing only.")
    icp = models.CharField("ICP", max_length=100, blank=True, default="", db_default="", help_text="Of the contact's company.")

    # What we do with it.
    state = models.CharField(max_length=9, choices=State)
    reason = models.CharField(max_length=20, blank=True, help_text="FailReason or CancelReason.")
    reason_detail = models.CharField(max_length=500, blank=True, help_text="In the gateway's own words.")
    ended_at = models.DateTimeField(null=True, help_text="When it failed, was cancelled or discarded; the database fills it in.")
    hold = models.CharField(max_length=13, choices=Hold, blank=True, default=Hold.NONE)
    run_at = models.DateTimeField(default=timezone.now, help_text="Due from then on; next look while held.")
    channel = models.CharField(max_length=8, choices=Channel, blank=True, help_text="What it went, or came, as.")
    fallback_cause = models.CharField(max_length=15, choices=FallbackCause, blank=True)
    next_channel = models.CharField(max_length=8, choices=Channel, blank=True, help_text="The next attempt's.")
    attempt_count = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, help_text="The sender's claim on it, by the database's clock.")
    sender = models.BigIntegerField(null=True, help_text="The lock its sender holds while it lives.")
    held_at = models.DateTimeField(null=True, help_text="Since when hours or a limit hold it; changed limits look at it anew.")
    counted_day = models.DateField(null=True, help_text="The line's day that counted it as a message.")
    counted_slice = models.DateTimeField(null=True, help_text="When the five minutes of the line began that counted it.")
    quota_day = models.DateField(null=True, help_text="The day it took a new-conversation place on its line.")

    # A failure that somebody dealt with: sent again, or dismissed.
    handled_at = models.DateTimeField(null=True)
    handled_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)

    # What the world told us.
    vendor_id = models.CharField(max_length=200, blank=True, help_text="Incoming: the gateway's id.")
    vendor_thread = models.CharField(max_length=200, blank=True, help_text="The gateway's id of the chat; opaque.")
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    replied_at = models.DateTimeField(null=True)
    intent_due = models.BooleanField(default=False, db_default=False, help_text="Incoming: what it means has not been read yet.")
    edited_at = models.DateTimeField(null=True)
    retracted_at = models.DateTimeField(null=True, help_text="Its writer took it back.")

    status = models.GeneratedField(
        expression=STATUS, output_field=models.CharField(max_length=13, choices=MessageStatus), db_persist=True
    )

    objects = OwnedManager["Message"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "public_id"], name="message_public_id"),
            models.UniqueConstraint(fields=["workspace", "dedupe_key"], condition=~Q(dedupe_key=""), name="message_made_once"),
            models.UniqueConstraint(fields=["line", "vendor_id"], condition=~Q(vendor_id=""), name="message_received_once"),
            models.UniqueConstraint(
                fields=["line", "address"], condition=Q(state=State.SENDING), name="one_in_flight_per_line_and_person"
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(intent_due=True), name="message_to_be_read"),
            models.Index(fields=["conversation", "-at", "-id"], name="message_thread"),
            models.Index(fields=["line", "run_at", "id"], condition=Q(state=State.QUEUED), name="message_due"),
            models.Index(fields=["batch", "-id"], condition=Q(batch__isnull=False), name="message_of_batch"),
            models.Index(fields=["conversation", "id"], condition=Q(state=State.QUEUED), name="message_queued_in_thread"),
            models.Index(
                fields=["conversation", "canned", "-created_at"], condition=Q(canned__isnull=False), name="message_automatic"
            ),
            models.Index(
                fields=["line", "run_at", "id"],
                condition=Q(state=State.QUEUED) & ~Q(origin__in=[Origin.BATCH, Origin.CAMPAIGN]),
                name="message_due_by_people",
            ),
            models.Index(fields=["line", "-at"], condition=Q(quota_day__isnull=False), name="message_started"),
            models.Index(fields=["line", "-at"], condition=Q(state=State.FAILED), name="message_failed_on_line"),
            models.Index(
                fields=["line", "held_at"], condition=Q(state=State.QUEUED, held_at__isnull=False), name="message_held_by_limit"
            ),
            models.Index(fields=["expires_at"], condition=Q(state=State.QUEUED, expires_at__isnull=False), name="message_expiring"),
            models.Index(fields=["line", "lease_until"], condition=Q(state=State.SENDING), name="message_in_flight"),
            models.Index(fields=["line", "address", "-at"], name="message_exchanged"),
            models.Index(fields=["workspace", "status", "-at"], name="message_by_status"),
            models.Index(
                fields=["workspace", "-at", "-id"],
                include=["status", "channel", "requested_channel", "line", "batch", "origin"],
                condition=Q(direction=Direction.OUTGOING),
                name="message_log",
            ),
            models.Index(
                fields=["workspace", "scheduled_at", "id"],
                condition=Q(state=State.QUEUED, scheduled_at__isnull=False),
                name="message_scheduled",
            ),
            models.Index(
                fields=["workspace", "reason", "line", "campaign", "-id"],
                condition=Q(status=MessageStatus.NOT_DELIVERED, handled_at=None),
                name="message_to_deal_with",
            ),
            models.Index(
                fields=["workspace", "sent_at"],
                include=["channel", "campaign"],
                condition=Q(sent_at__isnull=False),
                name="message_by_sent",
            ),
            models.Index(
                fields=["campaign", "sent_at"],  # also what has not left: a campaign that is deleted looks for any
                include=["channel"],
                condition=Q(campaign__isnull=False),
                name="message_of_campaign",
            ),
            models.Index(
                fields=["workspace", "sent_at"],
                include=["conversation", "campaign", "line", "persona", "icp", "step", "variant"],
                condition=Q(direction=Direction.OUTGOING, replied_at__isnull=False),
                name="message_replied",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_direction_display()} {self.public_id}"

    def get_absolute_url(self) -> str:
        """Where it stands in its thread. Reads its workspace and conversation."""
        there = reverse("overview_conversation", args=[self.workspace.slug, self.conversation.public_id])
        return f"{there}?m={self.public_id}#m-{self.public_id}"
