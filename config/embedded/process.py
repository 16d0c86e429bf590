"""Start child processes that cannot outlive us and that a Ctrl-C in the terminal does not reach."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1


class ServerError(RuntimeError):
    """Something a person has to act on; the text says what."""


def end_with_parent(number: int) -> Callable[[], None] | None:
    """A `preexec_fn` that has the kernel send signal `number` to the child when its parent dies, even by SIGKILL.

    Linux only (prctl(2)). subprocess calls it after the change of user, which would clear the setting.
    """
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def set_signal() -> None:
        libc.prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
        if os.getppid() != parent:  # it died between fork and prctl
            os._exit(1)

    return set_signal


def start(
    args: Sequence[str | Path],
    *,
    user: int | None = None,
    group: int | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | str = "/",
    output: IO[bytes] | int | None = None,
    death_signal: int = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start `args` in a session of its own, as `user` where given (then without supplementary groups).

    A session of its own matters: the terminal would otherwise send Ctrl-C to the database at the same moment as to the worker
    that still wants to write to it.
    """
    return subprocess.Popen(
        [str(arg) for arg in args],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        cwd=cwd,
        env=dict(env) if env is not None else None,
        user=user,
        group=group,
        extra_groups=[] if user is not None else None,
        start_new_session=True,
        preexec_fn=end_with_parent(death_signal),
    )
