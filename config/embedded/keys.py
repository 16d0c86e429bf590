"""Secrets of the embedded set-up: made once, kept in the data directory for its owner alone."""

import base64
import json
import os
import secrets
import tempfile
from pathlib import Path


def generated_secrets(root: Path) -> dict[str, str]:
    """SECRET_KEY, LINE_SECRET_KEYS and METRICS_TOKEN of this data directory; made at the first call, mode 0600."""
    path = root / "secrets.json"
    try:
        return load(path)
    except FileNotFoundError:
        pass
    made = {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "LINE_SECRET_KEYS": base64.urlsafe_b64encode(os.urandom(32)).decode(),  # a Fernet key: 32 bytes, url-safe base64
        "METRICS_TOKEN": secrets.token_urlsafe(32),
    }
    # Written aside and linked into place, so that two processes that come at once agree on one whole file.
    handle, aside = tempfile.mkstemp(dir=root, prefix=".secrets-")  # mkstemp makes it 0600
    with os.fdopen(handle, "w") as file:
        json.dump(made, file)
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(aside)
    return load(path)


def load(path: Path) -> dict[str, str]:
    content: dict[str, str] = json.loads(path.read_text())
    return content
