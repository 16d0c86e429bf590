"""Seal every stored secret again under the newest of LINE_SECRET_KEYS, so that the older keys can be taken away."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.management.base import BaseCommand, CommandError

from workspaces.secrets import SecretUnreadable, reseal

# Where secrets lie: in columns of ours, and in entries of the JSON column of second steps (see workspaces.signin.MFAAdapter).
# By name: lines and intent do not import each other.
COLUMNS = (
    ("lines.Line", ("sealed_secret", "sealed_webhook_token")),
    ("intent.IntentSettings", ("sealed_llm_key",)),
)
SECOND_STEP_ENTRIES = ("secret", "seed")

Resealed = tuple[int, list[str]]
"""How many rows were sealed again, and the names of those that no key opens."""


class Command(BaseCommand):
    help = (
        "Seal line passwords, webhook tokens, keys of language models and second steps under the newest key. Put the new "
        "key first into LINE_SECRET_KEYS and restart, run this, then take the old keys away and restart again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        done, unreadable = 0, []
        for count, names in (_reseal_columns(), _reseal_second_steps()):
            done += count
            unreadable += names
        self.stdout.write(f"Sealed {done} rows under the newest key.")
        if unreadable:
            raise CommandError(
                "No configured key opens these; enter their secrets again, or add the key they were sealed with: "
                + ", ".join(unreadable)
            )


def _reseal_columns() -> Resealed:
    done, unreadable = 0, []
    for name, columns in COLUMNS:
        model = apps.get_model(name)
        for row in model._default_manager.only("pk", *columns).iterator():
            before = {column: getattr(row, column) for column in columns}
            try:
                after = {column: reseal(sealed) for column, sealed in before.items()}
            except SecretUnreadable:
                unreadable.append(f"{model._meta.verbose_name} {row.pk}")
                continue
            # Only if nobody entered a new secret meanwhile; that one is under the newest key already.
            done += model._default_manager.filter(pk=row.pk, **before).update(**after)
    return done, unreadable


def _reseal_second_steps() -> Resealed:
    done, unreadable = 0, []
    for step in Authenticator.objects.all().iterator():
        before = step.data
        try:
            sealed = {name: reseal(before[name]) for name in SECOND_STEP_ENTRIES if name in before}
        except SecretUnreadable:
            unreadable.append(f"second step {step.pk} of user {step.user_id}")
            continue
        done += Authenticator.objects.filter(pk=step.pk, data=before).update(data=before | sealed)
    return done, unreadable
