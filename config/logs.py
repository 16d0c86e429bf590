"""Logs: JSON lines for machines, or short lines for people under `make run`. Secrets that travel in addresses are struck out."""

import logging as std
import re
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# Gateways put the password into the query, and our own webhooks carry their secret in the path.
_IN_QUERY = re.compile(r"(?i)\b((?:password|passwd|guid|token|secret|api_?key|signature)=)[^&\s\"']+")
_IN_PATH = re.compile(r"(/(?:hooks?|webhooks?|invitations?|join|password/reset)/)[^\s\"'?]+")


def without_secrets(text: str) -> str:
    return _IN_PATH.sub(r"\1***", _IN_QUERY.sub(r"\1***", text))


def strike_out(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """A structlog processor: no text of an event shows a secret of an address, exceptions included."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = without_secrets(value)
    return event


BEFORE: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.StackInfoRenderer(),
]


def configure_structlog() -> None:
    """structlog's events go through the standard library, so that one formatter serves them and everybody else's."""
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *BEFORE, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def logging(form: str, level: str) -> dict[str, Any]:
    """Django's LOGGING. `form` is "json" or "console"."""
    render: list[Processor]
    if form == "json":
        render = [
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            strike_out,
            structlog.processors.JSONRenderer(),
        ]
    else:
        render = [structlog.processors.format_exc_info, strike_out, short_line]
    quiet = {"level": "WARNING"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "main": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": BEFORE,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *render],
            }
        },
        "filters": {"no_probes": {"()": NoProbes}, "one_line": {"()": OneLineForTheRefused}},
        "handlers": {"main": {"class": "logging.StreamHandler", "formatter": "main", "filters": ["no_probes", "one_line"]}},
        "root": {"handlers": ["main"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.request": {"level": "ERROR"},  # refused requests have their line from django_structlog
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            # httpx writes whole addresses at INFO, and BlueBubbles wants its password in the address.
            "httpx": quiet,
            "httpcore": quiet,
            "celery.beat": quiet,  # a line for every tick
            "celery.worker.strategy": quiet,  # "Task ... received"
            "celery.app.trace": quiet,  # "Task ... succeeded"
            "kombu": quiet,
            "django_structlog": quiet if form == "console" else {"level": level},
        },
    }


def short_line(logger: WrappedLogger, method: str, event: EventDict) -> str:
    """`warning lines.health: line paused line=12 reason=…`, for people who read along."""
    level = str(event.pop("level", method))
    name, text = event.pop("logger", ""), event.pop("event", "")
    trace = event.pop("exception", None)
    facts = " ".join(f"{key}={value}" for key, value in event.items() if not key.startswith("_"))
    line = f"{'' if level == 'info' else level + ' '}{name}: {text}"
    return "\n".join(part for part in (f"{line} {facts}".rstrip(), trace) if part)


class NoProbes(std.Filter):
    """Drop the lines about /healthz, which is asked every few seconds and answers all there is to say; and the first of the two
    lines of each request, which the second repeats."""

    def filter(self, record: std.LogRecord) -> bool:
        if isinstance(record.msg, dict):
            return record.msg.get("event") != "request_started" and "/healthz" not in str(record.msg.get("request"))
        return "/healthz" not in str(record.args)


class OneLineForTheRefused(std.Filter):
    """What Django refuses by itself, such as a body that is too big, is the sender's mistake: without a trace, which would let
    any stranger fill the log."""

    def filter(self, record: std.LogRecord) -> bool:
        if record.name.startswith("django.security."):
            record.exc_info = None
        return True
