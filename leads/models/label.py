from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower

from workspaces.owned import Owned, OwnedManager


class Label(Owned):
    """A persona that leads are held to, or an ideal customer profile (ICP) for companies, with the workspace's verdict.

    Leads and companies carry the words and the verdict themselves; `leads.labels` keeps them true.
    """

    class Kind(models.TextChoices):
        PERSONA = "persona", "Persona"
        ICP = "icp", "ICP"

    kind = models.CharField(max_length=7, choices=Kind)
    name = models.CharField(max_length=100)
    match = models.BooleanField(null=True, help_text="Whether people who carry it are worth writing to; empty: not judged yet.")

    objects = OwnedManager["Label"]()

    class Meta:
        constraints = [models.UniqueConstraint("workspace", "kind", Lower("name"), name="label_once")]

    def __str__(self) -> str:
        return self.name
