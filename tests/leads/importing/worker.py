"""A worker that dies while it imports: `python -m tests.leads.importing.worker RUN MODULE.FUNCTION before|after NTH`."""

from __future__ import annotations

import sys

import django

from tests.faults.worker import break_at

ROWS = 50


def main(run_id: str, path: str, when: str, nth: str) -> None:
    django.setup()
    from leads.importing import stages, work
    from leads.models import ImportRun

    stages.ROWS = ROWS  # type: ignore[misc]
    break_at(path, when, int(nth))
    while ImportRun.objects.get(pk=run_id).at_work:
        work.advance(int(run_id), seconds=0)
    sys.exit("the point was not reached")


if __name__ == "__main__":
    main(*sys.argv[1:])
