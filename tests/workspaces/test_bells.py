"""Doorbells: once a transaction, whatever becomes of the broker."""

from __future__ import annotations

import pytest
from celery import current_app
from django.db import transaction
from pytest_django import DjangoCaptureOnCommitCallbacks

from workspaces.bells import ring

pytestmark = pytest.mark.django_db
TASK = "conversations.tasks.ring"


def test_a_transaction_rings_once_for_the_same(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> None:
    with django_capture_on_commit_callbacks() as rings:
        ring(TASK)
        ring(TASK, 1)
        ring(TASK)
        ring(TASK, 1)
    assert len(rings) == 2


def test_what_is_rolled_back_rings_for_nobody(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> None:
    with django_capture_on_commit_callbacks() as rings:
        with transaction.atomic():
            ring(TASK)
            transaction.set_rollback(True)
        assert rings == []
        ring(TASK)
    assert len(rings) == 1


@pytest.mark.django_db(transaction=True)
def test_without_a_broker_nothing_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current_app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    ring("nobody.knows.this")
