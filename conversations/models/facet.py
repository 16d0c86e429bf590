from __future__ import annotations

from django.db import models

from workspaces.models import Workspace
from workspaces.owned import Owned, OwnedManager


class Facet(Owned):
    """How many conversations of a workspace are in a cell: the sum of `n` over the rows of that cell.

    Written by a trigger in the transaction that changes a conversation, and only ever inserted, so that writers do not
    wait for each other; `conversations.inbox.upkeep.squash` adds rows up. `campaign` is a campaign's id, NONE for
    conversations without one, and ALL for rows that count over all of them.
    """

    ALL = 0
    NONE = -1

    # No constraint: a workspace's last counts are written while it is being deleted, and sum to nothing.
    workspace = models.ForeignKey(Workspace, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False)
    campaign = models.BigIntegerField()
    cell = models.IntegerField()
    n = models.IntegerField()
    squashed = models.BooleanField(default=False)

    objects = OwnedManager["Facet"]()

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "campaign", "cell"], include=["n"], name="facet_by_cell"),
            models.Index(fields=["workspace", "campaign", "cell"], condition=models.Q(squashed=False), name="facet_unsquashed"),
        ]

    def __str__(self) -> str:
        return f"{self.n:+} in {self.cell}"
