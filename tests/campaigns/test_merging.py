"""Two leads that are one person are in no campaign twice afterwards."""

from __future__ import annotations

import pytest

from campaigns.models import Enrolment
from conversations.campaigning import steps
from conversations.models import Message
from conversations.views.merging import merge_people
from tests.campaigns.engine import FOLLOW_UP, INTRO, enrol, go, house, later, lead, running, state_of, text, wait
from tests.core import make_user

pytestmark = pytest.mark.django_db


def test_merging_joins_enrolments() -> None:
    workspace, _ = house()
    tree = [text(INTRO), wait(days=1), text(FOLLOW_UP)]
    both, only = running(workspace, tree), running(workspace, [wait(days=1), text("Only")], overlap="allow")
    priya, again = lead(workspace), lead(workspace, "P. Raman")
    (first,) = enrol(both, priya)
    go()
    second, third = *enrol(both, again), *enrol(only, again)
    go()
    merge_people(workspace, priya, again, {}, make_user(workspace))
    assert state_of(first) == ("active", "")
    assert state_of(second) == ("stopped", "merged")
    assert state_of(third) == ("active", "")
    assert set(Enrolment.objects.values_list("lead", flat=True)) == {priya.pk}
    steps.sweep()
    later(days=2)
    go()
    bodies = list(Message.objects.order_by("pk").values_list("body", flat=True))
    assert bodies.count(FOLLOW_UP) == 1
    assert bodies.count("Only") == 1
