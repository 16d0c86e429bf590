"""Rate limiting: a token bucket that refills evenly. In Redis, shared by all web processes."""

from __future__ import annotations

import time
from typing import Final

import structlog
from django.core.cache import cache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

KEPT: Final = 3600


def wait_for(key: str, *, most: int, per_second: float) -> float:
    """Seconds until `key` may go on; 0.0 when it may now, and then the call is counted.

    Up to `most` at once, and `per_second` on average. The counter is incremented atomically, so simultaneous calls both
    count. Without Redis every call passes: throttling limits load, it is no access control.
    """
    step = 1 / per_second
    try:
        return _take(f"throttle:{key}", most * step, step)
    except RedisError as error:
        log.warning("throttle_unavailable", error=str(error))
        return 0.0


def _take(key: str, depth: float, step: float) -> float:
    """The generic cell rate algorithm: a key holds the moment at which its bucket is full again, in microseconds."""
    now = int(time.time() * 1_000_000)
    cache.add(key, now, KEPT)
    full = cache.incr(key, int(step * 1_000_000))
    if full < now:  # nobody asked for a while
        cache.set(key, now + int(step * 1_000_000), KEPT)
        return 0.0
    late = (full - now) / 1_000_000 - depth
    if late <= 0:
        return 0.0
    cache.decr(key, int(step * 1_000_000))
    return late
