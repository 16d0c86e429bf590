"""A process of a light console: it says that it is up, and when it is asked to end, whether the database runs still.

python light_process.py <name> <port> <PostgreSQL's directory>
"""

from __future__ import annotations

import os
import signal
import socket
import sys
from pathlib import Path
from types import FrameType


def main(name: str, port: str, postgres: str) -> None:
    def end(number: int, frame: FrameType | None) -> None:
        there = Path(postgres, "postmaster.pid").exists()
        print(f"ends, the database is {'there' if there else 'away'}", flush=True)
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    Path(os.environ["HEALTH_DIRECTORY"], name).touch()
    if name == "web":
        answer_probes(int(port))
    while True:
        signal.pause()


def answer_probes(port: int) -> None:
    with socket.create_server(("127.0.0.1", port)) as server:
        while True:
            asking, _ = server.accept()
            with asking:
                asking.recv(4096)
                asking.sendall(b"HTTP/1.0 200 OK\r\n\r\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
