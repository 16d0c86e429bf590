"""Not Delivered: its groups, fixing many messages together, and what is told of that (S0-71 to S0-76)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from campaigns.models import Campaign
from conversations.models import Message, Repair, RepairItem
from conversations.workbench import groups, runs
from conversations.workbench.wanted import Wanted, open_failures
from leads import optouts
from leads.consent_ledger import Proof
from leads.models import OptOut
from lines.models import Line
from tests.factories_console import failed_step, make_campaign
from tests.factories_conversations import LineFactory
from workspaces.models import AuditEntry, User, Workspace

BENCH = "/w/northwind/console/not-delivered/"
Fix = Repair.Fix


def test_groups_are_by_cause_line_and_campaign(olgas: Client, campaign: Campaign, line: Line, other_line: Line) -> None:
    failed_step(campaign, line, address="+16285550101")
    failed_step(campaign, line, address="+16285550102")
    failed_step(make_campaign(campaign.workspace, "LATAM"), other_line, address="+16285550103", reason="line_issue")
    found = groups.groups(campaign.workspace, Wanted())
    assert [(one.cause.reason, one.line, one.count) for one in found] == [("unreachable", line, 2), ("line_issue", other_line, 1)]
    text = olgas.get(BENCH).content.decode()
    assert "3 to deal with" in text
    assert "Recipient address invalid" in text
    assert "Line not active or misconfigured" in text
    narrowed = olgas.get(f"{BENCH}?{found[1].wanted.query}").content.decode()
    assert "1 to deal with" in narrowed
    assert "LATAM" in narrowed


def test_the_menu_counts_what_is_to_deal_with(olgas: Client, failure: Message) -> None:
    badge = '>1<span class="sr"> not delivered</span>'
    assert badge in olgas.get(BENCH).content.decode()
    olgas.post(f"{BENCH}{failure.public_id}/fix/", {"fix": "handled"})
    assert badge not in olgas.get(BENCH).content.decode()


def test_one_message_shows_phone_line_campaign_and_console_side_by_side(olgas: Client, failure: Message) -> None:
    text = olgas.get(f"{BENCH}{failure.public_id}/").content.decode()
    for part in ("Phone data", "Daily limit", "Q4 Fintech founders", "Whole history", "Seven checks", "30003"):
        assert part in text
    assert text.count("<dt>") >= 7
    assert "Is the phone number valid?" in text


def test_a_group_is_asked_once_and_then_told_exactly(olgas: Client, campaign: Campaign, line: Line) -> None:
    made = [failed_step(campaign, line, f"Lead {n}", address=f"+1628555040{n}", reason="carrier_issue") for n in range(4)]
    optouts.opt_out(campaign.workspace, made[0].address, Proof(source=OptOut.Source.PERSON))
    group = {"fix": "retry", "cause": "carrier_issue", "line": line.public_id, "campaign": campaign.public_id}
    asked = olgas.post(f"{BENCH}fix/", group).content.decode()
    assert "Retry: 4 messages?" in asked
    assert not Repair.objects.exists()
    told = olgas.post(f"{BENCH}fix/", {**group, "sure": "1"}, follow=True).content.decode()
    assert "3 retried, 1 skipped: This contact opted out." in told
    assert Message.objects.exclude(retry_of=None).count() == 3
    left = groups.groups(campaign.workspace, Wanted())
    assert [one.count for one in left] == [1], "what was skipped is still to deal with"


def test_what_perhaps_arrived_is_never_sent_again_in_bulk(olgas: Client, campaign: Campaign, line: Line) -> None:
    failed_step(campaign, line, reason="outcome_unknown")
    text = olgas.post(f"{BENCH}fix/", {"fix": "retry", "cause": "outcome_unknown"}, follow=True).content.decode()
    assert "open them one by one" in text
    assert runs.together(campaign.workspace, Fix.RETRY, Wanted()).count() == 0
    assert not Repair.objects.exists()


def test_what_perhaps_arrived_is_skipped_among_ticked_ones(olgas: Client, campaign: Campaign, line: Line, failure: Message) -> None:
    unknown = failed_step(campaign, line, "Sam Okafor", address="+16285550155", reason="outcome_unknown")
    ticked = {"fix": "retry", "ticked": "1", "message": [failure.public_id, unknown.public_id]}
    text = olgas.post(f"{BENCH}fix/", ticked, follow=True).content.decode()
    assert "1 retried, 1 skipped: Whether it arrived is not known" in text
    assert not Message.objects.filter(retry_of=unknown).exists()


def test_a_repair_of_one_message_names_its_contact(olgas: Client, failure: Message) -> None:
    ticked = {"fix": "retry", "ticked": "1", "message": [failure.public_id]}
    text = olgas.post(f"{BENCH}fix/", ticked, follow=True).content.decode()
    assert f"{failure.conversation}: retried." in text
    repair = Repair.objects.get()
    assert f"{failure.conversation}: retried." in olgas.get(f"/w/northwind/console/repairs/{repair.public_id}/").content.decode()


def test_a_repair_of_one_message_says_why_it_was_skipped(olgas: Client, failure: Message) -> None:
    optouts.opt_out(failure.workspace, failure.address, Proof(source=OptOut.Source.PERSON))
    ticked = {"fix": "retry", "ticked": "1", "message": [failure.public_id]}
    text = olgas.post(f"{BENCH}fix/", ticked, follow=True).content.decode()
    assert f"{failure.conversation}: skipped. This contact opted out." in text


def test_ticked_messages_and_none_ticked(olgas: Client, campaign: Campaign, line: Line, failure: Message) -> None:
    other = failed_step(campaign, line, "Sam Okafor", address="+16285550155")
    text = olgas.post(f"{BENCH}fix/", {"fix": "handled", "ticked": "1"}, follow=True).content.decode()
    assert "Tick at least one" in text
    olgas.post(f"{BENCH}fix/", {"fix": "handled", "ticked": "1", "message": [failure.public_id]})
    assert list(open_failures(campaign.workspace)) == [other]
    entry = AuditEntry.objects.of(campaign.workspace).get(action="failures.repaired")
    assert (entry.target, entry.detail["fix"]) == ("1 message", "Mark as handled")


def test_a_large_group_is_a_job_that_goes_on_after_a_kill(
    olga: User, olgas: Client, campaign: Campaign, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "AT_ONCE", 1)
    for n in range(3):
        failed_step(campaign, line, f"Lead {n}", address=f"+1628555050{n}", reason="carrier_issue")
    repair = runs.start_with_group(campaign.workspace, runs.Task(Fix.RETRY), Wanted("carrier_issue"), by=olga)
    assert repair.at_work
    assert runs.at_work() == [repair.pk]
    runs.advance(repair.pk, seconds=-1)  # as far as it came
    assert RepairItem.objects.filter(outcome="done").count() == 1
    assert "1 of 3 messages" in olgas.get(f"/w/northwind/console/repairs/{repair.public_id}/").content.decode()
    runs.advance(repair.pk)
    runs.advance(repair.pk)
    repair.refresh_from_db()
    assert repair.state == Repair.State.DONE
    assert Message.objects.exclude(retry_of=None).count() == 3
    done = olgas.get(f"/w/northwind/console/repairs/{repair.public_id}/progress/")
    assert done.status_code == 286
    assert "3 retried." in done.content.decode()


def test_handled_can_be_opened_again(olgas: Client, failure: Message) -> None:
    url = f"{BENCH}{failure.public_id}/"
    olgas.post(f"{url}fix/", {"fix": "handled"})
    assert "Olga Orlov dealt with it" in olgas.get(url).content.decode()
    olgas.post(f"{url}reopen/")
    assert open_failures(failure.workspace).count() == 1


def test_rita_reads_and_does_not_write(ritas: Client, failure: Message) -> None:
    text = ritas.get(f"{BENCH}{failure.public_id}/").content.decode()
    assert "Phone data" in text
    assert "/fix/" not in text
    assert "/fix/" not in ritas.get(BENCH).content.decode()
    thread = ritas.get(f"/w/northwind/overview/{failure.conversation.public_id}/").content.decode()
    assert "All about it" in thread
    assert "Other fixes" not in thread
    assert ritas.post(f"{BENCH}{failure.public_id}/fix/", {"fix": "retry"}).status_code == 403


def test_ids_of_another_workspace_are_nobodys(olgas: Client, contoso: Workspace, charlie: User, failure: Message) -> None:
    theirs = failed_step(make_campaign(contoso), LineFactory.create(workspace=contoso), address="+16285550777")
    olgas.post(f"{BENCH}fix/", {"fix": "handled", "ticked": "1", "message": [theirs.public_id]})
    assert open_failures(contoso).count() == 1
    assert olgas.get(f"{BENCH}{theirs.public_id}/").status_code == 404


def test_queries_do_not_grow(olgas: Client, campaign: Campaign, line: Line) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            olgas.get(BENCH)
        return len(found)

    failed_step(campaign, line, address="+16285550101")
    count()
    few = count()
    for n in range(2, 8):
        failed_step(campaign, line, address=f"+1628555060{n}", reason="carrier_issue" if n % 2 else "line_issue")
    assert count() == few
