"""The counts by cell are those of the rows, whatever changes them and however many at a time."""

from __future__ import annotations

import threading
from collections import Counter

from django.db import connection, transaction

from campaigns.models import Campaign
from conversations import cells, summary
from conversations.inbox import facets, upkeep
from conversations.models import Conversation, Facet
from lines.models import Line
from tests.factories_conversations import ConversationFactory, known, they_said, we_said
from workspaces.models import Workspace


def counted(workspace: Workspace) -> dict[int, int]:
    """What the conversations themselves say."""
    return dict(Counter(Conversation.objects.of(workspace).values_list("cell", flat=True)))


def test_a_cell_tells_every_small_dimension(line: Line) -> None:
    row = known(line)
    they_said(row, "Tuesday works")
    Conversation.objects.filter(pk=row.pk).update(intent_status="positive", intent_reason="meeting")
    row.refresh_from_db()
    found = dict(zip(cells.DIMENSIONS, cells.words(row.cell), strict=True))
    assert found == {
        "family": "phone", "channel": "imessage", "fallback": "", "direction": "in", "status": "", "intent": "positive",
        "reason": "meeting", "archived": "", "waiting": "yes", "unread": "yes", "icp": "yes",
    }  # fmt: skip


def test_the_parts_of_a_cell_do_not_overlap_and_fit_an_integer() -> None:
    total = 0
    for dimension in cells.DIMENSIONS.values():
        assert not total & dimension.mask
        assert len(dimension.values) < 1 << dimension.bits
        total |= dimension.mask
    assert total < 1 << 31


def test_making_changing_archiving_and_deleting_are_counted(line: Line, northwind: Workspace) -> None:
    rows = [known(line, f"Person {number}", company=f"Firm {number}") for number in range(4)]
    they_said(rows[0], "Hello")
    we_said(rows[1], "Hello")
    assert facets.cube_of(northwind).counts == counted(northwind)
    Conversation.objects.filter(pk=rows[0].pk).update(archived_at="2026-01-01T00:00:00Z")
    rows[1].delete()
    assert facets.cube_of(northwind).counts == counted(northwind)
    assert sum(facets.cube_of(northwind).counts.values()) == 3
    assert not upkeep.drift()


def test_a_change_that_moves_no_row_to_another_cell_writes_nothing(line: Line) -> None:
    row = known(line)
    summary.refresh([row.pk])
    before = Facet.objects.count()
    Conversation.objects.filter(pk=row.pk).update(preview="Other words")
    summary.refresh([row.pk])
    assert Facet.objects.count() == before


def test_what_is_rolled_back_was_never_counted(line: Line, northwind: Workspace) -> None:
    with transaction.atomic():
        known(line)
        transaction.set_rollback(True)
    assert not facets.cube_of(northwind).counts


def test_campaigns_have_counts_of_their_own(line: Line, northwind: Workspace) -> None:
    launch = Campaign.objects.create(workspace=northwind, name="Launch")
    rows = [known(line, f"Person {number}", company=f"Firm {number}") for number in range(3)]
    Conversation.objects.filter(pk__in=[row.pk for row in rows[:2]]).update(campaign=launch)
    assert facets.cube_of(northwind, [launch.pk]).total({}) == 2
    assert facets.by_campaign(northwind, {}) == {launch.pk: 2, Facet.NONE: 1}
    launch.delete()
    assert facets.by_campaign(northwind, {}) == {Facet.NONE: 3}


def test_other_workspaces_are_not_counted(line: Line, contoso: Workspace) -> None:
    known(line)
    assert not facets.cube_of(contoso).counts


def test_squashing_changes_no_count_and_leaves_one_row_a_cell(line: Line, northwind: Workspace) -> None:
    rows = [known(line, f"Person {number}", company=f"Firm {number}") for number in range(6)]
    for row in rows[:3]:
        they_said(row, "Hello")
    before = facets.cube_of(northwind).counts
    assert upkeep.squash() > 0
    assert upkeep.squash() == 0
    assert facets.cube_of(northwind).counts == before == counted(northwind)
    keys = list(Facet.objects.of(northwind).values_list("campaign", "cell"))
    assert len(keys) == len(set(keys))
    assert not upkeep.drift()


def test_a_deleted_workspace_leaves_no_counts_behind(line: Line, northwind: Workspace) -> None:
    known(line)
    Conversation.objects.of(northwind).delete()
    upkeep.squash()
    assert not Facet.objects.of(northwind).exists()


def test_drift_is_seen_and_repaired(line: Line, northwind: Workspace) -> None:
    row = known(line)
    Facet.objects.create(workspace=northwind, campaign=Facet.ALL, cell=Conversation.objects.get(pk=row.pk).cell, n=2)
    assert [n for *_, n in upkeep.drift()] == [2]
    assert upkeep.repair() == 1
    assert not upkeep.drift()


def test_counts_beside_a_filter_leave_that_filter_out(line: Line, northwind: Workspace) -> None:
    they_said(known(line, "Priya", company="A"), "Hello")
    we_said(known(line, "Marcus", company="B"), "Hello")
    we_said(known(line, "Elif", company="C"), "Hello")
    beside = facets.cube_of(northwind).beside({"direction": frozenset({"in"}), "archived": frozenset({""})})
    assert beside["direction"] == {"in": 1, "out": 2}
    assert beside["status"] == {"": 1}
    assert beside["waiting"] == {"yes": 1}


def test_writers_and_squashers_at_once_leave_no_drift(transactional_db: None, line: Line, northwind: Workspace) -> None:
    rows = [ConversationFactory.create(line=line) for _ in range(12)]
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for round_ in range(15):
                row = rows[(number * 5 + round_) % len(rows)]
                if number % 3 == 0:
                    upkeep.squash()
                    continue
                with transaction.atomic():
                    they_said(row, "Hello") if round_ % 2 else we_said(row, "Hello")
        except BaseException as failure:  # told in the main thread
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert not upkeep.drift()
    assert facets.cube_of(northwind).counts == counted(northwind)
