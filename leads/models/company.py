from __future__ import annotations

from django.db import models
from django.utils import timezone

from workspaces.ids import ID_LENGTH, new_public_id
from workspaces.owned import Owned, OwnedManager


class Company(Owned):
    """A firm that leads work for. Excluding it stops outreach to all of them."""

    class Status(models.TextChoices):
        ACTIVE = "active", "Active"
        EXCLUDED = "excluded", "Excluded"

    public_id = models.CharField(max_length=ID_LENGTH, default=new_public_id, editable=False)
    name = models.CharField(max_length=200)
    website = models.CharField(max_length=200, blank=True)
    industry = models.CharField(max_length=100, blank=True)
    icp = models.CharField("ICP", max_length=100, blank=True, help_text="The ideal customer profile it was held to.")
    icp_match = models.BooleanField("ICP match", null=True, help_text="Empty: not judged yet.")
    status = models.CharField(max_length=8, choices=Status, default=Status.ACTIVE)
    created_at = models.DateTimeField(default=timezone.now)

    objects = OwnedManager["Company"]()

    class Meta:
        verbose_name_plural = "companies"
        constraints = [models.UniqueConstraint(fields=["workspace", "public_id"], name="company_public_id")]
        indexes = [models.Index(fields=["workspace", "name", "id"], name="company_by_name")]

    def __str__(self) -> str:
        return self.name
