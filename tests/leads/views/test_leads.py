"""The pages of leads and companies, and the local time of a number."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from leads.localtime import local_time
from leads.models import Address, Lead, OptOut
from leads.queries import SIZE
from tests.conversations.views.pages import HTMX, html_of, text_of
from tests.factories_conversations import AddressFactory, CompanyFactory, LeadFactory, LineFactory, known, they_said
from workspaces.models import Workspace

LEADS, COMPANIES = "/w/northwind/leads/", "/w/northwind/companies/"
NOON = datetime(2026, 11, 18, 17, 44, tzinfo=UTC)


def test_leads_stand_by_name_with_what_is_known(northwind: Workspace, bobs: Client) -> None:
    company = CompanyFactory.create(workspace=northwind, name="Ledgerline")
    priya = LeadFactory.create(
        workspace=northwind, name="Priya Raman", company=company, persona="Finance leader", persona_match=True
    )
    AddressFactory.create(lead=priya, value="+16285550117", availability=Address.Availability.AVAILABLE)
    LeadFactory.create(workspace=northwind, name="Elif Kaya", opted_out_at=timezone.now())
    words = text_of(bobs.get(LEADS))
    assert words.index("Elif Kaya") < words.index("Priya Raman")
    for part in ("Ledgerline", "Finance leader · match", "+1 628-555-0117 Available", "Opted out"):
        assert part in words


@pytest.mark.parametrize(("page", "factory"), [(LEADS, LeadFactory), (COMPANIES, CompanyFactory)])
def test_pages_follow_each_other_without_a_gap_or_a_double(
    northwind: Workspace, bobs: Client, page: str, factory: type[LeadFactory]
) -> None:
    for number in range(SIZE + 4):
        factory.create(workspace=northwind, name="Same name" if number < 5 else f"Zoe {number:03}")
    first = html_of(bobs.get(page))
    following = re.search(r'href="(\?after=[^"]+)"', first)
    assert following
    second = html_of(bobs.get(page + following.group(1)))
    names = re.findall(r'class="name" href="[^"]+/([^/"]+)/"', first + second)
    assert len(names) == len(set(names)) == SIZE + 4


def test_queries_do_not_grow_with_leads(northwind: Workspace, bobs: Client) -> None:
    def cost(page: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            bobs.get(page)
        return len(queries)

    def add(count: int) -> None:
        for _ in range(count):
            AddressFactory.create(lead=LeadFactory.create(workspace=northwind, company=CompanyFactory.create(workspace=northwind)))

    add(3)
    bobs.get(LEADS)
    few = cost(LEADS), cost(COMPANIES)
    add(30)
    assert (cost(LEADS), cost(COMPANIES)) == few


def test_one_lead_matches_and_two_match(northwind: Workspace, bobs: Client) -> None:
    for name in ("Ida Voss", "Ida Vogel"):
        LeadFactory.create(workspace=northwind, name=name)
    assert "1 lead matches ·" in text_of(bobs.get(f"{LEADS}?q=Voss"))
    assert "2 leads match ·" in text_of(bobs.get(f"{LEADS}?q=Ida"))


def test_a_lead_has_a_page_with_addresses_state_and_conversations(northwind: Workspace, bobs: Client) -> None:
    row = known(LineFactory.create(workspace=northwind), "Priya Raman")
    they_said(row, "Tuesday at 2 works.")
    lead = row.lead
    assert lead
    OptOut.objects.create(workspace=northwind, value=row.address, source=OptOut.Source.KEYWORD, text="stop")
    page = bobs.get(f"{LEADS}{lead.public_id}/")
    words = text_of(page)
    for part in ("Priya Raman", "VP Finance", "Ledgerline", "Finance leader · match", "Opted out", "“stop”"):
        assert part in words
    there = f"{LEADS}{lead.public_id}/conversations/"
    assert there in html_of(page)
    alone = bobs.get(there, headers=HTMX)
    assert "Tuesday at 2 works." in text_of(alone)
    assert "<html" not in html_of(alone)
    assert "Conversations with Priya Raman" in text_of(bobs.get(there))


def test_a_company_has_a_page_with_its_people_and_their_conversations(northwind: Workspace, bobs: Client) -> None:
    line = LineFactory.create(workspace=northwind)
    row = known(line, "Priya Raman")
    they_said(row, "Tuesday at 2 works.")
    company = row.company
    assert company
    Lead.objects.create(workspace=northwind, name="Leo Marsh", company=company)
    words = text_of(bobs.get(f"{COMPANIES}{company.public_id}/"))
    for part in ("Ledgerline", "Fintech 50–500 · match", "Priya Raman", "Leo Marsh"):
        assert part in words
    assert "Tuesday at 2 works." in text_of(bobs.get(f"{COMPANIES}{company.public_id}/conversations/", headers=HTMX))


def test_empty_lists_say_what_would_be_here(northwind: Workspace, bobs: Client) -> None:
    assert "No leads yet" in text_of(bobs.get(LEADS))
    assert "No companies yet" in text_of(bobs.get(COMPANIES))


@pytest.mark.parametrize(
    ("value", "zone", "says"),
    [
        ("+16285550117", "", "9:44 in Los Angeles"),
        ("+442079460000", "", "17:44 in London"),
        ("+16285550117", "Asia/Dubai", "21:44 in Dubai"),
        ("dana@example.com", "", ""),
        ("22000", "", ""),
    ],
)
def test_local_time_by_number_or_by_the_zone_that_is_known(value: str, zone: str, says: str) -> None:
    assert local_time(value, zone, NOON) == says


def test_a_number_that_may_be_in_several_zones_gives_a_range() -> None:
    assert local_time("+18005550100", "", NOON).endswith(", by time zone")
