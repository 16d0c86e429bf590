from __future__ import annotations

from django.db import models
from django.utils import timezone

from conversations.models.conversation import Conversation
from workspaces.ids import ID_LENGTH, new_public_id
from workspaces.models import User
from workspaces.owned import Owned, OwnedManager


class Export(Owned):
    """Messages written into a file that is fetched when it is ready, and goes after a day.

    `size` is how much of the file is committed: whoever goes on after a kill cuts the rest off. `through` is the
    public id of the last conversation that is wholly in it.
    """

    class Format(models.TextChoices):
        CSV = "csv", "CSV"
        HTML = "html", "HTML"

    class State(models.TextChoices):
        RUNNING = "running", "Being written"
        READY = "ready", "Ready"
        FAILED = "failed", "Failed"
        EXPIRED = "expired", "Expired"

    public_id = models.CharField(max_length=ID_LENGTH, default=new_public_id, editable=False)
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    format = models.CharField(max_length=4, choices=Format)
    state = models.CharField(max_length=7, choices=State, default=State.RUNNING)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, null=True, related_name="+")
    families = models.JSONField(default=list, help_text="Of the list it was asked in.")
    query = models.TextField(blank=True, help_text="The list's filters.")
    since = models.DateTimeField()
    until = models.DateTimeField(help_text="Messages before this moment.")
    days = models.CharField(max_length=60, help_text="The same as people chose it.")
    file = models.CharField(max_length=200, blank=True, help_text="Under MEDIA_ROOT; empty once it is gone.")
    size = models.PositiveBigIntegerField(default=0, help_text="Committed bytes.")
    through = models.CharField(max_length=ID_LENGTH, blank=True)
    total = models.PositiveIntegerField(default=0, help_text="Conversations to look at.")
    conversations = models.PositiveIntegerField(default=0, help_text="Looked at so far.")
    messages = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    objects = OwnedManager["Export"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "public_id"], name="export_public_id")]
        indexes = [
            models.Index(fields=["workspace", "by", "-created_at"], name="export_newest"),
            models.Index(fields=["id"], condition=models.Q(state="running"), name="export_at_work"),
            models.Index(fields=["expires_at"], condition=models.Q(state="ready"), name="export_to_expire"),
        ]

    def __str__(self) -> str:
        return f"{self.get_format_display()} of {self.days}"
