from __future__ import annotations

from django.db import models
from django.utils import timezone

from conversations.models.conversation import Conversation
from workspaces.ids import ID_LENGTH, new_public_id
from workspaces.models import User
from workspaces.owned import Owned, OwnedManager


class Task(Owned):
    """A follow-up with a person and a time. It goes when its conversation is deleted."""

    public_id = models.CharField(max_length=ID_LENGTH, default=new_public_id, editable=False)
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True, help_text="What to do in full, where the title does not say it all.")
    due_at = models.DateTimeField(null=True, help_text="Empty: whenever there is time.")
    assignee = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, null=True, related_name="tasks")
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = OwnedManager["Task"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "public_id"], name="task_public_id")]
        indexes = [
            models.Index(fields=["workspace", "due_at", "id"], condition=models.Q(done_at=None), name="task_open"),
            models.Index(fields=["workspace", "-done_at", "-id"], condition=~models.Q(done_at=None), name="task_done"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def overdue(self) -> bool:
        return self.done_at is None and self.due_at is not None and self.due_at < timezone.now()
