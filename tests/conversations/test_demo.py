"""The demo is loaded once and keeps working where the console is started anew."""

from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from conversations.models import Message
from lines.models import Line


@pytest.mark.django_db
def test_its_lines_follow_the_phone_network_to_another_port(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR, settings.SIMULATOR_URL = tmp_path, "http://127.0.0.1:8001"
    call_command("seed_demo")
    messages = Message.objects.count()
    settings.SIMULATOR_URL = "http://127.0.0.1:8766"
    call_command("seed_demo")
    urls = set(Line.objects.values_list("server_url", flat=True))
    assert urls == {"http://127.0.0.1:8766/line1", "http://127.0.0.1:8766/line2"}
    assert Message.objects.count() == messages
