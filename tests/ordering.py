"""Who of several workers begins with what: so that none waits for another at the end, and what is dear to start is started once."""

from __future__ import annotations

import os

import pytest

KINDS = ("slow", "browser", "nursery")
"""Starts processes and waits for them; needs a Chromium; needs the process that killed workers come from. See `kind_of`."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put tests that wait for processes at the head of the first worker's share, those with a browser at the next one's, and so on.

    xdist's `worksteal` gives each worker a stretch of the list, and who has finished takes from the end of another's. Each kind
    comes first where it is, in the random order that pytest-randomly gave it; a single process keeps that order altogether.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if workers > 1:
        items[:] = stretches(items, workers)


def stretches(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """The same tests, as one list that `workers` will take apart."""
    kinds = {kind: [item for item in items if kind_of(item) == kind] for kind in (*KINDS, "")}
    rest, ordered, left = iter(kinds[""]), list[pytest.Item](), len(items)
    for number in range(workers):
        share = left // (workers - number)  # as xdist counts it
        own = [item for kind in KINDS[number::workers] for item in kinds[kind]]
        own += [item for _, item in zip(range(share - len(own)), rest, strict=False)]
        ordered += own
        left -= len(own)
    return ordered + list(rest)


def kind_of(item: pytest.Item) -> str:
    needs = getattr(item, "fixturenames", ())
    if item.get_closest_marker("slow"):
        return "slow"
    if "browser" in needs:
        return "browser"
    return "nursery" if "_nursery" in needs else ""
