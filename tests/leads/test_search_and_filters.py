"""Finding leads: search in any spelling, filters that say what they say, a selection that never widens."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from leads import actions, filters, queries, selection
from leads.addresses import normalise
from leads.availability import state_of
from leads.models import Address, Company, ImportRun, Lead
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db
State = Address.Availability


def lead(workspace: Workspace, name: str, *values: str, **more: object) -> Lead:
    made = actions.add_lead(workspace, name=name, addresses=[normalise(value, region="US") for value in values])
    Lead.objects.filter(pk=made.pk).update(**more)
    made.refresh_from_db()
    return made


def names(workspace: Workspace, query: str) -> set[str]:
    return set(filters.leads(workspace, QueryDict(query)).values_list("name", flat=True))


@pytest.mark.parametrize(
    "text",
    [
        "priya", "RAMAN", "ya ra", "ledger", "+1 628 555 0117", "(628) 555-0117", "6285550117", "555-0117", "0117",
        "16285550117", "priya@", "@ledgerline.com", "PRIYA@LEDGERLINE.COM",
    ],
)  # fmt: skip
def test_a_lead_is_found_by_any_part_and_spelling(northwind: Workspace, text: str) -> None:
    firm = Company.objects.create(workspace=northwind, name="Ledgerline")
    lead(northwind, "Priya Raman", "+16285550117", "priya@ledgerline.com", company=firm)
    lead(northwind, "Tom Beckett", "+12025550104")
    assert names(northwind, QueryDict(mutable=True).urlencode() + "q=" + text.replace("+", "%2B").replace(" ", "+")) == {
        "Priya Raman"
    }


@pytest.mark.parametrize("text", ["%", "_", "100%", "\\", "'", "zz"])
def test_signs_of_patterns_are_only_signs(northwind: Workspace, text: str) -> None:
    lead(northwind, "Priya Raman", "+16285550117")
    query = QueryDict(mutable=True)
    query["q"] = text
    assert not filters.leads(northwind, query).exists()


def test_search_stays_in_its_workspace(northwind: Workspace, contoso: Workspace) -> None:
    lead(contoso, "Priya Raman", "+16285550117")
    assert names(northwind, "q=priya") == names(northwind, "q=6285550117") == set()


def test_filters(northwind: Workspace) -> None:
    firm = Company.objects.create(workspace=northwind, name="Ledgerline", icp="Fintech")
    run = ImportRun.objects.create(workspace=northwind, filename="a.csv")
    lead(northwind, "Active", "+12025550101", persona="Finance leader", company=firm)
    lead(northwind, "Excluded", "+12025550102", status="excluded", imported_by=run)
    lead(northwind, "Out", "+12025550103", opted_out_at=timezone.now())
    expected = {
        "status=active": {"Active"},
        "status=excluded": {"Excluded"},
        "status=opted_out": {"Out"},
        "persona=Finance+leader": {"Active"},
        "persona=none": {"Excluded", "Out"},
        "icp=Fintech": {"Active"},
        "icp=none": {"Excluded", "Out"},
        f"company={firm.public_id}": {"Active"},
        "company=none": {"Excluded", "Out"},
        f"run={run.public_id}": {"Excluded"},
        "run=none": {"Active", "Out"},
        "status=active&persona=none": set(),
    }
    assert {query: names(northwind, query) for query in expected} == expected


def test_availability_is_that_of_all_addresses_together(northwind: Workspace) -> None:
    pairs = [(a, b) for a in State.values for b in State.values]
    for n, (first, second) in enumerate(pairs):
        made = lead(northwind, f"{first} {second}", f"+1202555{2 * n:04d}", f"+1202555{2 * n + 1:04d}")
        Address.objects.filter(lead=made, rank=0).update(availability=first)
        Address.objects.filter(lead=made, rank=1).update(availability=second)
    lead(northwind, "nothing")
    for state in State:
        of_state = {one.name for one in Lead.objects.all() if one.addresses.count() and state_of(one.addresses.all()) == state}
        assert names(northwind, f"availability={state}") == of_state, state
    assert names(northwind, "availability=none") == {"nothing"}


def test_old_checks_are_found(northwind: Workspace) -> None:
    for name, days in (("today", 0), ("ten days", 10), ("forty days", 40)):
        made = lead(northwind, name, f"+1202555{days:04d}")
        Address.objects.filter(lead=made).update(checked_at=timezone.now() - timedelta(days=days))
    lead(northwind, "never", "+12025559999")
    assert names(northwind, "checked=week") == {"ten days", "forty days"}
    assert names(northwind, "checked=month") == {"forty days"}
    assert names(northwind, "checked=never") == {"never"}


@pytest.mark.parametrize("query", ["status=nonsense", "availability=x", "checked=year", "company=elsewhere", "run=elsewhere"])
def test_what_cannot_be_read_selects_nobody(northwind: Workspace, query: str) -> None:
    lead(northwind, "Priya", "+12025550101")
    assert names(northwind, query) == set()
    assert not selection.leads_of(northwind, QueryDict(f"all=matching&{query}")).exists()


def test_a_selection_is_the_ticked_or_all_that_match(northwind: Workspace, contoso: Workspace) -> None:
    priya, tom = lead(northwind, "Priya", "+12025550101"), lead(northwind, "Tom", "+12025550102")
    theirs = lead(contoso, "Theirs", "+12025550101")

    def chosen(query: str) -> set[str]:
        return set(selection.leads_of(northwind, QueryDict(query)).values_list("name", flat=True))

    assert chosen(f"lead={priya.public_id}&lead={theirs.public_id}") == {"Priya"}
    assert chosen(f"all=matching&lead={tom.public_id}&q=priya") == {"Priya"}
    assert chosen("all=matching") == {"Priya", "Tom"}
    assert chosen("q=priya") == set()


def test_counts_have_an_end(northwind: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(4):
        lead(northwind, f"P{n}")
    monkeypatch.setattr(queries, "MOST_COUNTED", 3)
    assert str(queries.count(northwind, QueryDict(""))) == "3+"
    assert str(queries.count(northwind, QueryDict("q=P1"))) == "1"


@pytest.mark.parametrize("sort", ["name", "newest"])
def test_pages_follow_each_other_in_both_orders(northwind: Workspace, monkeypatch: pytest.MonkeyPatch, sort: str) -> None:
    monkeypatch.setattr(queries, "SIZE", 3)
    made = [lead(northwind, name).name for name in ("b", "a", "d", "c", "b", "e", "f")]
    seen, after = [], ""
    while True:
        query = QueryDict(mutable=True)
        query.update({"sort": sort, "after": after})
        page = queries.leads(northwind, query)
        seen += [row.name for row in page.rows]
        if not (after := page.following):
            break
    assert seen == (sorted(made) if sort == "name" else made[::-1])
