"""Reports are exact: each number is the number of rows it leads to (S0-91, S0-123, S0-165, S1-66)."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.models import Campaign
from conversations.models import Conversation, Message
from conversations.reports import asked as asking
from conversations.reports import numbers, people, rows, shown, tallies
from conversations.reports.dimensions import DIMENSIONS, STAGES
from conversations.vocabulary import FailReason, State
from leads import optouts
from leads.consent_ledger import Proof
from leads.models import OptOut
from lines.models import Line
from tests.factories_console import enrolled, failed_step, make_campaign, make_node, message_of, step
from tests.factories_conversations import known, they_said, we_said
from workspaces.models import User, Workspace

REPORTS = "/w/northwind/reports/"


def asked(workspace: Workspace, query: str = "") -> asking.Asked:
    return asking.read(QueryDict(query), workspace)


def facts(message: Message, **values: bool) -> None:
    """Delivered, read, replied a while after it was sent."""
    after = timezone.now()
    Message.objects.filter(pk=message.pk).update(**{f"{name}_at": after for name in values})


@pytest.fixture
def outreach(campaign: Campaign, line: Line, other_line: Line) -> Workspace:
    """Two campaigns over two lines, a reply of a person, failures before and after the hand-over, an opt-out."""
    workspace = campaign.workspace
    other = make_campaign(workspace, "LATAM finance")
    second = make_node(campaign, "Follow-up iMessage")
    for n in range(4):
        conversation_line = (line, other_line)[n % 2]
        enrolment = enrolled((campaign, other)[n // 3], conversation_line, f"Lead {n}", address=f"+1628555010{n}", ago=60 * n)
        message = message_of(step(enrolment, variant="AB"[n % 2]), ago=60 * n, line=conversation_line)
        facts(message, delivered=True)
        if n < 3:
            facts(message, read=True)
        if n < 2:
            they_said(message.conversation, "Tuesday works", ago=0)
            facts(message, replied=True)
        if n == 0:
            Conversation.objects.filter(pk=message.conversation_id).update(intent_status="positive", intent_reason="meeting")
        if n == 1:
            optouts.opt_out(workspace, message.address, Proof(source=OptOut.Source.KEYWORD))
        if n == 2:
            message_of(step(enrolment, node=second, variant="A"), ago=10)
    failed_step(campaign, line, "Jin Park", address="+16285550120")
    later = message_of(step(enrolled(other, line, "Ana Silva", address="+16285550121")))
    Message.objects.filter(pk=later.pk).update(state=State.FAILED, reason=FailReason.CARRIER_ISSUE)
    we_said(known(line, "Sam Okafor", address="+16285550122"), "By hand", ago=60 * 24 * 40)
    we_said(known(line, "Leo Brandt", address="+16285550123"), "By hand", ago=5)
    return workspace


def test_the_funnel(outreach: Workspace) -> None:
    whole = numbers.total(numbers.parts(asked(outreach)))
    expected = {"sent": 6, "delivered": 4, "read": 3, "replied": 2, "positive": 1, "opted_out": 1, "not_delivered": 2}
    assert whole.counts == expected
    assert whole.share("not_delivered") == 25.0
    assert whole.share("positive") == 50.0
    assert people.enrolled(asked(outreach)) == 6


@pytest.mark.parametrize("folded", [False, True])
def test_every_number_of_every_part_is_the_number_of_its_rows(outreach: Workspace, folded: bool) -> None:
    if folded:
        tallies.fold()
    for by in DIMENSIONS:
        found = asked(outreach, f"by={by}&range={'all' if folded else '30d'}")
        parts = numbers.parts(found)
        for part in parts:
            for stage in STAGES:
                listed = rows.messages(found, stage, part.key).rows
                assert len(listed) == part.counts[stage] == rows.count(found, stage, part.key), (by, part.label, stage)
        whole = numbers.total(parts).counts
        assert whole == {stage: rows.count(found, stage, None) for stage in STAGES}, by
        assert len({part.key for part in parts}) == len(parts), by


def test_parts_are_named(outreach: Workspace) -> None:
    def labels(by: str) -> set[str]:
        return {part.label for part in numbers.parts(asked(outreach, f"by={by}"))}

    assert labels("campaign") == {"Q4 Fintech founders", "LATAM finance", "No campaign"}
    assert labels("line") == {"Line 2 · SF", "Line 3 · MIA"}
    assert labels("persona") == {"Finance leader"}
    assert labels("icp") == {"Fintech 50–500"}
    assert "Q4 Fintech founders · Follow-up iMessage" in labels("step")
    assert labels("variant") >= {f"Q4 Fintech founders · {name} iMessage · text A" for name in ("Intro", "Follow-up")}
    assert all(re.fullmatch(r"\d\d:00", label) for label in labels("hour"))


def test_the_links_of_the_page_lead_to_as_many_rows(outreach: Workspace, olgas: Client) -> None:
    report = shown.report(asked(outreach, "by=line"))
    for row in report.rows:
        for cell in row.cells:
            page = olgas.get(cell.url).content.decode()
            assert f">{cell.title}: {cell.n}</h1>" in page
            assert 'class="toast ' not in page  # a variable called `messages` would be shown as what just happened
    assert ">Enrolled: 6</h1>" in olgas.get(report.enrolled.url).content.decode()


def test_follow_ups_lead_to_their_conversations(outreach: Workspace, olgas: Client) -> None:
    from conversations.inbox import upkeep

    upkeep.squash()
    report = shown.report(asked(outreach))
    for row in report.rows:
        path, _, query = row.follow_up_url.partition("?")
        page = olgas.get(path, dict(parse_qsl(query))).content.decode()
        assert page.count('class="pickable"') == row.part.follow_up


def test_what_is_sent_again_belongs_to_the_same_campaign_text_and_step(campaign: Campaign, line: Line, olga: User) -> None:
    from conversations.sending import retrying

    failed = failed_step(campaign, line)
    copy = retrying.retry(failed, author=olga)
    now = timezone.now()
    Message.objects.filter(pk=copy.pk).update(state=State.SENDING)
    Message.objects.filter(pk=copy.pk).update(state=State.SENT, sent_at=now)
    for by in ("campaign", "step"):
        (part,) = numbers.parts(asked(campaign.workspace, f"by={by}"))
        assert (part.counts["sent"], part.counts["not_delivered"]) == (1, 1)


def test_days_are_those_of_the_workspace(northwind: Workspace, line: Line) -> None:
    northwind.time_zone = "Pacific/Auckland"
    northwind.save()
    we_said(known(line), "Hi", ago=30)
    local = timezone.now().astimezone(northwind.zone) - timedelta(minutes=30)
    (day,) = numbers.found(asked(northwind)).days
    assert (day.day, day.sent) == (local.date(), 1)
    on_that_day = asked(northwind, f"from={day.day}&to={day.day}")
    assert rows.count(on_that_day, "sent", None) == 1
    before = asked(northwind, f"to={day.day - timedelta(days=1)}")
    assert rows.count(before, "sent", None) == 0


def test_the_trend_holds_all_of_it_by_day_and_by_week(outreach: Workspace) -> None:
    for query in ("", "range=90d", "range=all", "from=2020-01-01"):
        found = asked(outreach, query)
        whole = numbers.total(numbers.parts(found)).counts
        report = shown.report(found)
        assert sum(bar.point.values[0] for bar in report.sends.bars) == whole["sent"], query
        assert sum(bar.point.values[1] for bar in report.sends.bars) == whole["not_delivered"]
        assert sum(sum(bar.point.values) for bar in report.replies.bars) == whole["replied"]


def test_bars_lead_to_their_days(outreach: Workspace, olgas: Client) -> None:
    bar = next(bar for bar in shown.report(asked(outreach)).sends.bars if bar.point.values[0])
    query = dict(parse_qsl(urlsplit(bar.point.url).query))
    found = asking.read(QueryDict(urlsplit(bar.point.url).query), outreach)
    assert numbers.total(numbers.parts(found)).counts["sent"] == bar.point.values[0]
    assert olgas.get(REPORTS, query).status_code == 200


def test_the_page_says_that_reads_are_directional(outreach: Workspace, olgas: Client) -> None:
    text = olgas.get(REPORTS).content.decode()
    assert "directional" in text
    assert "Reads are directional: receipts can be off" in text


def test_as_csv_that_no_spreadsheet_runs(outreach: Workspace, olgas: Client) -> None:
    Campaign.objects.filter(name="LATAM finance").update(name="=HYPERLINK(1)")
    response = olgas.get(f"{REPORTS}csv/")
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    table = list(csv.reader(io.StringIO(text)))
    assert table[0] == ["Campaign", "Enrolled", *(stage.title for stage in STAGES.values()), "Needs follow-up now"]
    assert "'=HYPERLINK(1)" in [line[0] for line in table]
    assert sum(int(line[2]) for line in table[1:]) == 6


def test_wrong_words_in_an_address_are_told(olgas: Client, northwind: Workspace) -> None:
    text = olgas.get(f"{REPORTS}?range=ages&by=moon&from=2026-13-01&campaign=none&line=none").content.decode()
    for words in (
        "is not a time range",
        "cannot break a report down",
        "is not a date",
        "The campaign in this URL",
        "The line in this URL",
    ):
        assert words in text
    assert "is after" in olgas.get(f"{REPORTS}?from=2026-02-01&to=2026-01-01").content.decode()
    assert olgas.get(f"{REPORTS}rows/?stage=odd").status_code == 404


def test_no_number_counts_another_workspace(outreach: Workspace, contoso: Workspace) -> None:
    assert numbers.parts(asked(contoso, "range=all")) == []
    assert people.enrolled(asked(contoso, "range=all")) == 0


def test_older_rows_follow(outreach: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "SIZE", 2)
    found, seen, before = asked(outreach), [], ""
    for _ in range(5):
        page = rows.messages(found, "sent", None, before=before)
        seen += page.rows
        if not (before := page.following):
            break
    assert len(seen) == len(set(seen)) == 6


def test_queries_do_not_grow(outreach: Workspace, olgas: Client, campaign: Campaign, line: Line) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            olgas.get(REPORTS)
        return len(found)

    count()
    few = count()
    for n in range(6):
        message_of(step(enrolled(make_campaign(outreach, f"More {n}"), line, f"Lead {n}", address=f"+162855506{n:02}")))
    assert count() == few


def test_rita_reads_and_nobody_posts(ritas: Client, outreach: Workspace) -> None:
    assert ritas.get(REPORTS).status_code == 200
    assert ritas.post(REPORTS).status_code == 405
