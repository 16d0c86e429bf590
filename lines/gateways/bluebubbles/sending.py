"""Sending: which route, which method, and what is known afterwards.

| message | route |
|---|---|
| text, chat known | `message/text`; when the chat turns out missing, once more through `chat/new` |
| text, first contact | `chat/new` |
| one file | `message/attachment` |
| several files, or files with text | `attachment/upload` each, then one `message/multipart`: one guid |

Requests of one send share one deadline, so that a lease can rely on it.
"""

from __future__ import annotations

from typing import Final, Unpack

from lines.gateways import http
from lines.gateways.bluebubbles.answers import ChatMissing, accepted_row, failed, result_of
from lines.gateways.bluebubbles.api import Api, Content, Envelope, Timeouts, explain
from lines.gateways.bluebubbles.chats import chat_guid, fits
from lines.gateways.bluebubbles.facts import Facts, FactsCache
from lines.gateways.bluebubbles.failures import line_failure, unknown_failure
from lines.gateways.bluebubbles.files import opened, sent_name
from lines.gateways.bluebubbles.rows import Row
from lines.gateways.errors import Failure, OutcomeUnknown, PermanentError, TransientError
from lines.gateways.http.connections import CONNECT_SECONDS, now
from lines.gateways.messages import OutboundMessage, SendResult
from lines.gateways.vocabulary import Reason, Service

_WORTH_STARTING: Final = 0.5  # of a text's time: with less left, a send is not begun


def send_timeout(message: OutboundMessage, timeouts: Timeouts) -> float:
    """Seconds for everything `Sender.send` may do."""
    last = timeouts.file if message.media else timeouts.text
    uploads = len(message.media) * timeouts.upload if _is_multipart(message) else 0.0
    return timeouts.info + uploads + 2 * CONNECT_SECONDS + last


class Sender:
    """One send. Raises TransientError, PermanentError or OutcomeUnknown."""

    def __init__(self, api: Api, cache: FactsCache, message: OutboundMessage) -> None:
        self.api: Final = api
        self.message: Final = message
        self._cache: Final = cache
        self._deadline: Final = now() + send_timeout(message, api.timeouts)

    def send(self) -> SendResult:
        facts = self._cache.get(self.api)
        if facts.any_service and not facts.private:
            raise TransientError(line_failure("helper", "macOS 26 sends only through the Private API."))
        try:
            row = self._send(facts)
        except TransientError:
            self._cache.forget(self.api)  # the helper may have gone: ask again next time
            raise
        return self._result(row)

    def _send(self, facts: Facts) -> Row:
        message = self.message
        thread = message.thread if message.thread and fits(message.thread, message.service) else ""
        chat = thread or chat_guid(message.to, message.service, any_service=facts.any_service)
        if message.media:
            return self._send_files(chat, facts)
        if not thread:
            return self._start_chat(facts)
        try:
            return self._send_text(chat, facts)
        except ChatMissing:
            return self._start_chat(facts)

    def _send_text(self, chat: str, facts: Facts) -> Row:
        body = {
            "chatGuid": chat,
            "tempGuid": self.message.key,
            "message": self.message.text,
            "method": _method(facts),
        }
        return self._accepted(self._post("message/text", self.api.timeouts.text, body=body), chat)

    def _start_chat(self, facts: Facts) -> Row:
        body = {
            "addresses": [self.message.to],
            "message": self.message.text,
            "method": _method(facts),
            "service": "SMS" if self.message.service is Service.SMS else "iMessage",
            "tempGuid": self.message.key,
        }
        try:
            return self._accepted(self._post("chat/new", self.api.timeouts.text, body=body))
        except ChatMissing as error:  # it may look for the chat only after it has sent
            raise OutcomeUnknown(unknown_failure("chat_missing", error.failure.detail)) from None

    def _send_files(self, chat: str, facts: Facts) -> Row:
        try:
            if not _is_multipart(self.message):
                return self._send_file(chat, facts)
            if not facts.private:
                raise PermanentError(
                    Failure(
                        Reason.MESSAGE_RESTRICTION,
                        transient=False,
                        vendor_code="private_api",
                        detail="Without the Private API a message holds one file and no text.",
                    )
                )
            return self._send_multipart(chat)
        except ChatMissing as error:
            detail = "The first message to a new person must be text. Send a text, then the file."
            raise PermanentError(Failure(Reason.MESSAGE_RESTRICTION, False, error.failure.vendor_code, detail)) from None

    def _send_file(self, chat: str, facts: Facts) -> Row:
        medium = self.message.media[0]
        name = sent_name(medium, self.message.key)
        form = {
            "chatGuid": chat,
            "tempGuid": self.message.key,
            "name": name,
            "method": _method(facts),
            "isAudioMessage": "false",
        }
        with opened(medium, "media[0]") as file:
            files = {"attachment": (name, file, medium.content_type)}
            return self._accepted(self._post("message/attachment", self.api.timeouts.file, form=form, files=files), chat)

    def _send_multipart(self, chat: str) -> Row:
        parts: list[dict[str, object]] = []
        if self.message.text:
            parts.append({"partIndex": 0, "text": self.message.text})
        for index in range(len(self.message.media)):
            name, path = self._upload(index)
            parts.append({"partIndex": len(parts), "attachment": path, "name": name})
        body = {"chatGuid": chat, "tempGuid": self.message.key, "parts": parts}
        return self._accepted(self._post("message/multipart", self.api.timeouts.file, body=body), chat)

    def _upload(self, index: int) -> tuple[str, str]:
        """Lay one file on the Mac; nothing is sent by it. Returns (name, path there)."""
        medium = self.message.media[index]
        name = sent_name(medium, self.message.key)
        with opened(medium, f"media[{index}]") as file:
            try:
                envelope = self.api.call(
                    "POST",
                    "attachment/upload",
                    timeout=self._time_for(self.api.timeouts.upload),
                    files={"attachment": (name, file, medium.content_type)},
                )
            except http.HttpError as error:
                raise TransientError(line_failure("upload", str(error))) from None
        path = envelope.data.get("path") if isinstance(envelope.data, dict) else None
        if envelope.status == 413:
            raise failed(envelope)
        if not envelope.succeeded or not isinstance(path, str):
            raise TransientError(line_failure("upload", explain(envelope)))
        return name, path

    def _post(self, path: str, seconds: float, **content: Unpack[Content]) -> Envelope:
        """The one request that sends: what cannot be proved unsent is OutcomeUnknown."""
        timeout = self._time_for(seconds)
        if timeout < seconds * _WORTH_STARTING:
            raise TransientError(line_failure("slow", "The server took too long to be asked."))
        return self.api.once(path, timeout=timeout, **content)

    def _time_for(self, seconds: float) -> float:
        return min(seconds + CONNECT_SECONDS, self._deadline - now())

    def _accepted(self, envelope: Envelope, chat: str = "") -> Row:
        return accepted_row(envelope, self.message.service, chat_guid=chat)

    def _result(self, row: Row) -> SendResult:
        return result_of(row, self.message.service)


def _method(facts: Facts) -> str:
    return "private-api" if facts.private else "apple-script"


def _is_multipart(message: OutboundMessage) -> bool:
    return len(message.media) > 1 or bool(message.media and message.text)
