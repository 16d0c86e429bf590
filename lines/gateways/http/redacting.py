"""Texts without the secrets that were sent."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote, quote_plus


def redactor(*secrets: str) -> Callable[[str], str]:
    """What takes these secrets out of a text, in any spelling a URL gives them, and what is named as one."""
    spellings = {s for secret in secrets for s in (secret, quote(secret), quote(secret, safe=""), quote_plus(secret))} - {""}
    known = "|".join(map(re.escape, sorted(spellings, key=len, reverse=True))) or "(?!)"
    found = re.compile(rf"(?i:\b(password|guid|token))=(?:{known}|[^&\s\"'])+|{known}")
    return lambda text: found.sub(lambda match: f"{match[1]}=***" if match[1] else "***", text)
