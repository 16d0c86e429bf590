from __future__ import annotations

import pytest
from django.test import Client

from conversations.models import Conversation
from conversations.refusals import Refused
from conversations.thread import starting
from leads import optouts
from leads.actions import add_lead
from leads.addresses import Normal
from leads.consent_ledger import Proof
from leads.models import Address, Lead, OptOut
from lines.models import Line
from tests.cast import SignIn
from tests.core import make_conversation, make_line
from workspaces.models import User, Workspace

NEW = "/w/northwind/new/"


def phone(value: str) -> Normal:
    return Normal(Address.Kind.PHONE, value)


@pytest.mark.parametrize("typed", ["(202) 555-0101", "202.555.0101", "+1 202 555 0101", "1-202-555-0101"])
def test_a_number_in_any_spelling_opens_its_one_thread(bobs: Client, line: Line, typed: str) -> None:
    known = make_conversation(line, "+12025550101")
    response = bobs.post(NEW, {"number": typed})
    assert response["Location"] == f"/w/northwind/imessages/{known.public_id}/"
    assert Conversation.objects.count() == 1


def test_the_workspaces_country_reads_numbers_without_plus(northwind: Workspace, line: Line) -> None:
    northwind.default_region = "GB"
    assert starting.open_with(northwind, "020 7946 0018").address == "+442079460018"


@pytest.mark.parametrize("typed", ["", "hello", "12", "5550101"])
def test_nonsense_is_refused_with_advice(bobs: Client, line: Line, typed: str) -> None:
    response = bobs.post(NEW, {"number": typed})
    assert response.status_code == 422
    assert 'id="number-error"' in response.content.decode()
    assert not Conversation.objects.exists()


def test_without_a_line_it_says_who_helps(bobs: Client, northwind: Workspace) -> None:
    assert "An admin can add one under Lines" in bobs.post(NEW, {"number": "+12025550101"}).content.decode()


def test_somebody_of_the_address_book(bobs: Client, northwind: Workspace, line: Line) -> None:
    priya = add_lead(northwind, name="Priya Raman", addresses=[phone("+12025550177")])
    optouts.opt_out(northwind, "+12025550177", Proof(source=OptOut.Source.PERSON))
    add_lead(northwind, name="Dana Cole", addresses=[])
    page = bobs.get(NEW, {"q": "priya"}).content.decode()
    assert "Priya Raman" in page
    assert "Opted out" in page
    assert "Dana Cole" not in page
    assert "Priya Raman" in bobs.get(NEW, {"q": "555 0177"}).content.decode()
    bobs.post(NEW, {"lead": priya.public_id})
    one = Conversation.objects.get()
    assert (one.lead, one.address) == (priya, "+12025550177")


def test_a_second_number_continues_the_persons_thread_there(northwind: Workspace, line: Line) -> None:
    priya = add_lead(northwind, name="Priya Raman", addresses=[phone("+12025550177"), phone("+12025550178")])
    first = starting.open_with_lead(northwind, priya.public_id)
    second = starting.open_with(northwind, "+12025550178")
    assert (second.pk, second.address) == (first.pk, "+12025550178")


def test_nobody_of_another_workspace_and_nobody_without_a_number(northwind: Workspace, contoso: Workspace, line: Line) -> None:
    theirs = add_lead(contoso, name="Secret", addresses=[phone("+12025550199")])
    bare = add_lead(northwind, name="Dana Cole", addresses=[])
    assert not starting.address_book(northwind, "Secret")[0]
    for lead in (theirs, bare):
        with pytest.raises(Refused):
            starting.open_with_lead(northwind, lead.public_id)
    assert starting.open_with(northwind, "+12025550199").lead is None
    assert Lead.objects.count() == 2
    assert Address.objects.of(northwind).count() == 0


def test_the_line_that_sends_is_chosen(northwind: Workspace) -> None:
    make_line(northwind, status=Line.Status.PAUSED)
    good = make_line(northwind)
    assert starting.open_with(northwind, "+12025550101").line == good


def test_rita_starts_nothing(rita: User, sign_in: SignIn, line: Line) -> None:
    assert sign_in(rita).get(NEW).status_code == 403
    assert NEW not in sign_in(rita).get("/w/northwind/imessages/").content.decode()
    assert not Conversation.objects.exists()
