"""Removing a line: one that was never used goes, with words for everything else, and only an admin may."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from campaigns.models import CampaignLine
from lines import quota, webhooks
from lines.gateways.http import exchange
from lines.models import InboundEvent, Line, LineDay
from tests.campaigns.making import make_campaign
from tests.cast import SignIn
from tests.contracts.bench import LOOPBACK, Bench
from tests.contracts.fixtures import PASSWORD
from tests.conversations.views.pages import text_of
from tests.core import make_conversation, make_line, say
from workspaces.models import AuditEntry, User, Workspace


@pytest.fixture
def line(northwind: Workspace) -> Line:
    """Its server does not answer, so its webhook cannot be withdrawn."""
    return make_line(northwind, name="Line 9", webhook_handle="7")


def at(line: Line, slug: str = "northwind", part: str = "remove/") -> str:
    return f"/w/{slug}/lines/{line.public_id}/{part}"


def test_an_admin_removes_a_line_that_was_never_used(sign_in: SignIn, alice: User, line: Line) -> None:
    LineDay.objects.create(workspace=line.workspace, line=line, day=quota.today(line))
    browser = sign_in(alice)
    assert "Remove line" in text_of(browser.get(at(line, part="")))
    assert "was never used" in text_of(browser.get(at(line)))
    assert Line.objects.filter(pk=line.pk).exists(), "asking removes nothing"
    assert "Line 9 is removed." in text_of(browser.post(at(line), follow=True))
    assert not Line.objects.filter(pk=line.pk).exists()
    entry = AuditEntry.objects.get(action="line.removed")
    assert (entry.user, entry.target, entry.detail["address"]) == (alice, "Line 9", line.address)


def test_its_server_is_told_to_post_no_more(sign_in: SignIn, alice: User, northwind: Workspace, bluebubbles: Bench) -> None:
    line = make_line(northwind, server_url=f"{bluebubbles.control}/line1", password=PASSWORD)
    webhooks.register(line)
    assert hooks(line) == [webhooks.address_of(line)]
    sign_in(alice).post(at(line))
    assert hooks(line) == []


def hooks(line: Line) -> list[str]:
    """Where the server posts to."""
    answer = exchange("GET", f"{line.server_url}/api/v1/webhook", timeout=30, allowed=LOOPBACK, params={"password": PASSWORD})
    return [hook["url"] for hook in answer.json()["data"]]


def started(line: Line) -> None:
    LineDay.objects.create(workspace=line.workspace, line=line, day=quota.today(line), started=1)


def heard(line: Line) -> None:
    InboundEvent.objects.create(
        workspace=line.workspace, line=line, dedupe_key="x", kind="message", payload={}, applied_at=timezone.now()
    )


def queued(line: Line) -> None:
    say(line)


def chosen(line: Line) -> None:
    campaign = make_campaign(line.workspace, by=User.objects.get())
    CampaignLine.objects.create(workspace=line.workspace, campaign=campaign, line=line)


def fallen_back_to(line: Line) -> None:
    make_line(line.workspace, name="Line 1", fallback_line=line)


@pytest.mark.parametrize(
    ("use", "says"),
    [
        (started, "It has sent or received messages"),
        (heard, "It has sent or received messages"),
        (queued, "It has been used: conversations refer to it."),
        (make_conversation, "It has been used: conversations refer to it."),
        (chosen, "It has been used: campaigns refer to it."),
        (fallen_back_to, "It is the SMS fallback of Line 1."),
    ],
)
def test_a_line_that_was_used_stays_and_the_page_says_why(
    sign_in: SignIn, alice: User, line: Line, use: Callable[..., object], says: str
) -> None:
    use(line)
    browser = sign_in(alice)
    refused = browser.post(at(line))
    assert refused.status_code == 409
    for words in (text_of(refused), text_of(browser.get(at(line)))):
        assert says in words
        assert "Pause it instead" in words
    assert Line.objects.filter(pk=line.pk).exists()
    assert not AuditEntry.objects.filter(action="line.removed").exists()


def test_nobody_else_removes_it(sign_in: SignIn, olga: User, rita: User, charlie: User, line: Line) -> None:
    for user, slug, status in (
        (olga, "northwind", 403),
        (rita, "northwind", 403),
        (charlie, "northwind", 404),
        (charlie, "contoso", 404),
    ):
        assert sign_in(user).post(at(line, slug)).status_code == status
    assert "Remove line" not in text_of(sign_in(rita).get(at(line, part="")))
    assert Line.objects.filter(pk=line.pk).exists()


def test_after_its_key_was_lost_a_line_posts_to_a_new_address(
    sign_in: SignIn, alice: User, northwind: Workspace, bluebubbles: Bench
) -> None:
    """LINE_SECRET_KEYS is not the one any more: the line's page opens, and entering the password again mends all of it."""
    line = make_line(northwind, server_url=f"{bluebubbles.control}/line1", password=PASSWORD)
    before = line.webhook_token_hash
    Line.objects.filter(pk=line.pk).update(sealed_secret="lost", sealed_webhook_token="lost")
    line.refresh_from_db()
    browser = sign_in(alice)
    assert "Webhook URL" not in text_of(browser.get(at(line, part="")))
    values = {"name": "Line 9", "address": line.address, "server_url": line.server_url, "daily_new_limit": 50}
    assert browser.post(at(line, part="edit/"), {**values, "secret": PASSWORD}).status_code == 302
    line.refresh_from_db()
    assert line.webhook_token_hash != before
    assert hooks(line) == [webhooks.address_of(line)]
