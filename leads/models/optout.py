from __future__ import annotations

from django.db import models
from django.utils import timezone

from leads.models.lead import Lead
from workspaces.ids import ID_LENGTH, new_public_id
from workspaces.models import User
from workspaces.owned import Owned, OwnedManager


class OptOut(Owned):
    """An address that must not be messaged, on any line and channel of the workspace, whichever lead has it.

    Standing while `lifted_at` is empty. A lifted one stays as history; a new request makes a new row.
    """

    class Source(models.TextChoices):
        KEYWORD = "keyword", "Keyword from the contact"
        PERSON = "person", "Entered by a person"
        GATEWAY = "gateway", "Reported by the gateway"
        REQUEST = "request", "In the contact's own words"
        IMPORT = "import", "Imported list"
        API = "api", "The API"

    public_id = models.CharField(max_length=ID_LENGTH, default=new_public_id, editable=False)
    value = models.CharField(max_length=254, help_text="E.164, or the email address in lower case.")
    source = models.CharField(max_length=8, choices=Source)
    text = models.CharField(max_length=500, blank=True, help_text="The words that asked for it.")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    received_at = models.DateTimeField(default=timezone.now)
    honoured_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, help_text="When what was queued for the person had been cancelled.")
    lifted_at = models.DateTimeField(null=True, help_text="When the person asked to be messaged again.")
    lifted_text = models.CharField(max_length=500, blank=True)
    lifted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = OwnedManager["OptOut"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "value"], condition=models.Q(lifted_at=None), name="one_standing_optout_per_address"
            ),
            models.UniqueConstraint(fields=["workspace", "public_id"], name="optout_public_id"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(settled_at=None, lifted_at=None), name="optout_unsettled"),
            models.Index(
                fields=["workspace", "-received_at", "-id"], condition=models.Q(lifted_at=None), name="optout_newest_standing"
            ),
        ]

    def __str__(self) -> str:
        return self.value


class RemovalRequest(Owned):
    """Words that ask to be left alone without being a keyword (R4). Automation waits until a person has decided.

    Open while `decided_at` is empty.
    """

    class Decision(models.TextChoices):
        CONTACT = "contact", "Contact excluded"
        COMPANY = "company", "Contact and company excluded"
        NONE = "none", "Not a removal request"
        OPTED_OUT = "optout", "Opted out meanwhile"

    value = models.CharField(max_length=254, help_text="The address that asked.")
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, null=True, related_name="removal_requests")
    text = models.CharField(max_length=500)
    rule = models.CharField(max_length=120, help_text="The phrase, or the label, that was read in it.")
    asked_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=7, choices=Decision, blank=True)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = OwnedManager["RemovalRequest"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "value"], condition=models.Q(decided_at=None), name="one_open_removal_request_per_address"
            )
        ]
        indexes = [
            models.Index(fields=["workspace", "lead"], condition=models.Q(decided_at=None), name="removal_request_open_of_lead"),
        ]

    def __str__(self) -> str:
        return f"{self.value}: {self.text}"
