from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from leads.models.lead import Lead
from workspaces.ids import ID_LENGTH, new_public_id
from workspaces.models import User
from workspaces.owned import Owned, OwnedManager


class ContactList(Owned):
    """Leads somebody has put together by hand, from a filter or from an import, to write to them (S2-57)."""

    public_id = models.CharField(max_length=ID_LENGTH, default=new_public_id, editable=False)
    name = models.CharField(max_length=100)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = OwnedManager["ContactList"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "public_id"], name="list_public_id"),
            models.UniqueConstraint("workspace", Lower("name"), name="list_once"),
        ]

    def __str__(self) -> str:
        return self.name


class ListMember(Owned):
    """A lead on a list. Written in numbers by `leads.lists`."""

    contact_list = models.ForeignKey(ContactList, on_delete=models.CASCADE, related_name="members", db_index=False)
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    objects = OwnedManager["ListMember"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contact_list", "lead"], name="on_a_list_once")]

    def __str__(self) -> str:
        return f"{self.contact_list}: {self.lead_id}"
