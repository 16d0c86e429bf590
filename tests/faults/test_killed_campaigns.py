"""A worker that takes campaign steps is killed with SIGKILL between deciding and writing: each step is taken once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from campaigns.models import Enrolment, Execution
from conversations.models import Message
from tests.campaigns.engine import enrol, lead, running, text
from tests.core import make_workspace
from tests.faults.conftest import settle
from tests.faults.phones import Phones

pytestmark = pytest.mark.django_db(transaction=True)

POINTS = [
    ("conversations.campaigning.step_messages.compose_all", "after", 1),  # the messages stand, not committed
    ("conversations.campaigning.step_taking.take", "after", 2),  # committed
    ("campaigns.settling.settle_all", "after", 1),  # sent, the next step entered, not committed
]


@pytest.mark.parametrize(("point", "when", "nth"), POINTS)
def test_a_step_is_taken_once_whoever_is_killed(
    phones: Phones, killed_at: Callable[..., None], point: str, when: str, nth: int
) -> None:
    line = phones.line(make_workspace())
    campaign = running(line.workspace, [text("First"), text("Second")])
    numbers = ["+12025550101", "+12025550102", "+12025550103"]
    enrol(campaign, *(lead(line.workspace, "Priya", number) for number in numbers))
    killed_at(point, when, nth)
    settle()
    assert phones.arrived() == Counter({(number, words): 1 for number in numbers for words in ("First", "Second")})
    assert set(Enrolment.objects.values_list("state", flat=True)) == {"completed"}
    assert list(Execution.objects.values_list("state", flat=True)) == ["executed"] * 6
    assert Message.objects.count() == 6
