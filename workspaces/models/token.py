from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from workspaces.ids import ID_LENGTH, new_public_id
from workspaces.models.user import User
from workspaces.owned import Owned, OwnedManager


class ApiToken(Owned):
    """A program's way in: it acts for the workspace, within its scopes. Only the SHA-256 of the token is kept."""

    class Scope(models.TextChoices):
        """What a program may do. A new operation of the API names the one it needs."""

        CHECK = "leads:check", "Check the availability of leads and addresses"
        ENROL = "campaigns:enrol", "Enrol leads in campaigns"

    public_id = models.CharField(max_length=ID_LENGTH, default=new_public_id, editable=False)
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, help_text="How it begins, to recognise it by.")
    token_hash = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=30, choices=Scope), default=list)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, help_text="Empty: never.")
    revoked_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True, help_text="Last used, give or take a minute.")
    used_from = models.GenericIPAddressField(null=True)

    objects = OwnedManager["ApiToken"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "public_id"], name="api_token_public_id")]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def scope_names(self) -> list[str]:
        return [self.Scope(scope).label for scope in self.scopes]
