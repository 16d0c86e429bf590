"""Every filter alone, pairs of them, and random combinations, held to an oracle that looks at each row in plain Python."""

from __future__ import annotations

import random
from itertools import combinations
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from campaigns.models import Campaign
from conversations import cells
from conversations.inbox import counting, listing, menus, options, selecting, stretches, whole
from conversations.inbox.filters import RANKS
from conversations.inbox.listing import IMESSAGES, OVERVIEW, Listing, Page
from conversations.models import Conversation
from conversations.thread import reading
from tests.conversations.lists.conftest import SEED
from tests.conversations.lists.oracle import VALUES, Asked, expected, query
from workspaces.models import Membership, User, Workspace


def shown(northwind: Workspace, bob: User, page: Page, asked: QueryDict, **more: Any) -> Listing:
    whole.forget(northwind)  # each request reads it again
    return listing.listing(northwind, bob, page, asked, **more)


def check(
    crowd: list[Conversation], asked: Asked, northwind: Workspace, bob: User, page: Page = OVERVIEW, sort: str = "newest"
) -> None:
    wanted = expected(crowd, asked, northwind, bob, page)
    wanted.sort(key=lambda row: (RANKS[sort](row.cell), -row.last_at.timestamp(), -row.pk))
    found = shown(northwind, bob, page, query(asked, northwind, sort=sort))
    assert not found.filters.errors
    ids = [row.id for row in found.rows]
    while found.following:
        found = shown(northwind, bob, page, query(asked, northwind, sort=sort), before=found.following)
        ids += [row.id for row in found.rows]
    assert ids == [row.pk for row in wanted], asked
    assert found.total == len(wanted) or (found.capped and reading.ROWS < found.total <= len(wanted))


def test_each_filter_alone(crowd: list[Conversation], northwind: Workspace, bob: User) -> None:
    for name, values in VALUES.items():
        for value in values:
            check(crowd, {name: value}, northwind, bob)


def test_every_pair_of_filters(crowd: list[Conversation], northwind: Workspace, bob: User) -> None:
    chance = random.Random(SEED)
    for first, second in combinations(VALUES, 2):
        check(crowd, {first: chance.choice(VALUES[first]), second: chance.choice(VALUES[second])}, northwind, bob)


