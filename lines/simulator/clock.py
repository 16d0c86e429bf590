"""The network's own time: it runs, stands still, or is moved by hand."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable

Job = Callable[[], None]


class Clock:
    """Milliseconds since 1970, and jobs that are due at some of them.

    pace: factor on human delays; 0.1 makes people ten times quicker. Time itself is not scaled, so
    timestamps stay true. While frozen, nothing happens until `advance`, and waiting takes no time.
    """

    def __init__(self, pace: float = 1.0) -> None:
        self.pace = pace
        self._frozen_at: int | None = None
        self._offset = 0
        self._jobs: list[tuple[int, int, Job]] = []
        self._order = itertools.count()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def frozen(self) -> bool:
        return self._frozen_at is not None

    def now(self) -> int:
        return self._frozen_at if self._frozen_at is not None else _real() + self._offset

    def after(self, seconds: float, job: Job) -> None:
        """Have `job` done `seconds` from now, in the order of due times."""
        heapq.heappush(self._jobs, (self.now() + round(seconds * 1000), next(self._order), job))
        self._arm()

    async def pause(self, seconds: float) -> None:
        if not self.frozen and seconds * self.pace >= 0.001:
            await asyncio.sleep(seconds * self.pace)

    def freeze(self, at: int | None = None) -> None:
        self._frozen_at = self.now() if at is None else at

    def resume(self) -> None:
        if self._frozen_at is not None:
            self._offset = self._frozen_at - _real()
            self._frozen_at = None
        self._arm()

    def advance(self, seconds: float) -> None:
        """Move on, doing what falls due on the way at the moment it falls due."""
        was_frozen = self.frozen
        target = self.now() + round(seconds * 1000)
        self.freeze()
        while self._jobs and self._jobs[0][0] <= target:
            due, _, job = heapq.heappop(self._jobs)
            self._frozen_at = max(due, self.now())
            job()
        self._frozen_at = target
        if not was_frozen:
            self.resume()

    def reset(self, pace: float) -> None:
        """Real time again, and nothing due."""
        self.stop()
        self.pace, self._frozen_at, self._offset = pace, None, 0

    def stop(self) -> None:
        self._jobs.clear()
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _arm(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if self._jobs and not self.frozen:
            wait = max(0, self._jobs[0][0] - self.now()) / 1000
            self._timer = asyncio.get_running_loop().call_later(wait, self._ring)

    def _ring(self) -> None:
        self._timer = None
        while self._jobs and self._jobs[0][0] <= self.now() and not self.frozen:
            heapq.heappop(self._jobs)[2]()
        self._arm()


def _real() -> int:
    return time.time_ns() // 1_000_000
