"""Who else has a thread open, or types in it, at this moment, the contact too where the line's gateway tells. Kept in Redis for
seconds; losing it is harmless."""

from __future__ import annotations

import time
from typing import Final

import structlog
from django.core.cache import cache
from redis.exceptions import RedisError

from conversations.models import Conversation
from workspaces.models import User

log = structlog.get_logger(__name__)

HERE_SECONDS: Final = 20
"""An open page asks every second, one in the background every fifteen."""

TYPING_SECONDS: Final = 10
"""A page that is typed in says so every eight seconds."""

CONTACT_SECONDS: Final = 30
"""A phone says when its owner stops; should that be lost, it ends by itself."""

People = dict[int, tuple[str, float, float]]
"""By user: name, when last here, when last typing; seconds since the epoch."""


def contact_types(workspace_id: int, address: str, *, on: bool) -> None:
    """The contact at `address`, in stored form, has begun to type, or stopped."""
    try:
        if on:
            cache.set(_contact_key(workspace_id, address), True, CONTACT_SECONDS)
        else:
            cache.delete(_contact_key(workspace_id, address))
    except RedisError as error:
        log.info("presence_unknown", error=str(error))


def _contact_key(workspace_id: int, address: str) -> str:
    return f"types:{workspace_id}:{address}"


def around(conversation: Conversation, user: User) -> str:
    """Who is at the thread besides `user`, in words: the contact first, then colleagues. Notes that `user` is."""
    others = meet(conversation.pk, user)
    try:
        types = cache.get(_contact_key(conversation.workspace_id, conversation.address))
    except RedisError:
        return others
    return ", ".join(words for words in (f"{conversation} is typing…" if types else "", others) if words)


def meet(conversation_id: int, user: User, *, typing: bool | None = None) -> str:
    """Note that `user` is here (typing, or not any more) and say who else is, in words; empty when nobody is.

    Two pages that write at the same moment may lose one note; it is there again a second later.
    """
    key, now = f"here:{conversation_id}", time.time()
    try:
        people: People = {pk: one for pk, one in (cache.get(key) or {}).items() if one[1] > now - HERE_SECONDS}
        typed = people[user.pk][2] if user.pk in people else 0.0
        people[user.pk] = (user.get_short_name(), now, typed if typing is None else now if typing else 0.0)
        cache.set(key, people, HERE_SECONDS)
    except RedisError as error:
        log.info("presence_unknown", error=str(error))
        return ""
    others = [one for pk, one in sorted(people.items()) if pk != user.pk]
    writing = [name for name, _, typed in others if typed > now - TYPING_SECONDS]
    watching = [name for name, _, typed in others if typed <= now - TYPING_SECONDS]
    said = [f"{_list(writing)} typing a reply" if writing else "", f"{_list(watching)} viewing this" if watching else ""]
    return ", ".join(words for words in said if words)


def _list(names: list[str]) -> str:
    if len(names) == 1:
        return f"{names[0]} is"
    if len(names) > 3:
        return f"{names[0]}, {names[1]} and {len(names) - 2} others are"
    return f"{', '.join(names[:-1])} and {names[-1]} are"
