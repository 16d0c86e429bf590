"""One line in the simulation of a launch plan (`lines.simulation`): what it sends between two moments at which a limit or
somebody's hours change.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Final

from lines.limits import DAY, Use
from lines.plan_day import PlanDay, room
from lines.planned import Job, Opens, PlannedLine, Sent

PER_SECOND: Final = 1
"""Messages of one line; gateways advise no more (gateways.md, 10)."""


class SimulatedLine:
    """A line with its waiting messages, its limits and what it has used of them."""

    def __init__(self, line: PlannedLine, jobs: Sequence[Job], steps: Sequence[timedelta], now: datetime, plan: PlanDay) -> None:
        self.line, self.steps, self.sent = line, steps, Sent()
        self.used, self.day = replace(line.used), line.ceilings.clock.day_of(now)
        self.waiting_new, self.waiting = line.waiting_new, line.waiting
        self.heaps: dict[tuple[Opens, bool], list[Job]] = {}
        for job in sorted(jobs):
            self.heaps.setdefault((job.opens, job.new), []).append(job)
        self._firsts = sum(job.step == 0 for job in jobs)
        self._known: dict[Opens, tuple[datetime, datetime | None]] = {}
        self._then: dict[tuple[Opens, datetime], datetime | None] = {}

    def left(self) -> int:
        return sum(map(len, self.heaps.values()))

    def turns(self, moment: datetime) -> Iterator[datetime]:
        """The moments at which it may send more: a new day, more room in the hour, or recipients whose hours begin."""
        clock = self.line.ceilings.clock
        yield clock.begins(clock.day_of(moment) + DAY)
        if self.line.ceilings.new_an_hour is not None:
            yield self.used.hour_frees(moment)
        yield from (at for opens, _ in self.heaps if (at := self.opens(opens, moment)))

    def send(self, begin: datetime, end: datetime, plan: PlanDay) -> Iterator[tuple[datetime, Job]]:
        """What leaves from `begin` to `end`, between which its limits do not change.

        Yields each with its moment before it leaves: by then another line may have taken the plan's last place.
        """
        self._begin_day(begin)
        if self.line.rests_until and self.line.rests_until >= end:
            return
        new, total = self._rooms(plan, begin)
        total = min(total, int((end - begin).total_seconds() * PER_SECOND))
        begun, gone = self._send_waiting(new, total, plan, begin)
        new, total = new - begun, total - gone
        ready = {opens: at for opens, _ in self.heaps if (at := self.opens(opens, begin)) and at < end}
        while total > 0 and (key := self._next_key(ready, end, new)):
            job = self.heaps[key][0]
            if job.due > begin and (opens := self.opens_then(job)) != job.due:  # their hours end before it is due
                heappop(self.heaps[key])
                self._put_off(job, opens)
                continue
            at = min(max(begin + timedelta(seconds=gone / PER_SECOND), ready[job.opens], job.due), end)
            yield at, job
            new, total = map(min, (new, total), plan.rooms())
            if total <= 0 or (job.new and new <= 0):
                continue
            heappop(self.heaps[key])
            self._leave(job, at, plan)
            gone, total, new = gone + 1, total - 1, new - job.new
            if job.new and self.used.new_today >= self.line.ceilings.new_on(self.day)[0]:
                self.sent.full_at[self.day] = at

    def _begin_day(self, moment: datetime) -> None:
        day = self.line.ceilings.clock.day_of(moment)
        if day != self.day:
            self.day, self.used = day, Use(lately=self.used.lately)

    def _send_waiting(self, new: int, total: int, plan: PlanDay, at: datetime) -> tuple[int, int]:
        """What waits from before the plan leaves first. Returns how many new conversations, and how many messages."""
        begun = min(self.waiting_new, new, total)
        others = min(self.waiting, total - begun)
        self.waiting_new, self.waiting = self.waiting_new - begun, self.waiting - others
        self._count(begun, begun + others, plan, at)
        return begun, begun + others

    def next(self, end: datetime, plan: PlanDay) -> datetime | None:
        """When it can send again at the soonest, from `end` on."""
        found = list(self._nexts(end, plan))
        if not found:
            return None
        return max(min(found), self.line.rests_until or end)

    def _nexts(self, end: datetime, plan: PlanDay) -> Iterator[datetime]:
        ceilings = self.line.ceilings
        tomorrow, plan_tomorrow = ceilings.clock.begins(self.day + DAY), plan.ends()
        new_of_plan, total_of_plan = plan.rooms()
        for (opens, new), heap in self.heaps.items():
            if not heap:
                continue
            due = heap[0].due
            if (at := self.opens(opens, end) if due <= end else opens(due)) is None:
                continue
            if room(ceilings.total_a_day, self.used.total_today) <= 0 or (
                new and self.used.new_today >= ceilings.new_on(self.day)[0]
            ):
                at = max(at, tomorrow)
            if new:
                at = self.hour_opens(at)
            if total_of_plan <= 0 or (new and new_of_plan <= 0):
                at = max(at, plan_tomorrow)
            yield at

    def opens(self, opens: Opens, moment: datetime) -> datetime | None:
        """When these recipients may be written to from `moment` on; asked again only once that has passed."""
        asked, known = self._known.get(opens, (None, None))
        if asked is None or known is None or not asked <= moment <= known:
            known = opens(moment)
            self._known[opens] = (moment, known)
        return known

    def opens_then(self, job: Job) -> datetime | None:
        """When its recipient may be written to from its time on. Asked once for each minute: windows begin and end with one."""
        key = (job.opens, job.due.replace(second=0, microsecond=0))
        if key not in self._then:
            self._then[key] = job.opens(key[1])
        found = self._then[key]
        return job.due if found == key[1] else found

    def _put_off(self, job: Job, until: datetime | None) -> None:
        if until is None:
            self.sent.never += 1
        else:
            job.due = until
            heappush(self.heaps.setdefault((job.opens, job.new), []), job)

    def hour_opens(self, moment: datetime) -> datetime:
        """When it may begin a new conversation, by the limit of the hour; `moment` where it may at once."""
        most = self.line.ceilings.new_an_hour
        return moment if most is None else self.used.hour_opens(moment, most)

    def _rooms(self, plan: PlanDay, now: datetime) -> tuple[int, int]:
        ceilings = self.line.ceilings
        new_of_plan, total_of_plan = plan.rooms()
        new = min(
            ceilings.new_on(self.day)[0] - self.used.new_today,
            room(ceilings.new_an_hour, self.used.in_the_hour(now)),
            new_of_plan,
        )
        return max(0, new), max(0, min(room(ceilings.total_a_day, self.used.total_today), total_of_plan))

    def _next_key(self, ready: Container[Opens], end: datetime, new: int) -> tuple[Opens, bool] | None:
        """Of the recipients that may be written to now, those whose message is due first."""
        best: tuple[Opens, bool] | None = None
        for key, heap in self.heaps.items():
            if not heap or key[0] not in ready or (key[1] and new <= 0):
                continue
            if heap[0].due < end and (best is None or heap[0] < self.heaps[best][0]):
                best = key
        return best

    def _leave(self, job: Job, at: datetime, plan: PlanDay) -> None:
        job.left_at = at
        self._count(int(job.new), 1, plan, at)
        self.sent.messages[self.day] += 1
        self.sent.new[self.day] += job.new
        if job.step == 0:
            self._firsts -= 1
            if self._firsts == 0:
                self.sent.firsts_done = at
        self.sent.done = max(self.sent.done or at, at)
        if job.step < len(self.steps):
            follow_up = Job(at + self.steps[job.step], job.turn, job.opens, False, job.step + 1)
            heappush(self.heaps.setdefault((job.opens, False), []), follow_up)

    def _count(self, new: int, total: int, plan: PlanDay, at: datetime) -> None:
        for use in (self.used, plan.used):
            use.count(at, new, total)
