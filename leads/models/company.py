from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Func, Value
from django.db.models.functions import Lower
from django.utils import timezone

from leads.models.importrun import ImportRun
from workspaces.ids import ID_LENGTH, new_public_id
from workspaces.owned import Owned, OwnedManager

# The host of a website, without www: what two spellings of one firm have in common.
DOMAIN = Lower(
    Func(
        models.F("website"),
        Value(r"^\s*(?:[a-z]+://)?(?:www\.)?([^/:?#\s]*).*$"),
        Value(r"\1"),
        Value("i"),
        function="regexp_replace",
    )
)


class Company(Owned):
    """A firm that leads work for. Excluding it stops outreach to all of them."""

    class Status(models.TextChoices):
        ACTIVE = "active", "Active"
        EXCLUDED = "excluded", "Excluded"

    # Its keys begin with the workspace; an index of that alone tempts the planner to read whole workspaces.
    workspace = models.ForeignKey("workspaces.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False)
    public_id = models.CharField(max_length=ID_LENGTH, default=new_public_id, editable=False)
    name = models.CharField(max_length=200)
    website = models.CharField(max_length=200, blank=True)
    industry = models.CharField(max_length=100, blank=True)
    icp = models.CharField("ICP", max_length=100, blank=True, help_text="The ideal customer profile it was held to.")
    icp_match = models.BooleanField("ICP match", null=True, help_text="Empty: not judged yet.")
    status = models.CharField(max_length=8, choices=Status, default=Status.ACTIVE)
    status_note = models.CharField(max_length=300, blank=True, help_text="Why it is excluded.")
    domain = models.GeneratedField(expression=DOMAIN, output_field=models.CharField(max_length=200), db_persist=True)
    imported_by = models.ForeignKey(
        ImportRun, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False, db_constraint=False
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = OwnedManager["Company"]()

    class Meta:
        verbose_name_plural = "companies"
        constraints = [models.UniqueConstraint(fields=["workspace", "public_id"], name="company_public_id")]
        indexes = [
            models.Index(fields=["workspace", "name", "id"], name="company_by_name"),
            models.Index("workspace", Lower("name"), name="company_by_any_case"),
            models.Index(fields=["workspace", "domain"], name="company_by_domain"),
            models.Index(fields=["workspace", "icp"], name="company_by_icp", condition=~models.Q(icp="")),
            models.Index(fields=["imported_by"], name="company_by_import", condition=models.Q(imported_by__isnull=False)),
            GinIndex(OpClass(Lower("name"), name="gin_trgm_ops"), name="company_name_parts"),
        ]

    def __str__(self) -> str:
        return self.name
