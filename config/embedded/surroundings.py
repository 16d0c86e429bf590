"""The environment that `make run` gives to its processes, and the two ports it takes."""

import json
import os
import socket
from itertools import chain
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from config.embedded.keys import generated_secrets
from config.embedded.process import ServerError

# A newcomer should not wait a minute for what the simulated network's webhooks lose.
DEMO_KNOBS: Final = {"CATCH_UP_SECONDS": "10"}
THREADS: Final = {"web": 16, "worker": 8}
MOST_SENDERS: Final = 32
MOST_PORT: Final = 65_534


def own_servers() -> bool:
    """Whether the environment names servers. Raises ServerError when it names only one of the two."""
    named = {name for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)}
    if len(named) == 1:
        missing = ({"DATABASE_URL", "REDIS_URL"} - named).pop()
        raise ServerError(f"{named.pop()} is set and {missing} is not: set both to use servers of your own, or neither.")
    return bool(named)


def port_of(text: str) -> int:
    """Raises ServerError. The phones take the next one."""
    if not text.isdecimal() or not 0 < int(text) <= MOST_PORT:
        raise ServerError(f"PORT is “{text}”: give a number from 1 to {MOST_PORT}, as in make run PORT=8765")
    return int(text)


def senders() -> int:
    """Processes beside the worker that do nothing but send. Raises ServerError."""
    text = os.environ.get("SENDERS") or "0"
    if not text.isdecimal() or int(text) > MOST_SENDERS:
        raise ServerError(f"SENDERS is “{text}”: give a number of processes from 0 to {MOST_SENDERS}")
    return int(text)


def environment(root: Path, host: str, port: int, simulator_port: int, ready: Path) -> dict[str, str]:
    """What all processes of the console get. Whatever the caller has set stands.

    With servers of one's own the rest of the configuration is filled in as for the embedded ones: this is one person's machine.
    """
    url = f"http://{host}:{port}"
    filled = {
        "PUBLIC_URL": url,
        "SIMULATOR_URL": f"http://127.0.0.1:{simulator_port}",
        "HEALTH_DIRECTORY": str(ready),
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "LOG_FORMAT": "console",
        **DEMO_KNOBS,
    }
    if own_servers():
        filled |= {
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "EMAIL_URL": f"file://{root / 'mail'}",
            "STATIC_FILES": "finders",
            "GATEWAY_ALLOWED_NETWORKS": "127.0.0.0/8,::1/128",
            **generated_secrets(root),
        }
    return filled | {name: value for name, value in os.environ.items() if value}


def refuse_taken(host: str, port: int) -> None:
    if not is_free(host, port):
        raise ServerError(f"port {port} is taken. Choose another: make run PORT={free_port(host, port + 10)}")


def simulator_port(root: Path, port: int) -> int:
    """The port of the last start, where it is still free: the demo lines remember it. At first the next one after the web's."""
    before = urlsplit(noted_address(root).get("simulator", "")).port
    if before and before != port and is_free("127.0.0.1", before):
        return before
    return free_port("127.0.0.1", port + 1)


def free_port(host: str, wanted: int) -> int:
    """`wanted`, or the next port above it that nobody listens on, or one below it where there is none."""
    return next(port for port in chain(range(wanted, 65_536), range(1_024, wanted)) if is_free(host, port))


def is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise ServerError(f"port {port} may only be taken by root. Choose one above 1023: make run PORT=8000") from None
        except OSError:
            return False
        return True


def note_address(root: Path, url: str, simulator: str) -> None:
    """Leave word of where the console is, for the next one and for commands that print links."""
    aside = root / "console.json.new"
    aside.write_text(json.dumps({"pid": os.getpid(), "url": url, "simulator": simulator}))
    aside.replace(root / "console.json")


def noted_address(root: Path) -> dict[str, str]:
    try:
        noted: dict[str, str] = json.loads((root / "console.json").read_text())
    except (OSError, ValueError):
        return {}
    return noted
