"""One line asks its batch of addresses, one after another."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from leads.checks.claiming import Batch
from leads.checks.deciding import Result, Verdict
from leads.checks.picking import Ask
from lines.gateways.base import Capability, GatewayError, InvalidRequest, Reason
from lines.models import Line
from lines.wire import gateway_of
from workspaces.secrets import SecretUnreadable

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Asked:
    """How a line did with its batch. `in_order`: it could be asked."""

    batch: Batch
    in_order: bool = True
    last_began: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> list[Ask]:
        """Claimed and not made."""
        return list(self.batch.asks)


def ask(batch: Batch, tell: Callable[[Result], None]) -> Asked:
    """Ask the batch's addresses, and tell each answer at once. A line that cannot be asked is left alone for the rest of it."""
    asked = Asked(batch)
    while batch.asks:
        asked.last_began = time.monotonic()
        result = _ask(batch.line, batch.asks.popleft())
        tell(result)
        if result.line_fault:
            asked.in_order = False
            break
    return asked


def _ask(line: Line, one: Ask) -> Result:
    def answer(verdict: Verdict, reason: str = "", *, line_fault: bool = False) -> Result:
        return Result(one.item_id, one.lease, one.address, verdict, reason, line_fault)

    try:
        gateway = gateway_of(line)
        if Capability.AVAILABILITY not in gateway.capabilities:
            return answer("error", f"{line} cannot check availability.", line_fault=True)
        found = gateway.availability(one.address)
    except InvalidRequest as error:
        return answer("error", f"The address cannot be checked: it {error.message}.")
    except GatewayError as error:
        fault = error.failure.reason == Reason.LINE_ISSUE
        return answer("error", f"{line}: {error.failure.detail or error.failure.vendor_code}", line_fault=fault)
    except SecretUnreadable as error:
        return answer("error", f"{line}: {error}", line_fault=True)
    except Exception:
        log.exception("check_broke_off", line=line.public_id)
        return answer("error", f"{line}: the check broke off.", line_fault=True)
    if found.verdict == "available":
        return answer("available")
    if found.verdict == "unavailable":
        return answer("unavailable" if found.confident else "doubtful")
    return answer("error", f"{line} could not tell whether the address has iMessage.")
