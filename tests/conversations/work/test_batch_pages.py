"""Pages of Send to leads: from the toolbar over the draft and the summary to a batch that is under way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conversations.batches import gathering, progress, work, writing
from conversations.models import Batch, Message
from conversations.vocabulary import Hold, State
from leads.actions import add_lead
from leads.addresses import normalise
from leads.models import CheckItem, Lead
from lines.models import Line
from tests.cast import SignIn
from tests.conversations.views.pages import text_of
from tests.factories_conversations import known, we_said
from workspaces.models import User, Workspace

START = "/w/northwind/batches/start/"


def lead(workspace: Workspace, name: str, number: str) -> Lead:
    return add_lead(workspace, name=name, addresses=[normalise(number, region="US")])


@pytest.fixture
def draft(northwind: Workspace, bob: User, line: Line) -> Batch:
    lead(northwind, "Priya Raman", "+12025550100")
    lead(northwind, "Dana Cole", "+12025550101")
    return gathering.begin(northwind, Lead.objects.of(northwind), by=bob)


def url(batch: Batch, step: str = "") -> str:
    return f"/w/northwind/batches/{batch.public_id}/" + (f"{step}/" if step else "")


def test_from_the_toolbar_to_messages_that_wait(bobs: Client, northwind: Workspace, line: Line) -> None:
    priya = lead(northwind, "Priya Raman", "+12025550100")
    assert START in bobs.get("/w/northwind/leads/").content.decode()
    page = bobs.post(START, {"lead": priya.public_id}, follow=True)
    assert "Send to 1 lead" in text_of(page)
    batch = Batch.objects.get()
    review = bobs.post(url(batch, "write"), {"body": "Hi {{ lead.first_name }}", "when": "now"}, follow=True)
    assert "Send to 1 lead" in text_of(review)
    done = bobs.post(url(batch, "review"), follow=True)
    assert "Preparing" in text_of(done)
    work.advance(batch.pk)
    assert Message.objects.get().body == "Hi Priya"
    words = text_of(bobs.get(url(batch)))
    assert "Priya Raman" in words
    assert "Undo" in words


def test_the_preview_shows_one_lead_after_the_other_and_keeps_nothing(bobs: Client, draft: Batch) -> None:
    body = {"body": "Hi {{ lead.first_name }} of {{ company.name | your firm }}"}
    assert "Hi Priya of your firm" in text_of(bobs.post(url(draft, "preview"), {**body, "n": "0"}))
    assert "Hi Dana of your firm" in text_of(bobs.post(url(draft, "preview"), {**body, "n": "1"}))
    assert "There is no field" in text_of(bobs.post(url(draft, "preview"), {"body": "Hi {{ lead.shoe }}"}))
    draft.refresh_from_db()
    assert draft.body == ""


def test_what_cannot_be_sent_comes_back_with_the_text(bobs: Client, draft: Batch) -> None:
    response = bobs.post(url(draft, "write"), {"body": "Hi {{ lead.shoe }}", "when": "now"})
    assert response.status_code == 422
    assert "Hi {{ lead.shoe }}" in response.content.decode()
    assert "There is no field" in text_of(response)
    assert bobs.post(url(draft, "write"), {"body": "Hi", "when": "later", "send_at": "2020-01-01T09:00"}).status_code == 422


def test_an_empty_field_blocks_the_send_button_and_says_whose(bobs: Client, draft: Batch) -> None:
    page = bobs.post(url(draft, "write"), {"body": "Hi from {{ company.name }}", "when": "now"}, follow=True)
    words = text_of(page)
    assert "2 leads lack what the message needs: company (2)" in words
    assert "Priya Raman" in words
    assert bobs.post(url(draft, "review")).status_code == 422
    assert not Message.objects.exists()


def test_the_summary_says_what_holds_a_line_up(bobs: Client, draft: Batch, line: Line) -> None:
    we_said(known(line, address="+12025550177"), "Later", state=State.QUEUED, hold=Hold.PAUSED)
    Line.objects.filter(pk=line.pk).update(rest_until=timezone.now() + timedelta(hours=3))
    review = text_of(bobs.post(url(draft, "write"), {"body": "Hello", "when": "now"}, follow=True))
    assert "The line rests from automated messages until" in review
    assert "1 message already waits on this line." in review


def test_a_check_is_offered_before_it_is_sent(bobs: Client, draft: Batch) -> None:
    page = bobs.get(url(draft))
    assert "2 of these leads were never checked" in text_of(page)
    assert f'form="batch-form" formaction="{url(draft, "check")}"' in page.content.decode(), "what is written comes along"
    run = bobs.post(url(draft, "check"), {"body": "Hi {{ lead.first_name }}", "when": "now"}, follow=True)
    assert "0 of 2 checked" in text_of(run)
    assert CheckItem.objects.count() == 2
    assert "Hi {{ lead.first_name }}" in bobs.get(url(draft)).content.decode()
    again = text_of(bobs.post(url(draft, "check"), {"body": "", "when": "later", "send_at": "soon"}))
    assert "2 of these leads" in again, "a time that is none leads back"
    assert CheckItem.objects.count() == 2


def test_leads_that_wait_in_an_earlier_check_are_not_said_to_be_done(bobs: Client, draft: Batch) -> None:
    for _ in range(2):
        page = bobs.post(url(draft, "check"), {"body": "Hi", "when": "now"}, follow=True)
    assert "2 leads wait in an earlier check already" in text_of(page)
    assert "Done" not in text_of(page)
    assert "Check of 0" not in text_of(bobs.get("/w/northwind/checks/"))


def test_scheduled_for_later_by_the_workspaces_clock(bobs: Client, northwind: Workspace, draft: Batch) -> None:
    at = (timezone.now() + timedelta(days=2)).astimezone(northwind.zone).strftime("%Y-%m-%dT10:00")
    bobs.post(url(draft, "write"), {"body": "Hi", "when": "later", "send_at": at})
    bobs.post(url(draft, "review"))
    work.advance(draft.pk)
    message = Message.objects.order_by("pk")[0]
    assert message.scheduled_at is not None
    assert message.scheduled_at.astimezone(northwind.zone).strftime("%H:%M") == "10:00"
    assert message.run_at == message.scheduled_at


def test_paused_resumed_taken_back_and_used_again(bobs: Client, draft: Batch, bob: User) -> None:
    writing.write(draft, "Hi", skip_missing=False)
    writing.confirm(draft, by=bob)
    work.advance(draft.pk)
    assert "Paused" in text_of(bobs.post(url(draft, "pause"), follow=True))
    assert "It goes on" in text_of(bobs.post(url(draft, "resume"), follow=True))
    back = bobs.post(url(draft, "undo"), follow=True)
    assert "nothing was sent" in text_of(back)
    assert set(Message.objects.values_list("state", flat=True)) == {State.CANCELLED}
    assert "Cancelled by Bob Bell" in text_of(bobs.get(url(draft)))
    assert "Too late" in text_of(bobs.post(url(draft, "cancel"), follow=True))
    assert "Send to 2 leads" in text_of(bobs.post(url(draft, "again"), follow=True))


def test_leads_are_found_by_what_became_of_it(bobs: Client, draft: Batch, bob: User) -> None:
    writing.write(draft, "Hi", skip_missing=False)
    writing.confirm(draft, by=bob)
    work.advance(draft.pk)
    Message.objects.filter(address="+12025550101").update(state=State.FAILED, reason="unreachable")
    words = text_of(bobs.get(url(draft), {"show": "failed"}))
    assert "Dana Cole" in words
    assert "Priya Raman" not in words
    assert "Send failed ones again" in words
    assert "1 is sent again" in text_of(bobs.post(url(draft, "retry"), follow=True))


def test_queries_do_not_grow_with_leads(bobs: Client, northwind: Workspace, draft: Batch, bob: User) -> None:
    def counted(page: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert bobs.get(page).status_code == 200
        return len(queries)

    writing.write(draft, "Hi", skip_missing=False)
    few = counted(url(draft, "review"))
    for n in range(30):
        lead(northwind, f"Lead {chr(65 + n)}", f"+120255502{n:02}")
    many = gathering.begin(northwind, Lead.objects.of(northwind), by=bob)
    writing.write(many, "Hi", skip_missing=False)
    assert counted(url(many, "review")) <= few
    for batch in (draft, many):
        writing.confirm(batch, by=bob)
        work.advance(batch.pk)
    assert counted(url(many)) <= counted(url(draft)) + 1


def test_pages_go_on_after_fifty(bobs: Client, northwind: Workspace, draft: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "SIZE", 1)
    Batch.objects.filter(pk=draft.pk).update(state=Batch.State.MADE)
    first = bobs.get(url(draft))
    after = first.context["page"].following
    assert after
    assert "Dana Cole" in text_of(bobs.get(url(draft), {"after": after}))


@pytest.mark.parametrize("step", ["write", "preview", "check", "pause", "cancel", "undo", "retry", "again", "discard"])
def test_rita_and_charlie_change_nothing(draft: Batch, rita: User, charlie: User, sign_in: SignIn, step: str) -> None:
    assert sign_in(rita).post(url(draft, step)).status_code == 403
    assert sign_in(charlie).post(url(draft, step)).status_code == 404
    draft.refresh_from_db()
    assert draft.state == Batch.State.DRAFT
    assert Batch.objects.count() == 1


def test_rita_reads_and_steps_are_posted(draft: Batch, rita: User, sign_in: SignIn, bobs: Client) -> None:
    assert "Not sent yet" in text_of(sign_in(rita).get(url(draft)))
    assert START not in sign_in(rita).get("/w/northwind/leads/").content.decode()
    assert bobs.get(url(draft, "pause")).status_code == 405
    assert bobs.post(url(draft, "nonsense")).status_code == 404


def test_nobody_selected_leads_back_with_the_reason(bobs: Client, draft: Batch) -> None:
    assert "Select at least one lead" in text_of(bobs.post(START, {}, follow=True))
