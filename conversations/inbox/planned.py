"""What PostgreSQL's planner expects of a statement, without running it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any


def plan_of(cursor: Any, sql: str, values: Sequence[Any]) -> dict[str, Any]:
    """The topmost node of its plan; "Plan Rows" is how many rows are expected, "Plans" are the nodes below.

    Call where no parallel workers are allowed: their plans count the rows of one of them.
    """
    cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", values)
    answer = cursor.fetchone()[0]
    plan: dict[str, Any] = (json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]
    return plan
