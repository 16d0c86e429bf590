"""What a workspace decides about the reading of its replies."""

from __future__ import annotations

from django.db import models

from workspaces.models import Workspace
from workspaces.owned import Owned, OwnedManager
from workspaces.secrets import seal, unseal


class IntentSettings(Owned):
    """One row a workspace, made when somebody first saves the page. Without one, replies are read on this machine alone."""

    llm_on = models.BooleanField("Ask a language model about replies that the reader is unsure of", default=False)
    llm_url = models.CharField(
        "Address", max_length=300, blank=True, help_text="Up to and including /v1, without a slash at the end."
    )
    llm_model = models.CharField("Model", max_length=120, blank=True)
    sealed_llm_key = models.TextField(blank=True, help_text="The key, encrypted; see workspaces.secrets.")
    changed_at = models.DateTimeField(auto_now=True)

    objects = OwnedManager["IntentSettings"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace"], name="intent_settings_of_workspace")]

    def __str__(self) -> str:
        return f"Intent settings of {self.workspace}"

    @property
    def llm_key(self) -> str:
        """Raises SecretUnreadable."""
        return unseal(self.sealed_llm_key)

    @llm_key.setter
    def llm_key(self, plain: str) -> None:
        self.sealed_llm_key = seal(plain)

    @property
    def asks(self) -> bool:
        """Whether everything is there that a question needs."""
        return bool(self.llm_on and self.llm_url and self.llm_model)


def settings_of(workspace: Workspace) -> IntentSettings:
    """The workspace's, or what holds while nobody has saved any (not stored)."""
    return IntentSettings.objects.of(workspace).first() or IntentSettings(workspace=workspace)
