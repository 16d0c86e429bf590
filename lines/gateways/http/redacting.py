"""Texts without the secrets that were sent."""

from __future__ import annotations

import re
from urllib.parse import quote, quote_plus


def redact(text: str, *secrets: str) -> str:
    """`text` without the secrets, in any spelling a URL gives them."""
    for secret in filter(None, secrets):
        for spelling in {secret, quote(secret), quote(secret, safe=""), quote_plus(secret)}:
            text = text.replace(spelling, "***")
    return re.sub(r"(?i)\b(password|guid|token)=[^&\s\"']+", r"\1=***", text)
