"""/metrics: what waits, since when, and how the lines are. Read from the rows, so every process would answer the same."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count, Min
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from redis import Redis, RedisError

from config.celery import QUEUES
from conversations.models import Message
from conversations.vocabulary import State
from lines.models import InboundEvent, Line
from workspaces.access import public


@never_cache
@public(reason="Prometheus has no session: it shows METRICS_TOKEN, or asks from this machine where no token is set.")
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text, or 404 without the token."""
    if not may_read(request):
        raise Http404
    registry = CollectorRegistry()
    registry.register(House())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def may_read(request: HttpRequest) -> bool:
    """A proxy on this machine passes strangers on from 127.0.0.1, but says so in X-Forwarded-For."""
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode())
    return request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"} and "X-Forwarded-For" not in request.headers


class House(Collector):
    """Asked at each scrape. Every count reads a small partial index. A part that is away is left out, and `up` says so."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        up = GaugeMetricFamily("switchboard_up", "Whether this part answers.", labels=["part"])
        for part, gauges, trouble in (("database", from_rows, DatabaseError), ("redis", from_queues, RedisError)):
            try:
                yield from list(gauges())
            except trouble:
                up.add_metric([part], 0)
            else:
                up.add_metric([part], 1)
        yield up


def from_rows() -> Iterator[GaugeMetricFamily]:
    now = timezone.now()
    due = Message.objects.filter(state=State.QUEUED, run_at__lte=now).aggregate(count=Count("pk"), since=Min("run_at"))
    yield gauge("messages_due", "Queued messages whose time has come.", due["count"])
    yield gauge("messages_due_seconds", "How long the oldest of them has been due.", age(due["since"], now))
    sending = Message.objects.filter(state=State.SENDING).aggregate(count=Count("pk"), overdue=Min("lease_until"))
    yield gauge("messages_sending", "Messages that a sender holds.", sending["count"])
    yield gauge("messages_sending_overdue_seconds", "How long the oldest lease has been over.", age(sending["overdue"], now))
    waiting = InboundEvent.objects.filter(applied_at=None, parked_at=None).aggregate(count=Count("pk"), since=Min("retry_at"))
    yield gauge("events_waiting", "Stored gateway events that are not applied yet.", waiting["count"])
    yield gauge("events_waiting_seconds", "How long the oldest of them could have been applied.", age(waiting["since"], now))
    lines = GaugeMetricFamily("switchboard_lines", "Lines by status.", labels=["status"])
    counted = dict(Line.objects.values_list("status").annotate(Count("pk")).order_by())
    for status in Line.Status.values:
        lines.add_metric([status], counted.get(status, 0))
    yield lines


def from_queues() -> Iterator[GaugeMetricFamily]:
    queues = GaugeMetricFamily("switchboard_queue_tasks", "Nudges that wait for a worker.", labels=["queue"])
    with Redis.from_url(settings.REDIS_URL, socket_timeout=5) as redis:
        for queue in QUEUES:
            queues.add_metric([queue], redis.llen(queue))
    yield queues


def gauge(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"switchboard_{name}", meaning, value=value)


def age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
