from __future__ import annotations

import hashlib

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from workspaces.models.user import User


class Session(AbstractBaseSession):
    """A browser's session, with what its owner needs to recognise it among "Signed-in devices".

    The columns repeat what the session's data says; `workspaces.sessions` writes both.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+", help_text="Empty: signed out.")
    started_at = models.DateTimeField(null=True, help_text="When the user signed in.")
    seen_at = models.DateTimeField(null=True, help_text="Last used, give or take a few minutes.")
    address = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=300, blank=True, help_text="The browser's own words for itself.")

    @property
    def public_id(self) -> str:
        """What a page shows instead of the key, which would open the session."""
        return hashlib.sha256(self.session_key.encode()).hexdigest()[:16]

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """Django asks for it to decode the data, which its own store does as ours would: the salt is the class's name."""
        return SessionStore
