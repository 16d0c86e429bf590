"""Which leads a toolbar acts on: those whose boxes are ticked, or all that the filters match.

A form carries either `lead` (public ids) or `all=matching`, and the filters of the page in its own query string or as
fields. Code that acts on a selection asks `leads_of` and gets rows of this workspace alone.
"""

from __future__ import annotations

from typing import Final

from django.db.models import QuerySet
from django.http import QueryDict

from leads import filters
from leads.models import Lead
from workspaces.models import Workspace

MATCHING: Final = "matching"
MOST_TICKED: Final = 5_000


def leads_of(workspace: Workspace, data: QueryDict) -> QuerySet[Lead]:
    """The selected leads, in no order; none where nothing is selected or a filter cannot be read."""
    if data.get("all") == MATCHING:
        return filters.leads(workspace, data)
    ids = data.getlist("lead")[:MOST_TICKED]
    return Lead.objects.of(workspace).filter(public_id__in=ids)
