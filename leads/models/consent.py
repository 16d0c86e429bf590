"""The ledger of consent: who asked for or against messages, when, in which words, and which rule read them so."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from leads.models.lead import Lead
from workspaces.ids import ID_LENGTH, new_public_id
from workspaces.models import User
from workspaces.owned import Owned, OwnedManager


class ConsentEvent(Owned):
    """Written once by `leads.consent_ledger.record`. A trigger refuses every change and deletion.

    It stays when the lead, the user or the conversation goes: it is the proof (R11).
    """

    class Kind(models.TextChoices):
        OPTED_OUT = "opted_out", "Opted out"
        OPTED_IN = "opted_in", "Opted in"
        CONSENT_SENT = "consent_sent", "Consent message sent"
        CONFIRMATION_SENT = "confirmation_sent", "Opt-out confirmed to the contact"
        REMOVAL_ASKED = "removal_asked", "Asked to be removed"
        REMOVAL_DISMISSED = "removal_dismissed", "Judged not to be a removal request"
        EXCLUDED = "excluded", "Excluded"
        INCLUDED = "included", "No longer excluded"

    class Source(models.TextChoices):
        KEYWORD = "keyword", "Keyword from the contact"
        REQUEST = "request", "In the contact's own words"
        PERSON = "person", "Entered by a person"
        GATEWAY = "gateway", "Reported by the gateway"
        IMPORT = "import", "Imported list"
        API = "api", "The API"
        SYSTEM = "system", "The product itself"

    public_id = models.CharField(max_length=ID_LENGTH, default=new_public_id, editable=False)
    at = models.DateTimeField(default=timezone.now, help_text="When we wrote it down.")
    asked_at = models.DateTimeField(help_text="When it was asked for or sent, by the gateway's clock where one told.")
    kind = models.CharField(max_length=17, choices=Kind)
    value = models.CharField(max_length=254, help_text="The address; of an exclusion the lead's first, or the company's name.")
    lead = models.ForeignKey(
        Lead, on_delete=models.DO_NOTHING, null=True, related_name="+", db_constraint=False, help_text="Stays when the lead goes."
    )
    name = models.CharField(max_length=200, blank=True, help_text="The lead's name then.")
    source = models.CharField(max_length=8, choices=Source)
    channel = models.CharField(max_length=8, blank=True)
    line = models.CharField(max_length=254, blank=True, help_text="Our address then.")
    rule = models.CharField(max_length=120, blank=True, help_text="What read it so: keyword STOP, phrase “take me off”.")
    text = models.CharField(max_length=1000, blank=True, help_text="The words that asked for it, or that were sent.")
    note = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(User, on_delete=models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False)

    objects = OwnedManager["ConsentEvent"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "public_id"], name="consent_public_id")]
        indexes = [
            models.Index(fields=["workspace", "-at", "-id"], name="consent_newest"),
            models.Index(fields=["workspace", "value", "-at"], name="consent_by_address"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.value}"
