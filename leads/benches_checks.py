"""How fast many leads are checked, beside the limit that concurrency and the gateway's latency set.

The gateway is `lines.simulator.bare`, in a process of its own: what it works is not ours.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from leads.checks import starting, working
from leads.models import Address, CheckItem, CheckRun, Lead
from lines.gateways import http
from lines.models import Line
from lines.simulator import bare
from lines.simulator.bare import Asking
from lines.wire import gateway_of
from workspaces.models import Workspace
from workspaces.secrets import seal

LINES: Final = 64
LATENCY: Final = 0.1  # seconds


def checks_(rows: int = 1000) -> dict[str, Any]:
    """Check `rows` leads over 64 lines whose gateway takes 100 ms; then see that a spaced line keeps to its limit."""
    workspace, _ = Workspace.objects.get_or_create(slug="bench-checks", defaults={"name": "Bench of checks"})
    _remove(workspace)
    try:
        with bare.running() as url:
            lines = [_line(workspace, n, url, check_spacing=0, daily_check_limit=100_000) for n in range(LINES)]
            alone = _bare(lines, rows)
            starting.ring()  # a process that runs is connected to its broker
            bare.askings(url)
            seconds = _check(workspace, _leads(workspace, rows))
            asked = bare.askings(url)
            Line.objects.filter(pk__in=[line.pk for line in lines]).update(status=Line.Status.PAUSED)
            _line(workspace, LINES, url, check_spacing=1, daily_check_limit=4)
            _check(workspace, _leads(workspace, 6, offset=rows), until=4)
            spaced = bare.askings(url)
        ideal = -(-rows // LINES) * LATENCY
        return {
            "leads": rows,
            "lines": LINES,
            "latency_ms": round(LATENCY * 1000),
            "seconds": round(seconds, 2),
            "leads_per_second": round(rows / seconds),
            "ideal_seconds": round(ideal, 2),
            "of_ideal": round(ideal / seconds, 2),
            "bare_seconds": round(alone, 2),
            "of_bare": round(alone / seconds, 2),
            "askings": len(asked),
            "most_at_once": _most_at_once(asked),
            "most_at_once_over_a_line": max(_most_at_once([one for one in asked if one[0] == line]) for line, _, _ in asked),
            "spaced_line_limit": 4,
            "spaced_line_askings": len(spaced),
            "spaced_line_spacing_seconds": 1.0,
            "spaced_line_shortest_gap_seconds": _shortest_gap(spaced),
        }
    finally:
        http.close_connections()
        _remove(workspace)


def _bare(lines: list[Line], rows: int) -> float:
    """The same askings by as many threads, with nothing planned and nothing written down."""

    def ask(n: int) -> None:
        for at in range(n, rows, LINES):
            gateway_of(lines[n]).availability(f"+1202557{at:04d}")

    begun = time.perf_counter()
    with ThreadPoolExecutor(LINES) as pool:
        list(pool.map(ask, range(LINES)))
    return time.perf_counter() - begun


def _check(workspace: Workspace, ids: list[int], until: int = 0) -> float:
    begun = time.perf_counter()
    run = starting.start(workspace, ids, kind=CheckRun.Kind.BULK, by=None)
    while CheckItem.objects.filter(run=run, state=CheckItem.State.DONE).count() < (until or len(ids)):
        working.drain()
    return time.perf_counter() - begun


def _line(workspace: Workspace, n: int, url: str, **limits: int) -> Line:
    return Line.objects.create(
        workspace=workspace,
        name=f"Bench {n}",
        address=f"+1202556{n:04d}",
        server_url=f"{url}/{LATENCY * 1000:.0f}/{n}",
        sealed_secret=seal("bench"),
        sealed_webhook_token="",
        webhook_token_hash=f"bench-checks-{n}",
        status=Line.Status.ACTIVE,
        status_at=timezone.now(),
        **limits,
    )


def _leads(workspace: Workspace, rows: int, offset: int = 0) -> list[int]:
    leads = Lead.objects.bulk_create([Lead(workspace=workspace, name=f"Person {n}") for n in range(rows)])
    Address.objects.bulk_create(
        Address(workspace=workspace, lead=lead, kind=Address.Kind.PHONE, value=f"+1202557{offset + n:04d}")
        for n, lead in enumerate(leads)
    )
    return [lead.pk for lead in leads]


def _shortest_gap(asked: list[Asking]) -> float | None:
    began = sorted(began for _, began, _ in asked)
    return min((round(later - earlier, 2) for earlier, later in pairwise(began)), default=None)


def _most_at_once(asked: list[Asking]) -> int:
    moments = sorted([(began, 1) for _, began, _ in asked] + [(ended, -1) for _, _, ended in asked])
    now = most = 0
    for _, change in moments:
        now += change
        most = max(most, now)
    return most


def _remove(workspace: Workspace) -> None:
    with connection.cursor() as cursor:
        for table in ("leads_checkitem", "leads_checkrun", "leads_checkpace", "leads_address", "leads_lead", "lines_line"):
            cursor.execute(f"DELETE FROM {table} WHERE workspace_id = %s", [workspace.pk])  # noqa: S608  our own words; values are bound
