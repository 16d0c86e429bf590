"""How fast many leads are checked, beside the limit that concurrency and the gateway's latency set."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from leads.checks import starting, working
from leads.models import Address, CheckItem, CheckRun, Lead
from lines.gateways import http
from lines.models import Line
from lines.wire import gateway_of
from workspaces.models import Workspace
from workspaces.secrets import seal

LINES: Final = 64
LATENCY: Final = 0.1  # seconds

# As a healthy server answers, to health checks too.
ANSWER: Final = (
    b'{"status":200,"message":"Success","data":{"available":true,"private_api":true,"helper_connected":true,'
    b'"os_version":"15.5","server_version":"1.9.9","proxy_service":"dynamic-dns","detected_imessage":"bench"}}'
)
HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(ANSWER)


def checks_(rows: int = 1000) -> dict[str, Any]:
    """Check `rows` leads over 64 lines whose gateway takes 100 ms; then see that a spaced line keeps to its limit."""
    workspace, _ = Workspace.objects.get_or_create(slug="bench-checks", defaults={"name": "Bench of checks"})
    _remove(workspace)
    try:
        with gateways() as (urls, asked):
            lines = [_line(workspace, n, urls[n], check_spacing=0, daily_check_limit=100_000) for n in range(LINES)]
            bare = _bare(lines, rows)
            starting.ring()  # a process that runs is connected to its broker
            asked.clear()
            seconds = _check(workspace, _leads(workspace, rows))
            made, most = len(asked), _most_at_once(asked)
            Line.objects.filter(pk__in=[line.pk for line in lines]).update(status=Line.Status.PAUSED)
            asked.clear()
            _line(workspace, LINES, urls[0], check_spacing=1, daily_check_limit=4)
            _check(workspace, _leads(workspace, 6, offset=rows), until=4)
            gaps = [later - earlier for (earlier, _), (later, _) in pairwise(asked)]
        ideal = -(-rows // LINES) * LATENCY
        return {
            "leads": rows,
            "lines": LINES,
            "latency_ms": round(LATENCY * 1000),
            "seconds": round(seconds, 2),
            "leads_per_second": round(rows / seconds),
            "ideal_seconds": round(ideal, 2),
            "of_ideal": round(ideal / seconds, 2),
            "bare_seconds": round(bare, 2),
            "of_bare": round(bare / seconds, 2),
            "askings": made,
            "most_at_once": most,
            "spaced_line_limit": 4,
            "spaced_line_askings": len(asked),
            "spaced_line_spacing_seconds": 1.0,
            "spaced_line_shortest_gap_seconds": round(min(gaps), 2) if gaps else None,
        }
    finally:
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
        server_url=url,
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


def _most_at_once(asked: list[tuple[float, float]]) -> int:
    moments = sorted([(began, 1) for began, _ in asked] + [(ended, -1) for _, ended in asked])
    now = most = 0
    for _, change in moments:
        now += change
        most = max(most, now)
    return most


@contextmanager
def gateways() -> Iterator[tuple[list[str], list[tuple[float, float]]]]:
    """A gateway for each line, that takes its time; their addresses, and when each asking began and ended (seconds)."""
    asked: list[tuple[float, float]] = []
    loop = asyncio.new_event_loop()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                began = time.monotonic()
                await asyncio.sleep(LATENCY)
                if b"/availability/" in head:  # a worker that runs beside may ask for the line's health
                    asked.append((began, time.monotonic()))
                writer.write(HEAD + ANSWER)
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            writer.close()

    async def close() -> None:
        for server in servers:
            server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    servers = [loop.run_until_complete(asyncio.start_server(serve, "127.0.0.1", 0)) for _ in range(LINES)]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield [f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}" for server in servers], asked
    finally:
        http.close_connections()
        asyncio.run_coroutine_threadsafe(close(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)


def _remove(workspace: Workspace) -> None:
    with connection.cursor() as cursor:
        for table in ("leads_checkitem", "leads_checkrun", "leads_checkpace", "leads_address", "leads_lead", "lines_line"):
            cursor.execute(f"DELETE FROM {table} WHERE workspace_id = %s", [workspace.pk])  # noqa: S608  our own names
