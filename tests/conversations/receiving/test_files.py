"""Files of incoming messages: named by the message, fetched afterwards, shown for what they are."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils import timezone

from conversations.models import Attachment
from conversations.receiving import media
from conversations.thread.files import Shown, shown_as
from lines.gateways.base import MessageReceived
from lines.simulator.server import Running
from lines.wire import gateway_of
from tests.contracts.bench import Bench
from tests.contracts.fixtures import OWN_ADDRESS, PASSWORD
from tests.conversations.receiving.telling import tell
from tests.core import make_line, make_workspace


@pytest.mark.parametrize("medium", ["photo", "heic"])
def test_a_photo_is_shown_whichever_way_the_phone_has_taken_it(
    db: None, settings: LazySettings, tmp_path: Path, phone_network: Running, bluebubbles: Bench, medium: str
) -> None:
    settings.GATEWAY_ALLOWED_NETWORKS, settings.MEDIA_ROOT = ("127.0.0.0/8",), tmp_path
    line = make_line(make_workspace(), server_url=phone_network.line_url(), password=PASSWORD, address=OWN_ADDRESS)
    bluebubbles.order("inbound", **{"from": "+12025550101", "text": "Our set-up", "media": medium})
    came = [one for one in gateway_of(line).catch_up(timezone.now() - timedelta(hours=1)) if isinstance(one, MessageReceived)]
    tell(line, *came)
    part = Attachment.objects.get()
    assert shown_as(part) == Shown.COMING
    Attachment.objects.update(fetch_at=timezone.now())
    assert media.fetch_waiting() == 1
    part.refresh_from_db()
    assert shown_as(part) == Shown.PICTURE
    assert (part.content_type, Path(part.filename).suffix) == ("image/png", ".png")
