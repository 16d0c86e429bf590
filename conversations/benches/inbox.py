"""How fast the inbox answers, beside what it cannot be faster than, and beside the Django admin over the same rows.

All in one run and in one process: the whole page through all middleware, the SQL alone, an empty view, and the admin's
changelist of the same table, set up here and nowhere else.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from django.db import connection
from django.http import HttpResponse, QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import path

from campaigns.models import Campaign
from conversations.benches import scaling
from conversations.benches.admin_peer import admin_changelist
from conversations.benches.inbox_asked import FILTERS, HARD, SEARCHES, WITHIN, by_chance
from conversations.benches.timing import Times, get, in_turn, member, spread, timed, views
from conversations.inbox import facets, listing, positions, upkeep, whole
from conversations.inbox.positions import Position
from conversations.models import Conversation
from leads.models import Company
from workspaces.models import User, Workspace

TURNS: Final = 60
RANDOM: Final = 500


def inbox_(rows: int = 10_000) -> dict[str, Any]:
    """Measures the workspace “scale”, filled with `rows` conversations first where it is empty, beside “scale-10k” and
    “scale-100k” where `seed_scale --workspace` has filled these."""
    workspace, _ = Workspace.objects.get_or_create(slug="scale", defaults={"name": "Scale"})
    if not Conversation.objects.of(workspace).exists():
        scaling.fill(workspace, rows, 5)
        scaling.settle()
    others = {one.slug.removeprefix("scale-"): one for one in Workspace.objects.filter(slug__in=["scale-10k", "scale-100k"])}
    with member(workspace, *others.values()) as user:
        return _measure(workspace, others, user)


def _measure(workspace: Workspace, others: dict[str, Workspace], user: User) -> dict[str, Any]:
    client = Client()
    client.force_login(user)
    names = {
        "campaign": Campaign.objects.of(workspace).order_by("pk")[3].public_id,
        "company": Company.objects.of(workspace).order_by("pk")[7].public_id,
    }
    counts = facets.cube_of(workspace).counts
    figures: dict[str, Any] = {"conversations": sum(counts.values()), "cells": len(counts), "queries": _queries(client, workspace)}
    figures |= _pages(client, workspace, others)
    figures["filters_ms"] = {name: _page(client, workspace, query.format(**names)) for name, query in FILTERS.items()}
    figures["hard_ms"] = {name: _page(client, workspace, query.format(**names)) for name, query in HARD.items()}
    figures["search_ms"] = {name: _page(client, workspace, f"q={text}") for name, text in SEARCHES.items()}
    figures["search_within_ms"] = {name: _page(client, workspace, query.format(**names)) for name, query in WITHIN.items()}
    figures["search_worst_over_first"] = _over(
        max(times["p50"] for times in figures["search_ms"].values()), figures["first_page_ms"]
    )
    figures["random_filters_sql_ms"] = random_ = _random(workspace, user)
    figures["random_p99_over_bare"] = _over(random_["p99"], figures["bare_sql_ms"])
    figures |= _counts(workspace)
    figures["admin_ms"] = admin = admin_changelist(workspace, user)
    figures["admin_over_page"] = _over(admin["p50"], figures["first_page_ms"])
    return figures


def _over(figure: float, times: Times) -> float:
    return round(figure / times["p50"], 2)


def _pages(client: Client, workspace: Workspace, others: dict[str, Workspace]) -> dict[str, Any]:
    """The page, how deep and how large a workspace it is of, and what it cannot be quicker than; all in turn."""
    deep = _halfway(workspace)
    calls: dict[str, Callable[[], Any]] = {
        "bare_sql_ms": lambda: _floor(workspace),
        "empty_view_ms": lambda: get(client, "/nothing/"),
        "first_page_ms": lambda: get(client, f"/w/{workspace.slug}/imessages/"),
        "deep_page_ms": lambda: get(client, f"/w/{workspace.slug}/imessages/?before={deep}"),
    }
    for name, other in others.items():
        calls[f"first_page_{name}_ms"] = partial(get, client, f"/w/{other.slug}/imessages/")
    with views([path("nothing/", lambda request: HttpResponse())]):
        figures: dict[str, Any] = {**in_turn(calls, TURNS)}
    first = figures["first_page_ms"]
    figures["floor_ms"] = round(figures["bare_sql_ms"]["p50"] + figures["empty_view_ms"]["p50"], 3)
    figures["page_over_floor"] = round(first["p50"] / figures["floor_ms"], 1)
    figures["deep_over_first"] = _over(figures["deep_page_ms"]["p50"], first)
    for name in others:
        figures[f"growth_from_{name}"] = _over(first["p50"], figures[f"first_page_{name}_ms"])
    return figures


def _page(client: Client, workspace: Workspace, query: str) -> Times:
    return timed(lambda: get(client, f"/w/{workspace.slug}/imessages/?{query}"))


def _floor(workspace: Workspace) -> None:
    """Fifty rows of the list by its index and nothing else."""
    sql = """SELECT id, contact_name, company_name, preview, last_at FROM conversations_conversation
        WHERE workspace_id = %s ORDER BY last_at DESC, id DESC LIMIT 50"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [workspace.pk])
        cursor.fetchall()


def _queries(client: Client, workspace: Workspace) -> int:
    get(client, f"/w/{workspace.slug}/imessages/")  # what a process asks once in its life is no part of a page
    with CaptureQueriesContext(connection) as found:
        get(client, f"/w/{workspace.slug}/imessages/")
    return len(found)


def _halfway(workspace: Workspace) -> str:
    """The cursor of the middle of the list."""
    sql = """SELECT last_at, id FROM conversations_conversation WHERE workspace_id = %s
        ORDER BY last_at DESC, id DESC OFFSET %s LIMIT 1"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [workspace.pk, sum(facets.cube_of(workspace).counts.values()) // 2])
        at, pk = cursor.fetchone()
    return positions.cursor(Position(0, at, pk), of=f"imessages:{workspace.pk}:")


def _random(workspace: Workspace, user: User) -> Times:
    """All SQL of a page, its counts and its total included, for random combinations of filters."""
    took = [_select(workspace, user, asked) for asked in by_chance(workspace, RANDOM)]
    return {**spread(took), "p99": round(sorted(took)[int(0.99 * RANDOM)], 3)}


def _select(workspace: Workspace, user: User, asked: QueryDict) -> float:
    whole.forget(workspace)
    asked_of_database = [0.0]

    def clocked(execute: Any, *said: Any) -> Any:
        begun = time.perf_counter()
        try:
            return execute(*said)
        finally:
            asked_of_database[0] += 1000 * (time.perf_counter() - begun)

    with connection.execute_wrapper(clocked):
        listing.listing(workspace, user, listing.IMESSAGES, asked)
    return asked_of_database[0]


def _counts(workspace: Workspace) -> dict[str, Any]:
    def by_rows() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT cell, count(*) FROM conversations_conversation WHERE workspace_id = %s GROUP BY cell", [workspace.pk]
            )
            cursor.fetchall()

    allowed = {"direction": frozenset({"in"}), "archived": frozenset({""})}
    ours = timed(lambda: facets.cube_of(workspace).beside(allowed))
    theirs = timed(by_rows, 5)
    return {
        "counts_ms": ours,
        "group_by_ms": theirs,
        "group_by_over_counts": round(theirs["p50"] / ours["p50"], 1),
        "drift": len(upkeep.drift()),
    }
