"""The product's processes as they start where somebody has made their database role a superuser."""

from __future__ import annotations

import sys

from celery.__main__ import main
from django.conf import settings

from config.embedded.paths import SUPERUSER


def celery_as_superuser(*command: str) -> None:
    """Go on as this command line, in a process that has imported the product (tests.nursery)."""
    settings.DATABASE_APP_ROLE = SUPERUSER
    sys.argv = ["celery", "--skip-checks", "-A", "config", *command]
    main()
