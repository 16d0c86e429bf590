"""Where a line's gateway posts its events, and having it do so."""

from __future__ import annotations

import structlog
from django.conf import settings
from django.urls import reverse

from lines.gateways.base import Capability, GatewayError
from lines.models import Line
from lines.wire import capabilities_of, gateway_of
from workspaces.secrets import SecretUnreadable, fingerprint, new_token, seal, unseal

log = structlog.get_logger(__name__)


def give_address(line: Line) -> None:
    """Set a new address, which holds once the line is saved: 256 random bits that only we and the gateway know."""
    token = new_token()
    line.webhook_token_hash, line.sealed_webhook_token = fingerprint(token), seal(token)


def address_of(line: Line) -> str:
    """Anybody who knows it may speak for the line, so only admins see it. Empty where the key that sealed it is lost."""
    try:
        token = unseal(line.sealed_webhook_token)
    except SecretUnreadable:
        return ""
    return settings.PUBLIC_URL + reverse("gateway-webhook", args=[line.gateway, token])


def register(line: Line) -> None:
    """Have the gateway post to us; idempotent. A refusal is only logged: catch-up finds everything within a minute."""
    if Capability.WEBHOOK_API not in capabilities_of(line):
        return
    if not address_of(line):
        give_address(line)
        _write(line, "webhook_token_hash", "sealed_webhook_token")
    try:
        line.webhook_handle = gateway_of(line).ensure_webhook(address_of(line))
    except GatewayError as error:
        log.warning("webhook_not_registered", line=line.public_id, error=str(error))
        return
    _write(line, "webhook_handle")


def _write(line: Line, *fields: str) -> None:
    """The line may be removed meanwhile; then there is nothing to write to."""
    Line.objects.filter(pk=line.pk).update(**{field: getattr(line, field) for field in fields})


def withdraw(line: Line) -> None:
    """Have the gateway of a removed line stop posting. One that cannot be reached goes on, and is answered 404."""
    if not line.webhook_handle or Capability.WEBHOOK_API not in capabilities_of(line):
        return
    try:
        gateway_of(line).remove_webhook(line.webhook_handle)
    except (GatewayError, SecretUnreadable) as error:
        log.warning("webhook_not_withdrawn", line=line.public_id, error=str(error))
