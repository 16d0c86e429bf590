"""The main job over real processes, with two workers and two beats: what a rep writes reaches the phone once, is
delivered and read, the answer comes back onto the page, and STOP ends it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.utils import timezone

from conversations.models import Conversation, Message
from conversations.vocabulary import CancelReason, State
from lines import actions
from lines.models import Line
from tests.core import make_conversation, make_user, make_workspace, say
from tests.flows.processes import Browser, processes, until

NUMBER = "+12025550105"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_message_goes_out_comes_back_and_stop_is_obeyed(process_env: dict[str, str], tmp_path: Path) -> None:
    workspace = make_workspace()
    bob = make_user(workspace)
    bob.password = PBKDF2PasswordHasher().encode("a long enough secret", "salt")  # the suite's own hasher is a quick one
    bob.save()
    with processes({**process_env, "CATCH_UP_SECONDS": "2"}, tmp_path / "log") as (url, phones):
        phones.order("phone", address=NUMBER, answers=False)
        line = phones.line(workspace)
        conversation = make_conversation(line, NUMBER)
        thread = f"/w/{workspace.slug}/imessages/{conversation.public_id}/"
        until(lambda: Line.objects.get().webhook_handle != "" or actions.check(line).webhook_handle != "", "the line is connected")

        browser = Browser(url)
        browser.sign_in(bob.email, "a long enough secret")
        browser.post(f"{thread}reply/", browser.get(thread), body="Worth 15 minutes on Tuesday?")
        message = Message.objects.get()
        until(lambda: phones.arrived() == Counter({(NUMBER, "Worth 15 minutes on Tuesday?"): 1}), "it reaches the phone")

        def status() -> str:
            return str(Message.objects.get(pk=message.pk).status)

        until(lambda: status() == "delivered", "the delivery is known")
        phones.order("read", **{"from": NUMBER})
        until(lambda: status() == "read", "the reading is known")

        phones.order("inbound", **{"from": NUMBER, "text": "Tuesday at 2 works."})
        until(lambda: "Tuesday at 2 works." in browser.get(thread), "the answer is on the page")
        assert status() == "replied"

        later = say(line, "Following up", NUMBER, scheduled_at=timezone.now() + timedelta(days=1))
        phones.order("inbound", **{"from": NUMBER, "text": "STOP"})
        until(lambda: Message.objects.get(pk=later.pk).state == State.CANCELLED, "STOP cancels what waits")
        assert Message.objects.get(pk=later.pk).reason == CancelReason.OPTED_OUT
        assert "opted out" in browser.get(thread).lower()
        assert phones.arrived() == Counter({(NUMBER, "Worth 15 minutes on Tuesday?"): 1})
        assert Conversation.objects.get().unread == 2
