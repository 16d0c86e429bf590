"""What the plan of a workspace still allows on its current day, in the simulation of a launch plan (`lines.simulation`)."""

from __future__ import annotations

from datetime import datetime

from lines.limits import DAY, Plan, Use


class PlanDay:
    """What the workspace's plan still allows today."""

    def __init__(self, plan: Plan, used: Use, now: datetime) -> None:
        self.plan, self.used, self.day = plan, used, plan.clock.day_of(now)

    def turn(self, moment: datetime) -> None:
        day = self.plan.clock.day_of(moment)
        if day != self.day:
            self.day, self.used = day, Use()

    def ends(self) -> datetime:
        return self.plan.clock.begins(self.day + DAY)

    def rooms(self) -> tuple[int, int]:
        """New conversations and messages."""
        return room(self.plan.new_a_day, self.used.new_today), room(self.plan.total_a_day, self.used.total_today)


def room(ceiling: int | None, used: int) -> int:
    """What is left; without a ceiling more than any plan can use."""
    return 2_000_000_000 if ceiling is None else ceiling - used
