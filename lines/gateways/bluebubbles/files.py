"""Files: going out under a name of their own, coming in as chunks.

The server matches an outgoing file by its name without extension, and our own search after an
unknown outcome does the same: so each send writes a part of its key into the name.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import PurePath
from typing import IO

from lines.gateways import http
from lines.gateways.bluebubbles.api import Api, in_path
from lines.gateways.bluebubbles.failures import line_failure
from lines.gateways.errors import Failure, InvalidRequest, PermanentError, TransientError
from lines.gateways.messages import Media, OutboundMessage
from lines.gateways.vocabulary import Reason


def sent_name(medium: Media, key: str) -> str:
    """`brochure.pdf` becomes `brochure-1f6b0f0e7d1f.pdf`."""
    name = PurePath(medium.filename)
    return f"{name.stem[:80]}-{key.replace('-', '')[:12]}{name.suffix[:12]}"


def sent_stems(message: OutboundMessage) -> set[str]:
    """How the files of this send are called on the Mac; extensions may change on the way."""
    return {PurePath(sent_name(medium, message.key)).stem for medium in message.media}


@contextlib.contextmanager
def opened(medium: Media, field: str) -> Iterator[IO[bytes]]:
    try:
        file = open(medium.path, "rb")  # noqa: SIM115 - closed below, after the upload
    except OSError:
        raise InvalidRequest(f"{field}.path", "cannot be read") from None
    with file:
        yield file


def download(api: Api, vendor_id: str, max_bytes: int) -> Iterator[bytes]:
    """The bytes of a file that arrived. Raises TransientError, or PermanentError when it is gone or too large."""
    total = 0
    try:
        with api.stream(f"attachment/{in_path(vendor_id)}/download") as answer:
            if answer.status != 200:
                raise _not_there(answer.status)
            for chunk in answer.chunks:
                total += len(chunk)
                if total > max_bytes:
                    raise PermanentError(
                        Failure(Reason.MESSAGE_RESTRICTION, False, "too_large", f"The file is over {max_bytes:,} bytes.")
                    )
                yield chunk
    except http.HttpError as error:
        raise TransientError(line_failure("", str(error))) from None


def _not_there(status: int) -> TransientError | PermanentError:
    if status == 404:
        return PermanentError(Failure(Reason.MESSAGE_RESTRICTION, False, "404", "The file is no longer on the Mac."))
    return TransientError(line_failure(str(status), f"The file could not be fetched (HTTP {status})."))
