"""Tenancy of rows: an owned row belongs to exactly one workspace and is read through `.of(workspace)`."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.db import models

if TYPE_CHECKING:
    from workspaces.models.workspace import Workspace

M = TypeVar("M", bound=models.Model, covariant=True)


class OwnedManager(models.Manager[M]):
    def of(self, workspace: Workspace) -> models.QuerySet[M]:
        """Only this workspace's rows. Views and queries start here; a guard test holds them to it."""
        return self.get_queryset().filter(workspace=workspace)


class Owned(models.Model):
    workspace = models.ForeignKey("workspaces.Workspace", on_delete=models.CASCADE, related_name="+")

    class Meta:
        abstract = True
