"""How fast the inbox answers, beside what it cannot be faster than, and beside the Django admin over the same rows.

All in one run and in one process: the whole page through all middleware, the SQL alone, an empty view, and the admin's
changelist of the same table, set up here and nowhere else.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import connection
from django.http import HttpRequest, HttpResponse, QueryDict
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import path

from campaigns.models import Campaign
from conversations import facets, filters, listing, narrowing, rows, scaling, selecting
from conversations.filter_forms import CHANNELS, STATUSES
from conversations.models import Conversation
from conversations.selecting import Place, Span
from intent import vocabulary as intent
from leads.models import Company
from workspaces.models import Membership, Role, User, Workspace

ROUNDS: Final = 15
RANDOM: Final = 500
SEED: Final = 7

FILTERS: Final = {
    "channel": "channel=sms",
    "direction": "direction=in",
    "intent": "intent=positive",
    "reason": "reason=pricing",
    "score": "score_min=80",
    "status": "status=not_delivered",
    "record": "record=archived",
    "excluded": "record=excluded",
    "campaign": "campaign={campaign}",
    "company": "company={company}",
    "updated": "updated=7d",
    "needs_reply": "waiting=1",
}
HARD: Final = {
    "positive_meeting_incoming": "intent=positive&reason=meeting&direction=in",
    "campaign_score_status_positive": "campaign={campaign}&score_min=80&status=not_delivered&intent=positive",
    "sms_fallback_unread_negative": "channel=fallback&unread=1&intent=negative&reason=requested_remove",
    "company_positive_first": "company={company}&sort=positive",
    "long_ago_read_positive_first": "status=read&from=2020-01-01&sort=positive",
    "impossible": "status=draft&direction=in",
}
SEARCHES: Final = {
    "rare": "ultramarine",
    "one_in_10000": "zanzibar",
    "one_percent": "pricing",
    "ten_percent": "quarter",
    "none": "xylophonically",
    "two_words": "pricing meeting",
    "name": "priya raman 4711",
    "phone": "(200) 000-4711",
}


def inbox_(rows: int = 10_000) -> dict[str, Any]:
    """Measures the workspace “scale”; filled with `rows` conversations first where it is empty (`manage.py seed_scale`)."""
    workspace, _ = Workspace.objects.get_or_create(slug="scale", defaults={"name": "Scale"})
    if not Conversation.objects.of(workspace).exists():
        scaling.fill(workspace, rows, 5)
        scaling.settle()
    small = Workspace.objects.filter(slug="scale-small").first()
    with _member(workspace, small) as user:
        return _measure(workspace, small, user)


def _measure(workspace: Workspace, small: Workspace | None, user: User) -> dict[str, Any]:
    client = Client()
    client.force_login(user)
    names = {
        "campaign": Campaign.objects.of(workspace).order_by("pk")[3].public_id,
        "company": Company.objects.of(workspace).order_by("pk")[7].public_id,
    }
    figures: dict[str, Any] = {
        "conversations": sum(facets.cube_of(workspace).counts.values()),
        "cells": len(facets.cube_of(workspace).counts),
    }
    floor = _sql_floor(workspace)
    figures["bare_sql_ms"] = floor
    figures["empty_view_ms"] = _empty_view(client)
    figures["floor_ms"] = round(floor["p50"] + figures["empty_view_ms"]["p50"], 3)
    page = figures["first_page_ms"] = _page(client, workspace, "")
    figures["page_over_floor"] = round(page["p50"] / figures["floor_ms"], 1)
    figures["queries"] = _queries(client, workspace)
    if small:
        figures["first_page_10k_ms"] = _page(client, small, "")
        figures["growth_from_10k"] = round(page["p50"] / figures["first_page_10k_ms"]["p50"], 2)
    figures["filters_ms"] = {name: _page(client, workspace, query.format(**names)) for name, query in FILTERS.items()}
    figures["hard_ms"] = {name: _page(client, workspace, query.format(**names)) for name, query in HARD.items()}
    figures["deep_page_ms"] = deep = _deep(client, workspace, user)
    figures["deep_over_first"] = round(deep["p50"] / page["p50"], 2)
    figures["search_ms"] = {name: _page(client, workspace, f"q={text}") for name, text in SEARCHES.items()}
    figures["random_filters_sql_ms"] = _random(workspace, user)
    figures |= _counts(workspace)
    figures["admin_ms"] = admin = _admin(workspace, user)
    figures["admin_over_page"] = round(admin["p50"] / page["p50"], 1)
    return figures


def _timed(call: Callable[[], Any], rounds: int = ROUNDS) -> dict[str, float]:
    """{p50, p95, max} of a call in milliseconds, after one that warms up."""
    call()
    took = []
    for _ in range(rounds):
        begun = time.perf_counter()
        call()
        took.append(1000 * (time.perf_counter() - begun))
    return _spread(took)


def _spread(took: list[float]) -> dict[str, float]:
    ordered = sorted(took)
    return {
        "p50": round(statistics.median(ordered), 3),
        "p95": round(ordered[int(0.95 * (len(ordered) - 1))], 3),
        "max": round(ordered[-1], 3),
    }


def _get(client: Client, url: str) -> None:
    response = client.get(url)
    if response.status_code != 200:
        raise RuntimeError(f"{url} answered {response.status_code}")


def _page(client: Client, workspace: Workspace, query: str) -> dict[str, float]:
    return _timed(lambda: _get(client, f"/w/{workspace.slug}/imessages/?{query}"))


def _sql_floor(workspace: Workspace) -> dict[str, float]:
    """Fifty rows of the list by its index and nothing else."""
    sql = """SELECT id, contact_name, company_name, preview, last_at FROM conversations_conversation
        WHERE workspace_id = %s ORDER BY last_at DESC, id DESC LIMIT 50"""

    def ask() -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, [workspace.pk])
            cursor.fetchall()

    return _timed(ask, 50)


def _empty_view(client: Client) -> dict[str, float]:
    """A view that answers nothing, behind all middleware and signed in."""
    with _urls([path("nothing/", lambda request: HttpResponse())]):
        return _timed(lambda: _get(client, "/nothing/"), 50)


@contextmanager
def _urls(patterns: list[Any]) -> Iterator[None]:
    from django.urls import clear_url_caches, get_resolver

    resolver = get_resolver()
    before = list(resolver.url_patterns)
    resolver.url_patterns[:] = [*patterns, *before]
    resolver._populated = False  # type: ignore[attr-defined]
    try:
        yield
    finally:
        resolver.url_patterns[:] = before
        clear_url_caches()


def _queries(client: Client, workspace: Workspace) -> int:
    with CaptureQueriesContext(connection) as found:
        _get(client, f"/w/{workspace.slug}/imessages/")
    return len(found)


def _deep(client: Client, workspace: Workspace, user: User) -> dict[str, float]:
    """The page in the middle of the list."""
    sql = """SELECT last_at, id FROM conversations_conversation WHERE workspace_id = %s
        ORDER BY last_at DESC, id DESC OFFSET %s LIMIT 1"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [workspace.pk, sum(facets.cube_of(workspace).counts.values()) // 2])
        at, pk = cursor.fetchone()
    cursor_text = listing.cursor(Place(0, at, pk), of=f"imessages:{workspace.pk}:")
    return _page(client, workspace, f"before={cursor_text}")


