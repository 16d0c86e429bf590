from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from workspaces.ids import ID_LENGTH, new_public_id
from workspaces.models.user import User
from workspaces.owned import Owned, OwnedManager


class AuditEntry(Owned):
    """What someone did that others may have to account for.

    Written once by `workspaces.audit.record`. A trigger refuses every change and deletion.
    """

    public_id = models.CharField(max_length=ID_LENGTH, default=new_public_id, editable=False)
    at = models.DateTimeField(default=timezone.now)
    user = models.ForeignKey(
        User,
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        help_text="Empty: the system itself. Stays when the user goes.",
    )
    action = models.CharField(max_length=60, help_text="noun.verb, such as line.paused")
    target = models.CharField(max_length=200, blank=True, help_text="What it was done to, in words.")
    detail = models.JSONField(default=dict)
    address = models.GenericIPAddressField(null=True)

    objects = OwnedManager["AuditEntry"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "public_id"], name="audit_public_id")]
        indexes = [
            models.Index(fields=["workspace", "-at", "-id"], name="audit_newest"),
            models.Index(fields=["workspace", "action", "-at", "-id"], name="audit_by_action"),
            models.Index(fields=["workspace", "user", "-at", "-id"], name="audit_by_user"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target}".strip()

    @property
    def words(self) -> str:
        """line.paused -> Line paused, account.signed_in -> Signed in, api_token.created -> API token created"""
        said = self.action.removeprefix("account.").replace(".", " ").replace("_", " ").capitalize()
        return said.replace("Api ", "API ")

    @property
    def facts(self) -> list[tuple[str, str]]:
        """The details in words: (what, value), or "old → new" for a change."""
        return [(name.replace("_", " "), _in_words(value)) for name, value in self.detail.items()]


def _in_words(value: Any) -> str:
    if isinstance(value, dict) and value.keys() == {"from", "to"}:
        return f"{_in_words(value['from'])} → {_in_words(value['to'])}"
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value) if value not in (None, "") else "nothing"
