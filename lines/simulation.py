"""How many messages lines will send hour by hour under their limits: the arithmetic of the launch plan, without a database.

It moves from hour to hour, or to where a limit or somebody's hours give room sooner, and over the hours in which nothing can
leave, so that 100,000 recipients are a few thousand steps. Between two of them a line sends what is due first, at most one
message a second; lines that share the limits of a plan take its places in the order in which their messages leave.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from heapq import merge
from itertools import chain
from typing import Final

from lines.limits import DAY, HOUR, Plan, Use
from lines.plan_day import PlanDay
from lines.planned import Job, PlannedLine, Sent
from lines.simulated_line import SimulatedLine

AHEAD: Final = 2 * 366 * DAY
"""What has not left after two years counts as never."""


def simulate(
    lines: Sequence[PlannedLine],
    jobs: Mapping[int, Sequence[Job]],
    plan: Plan,
    plan_used: Use,
    now: datetime,
    steps: Sequence[timedelta] = (),
) -> dict[int, Sent]:
    """Let the lines send their jobs from `now` on; each first message is followed by one after each of `steps`."""
    clock = PlanDay(plan, replace(plan_used), now)
    simulated = [SimulatedLine(line, jobs.get(line.key, ()), steps, now, clock) for line in lines]
    moment = now
    while moment < now + AHEAD and (going := [one for one in simulated if one.left()]):
        clock.turn(moment)
        ends = [at for one in going for at in one.turns(moment) if at > moment]
        end = min(plan.clock.hour_of(moment) + HOUR, clock.ends(), *ends)
        sending = [one.send(moment, end, clock) for one in going]
        for _ in merge(*sending) if plan.limits else chain(*sending):
            pass  # each line counts what it sends; a shared plan is used in the order of time
        nexts = [at for one in going if (at := one.next(end, clock))]
        if not nexts:
            break
        moment = max(end, min(nexts))
    for one in simulated:
        one.sent.never += one.left()
    return {one.line.key: one.sent for one in simulated}
