from __future__ import annotations

import zoneinfo
from datetime import time
from typing import Final

import phonenumbers
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone


def validate_zone(value: str) -> None:
    if value not in zoneinfo.available_timezones():
        raise ValidationError(f"“{value}” is not a known time zone. Choose one such as Europe/London.")


def validate_region(value: str) -> None:
    if value not in phonenumbers.SUPPORTED_REGIONS:
        raise ValidationError(f"“{value}” is not a known country. Choose a two-letter code such as US or GB.")


def more_opt_out_words() -> list[str]:
    """Beside the five that always hold: the words that 47 CFR 64.1200(a)(10) and carriers name (R20)."""
    return ["STOPALL", "STOP ALL", "REVOKE", "OPTOUT", "OPT OUT"]


def more_opt_in_words() -> list[str]:
    return ["OPTIN", "SUBSCRIBE"]


def every_day() -> list[int]:
    """The weekdays: 1 Monday to 7 Sunday."""
    return list(range(1, 8))


EARLIEST: Final = time(8)
LATEST: Final = time(21)
"""No automated message leaves outside these hours of the recipient's day, whatever a workspace sets (47 CFR 64.1200(c)(1))."""

CONFIRMATION = "You are opted out and will get no more messages from us. Text START to come back."


class Workspace(models.Model):
    """A tenant. Every other row of the product belongs to exactly one."""

    class UndoSeconds(models.IntegerChoices):
        NONE = 0, "Not at all: replies leave at once"
        FIVE = 5, "5 seconds"
        TEN = 10, "10 seconds"

    class Recheck(models.TextChoices):
        NEVER = "never", "Never by themselves"
        WEEK = "week", "After a week"
        MONTH = "month", "After a month"

    slug = models.SlugField(unique=True, max_length=50)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=64, default="America/New_York", validators=[validate_zone])
    default_region = models.CharField(
        max_length=2, default="US", validators=[validate_region], help_text="For numbers written without +."
    )
    consent_required = models.BooleanField(default=False)
    consent_text = models.TextField(blank=True)
    reply_to_opted_out = models.BooleanField(
        default=False, help_text="Allow a person to answer someone who opted out, with a warning (R4)."
    )
    opt_out_words = ArrayField(models.CharField(max_length=40), default=more_opt_out_words, blank=True)
    opt_in_words = ArrayField(models.CharField(max_length=40), default=more_opt_in_words, blank=True)
    confirm_opt_out = models.BooleanField(
        default=False, help_text="Answer an opt-out once, where the gateway does not do it itself."
    )
    confirm_opt_out_text = models.CharField(max_length=300, default=CONFIRMATION, blank=True)
    send_from = models.TimeField(default=time(9), help_text="Automated messages leave from then on, where the contact is.")
    send_until = models.TimeField(default=time(20))
    send_days = ArrayField(
        models.PositiveSmallIntegerField(), default=every_day, help_text="Of automated messages: 1 Monday to 7 Sunday."
    )
    holidays = ArrayField(models.DateField(), default=list, blank=True, help_text="Dates on which nothing automated leaves.")
    plan_lines = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Lines of the plan; empty: any number.")
    plan_new_a_day = models.PositiveIntegerField(
        null=True, blank=True, help_text="New conversations a day over all lines; empty: no limit but the lines' own."
    )
    plan_total_a_day = models.PositiveIntegerField(null=True, blank=True, help_text="Messages a day over all lines.")
    limits_changed_at = models.DateTimeField(
        null=True, blank=True, help_text="Messages held by hours or limits since before are looked at anew."
    )
    recheck_availability = models.CharField(max_length=5, choices=Recheck, default=Recheck.NEVER)
    typing_outward = models.BooleanField(default=True, help_text="Show contacts that a rep is typing.")
    receipts_outward = models.BooleanField(default=True, help_text="Tell contacts that a rep has read their message.")
    notes_enabled = models.BooleanField(default=True, help_text="Notes stand in threads and can be written there (S2-09).")
    undo_seconds = models.PositiveSmallIntegerField(
        default=5, choices=UndoSeconds, help_text="How long a reply waits before it leaves, so that it can be taken back."
    )
    delete_enabled = models.BooleanField(default=True, help_text="Members may delete conversations, unless theirs says otherwise.")
    drips_enabled = models.BooleanField(
        default=True, help_text="Drips can be applied in threads, unless a member's says otherwise."
    )
    campaign_approval = models.BooleanField(default=False, help_text="A campaign starts only when an admin has approved it.")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)
