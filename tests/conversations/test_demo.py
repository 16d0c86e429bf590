"""The demo is loaded once and keeps working where the console is started anew."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone
from pytest_django import Settings

from campaigns.models import Campaign, Enrolment, Execution
from conversations.models import Conversation, Message
from lines.models import Line

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def demo(shared_rows: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Loaded once: it is the heaviest command there is."""
    with override_settings(DATA_DIR=tmp_path_factory.mktemp("demo"), SIMULATOR_URL="http://127.0.0.1:8001"):
        call_command("seed_demo")
        yield


def test_its_lines_follow_the_phone_network_to_another_port(settings: Settings) -> None:
    messages = Message.objects.count()
    settings.SIMULATOR_URL = "http://127.0.0.1:8766"
    call_command("seed_demo")
    urls = set(Line.objects.values_list("server_url", flat=True))
    assert urls == {"http://127.0.0.1:8766/line1", "http://127.0.0.1:8766/line2"}
    assert Message.objects.count() == messages


def test_its_campaigns_have_a_past() -> None:
    status = dict(Campaign.objects.values_list("name", "status"))
    assert set(status.values()) == {"draft", "running", "paused", "stopped"}
    states = Counter(Execution.objects.values_list("state", flat=True))
    assert {"waiting", "executed", "failed", "skipped", "pending"} <= states.keys()
    reasons = Counter(Enrolment.objects.values_list("stop_reason", flat=True))
    assert reasons["replied"] >= 5
    assert reasons["failed"] >= 1
    assert Message.objects.filter(campaign__kind="drip", status="scheduled").count() == 3
    now = timezone.now()
    assert not Execution.objects.filter(state="waiting", due_at__lte=now).exists()
    sent = Execution.objects.filter(state="executed", node__kind__in=["imessage", "sms"])
    assert sent.filter(at__lt=now - timedelta(days=1)).count() >= 15


def test_its_threads_stand_as_they_would_had_they_happened() -> None:
    """A reply counts for the last message before it, and an opt-out that was obeyed needs no answer."""
    first, second = Message.objects.filter(conversation__contact_name="Priya Raman", direction="out", line__isnull=False).order_by(
        "sent_at"
    )
    assert (first.status, second.status) == ("read", "replied")
    assert Conversation.objects.get(contact_name="Grant Liu", family="phone").waiting_since is None
