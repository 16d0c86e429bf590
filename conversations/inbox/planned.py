"""What PostgreSQL's planner expects of a statement, without running it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any


def plan_of(cursor: Any, sql: str, values: Sequence[Any]) -> dict[str, Any]:
    """The topmost node of its plan; "Plan Rows" is how many rows are expected, "Plans" are the nodes below.

    Call in a transaction of its own: it changes a setting of it.
    """
    cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")  # or a plan's rows are those of one worker
    cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", values)
    answer = cursor.fetchone()[0]
    plan: dict[str, Any] = (json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]
    return plan
