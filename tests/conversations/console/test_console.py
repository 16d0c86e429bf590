"""The Console says for each step of each lead what happened, what it waits for, until when, and why (S0-117 to S0-121)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.models import Campaign, Execution
from conversations.console import asked, executions, shown, tiles
from conversations.models import Message
from conversations.reports import tallies
from conversations.vocabulary import CancelReason, Hold, State
from lines.models import Line
from tests.factories_console import enrolled, failed_step, make_campaign, make_node, message_of, step
from workspaces.models import User, Workspace

CONSOLE = "/w/northwind/console/"


def page(client: Client, query: str = "") -> str:
    response = client.get(f"{CONSOLE}?{query}")
    assert response.status_code == 200
    return response.content.decode()


def listed(workspace: Workspace, query: str = "") -> list[Execution]:
    return executions.page(workspace, asked.read(QueryDict(query), workspace)).page.rows


def test_each_state_says_why(olgas: Client, campaign: Campaign, line: Line) -> None:
    sent = step(enrolled(campaign, line, "Elif Kaya", address="+16285550101"))
    message_of(sent, channel="sms", state=State.SENT, sent_at=timezone.now(), fallback_cause="not_registered")
    failed_step(campaign, line, "Jin Park", address="+16285550102")
    later = timezone.now() + timedelta(days=2)
    wait = make_node(campaign, "Wait 2 days", "wait")
    step(enrolled(campaign, line, "Sam Okafor", address="+16285550103"), "waiting", node=wait, due_at=later)
    step(enrolled(campaign, line, "Priya Raman", address="+16285550104"), "skipped", why="Replied before the step was due")
    text = page(olgas)
    assert "Sent as SMS: the number is not registered with iMessage" in text
    assert "Unreachable number (30003)" in text
    assert "Replied before the step was due" in text
    assert "Due <time" in text


def test_a_held_message_shows_its_limit_until_when_and_where_it_is_set(olgas: Client, campaign: Campaign, line: Line) -> None:
    held = step(enrolled(campaign, line), "pending")
    until = timezone.now() + timedelta(hours=9)
    message_of(held, state=State.QUEUED, hold=Hold.NEW_LIMIT, run_at=until)
    row = shown.row(listed(campaign.workspace)[0])
    assert "has started" in row.why
    assert row.until == until
    assert row.place
    assert row.place.url == f"/w/northwind/lines/{line.public_id}/"
    assert f'href="{row.place.url}">Limits of Line 2' in page(olgas)
    for hold, where in ((Hold.PLAN_NEW, "limits/"), (Hold.QUIET_HOURS, "consent/"), (Hold.MEMBER_TIME, "hours/")):
        Message.objects.update(hold=hold)
        assert f'href="/w/northwind/settings/{where}"' in page(olgas).rpartition("Node executions")[2]


def test_a_cancelled_step_stays_visible_with_its_reason(campaign: Campaign, line: Line) -> None:
    gone = step(enrolled(campaign, line), "skipped")
    message_of(gone, state=State.CANCELLED, reason=CancelReason.REPLIED)
    assert shown.row(listed(campaign.workspace)[0]).why == "Cancelled: The contact replied"


def test_narrowed_by_campaign_state_line_time_and_words(campaign: Campaign, line: Line, other_line: Line) -> None:
    workspace = campaign.workspace
    other = make_campaign(workspace, "LATAM finance")
    mine = step(enrolled(campaign, line, "Elif Kaya", address="+16285550101"))
    message_of(mine)
    theirs = step(enrolled(other, other_line, "Luis Prado", address="+16285550102"), "failed")
    message_of(theirs, line=other_line, state=State.FAILED, reason="unreachable")
    old = step(enrolled(other, line, "Ana Silva", address="+16285550103"), ago=60 * 24 * 3)
    waiting = step(enrolled(campaign, line, "Leo Brandt", address="+16285550104"), "waiting", ago=60 * 24 * 3)
    assert set(listed(workspace)) == {mine, theirs, waiting}, "what is open is shown whenever it began"
    assert set(listed(workspace, "range=7d")) == {mine, theirs, waiting, old}
    assert listed(workspace, f"campaign={other.public_id}") == [theirs]
    assert listed(workspace, "state=failed") == [theirs]
    assert listed(workspace, f"line={other_line.public_id}") == [theirs]
    assert listed(workspace, "q=luis") == [theirs]
    assert listed(workspace, "q=latam") == [theirs]
    assert listed(workspace, "q=MIA") == [theirs]
    assert listed(workspace, "q=nobody") == []
    assert listed(workspace, f"q=latam&state=executed&range=all&campaign={other.public_id}") == [old]


def test_what_an_address_gets_wrong_is_told(olgas: Client, campaign: Campaign) -> None:
    text = page(olgas, "state=odd&range=ages&campaign=nothere&line=nothere")
    assert "is not a state. Choose one of waiting" in text
    assert "is not a time range" in text
    assert "The campaign in this URL no longer exists." in text


def test_older_pages_follow_without_gap_or_double(campaign: Campaign, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executions, "SIZE", 3)
    enrolment = enrolled(campaign, line)
    made = [step(enrolment, visit=n, ago=n // 2) for n in range(1, 9)]
    seen: list[Execution] = []
    before = ""
    for _ in range(4):
        found = executions.page(campaign.workspace, asked.read(QueryDict(""), campaign.workspace), before=before).page
        seen += found.rows
        if not (before := found.following):
            break
    assert sorted(one.pk for one in seen) == sorted(one.pk for one in made)
    assert seen == sorted(seen, key=lambda one: (one.at, one.pk), reverse=True)


def test_figures_are_those_of_the_rows(campaign: Campaign, line: Line) -> None:
    message_of(step(enrolled(campaign, line, address="+16285550101")))
    failed_step(campaign, line, address="+16285550102")
    due = timezone.now() + timedelta(hours=1)
    step(enrolled(campaign, line, address="+16285550103"), "waiting", due_at=due)
    step(enrolled(campaign, line, address="+16285550104"), "pending", ago=3)
    found = tiles.tiles(campaign.workspace, asked.read(QueryDict(""), campaign.workspace))
    assert [str(found.executed), str(found.pending), str(found.waiting)] == ["1", "1", "1"]
    assert found.next_due == due
    assert found.oldest_due
    assert found.oldest_due < timezone.now()
    assert (found.not_delivered, found.share) == (1, 50.0)
    assert found.by_channel == [("iMessage", 1)]
    assert sum(sum(bar.point.values) for bar in found.chart.bars) == 2


@pytest.mark.parametrize("span", ["1h", "24h", "7d", "30d", "all"])
def test_bars_hold_all_sends_of_the_range(span: str, northwind: Workspace, campaign: Campaign, line: Line) -> None:
    northwind.time_zone = "Asia/Kolkata"  # half an hour off the full one
    northwind.save()
    message_of(step(enrolled(campaign, line, address="+16285550101")), ago=20)
    failed_step(campaign, line, address="+16285550102", ago=20)
    found = tiles.tiles(northwind, asked.read(QueryDict(f"range={span}"), northwind))
    assert [sum(bar.point.values[n] for bar in found.chart.bars) for n in (0, -1)] == [1, 1]


def test_a_message_that_failed_after_it_was_sent_counts_once(campaign: Campaign, line: Line) -> None:
    message = message_of(step(enrolled(campaign, line)))
    Message.objects.filter(pk=message.pk).update(state=State.FAILED, reason="unreachable")
    found = tiles.tiles(campaign.workspace, asked.read(QueryDict(""), campaign.workspace))
    assert (found.not_delivered, found.share, found.by_channel) == (1, 100.0, [])


def test_an_execution_tells_its_whole_history(olgas: Client, campaign: Campaign, line: Line, olga: User) -> None:
    message = failed_step(campaign, line)
    assert message.execution
    text = olgas.get(f"{CONSOLE}executions/{message.execution.public_id}/").content.decode()
    assert "30003" in text
    assert "Unreachable destination handset" in text
    assert f"?m={message.public_id}#m-{message.public_id}" in text
    assert f"/console/not-delivered/{message.public_id}/" in text
    lead = message.execution.enrolment.lead
    brief = olgas.get(f"/w/northwind/leads/{lead.public_id}/executions/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in brief
    assert "Unreachable number (30003)" in brief
    Execution.objects.filter(pk=message.execution.pk).update(state="executed", why="Delivered after all")
    assert "Delivered after all; at first: Unreachable number (30003)" in page(olgas)


def test_from_the_thread_to_the_execution_in_one_click(olgas: Client, campaign: Campaign, line: Line) -> None:
    message = failed_step(campaign, line)
    assert message.execution
    text = olgas.get(f"/w/northwind/imessages/{message.conversation.public_id}/").content.decode()
    assert f"/console/executions/{message.execution.public_id}/" in text
    assert f"/console/not-delivered/{message.public_id}/" in text


def test_queries_do_not_grow(olgas: Client, campaign: Campaign, line: Line) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            page(olgas)
        return len(found)

    failed_step(campaign, line, address="+16285550101")
    message_of(step(enrolled(campaign, line, address="+16285550102")))
    page(olgas)  # the first visit writes down where Olga was
    few = count()
    for n in range(3, 12):
        failed_step(campaign, line, address=f"+162855501{n:02}")
        message_of(step(enrolled(campaign, line, address=f"+162855502{n:02}")))
    assert count() == few


def test_another_workspace_is_not_seen(campaign: Campaign, line: Line, contoso: Workspace) -> None:
    failed_step(campaign, line)
    assert listed(contoso, "range=all") == []
    assert listed(contoso, "q=jin") == []
    assert tiles.tiles(contoso, asked.read(QueryDict(""), contoso)).not_delivered == 0


def test_wrong_method(olgas: Client) -> None:
    assert olgas.post(CONSOLE).status_code == 405


def test_only_the_newest_page_says_that_it_is_live(
    olgas: Client, campaign: Campaign, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executions, "SIZE", 1)
    enrolment = enrolled(campaign, line)
    for n in (1, 2):
        step(enrolment, visit=n, ago=n)
    first = executions.page(campaign.workspace, asked.read(QueryDict(""), campaign.workspace)).page
    newest, older = page(olgas), page(olgas, f"before={first.following}")
    assert ("list-changed" in newest, "As of" in newest) == (True, False)
    assert ("list-changed" in older, "As of" in older) == (False, True)
    assert "This page does not change by itself." in older


def test_days_of_the_chart_come_from_the_tallies_too(campaign: Campaign, line: Line) -> None:
    message_of(step(enrolled(campaign, line, address="+16285550101")))
    for fold in (False, True):
        if fold:
            tallies.fold()
        failed_step(campaign, line, address=f"+1628555010{2 + fold}")
        found = tiles.tiles(campaign.workspace, asked.read(QueryDict("range=7d"), campaign.workspace))
        assert (found.by_channel, found.not_delivered) == ([("iMessage", 1)], 1 + fold)
