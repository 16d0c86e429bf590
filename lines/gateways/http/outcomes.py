"""What became of an exchange: an answer, or whether the request may have reached the server."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any

Files = Mapping[str, tuple[str, IO[bytes], str]]  # field: (file name, open file, content type)


class HttpError(Exception):
    """The exchange failed; the text is fit for operators and holds no secret."""


class NotSent(HttpError):
    """The request certainly never reached the server."""


class MaybeSent(HttpError):
    """The request may have been read and acted upon."""


class TooLarge(MaybeSent):
    """The answer is larger than we read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, whatever its status."""

    status: int
    headers: Mapping[str, str]  # lower-cased names
    body: bytes

    def json(self) -> Any:
        """Raises ValueError when the body is not JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Stream:
    """An answer whose body is read in chunks; iterate once, inside its `with`."""

    status: int
    headers: Mapping[str, str]
    chunks: Iterator[bytes]
