"""Search finds people, companies, campaigns, numbers, reasons and words, of any age, and leads to the message."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.models import Campaign
from conversations.inbox import list_search, message_search, people_search, search, search_words, word_index
from conversations.models import Conversation
from conversations.vocabulary import Family
from leads.models import Address
from lines.models import Line
from tests.conversations.lists.finding import find
from tests.conversations.views.pages import html_of, names_of, text_of
from tests.factories_conversations import AddressFactory, ConversationFactory, known, they_said, they_said_all, we_said_all
from workspaces.models import Workspace


@pytest.fixture
def priya(line: Line, northwind: Workspace) -> Conversation:
    row = known(line, "Priya Raman", address="+12025551234")
    they_said(row, "How does the Pricing work for forty seats?", ago=60 * 24 * 900)
    Conversation.objects.filter(pk=row.pk).update(
        campaign=Campaign.objects.create(workspace=northwind, name="Q4 Fintech founders"),
        intent_status="negative",
        intent_reason="no_need",
    )
    they_said(known(line, "Marcus Oyelaran", company="Fathom Freight"), "Nothing to see")
    return row


KNOWN_BY = (
    "priya", "PRIYA RAMAN", "raman pri", "ledgerline", "fintech founders", "Q4", "pricing", "forty SEATS", "seats work", "sea",
    "no need",
)  # fmt: skip
SPELT = ("+12025551234", "+1 202 555 1234", "(202) 555-1234", "202.555.1234", "001 202 555 1234", "5551234", "1234")


def test_finds_by_all_that_is_known_of_a_conversation(priya: Conversation, bobs: Client) -> None:
    found = {text: find(bobs, text) for text in KNOWN_BY}
    assert {text: names for text, names in found.items() if names[:1] != ["Priya Raman"] or "Marcus Oyelaran" in names} == {}


def test_finds_a_number_in_any_spelling(priya: Conversation, bobs: Client) -> None:
    found = {number: find(bobs, number) for number in SPELT}
    assert [number for number, names in found.items() if names != ["Priya Raman"]] == []


def test_finds_a_contact_by_another_of_their_numbers(priya: Conversation, bobs: Client) -> None:
    AddressFactory.create(lead=priya.lead, value="+442079460999", rank=1, kind=Address.Kind.PHONE)
    assert find(bobs, "020 7946 0999") == ["Priya Raman"]


def test_a_number_that_ends_alike_is_another(line: Line, priya: Conversation, bobs: Client) -> None:
    nora = known(line, "Nora Weiss", address="+13035551234")
    for whose, value in ((nora, "+13129460999"), (priya, "+442079460999")):
        AddressFactory.create(lead=whose.lead, value=value, rank=1, kind=Address.Kind.PHONE)
    asked = ("(202) 555-1234", "+1 303 555 1234", "020 7946 0999", "312 946 0999")
    assert [find(bobs, number) for number in asked] == [["Priya Raman"], ["Nora Weiss"], ["Priya Raman"], ["Nora Weiss"]]
    assert sorted(find(bobs, "555 1234")) == ["Nora Weiss", "Priya Raman"]


def test_archived_conversations_are_found_and_say_so(priya: Conversation, bobs: Client) -> None:
    Conversation.objects.filter(pk=priya.pk).update(archived_at=timezone.now())
    page = bobs.get("/w/northwind/imessages/", {"q": "forty seats"})
    assert names_of(page) == ["Priya Raman"]
    assert "Archived" in text_of(page)


def test_a_result_leads_to_its_message_which_is_marked(line: Line, priya: Conversation, bobs: Client) -> None:
    they_said_all((priya, f"Later words {number}", 70 - number) for number in range(70))
    sought = priya.messages.get(body__contains="forty")
    page = html_of(bobs.get("/w/northwind/imessages/", {"q": "forty"}))
    assert "<mark>forty</mark> seats" in page
    link = f"/w/northwind/imessages/{priya.public_id}/?q=forty&amp;m={sought.public_id}#m-{sought.public_id}"
    assert link in page
    opened = html_of(bobs.get(f"/w/northwind/imessages/{priya.public_id}/", {"m": sought.public_id}))
    assert f'sought" id="m-{sought.public_id}"' in opened


def test_a_message_further_back_than_a_page_may_hold_is_shown_all_the_same(
    priya: Conversation, bobs: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conversations.thread.reading.MOST_TURNS", 20)
    we_said_all((priya, f"Later words {number}", 60 - number) for number in range(60))
    sought = priya.messages.get(body__contains="forty")
    opened = html_of(bobs.get(f"/w/northwind/imessages/{priya.public_id}/", {"m": sought.public_id}))
    assert f'sought" id="m-{sought.public_id}"' in opened
    assert "Go to the newest messages" in opened


def test_a_conversation_is_listed_once_with_its_newest_message(priya: Conversation, bobs: Client) -> None:
    they_said(priya, "pricing again", ago=5)
    page = html_of(bobs.get("/w/northwind/imessages/", {"q": "again"}))
    assert page.count('class="conv') == 1


def test_what_is_typed_and_what_is_found_stay_text(line: Line, bobs: Client) -> None:
    they_said(ConversationFactory.create(line=line), "<script>alert(1)</script> zebra")
    page = html_of(bobs.get("/w/northwind/imessages/", {"q": '"><img src=x> zebra'}))
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "<script>alert" not in html_of(bobs.get("/w/northwind/imessages/", {"q": "zebra"}))


def test_odd_searches_are_answered(priya: Conversation, bobs: Client) -> None:
    for text in ("%", "_", "'", "\\", "a' | 'b", ":*", "!", "& |", "   ", "x" * 500, "🙂", "\u202e", "((", "<->"):
        assert bobs.get("/w/northwind/imessages/", {"q": text}).status_code == 200, text


def test_other_workspaces_are_not_searched(priya: Conversation, contoso: Workspace, bobs: Client) -> None:
    Conversation.objects.filter(pk=priya.pk).update(workspace=contoso)
    priya.messages.update(workspace=contoso)
    for text in ("priya", "forty seats", "5551234", "no need", "Ledgerline"):
        assert find(bobs, text) == []


def test_email_is_found_under_overview(line: Line, bobs: Client) -> None:
    they_said(known(line, "Emil Sender", family=Family.EMAIL), "By mail about giraffes")
    assert find(bobs, "giraffes") == []
    assert find(bobs, "giraffes", page="overview") == ["Emil Sender"]


WAYS: Final = {
    "back from the newest": {"COMMON": 0.0},
    "back from the newest, no further than a page": {"COMMON": 2.0, "GATHERED": 0.01, "TOGETHER": 1, "FEW": 1e9},
    "where stretches and words meet": {"COMMON": 2.0, "FEW": 0, "AIM": 0.5},
    "all that the index names": {"COMMON": 2.0, "FEW": 1e9},
    "a beginning looked for in the messages": {"COMMON": 2.0, "FEW": 0, "AIM": 0.5, "GATHERED": 0.01, "begun": 13.0},
    "whole words looked for in the messages": {"COMMON": 2.0, "FEW": 0, "AIM": 0.5, "begun": 11.0},
    "a beginning asked for apart from words that go on": {"COMMON": 2.0, "FEW": 1e9, "LETTERS": -99, "exact": 12.0},
}


@pytest.fixture(params=list(WAYS.values()), ids=list(WAYS))
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """How words are looked for must not show."""
    settings = {**request.param}
    known = search_words.Estimate(13.0, 12.0, 12.0, settings.pop("begun", 12.0), settings.pop("exact", 0.0))
    for name, value in settings.items():
        monkeypatch.setattr(message_search if hasattr(message_search, name) else word_index, name, value)
    monkeypatch.setattr(message_search, "estimate", lambda cursor, words: known)
    monkeypatch.setattr(search, "MOST_MESSAGES", 5)


def test_who_is_named_and_said_it_too_is_shown_once_with_what_was_said(priya: Conversation, line: Line, bobs: Client) -> None:
    they_said(priya, "This is Priya, by the way", ago=5)
    they_said(known(line, "Noor Haddad"), "Priya mentioned you", ago=1)
    page = bobs.get("/w/northwind/imessages/", {"q": "priya"})
    assert names_of(page) == ["Priya Raman", "Noor Haddad"]  # who is named comes first
    assert "<mark>Priya</mark>, by the way" in html_of(page)


@pytest.fixture
def chorus(line: Line) -> list[Conversation]:
    """Thirteen who wrote, the newest first, each once; the last of them something else."""
    rows = [known(line, f"Person {number:02}", company=f"Firm {number}") for number in range(13)]
    they_said_all((row, f"common words {number}" if number < 12 else "Nothing of it", number) for number, row in enumerate(rows))
    return rows


def pages(bobs: Client, **asked: str) -> list[str]:
    """Names on all pages of a search, in their order."""
    found: list[str] = []
    before = ""
    while True:
        page = bobs.get("/w/northwind/imessages/", {**asked, **({"before": before} if before else {})})
        found += names_of(page)
        assert len(found) < 50, found
        more = re.search(r"[?;]before=([^&\"]+)", html_of(page))
        if not more:
            return found
        before = unquote(more[1])


def test_every_way_of_looking_for_words_finds_the_same(way: None, chorus: list[Conversation], bobs: Client) -> None:
    assert pages(bobs, q="common words") == [f"Person {number:02}" for number in range(12)]
    assert pages(bobs, q="words comm") == [f"Person {number:02}" for number in range(12)]
    assert pages(bobs, q="nothing o") == ["Person 12"]
    assert pages(bobs, q="common word") == pages(bobs, q="common WORDS")  # a beginning that goes on, and one that does not


@pytest.fixture(
    params=[(0, 10_000), (1e9, 0), (0, 2)], ids=["along the list", "by the index", "a beginning of the list, then the index"]
)
def through(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """How words are looked for in a narrowed list must not show."""
    cost, most = request.param
    monkeypatch.setattr(list_search, "_cost_along", lambda *asked: cost)
    monkeypatch.setattr(list_search, "MOST", most)
    monkeypatch.setattr(list_search, "LARGEST", 3)
    monkeypatch.setattr(search, "MOST_MESSAGES", 2)


NARROWED: Final[list[tuple[dict[str, str], list[int]]]] = [
    ({"intent": "positive"}, [0, 3, 6, 9]),
    ({"intent": "positive", "record": "archived"}, [9]),
    ({"intent": "positive", "score_min": "60"}, [6, 9]),
    ({"intent": "positive", "company": "Firm 3"}, [3]),
    ({"sort": "positive"}, [0, 3, 6, 9, 1, 2, 4, 5, 7, 8, 10, 11]),
    ({"status": "draft"}, []),
]


def test_a_search_within_filters_is_the_list_narrowed_further_in_its_order(
    through: None, chorus: list[Conversation], bobs: Client
) -> None:
    for number, row in enumerate(chorus):
        mine = Conversation.objects.filter(pk=row.pk)
        if number % 3 == 0:
            mine.update(intent_status="positive", intent_reason="info", intent_score=number * 10)
    Conversation.objects.filter(pk=chorus[9].pk).update(archived_at=timezone.now())
    they_said(chorus[0], "Nothing common, no words of it later", ago=-1)
    for asked, wanted in NARROWED:
        assert pages(bobs, q="common words", **asked) == [f"Person {number:02}" for number in wanted], asked


def test_who_is_named_is_held_against_the_filters_too(priya: Conversation, bobs: Client) -> None:
    for text in ("priya", "ra", "ledgerline", "fintech", "no need", "5551234", "forty"):
        assert pages(bobs, q=text, intent="negative")[:1] == ["Priya Raman"], text
        assert pages(bobs, q=text, intent="positive") == [], text


def test_the_newest_of_a_name_that_many_have_are_found_along_the_list(
    chorus: list[Conversation], bobs: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_index = names_of(bobs.get("/w/northwind/imessages/", {"q": "firm"}))
    monkeypatch.setattr(people_search, "FEW", 0)
    monkeypatch.setattr(people_search, "MOST", 4)
    monkeypatch.setattr(people_search, "_estimate", lambda cursor, where: 12.0 * people_search.AIM)
    assert names_of(bobs.get("/w/northwind/imessages/", {"q": "firm"})) == by_index[:4]


def test_the_filters_of_a_search_stay_in_its_links(priya: Conversation, bobs: Client) -> None:
    page = html_of(bobs.get("/w/northwind/imessages/", {"q": "forty", "intent": "negative"}))
    assert f"/w/northwind/imessages/{priya.public_id}/?intent=negative&amp;q=forty&amp;m=" in page
    assert '<input type="hidden" name="intent" value="negative">' in page  # the next search is within it, too
    assert 'href="?q=forty" data-list aria-label="Clear Intent"' in page
    assert 'href="?intent=negative" data-list>Clear search' in page


def test_a_search_that_takes_too_long_is_stopped_and_says_what_helps(
    priya: Conversation, bobs: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    nap = "WITH nap AS (SELECT pg_sleep(5)), hits"
    slow = message_search._BY_WORDS.replace("WITH hits", nap).replace("FROM hits", "FROM nap, hits")
    monkeypatch.setattr(message_search, "_BY_WORDS", slow)
    monkeypatch.setattr(message_search, "COMMON", 2.0)
    monkeypatch.setattr(search, "TIMEOUT_MS", 50)
    assert "Add another word" in text_of(bobs.get("/w/northwind/imessages/", {"q": "forty"}))
