"""The lab's own long-running processes on the controller: the APT cache and the AWS API.

A process is known by a mark in its environment, not by a pid file: the mark cannot be lost, and a pid that
another process got meanwhile does not carry it.
"""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from lab import paths

_MARK = "BORINGMAIL_LAB_PROCESS"


def log_file(name: str) -> Path:
    """Return where a process's output goes."""
    return paths.LOG / f"{name}.log"


def _mark_of(entry: Path) -> str | None:
    try:
        environment = (entry / "environ").read_bytes()
        state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return None
    if state == "Z":
        return None
    start = f"{_MARK}=".encode()
    for variable in environment.split(b"\0"):
        if variable.startswith(start):
            return variable.removeprefix(start).decode()
    return None


def running(name: str | None = None) -> dict[int, str]:
    """Return the living marked processes, children included, pid to mark; all of them without a name."""
    marks = {int(entry.name): _mark_of(entry) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
    return {pid: mark for pid, mark in marks.items() if mark and name in (None, mark) and pid != os.getpid()}


def start(name: str, command: Sequence[str], env: Mapping[str, str] | None = None) -> None:
    """Start a process of its own session, its output appended to its log."""
    with log_file(name).open("ab") as log:
        subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=paths.CHECKOUT,
            env={**os.environ, **(env or {}), _MARK: name},
            start_new_session=True,
        )


def stop(name: str | None = None, grace_seconds: float = 5) -> None:
    """End the marked processes: SIGTERM, and after the grace SIGKILL."""
    for number, patience in ((signal.SIGTERM, grace_seconds), (signal.SIGKILL, grace_seconds)):
        for pid in running(name):
            _signal(pid, number)
        deadline = time.monotonic() + patience
        while running(name) and time.monotonic() < deadline:
            time.sleep(0.05)


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
