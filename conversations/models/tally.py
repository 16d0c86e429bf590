"""How many messages each day brought, for reports. Written by a trigger and added up by `conversations.reports.tallies`."""

from __future__ import annotations

from django.db import models

from workspaces.models import Workspace
from workspaces.owned import Owned, OwnedManager


class TallyEntry(Owned):
    """By how much a change of one message changed the counts: only ever inserted, in the transaction of the change.

    `at` is the moment that counts: when it was handed over, or, of one that was not delivered, its time.
    """

    # No constraint: a workspace's last entries are written while it is being deleted.
    workspace = models.ForeignKey(Workspace, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    at = models.DateTimeField()
    campaign = models.BigIntegerField(help_text="Its id, or Tally.NONE.")
    line = models.BigIntegerField(help_text="Its id, or Tally.NONE.")
    channel = models.CharField(max_length=8, default="", db_default="")
    persona = models.CharField(max_length=100)
    icp = models.CharField(max_length=100)
    step = models.CharField(max_length=12)
    variant = models.CharField(max_length=1)
    sent = models.SmallIntegerField()
    delivered = models.SmallIntegerField()
    read = models.SmallIntegerField()
    replied = models.SmallIntegerField()
    failed = models.SmallIntegerField()

    objects = OwnedManager["TallyEntry"]()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}: {self.sent:+} sent, {self.failed:+} failed"


class Tally(Owned):
    """The messages of one day of the workspace's calendar, of a campaign or ALL, over a line or ALL, told apart `by` something.

    `by` is empty for all together, else channel, persona, icp, step, variant or hour, and `key` which one of these.
    """

    ALL = 0
    NONE = -1

    by = models.CharField(max_length=8, blank=True)
    campaign = models.BigIntegerField()
    line = models.BigIntegerField()
    day = models.DateField()
    key = models.CharField(max_length=100, blank=True)
    sent = models.IntegerField()
    delivered = models.IntegerField()
    read = models.IntegerField()
    replied = models.IntegerField()
    failed = models.IntegerField()

    objects = OwnedManager["Tally"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "by", "campaign", "line", "day", "key"], name="one_tally_of_a_kind")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.by} {self.key}: {self.sent} sent, {self.failed} failed"


class TallyBook(Owned):
    """The time zone that the days of a workspace's tallies are days of. Without one, nothing was added up yet."""

    zone = models.CharField(max_length=64)

    objects = OwnedManager["TallyBook"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace"], name="one_tally_book")]

    def __str__(self) -> str:
        return self.zone
