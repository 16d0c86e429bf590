"""A line: an identity that sends and receives through a gateway, and what it has used of its limits."""

from __future__ import annotations

import zoneinfo
from datetime import time

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from workspaces.ids import ID_LENGTH, new_public_id
from workspaces.models.workspace import validate_zone
from workspaces.owned import Owned, OwnedManager
from workspaces.secrets import seal, unseal


class Line(Owned):
    class Kind(models.TextChoices):
        IMESSAGE = "imessage", "iMessage"
        SMS = "sms", "SMS"
        EMAIL = "email", "Email"

    class Gateway(models.TextChoices):
        BLUEBUBBLES = "bluebubbles", "BlueBubbles"

    class Status(models.TextChoices):
        """Only an active or degraded line sends; paused is a person's word, the others are the health check's."""

        PROVISIONING = "provisioning", "Setting up"
        ACTIVE = "active", "Active"
        DEGRADED = "degraded", "Degraded"
        DISCONNECTED = "disconnected", "Disconnected"
        PAUSED = "paused", "Paused"

    class StatusReason(models.TextChoices):
        """Why a line cannot be used, in the words of S0-111."""

        LINE_ISSUE = "line_issue", "Line status issue"
        PLAN_LIMIT = "plan_limit", "Workspace plan limit"
        CHANNEL_DISABLED = "channel_disabled", "Channel disabled"
        PROVISIONING = "provisioning", "Provisioning issue"
        ADMIN_ACTION = "admin_action", "Admin or support action"

    SENDING = (Status.ACTIVE, Status.DEGRADED)
    LIMITS = (
        "daily_new_limit", "hourly_new_limit", "daily_total_limit", "ramp_start", "ramp_step", "day_starts_at", "day_zone",
        "new_after_days", "rest_after",
    )  # fmt: skip
    """The fields that its limits are made of."""

    public_id = models.CharField(max_length=ID_LENGTH, default=new_public_id, editable=False)
    name = models.CharField(max_length=60)
    address = models.CharField(max_length=254, help_text="E.164 number or email address that recipients see.")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.IMESSAGE)
    gateway = models.CharField(max_length=20, choices=Gateway, default=Gateway.BLUEBUBBLES)
    server_url = models.CharField(max_length=500)
    sealed_secret = models.TextField(help_text="The gateway password, encrypted; see workspaces.secrets.")
    status = models.CharField(max_length=12, choices=Status, default=Status.PROVISIONING)
    status_reason = models.CharField(max_length=20, choices=StatusReason, blank=True, default=StatusReason.PROVISIONING)
    status_detail = models.CharField(max_length=300, blank=True, help_text="What happened and what helps, in words.")
    status_at = models.DateTimeField(default=timezone.now)
    checked_at = models.DateTimeField(null=True, help_text="When the health check last finished.")
    daily_new_limit = models.PositiveIntegerField(default=50, validators=[MinValueValidator(0), MaxValueValidator(10_000)])
    hourly_new_limit = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MaxValueValidator(10_000)],
        help_text="New conversations in any sixty minutes; empty: no limit.",
    )
    daily_total_limit = models.PositiveIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(1_000_000)], help_text="Messages a day; empty: no limit."
    )
    ramp_start = models.PositiveIntegerField(
        null=True, blank=True, help_text="New conversations on the first day of a young line; empty: no ramp-up."
    )
    ramp_step = models.PositiveIntegerField(default=3, help_text="How many more each day, up to the daily limit.")
    ramp_since = models.DateField(null=True, blank=True, help_text="The first day of the ramp-up.")
    day_starts_at = models.TimeField(default=time(0), help_text="When the line's day begins (R17).")
    day_zone = models.CharField(
        max_length=64, blank=True, validators=[validate_zone], help_text="In which zone; empty: the workspace's."
    )
    limits_changed_at = models.DateTimeField(null=True, help_text="Messages held by a limit since before are looked at anew.")
    rest_after = models.PositiveSmallIntegerField(
        null=True, blank=True, default=100, help_text="It rests after so many new conversations without any answer; empty: never."
    )
    rest_until = models.DateTimeField(null=True, help_text="Automated messages wait until then.")
    rest_reason = models.CharField(max_length=300, blank=True)
    rested_at_streak = models.PositiveIntegerField(default=0, help_text="How many were unanswered when it last rested.")
    started_lately = models.PositiveIntegerField(default=0, help_text="New conversations of the last 14 days.")
    answered_lately = models.PositiveIntegerField(default=0, help_text="Those of them that were answered.")
    unanswered_streak = models.PositiveIntegerField(default=0, help_text="The newest in a row without any answer.")
    sent_lately = models.PositiveIntegerField(default=0, help_text="Messages of yesterday and today.")
    failed_lately = models.PositiveIntegerField(default=0, help_text="Not delivered within 24 hours.")
    measured_at = models.DateTimeField(null=True, help_text="When these figures were taken.")
    new_after_days = models.PositiveSmallIntegerField(
        default=30, help_text="A person without any exchange with this line for this many days counts as new (R17)."
    )
    check_spacing = models.PositiveSmallIntegerField(
        default=3, validators=[MaxValueValidator(3600)], help_text="Seconds between two availability checks over this line (G5)."
    )
    daily_check_limit = models.PositiveIntegerField(
        default=70, validators=[MaxValueValidator(100_000)], help_text="Availability checks a day: each is a live query to Apple."
    )
    max_in_flight = models.PositiveSmallIntegerField(default=2, help_text="Sends the gateway handles at once.")
    fallback_line = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    webhook_token_hash = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token in its path.")
    sealed_webhook_token = models.TextField()
    webhook_handle = models.CharField(max_length=100, blank=True)
    last_inbound_at = models.DateTimeField(null=True, help_text="The newest message or receipt from the gateway.")
    inbox_current_at = models.DateTimeField(null=True, help_text="Everything that arrived before this is stored.")
    created_at = models.DateTimeField(default=timezone.now)

    objects = OwnedManager["Line"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "public_id"], name="line_public_id"),
            models.UniqueConstraint(fields=["workspace", "address", "kind"], name="one_line_per_address_and_kind"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def sends(self) -> bool:
        return self.status in self.SENDING

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The zone of its day."""
        return zoneinfo.ZoneInfo(self.day_zone) if self.day_zone else self.workspace.zone

    @property
    def secret(self) -> str:
        return unseal(self.sealed_secret)

    @secret.setter
    def secret(self, plain: str) -> None:
        self.sealed_secret = seal(plain)


class LineDay(Owned):
    """What a line has used on one of its days (`lines.limits`). The gate adds to it under the line's lock."""

    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    started = models.PositiveIntegerField(default=0, help_text="New conversations started (S0-109).")
    sent = models.PositiveIntegerField(default=0, db_default=0, help_text="Messages of any kind.")

    objects = OwnedManager["LineDay"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "day"], name="one_row_per_line_and_day")]

    def __str__(self) -> str:
        return f"{self.line} on {self.day}: {self.started}"


class LineSlice(Owned):
    """What a line has used in five minutes (`lines.limits`): the last ones are its hour, and those of a day the plan's day."""

    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="slices", db_index=False)
    begins = models.DateTimeField()
    started = models.PositiveIntegerField(default=0, help_text="New conversations started.")
    sent = models.PositiveIntegerField(default=0, help_text="Messages of any kind.")

    objects = OwnedManager["LineSlice"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "begins"], name="one_row_per_line_and_slice")]
        indexes = [models.Index(fields=["workspace", "begins"], name="lineslice_by_workspace")]

    def __str__(self) -> str:
        return f"{self.line} at {self.begins}: {self.started}"
