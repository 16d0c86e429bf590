"""The same sends with nothing but a claim around them: the limit that `bench dispatch` holds the core against."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from django.db import connection

from conversations.sending import slots
from lines.gateways.base import OutboundMessage
from lines.models import Line
from lines.wire import gateway_of

_CLAIM: Final = """
UPDATE conversations_message SET state = 'sending' WHERE id IN (
    SELECT id FROM conversations_message WHERE line_id = ANY(%s) AND state = 'queued' ORDER BY run_at, id LIMIT %s
    FOR NO KEY UPDATE SKIP LOCKED)
RETURNING id, line_id, address, body
"""
_DONE: Final = "UPDATE conversations_message SET state = 'sent', sent_at = now() WHERE id = ANY(%s)"


def send_all(lines: Sequence[Line]) -> None:
    """The same sends by as many threads, claimed and done by one plain statement each."""
    gateways = {line.pk: gateway_of(line) for line in lines}
    ids = list(gateways)

    def send(row: tuple[int, int, str, str]) -> int:
        pk, line, address, body = row
        gateways[line].send(OutboundMessage(key=str(uuid.uuid4()), to=address, text=body))
        return pk

    with ThreadPoolExecutor(slots.IN_FLIGHT) as pool, connection.cursor() as cursor:
        while True:
            cursor.execute(_CLAIM, [ids, slots.IN_FLIGHT])
            if not (claimed := cursor.fetchall()):
                return
            cursor.execute(_DONE, [list(pool.map(send, claimed))])
