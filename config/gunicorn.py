"""How gunicorn serves: threads, because requests wait for PostgreSQL and not for the processor."""

import gc
import os
from pathlib import Path

from config import logs

worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS") or 2)
threads = int(os.environ.get("WEB_THREADS") or 8)
bind = os.environ.get("BIND") or "127.0.0.1:8000"
timeout = 60
graceful_timeout = 10
keepalive = 5
max_requests = 0
control_socket = None  # a socket for remote control that nobody asked for
control_socket_disable = True
MEMORY = "/dev/shm"  # noqa: S108 - gunicorn makes its file there safely; on a slow disk a busy worker would look like a hanging one
worker_tmp_dir = MEMORY if Path(MEMORY).is_dir() else None
limit_request_line = 8190  # the most there is: an address holds the filters of a list, and each chosen value has its place in it
accesslog = None  # our own request lines carry the user and the workspace, and no secrets
_logging = logs.logging(os.environ.get("LOG_FORMAT") or "json", os.environ.get("LOG_LEVEL") or "INFO")
_logging["loggers"]["gunicorn.error"] = {"level": "WARNING", "handlers": ["main"], "propagate": False}
logconfig_dict = _logging


def post_worker_init(worker: object) -> None:
    """What has been loaded stays, so the collector need not look through it: a full collection takes 0.5 ms instead of 100."""
    gc.collect()
    gc.freeze()
