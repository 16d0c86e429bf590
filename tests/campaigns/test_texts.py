"""Merge fields, variants and settings of steps: what is taken, what is refused and in which words."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns import merge, node_settings, texts
from campaigns.nodes import Text
from campaigns.vocabulary import NodeKind

KNOWN = {"lead.first_name": "Priya", "company.name": ""}


def test_fills_in_what_is_known_and_falls_back() -> None:
    template = merge.parse("Hi {{ lead.first_name }} of {{company.name|your team}}, {{ lead.title |}}bye")
    assert template.fields == ["lead.first_name", "company.name", "lead.title"]
    assert template.missing(KNOWN) == []
    assert template.render(KNOWN) == "Hi Priya of your team, bye"


def test_names_what_is_missing() -> None:
    template = merge.parse("{{ company.name }} {{ lead.title }} {{ company.name | you }}")
    assert template.missing(KNOWN) == ["company.name", "lead.title"]
    with pytest.raises(merge.BadTemplate, match="Nothing is known for company and job title"):
        template.render(KNOWN)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ lead.frist_name }}", "Did you mean {{ lead.first_name }}?"),
        ("{{ lead.__class__ }}", "no field “lead.__class__”"),
        ("Hi {{ lead.first_name", "ends with }}"),
        ("Hi }} there", "begins with {{"),
        ("{{ }}", "There is no field"),
    ],
)
def test_refuses_what_cannot_be_meant(text: str, said: str) -> None:
    with pytest.raises(merge.BadTemplate) as refused:
        merge.parse(text)
    assert said in str(refused.value)


@given(st.text(alphabet=st.characters(exclude_characters="{}")), st.text())
def test_text_stays_as_it_is_and_values_are_never_run(body: str, value: str) -> None:
    assert merge.parse(body).render({}) == body
    assert merge.parse("{{ lead.name }}" + body).render({"lead.name": value or "x"}) == (value or "x") + body


@pytest.mark.parametrize(
    ("name", "first"), [("Priya Raman", "Priya"), ("Cher", "Cher"), ("+12025550101", ""), ("a@b.example", ""), ("", "")]
)
def test_a_number_is_no_name(name: str, first: str) -> None:
    assert merge.names(name)[0] == first


CHOICES = [
    Text("A", "a"),
    Text("B", "b"),
    Text("C", "c", persona="Ops"),
    Text("D", "d", icp="Fintech"),
    Text("E", "e", "Ops", "Fintech"),
]


@pytest.mark.parametrize(
    ("persona", "icp", "letters"),
    [("", "", "AB"), ("Ops", "", "C"), ("ops", "Retail", "C"), ("", "Fintech", "D"), ("Ops", "Fintech", "E"), ("Sales", "", "AB")],
)
def test_the_closest_text_is_chosen_and_alike_ones_take_turns(persona: str, icp: str, letters: str) -> None:
    chosen = [texts.choose(CHOICES, persona=persona, icp=icp, turn=turn) for turn in range(10)]
    counts = Counter(one.letter for one in chosen if one)
    assert set(counts) == set(letters)
    assert len(set(counts.values())) == 1


def test_nobody_gets_a_text_for_others() -> None:
    assert texts.choose([Text("A", "a", persona="Ops")], persona="Sales", icp="", turn=0) is None


@pytest.mark.parametrize("kind", list(NodeKind))
def test_defaults_are_stored_and_read_again(kind: NodeKind) -> None:
    stored = node_settings.default(kind)
    assert node_settings.plain(node_settings.parse(kind, stored)) == stored


@pytest.mark.parametrize(
    ("kind", "stored"),
    [
        ("wait", {"mode": "soon"}),
        ("wait", {"days": -1}),
        ("wait", {"days": True}),
        ("wait", {"weekdays": [8]}),
        ("wait", {"at": "25:00"}),
        ("wait", {"until": "x"}),
        ("imessage", {"texts": []}),
        ("imessage", {"texts": [{"body": "{{ x }}"}]}),
        ("imessage", {"fallback": ["always"]}),
        ("branch", {"test": "moon"}),
        ("branch", {"statuses": ["great"]}),
        ("stop", {"note": "x" * 201}),
        ("dance", {}),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(kind: str, stored: dict[str, Any]) -> None:
    with pytest.raises(node_settings.BadSettings):
        node_settings.parse(kind, stored)
