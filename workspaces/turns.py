"""Two requests that look whether something is there and then make it, at once: the second waits, and finds it."""

from __future__ import annotations

from django.db import connection

from workspaces.models import Workspace


def one_at_a_time(workspace: Workspace, about: str) -> None:
    """Until this transaction ends, nobody else passes here for the same workspace and `about`.

    For double clicks and two people at once, where no unique key can say it; what a key can say is left to the key.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{about}:{workspace.pk}"])