def _random(workspace: Workspace, user: User) -> dict[str, float]:
    """The SQL that selects a page, for 500 random combinations of two to five filters, many of them rare or empty."""
    chance = random.Random(SEED)  # noqa: S311  reproducible, not secret
    campaigns = list(Campaign.objects.of(workspace).values_list("public_id", flat=True))
    companies = list(Company.objects.of(workspace).values_list("public_id", flat=True)[:200])
    values = {
        "channel": [value for value, _ in CHANNELS[:3]],
        "direction": ["in", "out"],
        "intent": [*intent.Status.values, "none"],
        "reason": [*intent.Reason.values, "none"],
        "status": [value for value, _ in STATUSES],
        "record": ["archived", "all"],
        "score_min": ["20", "50", "80", "95"],
        "campaign": campaigns,
        "company": companies,
        "updated": ["today", "7d", "30d", "90d"],
        "waiting": ["1"],
        "unread": ["1"],
        "sort": ["positive", "icp", "newest"],
    }
    took = []
    for _ in range(RANDOM):
        asked = QueryDict(mutable=True)
        for name in chance.sample(sorted(values), chance.randint(2, 5)):
            asked[name] = chance.choice(values[name])
        took.append(_select(workspace, user, asked))
    return {**_spread(took), "p99": round(sorted(took)[int(0.99 * RANDOM)], 3)}


def _select(workspace: Workspace, user: User, asked: QueryDict) -> float:
    workspace.__dict__.pop("_cube", None)
    found = filters.read(asked, workspace, user, families=listing.IMESSAGES.families)
    counts = narrowing.counted(workspace, found, user)
    statement = selecting.statement(workspace, found, counts.cube, Span(51))
    begun = time.perf_counter()
    rows.selected(statement)
    return 1000 * (time.perf_counter() - begun)


def _counts(workspace: Workspace) -> dict[str, Any]:
    def by_rows() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT cell, count(*) FROM conversations_conversation WHERE workspace_id = %s GROUP BY cell", [workspace.pk]
            )
            cursor.fetchall()

    allowed = {"direction": frozenset({"in"}), "archived": frozenset({""})}
    ours = _timed(lambda: facets.cube_of(workspace).beside(allowed))
    theirs = _timed(by_rows, 5)
    return {
        "counts_ms": ours,
        "group_by_ms": theirs,
        "group_by_over_counts": round(theirs["p50"] / ours["p50"], 1),
        "drift": len(facets.drift()),
    }


def _admin(workspace: Workspace, user: User) -> dict[str, float]:
    """The stock changelist over the same table, of this workspace, in our order."""
    from django.contrib import admin

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

    return _timed(ask, 3)


@contextmanager
def _member(*workspaces: Workspace | None) -> Iterator[User]:
    """Somebody who may look at these workspaces, for as long as this takes."""
    user, _ = User.objects.get_or_create(email="bench-inbox@bench.invalid", defaults={"name": "Bench"})  # a killed run left them
    for workspace in workspaces:
        if workspace:
            Membership.objects.get_or_create(workspace=workspace, user=user, defaults={"role": Role.VIEWER})
    hosts = settings.ALLOWED_HOSTS
    settings.ALLOWED_HOSTS = ["testserver"]
    try:
        yield user
    finally:
        settings.ALLOWED_HOSTS = hosts
        user.delete()