@pytest.fixture(
    params=[{"CLOSE": 0, "NEAR": 2}, {"CLOSE": 0, "NEAR": 30, "ENTERING": 10**9}, {}, {"CLOSE": 10**9}],
    ids=["through the cells", "by stretches", "as chosen", "along the list"],
)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which way rows are found must not show."""
    for name, value in request.param.items():
        monkeypatch.setattr(selecting, name, value)
    monkeypatch.setattr(stretches, "SCORED", min(stretches.SCORED, request.param.get("NEAR", stretches.SCORED)))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    asked=st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in VALUES.items()}),
    sort=st.sampled_from(["newest", "positive", "icp"]),
    page=st.sampled_from([OVERVIEW, IMESSAGES]),
)
def test_any_combination_in_any_order(
    way: None, crowd: list[Conversation], northwind: Workspace, bob: User, asked: Asked, sort: str, page: Page
) -> None:
    assume(int(asked.get("score_min", 0)) <= int(asked.get("score_max", 100)))
    check(crowd, asked, northwind, bob, page, sort)


def test_pages_of_an_order_join_without_gap_or_double(
    way: None, crowd: list[Conversation], northwind: Workspace, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conversations.thread.reading.ROWS", 7)
    for sort in ("newest", "positive", "icp"):
        check(crowd, {"record": "all"}, northwind, bob, sort=sort)
        check(crowd, {"score_min": "40"}, northwind, bob, sort=sort)
        check(crowd, {"updated": "7d", "campaign": "Launch"}, northwind, bob, sort=sort)
        check(crowd, {"company": "Ledgerline"}, northwind, bob, sort=sort)


def test_a_list_reloads_down_to_where_it_was_read(
    crowd: list[Conversation], northwind: Workspace, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conversations.thread.reading.ROWS", 5)
    for sort in ("newest", "positive"):
        asked = query({}, northwind, sort=sort)
        first = shown(northwind, bob, OVERVIEW, asked)
        second = shown(northwind, bob, OVERVIEW, asked, before=first.following)
        again = shown(northwind, bob, OVERVIEW, asked, through=second.through)
        assert [row.id for row in again.rows] == [row.id for row in [*first.rows, *second.rows]]


def test_several_values_of_a_filter_widen_it(crowd: list[Conversation], northwind: Workspace, bob: User) -> None:
    for text in ("status=read&status=replied", "status=read,replied"):
        found = shown(northwind, bob, OVERVIEW, QueryDict(text))
        wanted = [row for row in crowd if row.status in ("read", "replied") and not row.archived_at]
        assert found.total == len(wanted) == len(found.rows)


def test_counts_beside_the_values_are_those_of_the_rows(crowd: list[Conversation], northwind: Workspace, bob: User) -> None:
    for asked in ({"direction": "in"}, {"company": "Ledgerline", "direction": "in"}, {"campaign": "Launch"}, {"updated": "7d"}):
        found = shown(northwind, bob, OVERVIEW, query(asked, northwind))
        counts = counting.told(northwind, found.filters, found.counts)
        for name in ("channel", "direction", "intent", "status"):
            left = {key: value for key, value in asked.items() if key != name}
            for option, value in zip(options.options(name, found.filters, counts), _values(name), strict=True):
                wanted = len(expected(crowd, {**left, name: value}, northwind, bob, OVERVIEW))
                assert option.count == wanted, (asked, name, value)


def _values(name: str) -> list[str]:
    return {
        "channel": VALUES["channel"],
        "direction": ["out", "in"],
        "intent": VALUES["intent"],
        "status": [str(status) for status in cells.STATUSES],
    }[name]


WRONG = [
    "status=nonsense", "score_min=abc", "score_min=-1", "score_max=101", "score_min=80&score_max=20", "from=yesterday",
    "from=2026-13-40", "from=2026-02-02&to=2026-02-01", "record=gone", "updated=soon", "campaign=nope", "company=nobody",
    "sort=sideways", "assignee=everyone", "channel=fax", "from=0001-01-01", "to=9999-12-31", "score_min=99999999999999999999",
]  # fmt: skip


def test_what_is_wrong_in_an_address_is_told_and_the_rest_applies(
    crowd: list[Conversation], northwind: Workspace, bob: User
) -> None:
    wanted = [row for row in crowd if row.last_direction == "in" and not row.archived_at]
    for text in WRONG:
        found = shown(northwind, bob, OVERVIEW, QueryDict(f"{text}&direction=in"))
        assert found.filters.errors, text
        assert found.total == len(wanted), text


def test_rows_of_a_colleague_are_offered_by_name_and_nobody_of_another_workspace_is(
    crowd: list[Conversation], northwind: Workspace, bob: User, alice: User, charlie: User
) -> None:
    found = shown(northwind, bob, OVERVIEW, QueryDict())
    words = [option.word for option in menus.menus(northwind, found.filters, found.counts, only="assignee")[0].options]
    assert words[:2] == ["Me", "Nobody"]
    assert {alice.name, bob.name} <= set(words)
    assert charlie.name not in words

    stranger = Membership.objects.get(user=charlie)
    told = shown(northwind, bob, OVERVIEW, QueryDict(f"assignee={stranger.public_id}")).filters
    assert told.errors
    assert not told.assignees
    assert charlie.name not in str(told)


def test_what_came_of_a_campaign_stands_above_its_list_and_leads_to_those_rows(
    crowd: list[Conversation], northwind: Workspace, bob: User
) -> None:
    campaign = Campaign.objects.of(northwind).earliest("pk")
    found = shown(northwind, bob, OVERVIEW, QueryDict(f"campaign={campaign.public_id}"))
    counts = {preset.title: preset.count for preset in found.presets}
    assert {"Replies", "Positive", "Needs reply", "Not delivered", "Read, no reply", "Positive first"} < counts.keys()
    for preset in found.presets:
        there = shown(northwind, bob, OVERVIEW, QueryDict(preset.query))
        assert there.filters.campaigns == (campaign.pk,)
        if preset.count is not None:
            assert there.total == preset.count, preset.title
