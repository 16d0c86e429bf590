"""What benches over pages share: timing calls in turn, a member for as long as it takes, and views of their own."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.test import Client

from workspaces import sessions
from workspaces.models import Membership, Role, User, Workspace

Times = dict[str, float]
"""{p50, p95, max} in milliseconds."""


def timed(call: Callable[[], Any], rounds: int = 15) -> Times:
    """{p50, p95, max} of a call in milliseconds, after one that warms up."""
    return in_turn({"it": call}, rounds)["it"]


def in_turn(calls: dict[str, Callable[[], Any]], rounds: int) -> dict[str, Times]:
    """The same of several calls that are to be compared: one after the other, so that what else the machine does meets all."""
    took: dict[str, list[float]] = {name: [] for name in calls}
    for name, call in [*calls.items()] * (rounds + 1):
        begun = time.perf_counter()
        call()
        took[name].append(1000 * (time.perf_counter() - begun))
    return {name: spread(times[1:]) for name, times in took.items()}


def spread(took: list[float]) -> Times:
    ordered = sorted(took)
    return {
        "p50": round(statistics.median(ordered), 3),
        "p95": round(ordered[int(0.95 * (len(ordered) - 1))], 3),
        "max": round(ordered[-1], 3),
    }


def get(client: Client, url: str) -> None:
    """Raises RuntimeError for anything but a page."""
    response = client.get(url)
    if response.status_code != 200:
        raise RuntimeError(f"{url} answered {response.status_code}")


@contextmanager
def views(patterns: list[Any]) -> Iterator[None]:
    """These addresses too, inside the block."""
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


@contextmanager
def member(*workspaces: Workspace | None) -> Iterator[User]:
    """Somebody who may look at these workspaces, for as long as this takes.

    The person stays, signed in nowhere and a member of nothing: who is deleted is looked for in every row ever written.
    """
    user, _ = User.objects.get_or_create(email="bench-inbox@bench.invalid", defaults={"name": "Bench"})
    for workspace in workspaces:
        if workspace:
            Membership.objects.get_or_create(workspace=workspace, user=user, defaults={"role": Role.VIEWER})
    hosts = settings.ALLOWED_HOSTS
    settings.ALLOWED_HOSTS = ["testserver"]
    try:
        yield user
    finally:
        settings.ALLOWED_HOSTS = hosts
        user.memberships.all().delete()
        sessions.end_others(user, keep=None)
