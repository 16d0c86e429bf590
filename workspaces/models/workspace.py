from __future__ import annotations

import zoneinfo

import phonenumbers
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone


def validate_zone(value: str) -> None:
    if value not in zoneinfo.available_timezones():
        raise ValidationError(f"“{value}” is not a known time zone. Choose one such as Europe/London.")


def validate_region(value: str) -> None:
    if value not in phonenumbers.SUPPORTED_REGIONS:
        raise ValidationError(f"“{value}” is not a known country. Choose a two-letter code such as US or GB.")


class Workspace(models.Model):
    """A tenant. Every other row of the product belongs to exactly one."""

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
    typing_outward = models.BooleanField(default=True, help_text="Show contacts that a rep is typing.")
    receipts_outward = models.BooleanField(default=True, help_text="Tell contacts that a rep has read their message.")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)
