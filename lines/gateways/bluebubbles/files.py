"""Outgoing files: opened, and named so that one send can be told from every other.

The server matches an outgoing file by its name without extension, and our own search after an
unknown outcome does the same: so each send writes a part of its key into the name.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import PurePath
from typing import IO

from lines.gateways.errors import InvalidRequest
from lines.gateways.messages import Media, OutboundMessage


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
