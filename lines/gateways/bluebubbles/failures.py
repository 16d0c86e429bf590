"""Apple's error numbers and BlueBubbles' answers, in our words.

Numbers: the order of FZErrorType in Apple's header; 10 and 20 are marked there, those from 22 are
counted. 22 for "not on iMessage" agrees with what a hosted vendor shows.
"""

from __future__ import annotations

import logging
from typing import Final

from lines.gateways.errors import Failure
from lines.gateways.vocabulary import FallbackWhen, Reason, Service

log = logging.getLogger(__name__)

_TEXTS: Final = {
    1: "Messages reported an unknown error",
    2: "the Mac cancelled it",
    3: "it timed out on the Mac",
    4: "Messages could not send it",
    5: "Messages had an internal error",
    6: "the Mac's network failed",
    7: "the Mac could not look up Apple's servers",
    8: "the Mac could not connect to Apple",
    9: "the Mac has no network",
    10: "the Mac's network is busy",
    11: "the Mac's network refused it",
    **dict.fromkeys(range(12, 21), "Apple's server refused it"),
    21: "the recipient is not valid for iMessage",
    22: "the recipient is not on iMessage",
    23: "the recipient's device cannot take it",
    24: "the recipient's side rejected it",
    30: "the line's Apple account is disabled",
    31: "the line's Apple account does not exist",
    32: "the line's Apple account needs an update",
    33: "the line's Apple account is not valid",
    34: "the file could not be uploaded",
    35: "the file could not be downloaded",
    36: "the message's file could not be uploaded",
    37: "the message's file could not be downloaded",
    38: "the Mac needs a system update",
    39: "the Mac's message service crashed",
    40: "the Mac is signed out of iMessage",
    41: "the file was not found on the Mac",
    42: "the text could not be drawn",
}
_RANGES: Final = (
    # numbers, reason, transient, fallback condition
    (range(1, 6), Reason.IMESSAGE_ISSUE, True, FallbackWhen.FAILS),
    (range(6, 12), Reason.LINE_ISSUE, True, None),
    (range(12, 21), Reason.IMESSAGE_ISSUE, True, FallbackWhen.FAILS),
    (range(21, 24), Reason.IMESSAGE_ISSUE, False, FallbackWhen.UNSUPPORTED),
    (range(24, 25), Reason.UNREACHABLE, False, FallbackWhen.UNSUPPORTED),
    (range(25, 30), Reason.IMESSAGE_ISSUE, True, FallbackWhen.FAILS),
    (range(30, 34), Reason.LINE_ISSUE, False, None),
    (range(34, 38), Reason.MESSAGE_RESTRICTION, False, None),
    (range(38, 41), Reason.LINE_ISSUE, False, None),
    (range(41, 42), Reason.MESSAGE_RESTRICTION, False, None),
    (range(42, 43), Reason.IMESSAGE_ISSUE, True, FallbackWhen.FAILS),
)


def apple_failure(code: int, service: Service = Service.IMESSAGE) -> Failure:
    """What chat.db's `error` means. An unknown number is taken for a passing one, and logged."""
    detail = f"Apple error {code}: {_TEXTS.get(code, 'no description')}."
    if service is Service.SMS and code not in range(6, 12) and code not in range(30, 42):
        return Failure(Reason.CARRIER_ISSUE, transient=True, vendor_code=str(code), detail=detail)
    for numbers, reason, transient, fallback in _RANGES:
        if code in numbers:
            return Failure(reason, transient, str(code), detail, fallback=fallback)
    log.warning("gateway_unmapped_code", extra={"vendor": "bluebubbles", "code": code})
    return Failure(Reason.IMESSAGE_ISSUE, True, str(code), detail, fallback=FallbackWhen.FAILS)


def line_failure(code: str, detail: str) -> Failure:
    """The line or its server is at fault; the message may go once that is mended."""
    return Failure(Reason.LINE_ISSUE, transient=True, vendor_code=code, detail=detail)


def unknown_failure(code: str, detail: str) -> Failure:
    """Nobody knows yet whether it went out."""
    return Failure(Reason.IMESSAGE_ISSUE, transient=False, vendor_code=code, detail=detail)
