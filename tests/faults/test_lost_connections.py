"""The database goes away under a running sender: between the gateway's answers and the writing of them, too."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter

import psycopg
import pytest
from django.db import DatabaseError, connection

from conversations.models import Message
from conversations.sending import dispatch, outbox
from conversations.sending.send_threads import SendThreads
from conversations.vocabulary import State
from lines.models import Line
from tests.core import make_conversations, make_workspace, say, say_in
from tests.faults.conftest import settle
from tests.faults.phones import Phones

pytestmark = pytest.mark.django_db(transaction=True)

OTHERS = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
"""


@pytest.fixture
def line(phones: Phones, short_horizon: None) -> Line:
    return phones.line(make_workspace(), max_in_flight=20, daily_new_limit=10_000)


def cut_all_others() -> None:
    with connection.cursor() as cursor:
        cursor.execute(OTHERS)


def test_a_process_that_gets_no_threads_leaves_its_claims_to_the_reconciler(phones: Phones, line: Line) -> None:
    message = say(line, "once")
    claims, _ = outbox.claim(1, room=1)  # nobody holds lock 1: its sender counts as dead
    start = threading.Thread.start

    def refuse(thread: threading.Thread) -> None:
        if thread.name.startswith("send"):
            raise RuntimeError("can't start new thread")
        start(thread)

    def take() -> None:
        with contextlib.suppress(RuntimeError), SendThreads() as threads:
            threads.send(claims)

    taking = threading.Thread(target=take, daemon=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        start(taking)
        taking.join(10)
    assert not taking.is_alive(), "nobody waits for what is not under way"
    settle()
    assert phones.arrived() == Counter({(message.address, "once"): 1})


def test_what_was_sent_while_connections_were_cut_is_neither_forgotten_nor_sent_again(phones: Phones, line: Line) -> None:
    phones.order("faults", route="chat/new", kind="latency", count=40, value=0.15)
    numbers = [f"+1202555{n + 300:04d}" for n in range(40)]
    say_in(make_conversations([line], numbers), "once")
    over = threading.Event()

    def send() -> None:
        while not over.is_set():
            with contextlib.suppress(DatabaseError, psycopg.Error):  # the second: of the connection that holds the sender's lock
                dispatch.drain()
                if not Message.objects.filter(state=State.QUEUED).exists():
                    break
        connection.close()

    sender = threading.Thread(target=send)
    sender.start()
    cuts = 0
    while sender.is_alive() and cuts < 12:
        time.sleep(0.1)
        cut_all_others()
        cuts += 1
    over.set()
    sender.join(30)
    assert not sender.is_alive(), "a drain ends when its connections are gone"
    assert cuts > 2, "it was hit more than once"
    settle(60)
    assert phones.arrived() == Counter({(number, "once"): 1 for number in numbers})
    assert set(Message.objects.values_list("state", flat=True)) == {State.SENT}
