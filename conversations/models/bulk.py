"""One thing done to many conversations at once, kept row by row so that it can go on after a kill and be undone."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from conversations.models.conversation import Conversation
from workspaces.ids import ID_LENGTH, new_public_id
from workspaces.models import User
from workspaces.owned import Owned, OwnedManager


class Tag(Owned):
    """A word people sort conversations by."""

    public_id = models.CharField(max_length=ID_LENGTH, default=new_public_id, editable=False)
    name = models.CharField(max_length=40)

    objects = OwnedManager["Tag"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "public_id"], name="tag_public_id"),
            models.UniqueConstraint("workspace", Lower("name"), name="tag_once"),
        ]

    def __str__(self) -> str:
        return self.name


class BulkAction(Owned):
    """What was asked, for which conversations, and how far it is.

    `gathering`: a large set whose items are not written down yet. `position` is the last item that is done with;
    `changed` counts what was different afterwards, `restored` what an undo has put back.
    """

    class Kind(models.TextChoices):
        ARCHIVE = "archive", "Archive"
        UNARCHIVE = "unarchive", "Unarchive"
        ASSIGN = "assign", "Assign"
        HANDLED = "handled", "Mark handled"
        TAG = "tag", "Tag"

    class State(models.TextChoices):
        GATHERING = "gathering", "Starting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        UNDOING = "undoing", "Undoing"
        UNDONE = "undone", "Undone"
        FAILED = "failed", "Failed"

    AT_WORK = (State.GATHERING, State.RUNNING, State.UNDOING)

    public_id = models.CharField(max_length=ID_LENGTH, default=new_public_id, editable=False)
    kind = models.CharField(max_length=9, choices=Kind)
    state = models.CharField(max_length=9, choices=State)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    assignee = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", help_text="Of assign; empty: nobody."
    )
    tag = models.ForeignKey(Tag, on_delete=models.SET_NULL, null=True, related_name="+")
    families = models.JSONField(default=list, help_text="Of the list it was asked in.")
    query = models.TextField(blank=True, help_text="The list's filters; empty where rows were chosen one by one, or for all.")
    total = models.PositiveIntegerField(default=0)
    processed = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    restored = models.PositiveIntegerField(default=0)
    position = models.BigIntegerField(default=0, help_text="The last item that is done with.")
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now, help_text="Also the moment that it archives by.")
    finished_at = models.DateTimeField(null=True)

    objects = OwnedManager["BulkAction"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "public_id"], name="bulk_public_id")]
        indexes = [
            models.Index(fields=["workspace", "-created_at", "-id"], name="bulk_newest"),
            models.Index(fields=["id"], condition=models.Q(state__in=("gathering", "running", "undoing")), name="bulk_at_work"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def at_work(self) -> bool:
        return self.state in self.AT_WORK


class BulkItem(Owned):
    """One conversation of a bulk action. What it was before is kept where the action changed it, for the undo."""

    action = models.ForeignKey(BulkAction, on_delete=models.CASCADE, related_name="items", db_index=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+", db_index=False)
    changed = models.BooleanField(default=False)
    moment_before = models.DateTimeField(null=True, help_text="archived_at")
    number_before = models.BigIntegerField(null=True, help_text="assignee, or handled_through")
    number_after = models.BigIntegerField(null=True, help_text="handled_through")

    objects = OwnedManager["BulkItem"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["action", "conversation"], name="bulk_item_once")]
        indexes = [
            models.Index(fields=["action", "id"], name="bulk_item_next"),
            models.Index(fields=["conversation", "-id"], name="bulk_item_of_conversation"),
        ]

    def __str__(self) -> str:
        return f"{self.action_id}: {self.conversation_id}"


class ConversationTag(Owned):
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="tags")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    action = models.ForeignKey(
        BulkAction, on_delete=models.SET_NULL, null=True, related_name="+", help_text="Undoing it takes it off."
    )
    at = models.DateTimeField(default=timezone.now)

    objects = OwnedManager["ConversationTag"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "tag"], name="one_tag_of_a_name")]

    def __str__(self) -> str:
        return str(self.tag)
