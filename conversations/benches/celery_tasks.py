"""One Celery task a message, as most consoles do it: what `bench dispatch` measures itself against. Not part of the product.

The same facts are written for each message as the core writes, one row at a time.
"""

from __future__ import annotations

import django
from celery import Celery
from django.apps import apps
from django.conf import settings

if not apps.ready:  # a worker begins here
    django.setup()

from django.utils import timezone

from conversations import summary
from conversations.models import Attempt, Message
from conversations.sending.outbound import outbound_message
from conversations.vocabulary import AttemptState, State
from lines.wire import gateway_of

QUEUE = "bench-dispatch"

app = Celery("bench", broker=settings.CELERY_BROKER_URL)
app.conf.update(task_default_queue=QUEUE, task_ignore_result=True, worker_prefetch_multiplier=4)


@app.task(name="bench.send_one")
def send_one(message_id: int) -> None:
    message = Message.objects.select_related("line", "workspace").get(pk=message_id)
    Message.objects.filter(pk=message.pk, state=State.QUEUED).update(state=State.SENDING)
    attempt = Attempt.objects.create(workspace_id=message.workspace_id, message=message, n=1, line=message.line, channel="imessage")
    assert message.line is not None
    result = gateway_of(message.line).send(outbound_message(attempt))
    now = timezone.now()
    Attempt.objects.filter(pk=attempt.pk).update(state=AttemptState.ACCEPTED, vendor_id=result.vendor_id, finished_at=now)
    Message.objects.filter(pk=message.pk).update(state=State.SENT, sent_at=now, vendor_thread=result.thread)
    summary.refresh([message.conversation_id])
