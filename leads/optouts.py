"""Opting out and in again, linearised with sending.

Every gate holds the person's lock in share mode until its attempt is committed; an opt-out takes the same lock
alone. So an opt-out waits for the gates that are already open, and every later gate sees it: no attempt begins
after the opt-out has committed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import connection
from django.utils import timezone

from leads.models import Address, Lead, OptOut
from workspaces.models import User, Workspace

Person = tuple[int, str]
"""(workspace id, address): who is locked. An address is one person's, known as a lead or not."""

_LOCK = "SELECT {function}(hashtextextended(%s, 0)) /* person */"


def hold(people: Iterable[Person]) -> None:
    """Keep opt-outs of these people waiting until this transaction ends. Sorted, so two holders cannot deadlock."""
    _lock("pg_advisory_xact_lock_shared", people)


def hold_alone(people: Iterable[Person]) -> None:
    """Wait for the gates open on these people and keep new ones waiting until this transaction ends."""
    _lock("pg_advisory_xact_lock", people)


def _lock(function: str, people: Iterable[Person]) -> None:
    keys = sorted(f"{workspace}:{address}" for workspace, address in set(people))
    with connection.cursor() as cursor:
        for key in keys:
            cursor.execute(_LOCK.format(function=function), [key])


def addresses_of(workspace: Workspace, value: str) -> list[str]:
    """All addresses of the person behind `value`: the lead's, or just this one."""
    owner = Address.objects.of(workspace).filter(value=value).values("lead")
    known = Address.objects.of(workspace).filter(lead__in=owner).values_list("value", flat=True)
    return sorted({value, *known})


def standing(workspace_id: int, values: Collection[str]) -> set[str]:
    """Those of `values` that must not be messaged."""
    rows = OptOut.objects.filter(workspace_id=workspace_id, value__in=values, lifted_at=None)
    return set(rows.values_list("value", flat=True))


def opt_out(
    workspace: Workspace,
    value: str,
    *,
    source: OptOut.Source,
    text: str = "",
    by: User | None = None,
    received_at: datetime | None = None,
) -> bool:
    """Record that the person behind `value` wants no more messages; False when it stood already.

    Call inside a transaction that holds the person alone (`hold_alone`); the caller cancels what is queued.
    """
    now = timezone.now()
    _, created = OptOut.objects.of(workspace).get_or_create(
        workspace=workspace,
        value=value,
        lifted_at=None,
        defaults={"source": source, "text": text[:500], "by": by, "received_at": received_at or now},
    )
    Lead.objects.of(workspace).filter(addresses__value=value, opted_out_at=None).update(opted_out_at=now)
    return created


def opt_in(workspace: Workspace, value: str, *, text: str = "", at: datetime | None = None) -> bool:
    """Lift the opt-outs of the person behind `value` that came before `at` (START, UNSTOP); never an exclusion (R4).

    A START that is told late does not undo the STOP that was written after it.
    """
    values, at = addresses_of(workspace, value), at or timezone.now()
    standing_ones = OptOut.objects.of(workspace).filter(value__in=values, lifted_at=None)
    lifted = standing_ones.filter(received_at__lte=at).update(lifted_at=timezone.now(), lifted_text=text[:500])
    if standing_ones.exists():
        return False
    leads = Lead.objects.of(workspace).filter(addresses__value=value).exclude(opted_out_at=None)
    return bool(leads.update(opted_out_at=None)) or bool(lifted)
