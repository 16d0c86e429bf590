"""Doorbells: Celery tasks that only tell a worker to look at the rows, rung after a commit. Losing one is harmless.

Tasks are named by their path and not imported, because they import the modules that ring for them. `config.celery.TASKS` has
their queues.
"""

from __future__ import annotations

from dataclasses import dataclass

from celery import current_app
from django.db import connection, transaction

EXPIRES = 60
"""Seconds after which a ring that nobody heard is dropped: a sweep has looked at the rows since."""


@dataclass(frozen=True, slots=True)
class _Ring:
    task: str
    args: tuple[object, ...]
    expires: int

    def send(self) -> None:
        current_app.send_task(self.task, self.args, expires=self.expires, retry=False, ignore_result=True)


def ring(task: str, *args: object, expires: int = EXPIRES) -> None:
    """Have the task look once this transaction has committed: once, however often that is asked for in it.

    Without a broker nothing is raised: a sweep finds the rows.
    """
    asked = _Ring(task, args, expires)
    if all(getattr(call, "__self__", None) != asked for _, call, *_ in connection.run_on_commit):
        transaction.on_commit(asked.send, robust=True)
