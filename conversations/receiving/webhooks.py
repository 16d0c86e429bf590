"""The door for gateways: a secret path, a size limit, one stored row an event, and an answer at once."""

from __future__ import annotations

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from conversations import presence
from conversations.changes import ring_ingest
from leads.addresses import normalise_received
from lines import inbox
from lines.gateways.base import BadSignature, MessageReceived, Typing, UnreadableWebhook, WebhookRequest
from lines.wire import gateway_of
from workspaces.access import public

log = structlog.get_logger(__name__)


@csrf_exempt
@public(reason="Gateways authenticate by the secret in the path, and by signature where they sign.", methods=("POST",))
def gateway_webhook(request: HttpRequest, gateway: str, token: str) -> HttpResponse:
    """200 once everything in it is stored (again is fine), 404 for an unknown path, 4xx for what cannot be read."""
    line = inbox.line_of_token(gateway, token)
    if line is None:
        return HttpResponseNotFound()
    if int(request.headers.get("Content-Length") or 0) > inbox.BODY_LIMIT:
        return HttpResponse("The body is larger than a webhook may be.", status=413)
    try:
        events = gateway_of(line).parse_webhook(_as_bytes(request))
    except BadSignature:
        return HttpResponse("The signature does not fit.", status=403)
    except UnreadableWebhook as error:
        log.warning("webhook_unreadable", line=line.public_id, why=str(error))
        return HttpResponse("This is not what the gateway sends.", status=400)
    events = list(events)
    for event in events:
        if isinstance(event, Typing):
            presence.contact_types(line.workspace_id, normalise_received(event.actor), on=event.on)
        elif isinstance(event, MessageReceived) and not event.from_us:
            presence.contact_types(line.workspace_id, normalise_received(event.sender), on=False)
    inbox.store(line, events)
    ring_ingest()
    return HttpResponse()


def _as_bytes(request: HttpRequest) -> WebhookRequest:
    return WebhookRequest(
        url=request.build_absolute_uri(),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.body,
        received_at=timezone.now(),
    )
