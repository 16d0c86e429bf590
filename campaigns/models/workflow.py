"""A campaign's workflow: versions that never change once published, each a short list of nodes."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from campaigns.models.campaign import Campaign
from campaigns.vocabulary import Arm, NodeKind
from workspaces.models import User
from workspaces.owned import Owned, OwnedManager


class Version(Owned):
    """One state of a workflow. Enrolments follow the version they began with, until they are moved."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True, help_text="Empty: being edited.")
    moves = models.BooleanField(default=False, help_text="Who is enrolled already follows it too.")
    moved_at = models.DateTimeField(null=True, help_text="All of them do since then.")
    undo = models.JSONField(default=list, help_text="Earlier states while it is edited, the newest last (campaigns.editing).")

    objects = OwnedManager["Version"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="one_version_per_number"),
            models.UniqueConstraint(fields=["campaign"], condition=models.Q(published_at=None), name="one_version_being_edited"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign}, version {self.number}"


class Node(Owned):
    """One step. Nodes stand in order under the trunk or under one arm of a branch; after an arm's last node the
    workflow goes on behind the branch.

    `settings` is read and written by `campaigns.node_settings` alone, as one of the dataclasses of `campaigns.nodes`.
    """

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="nodes")
    key = models.CharField(max_length=12, help_text="The same step in every version.")
    kind = models.CharField(max_length=8, choices=NodeKind)
    name = models.CharField(max_length=100)
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="children")
    arm = models.CharField(max_length=3, choices=Arm, blank=True, default=Arm.TRUNK)
    position = models.PositiveIntegerField(default=0, help_text="Among the nodes of its trunk or arm.")
    settings = models.JSONField(default=dict)

    objects = OwnedManager["Node"]()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="one_node_per_key")]

    def __str__(self) -> str:
        return self.name
