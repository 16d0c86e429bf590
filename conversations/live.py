"""How open pages learn that something changed: a stamp for each workspace and for each conversation, in Redis.

A page carries the stamps it was made with and asks every second whether they are still the same. A stamp says
nothing but "not that one any more", so losing Redis, or a bump, is harmless: a lost stamp differs from the page's, and
every stamp changes with the minute, so that a page reads its rows again at least that often. Read the stamp *before*
the rows it stands for.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable
from typing import Final

import structlog
from django.core.cache import cache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

KEPT_SECONDS: Final = 24 * 3600
EVERY_SECONDS: Final = 60
WITHOUT_REDIS_SECONDS: Final = 5
"""How often pages read again while there is nobody to tell them that nothing changed."""

_SET: Final = "for _, key in ipairs(KEYS) do redis.call('SET', key, ARGV[1], 'EX', ARGV[2]) end"
"""One command for all: `cache.set_many` makes one for each key, which costs a sender more than writing down what it sent."""


def bump(workspace_id: int, conversation_ids: Iterable[int]) -> None:
    """Change the stamps of these conversations and of their workspace's list. Call after the change has committed.

    Never raises for want of Redis: the rows are the truth, and pages find them by themselves within a minute.
    """
    keys = [cache.make_key(_key(workspace_id, pk)) for pk in (None, *conversation_ids)]
    try:
        client = cache._cache.get_client(write=True)  # type: ignore[attr-defined]  # no other door to a command of our own
        client.eval(_SET, len(keys), *keys, secrets.randbits(48), KEPT_SECONDS)
    except RedisError as error:
        log.warning("live_bump_lost", workspace=workspace_id, error=str(error))


def stamps(workspace_id: int, conversation_id: int | None = None) -> tuple[str, str]:
    """The stamps of the workspace's list and of one conversation; the second is empty without a conversation."""
    list_key = _key(workspace_id)
    thread_key = _key(workspace_id, conversation_id) if conversation_id else ""
    try:
        found = cache.get_many([key for key in (list_key, thread_key) if key])
    except RedisError:
        now = f"x{_tick(WITHOUT_REDIS_SECONDS)}"
        return now, now if conversation_id else ""
    minute = _tick(EVERY_SECONDS, offset=workspace_id)
    return (
        f"{found.get(list_key, '')}.{minute}",
        f"{found.get(thread_key, '')}.{minute}" if conversation_id else "",
    )


def _key(workspace_id: int, conversation_id: int | None = None) -> str:
    return f"live:{workspace_id}:{conversation_id or 'list'}"


def _tick(seconds: int, offset: int = 0) -> int:
    """A number that changes every `seconds`; not for all workspaces at the same moment."""
    return int(time.time() + offset) // seconds
