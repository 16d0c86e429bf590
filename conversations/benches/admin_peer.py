"""The peer of the inbox: the stock Django admin over the same table, set up here and nowhere else."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from conversations.benches.timing import Times, timed
from conversations.models import Conversation
from workspaces.models import User, Workspace


def admin_changelist(workspace: Workspace, user: User) -> Times:
    """The stock changelist over the same table, of this workspace, in our order."""

    class Rows(admin.ModelAdmin):  # type: ignore[type-arg]
        list_display = (
            "contact_name",
            "company_name",
            "last_at",
            "last_direction",
            "status",
            "intent_status",
            "intent_score",
            "preview",
        )
        list_filter = ("last_direction", "status", "intent_status", "intent_reason")
        ordering = ("-last_at",)
        list_per_page = 50

        def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
            return True

        def get_queryset(self, request: HttpRequest) -> Any:
            return super().get_queryset(request).filter(workspace=workspace)

    page = Rows(Conversation, admin.AdminSite())

    def ask() -> None:
        request = RequestFactory().get("/admin/")
        SessionMiddleware(lambda _: HttpResponse()).process_request(request)
        request.user = user
        changes = page.get_changelist_instance(request)
        list(changes.result_list)

    return timed(ask, 3)
