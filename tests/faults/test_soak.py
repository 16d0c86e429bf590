"""A small soak: workers are killed at random while messages, replies and opt-outs come and go. Counted at the end:
nothing lost, nothing doubled, nothing begun after an opt-out, no limit passed."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from conversations.models import Attempt, Message
from conversations.sending.optout import opt_out_contact
from conversations.vocabulary import State
from leads.models import OptOut
from lines.models import Line
from tests.config.processes import eventually
from tests.core import make_conversations, make_user, make_workspace, say_in, used_today
from tests.faults.conftest import settle
from tests.faults.phones import Phones
from tests.nursery_fixtures import Nursery, Worker

KILLS = 8
WAVE = 5  # people who are written to before each kill
LIMIT = 36
ON_THE_WAY = 0.1  # seconds that the gateway takes, so that a killed worker leaves sends half done


class Workers:
    """Worker processes that can be killed; another takes each one's place."""

    def __init__(self, nursery: Nursery, count: int) -> None:
        self._nursery = nursery
        self._running = [self._start() for _ in range(count)]

    def _start(self) -> Worker:
        return self._nursery.start("tests.faults.worker.work_on")

    def kill_one(self, chance: random.Random) -> None:
        """Kill one that is at work, at a random moment."""
        n = chance.randrange(len(self._running))
        old = self._running[n]
        assert eventually(lambda: old.said() == "at work\n", 60), old.said()
        time.sleep(chance.uniform(0, 0.3))  # the moment of the kill; nothing is waited for
        old.kill()
        self._running[n] = self._start()

    def end(self) -> None:
        while self._running:
            self._running.pop().kill()


@pytest.fixture
def workers(nursery: Nursery, short_horizon: None) -> Iterator[Workers]:
    started = Workers(nursery, 3)
    yield started
    started.end()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_doubled_or_sent_after_an_opt_out(phones: Phones, workers: Workers, short_horizon: None) -> None:
    chance = random.Random(11)
    workspace = make_workspace()
    user = make_user(workspace)
    lines = [phones.line(workspace, name, daily_new_limit=LIMIT, max_in_flight=4) for name in ("line1", "line2")]
    phones.order("faults", route="chat/new", kind="latency", count=2 * KILLS * WAVE, value=ON_THE_WAY)
    people = make_conversations(lines, [f"+1202555{n:04d}" for n in range(1000, 1000 + KILLS * WAVE)])
    for n in range(KILLS):
        wave = people[n * WAVE : (n + 1) * WAVE]
        for word in ("one", "two"):
            say_in(wave, word)
        workers.kill_one(chance)
        opt_out_contact(chance.choice(wave), by=user)
        phones.order("inbound", **{"from": chance.choice(wave).address, "text": f"hello {n}"})
    workers.end()
    settle(60)

    assert Attempt.objects.filter(look_ups__gt=0).exists(), "no kill left a send half done"
    arrived = phones.arrived()
    assert max(arrived.values()) == 1, "sent twice"
    ours = Counter((message.address, message.body) for message in Message.objects.filter(direction="out", state=State.SENT))
    assert arrived == ours, "what the phones got is not what we believe to have sent"
    left = set(Message.objects.filter(direction="out").values_list("state", flat=True))
    assert left <= {State.SENT, State.CANCELLED}
    heard = Message.objects.filter(direction="in", body__startswith="hello ").values_list("body", flat=True)
    assert sorted(heard) == [f"hello {n}" for n in range(KILLS)]
    for opt_out in OptOut.objects.all():
        late = Attempt.objects.filter(message__address=opt_out.value, started_at__gt=opt_out.honoured_at)
        assert not late.exists(), "begun after the opt-out"
    for line in Line.objects.all():
        assert used_today(line) <= LIMIT
