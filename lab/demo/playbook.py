"""Runs a playbook as an owner does, with the lab's credentials, and keeps its whole output."""

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from lab import paths
from lab.demo.transcript import Transcript
from lab.drive import aws

TAIL_LINES = 40
OVERDUE_SECONDS = 900.0
RUNS = paths.LOG / "runs.jsonl"


class PlaybookFailed(RuntimeError):  # noqa: N818 - reads as what happened
    """A playbook ended with an error; the text holds the end of its output and names the log."""


@dataclass(frozen=True)
class Run:
    """One run of a playbook."""

    status: int
    seconds: float
    transcript: Transcript
    log: Path
    output: str


def environment() -> dict[str, str]:
    """The environment of a playbook run: the lab's own, this project's configuration, plain output."""
    return {
        **os.environ,
        **aws.environment(),
        "ANSIBLE_CONFIG": str(paths.CHECKOUT / "ansible.cfg"),
        "ANSIBLE_FORCE_COLOR": "0",
        "ANSIBLE_NOCOLOR": "1",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }


def command(playbook: str, *options: str) -> list[str]:
    """The command line, as an owner would type it."""
    return ["ansible-playbook", "-i", "inventories/lab", f"playbooks/{playbook}", *options]


def play(
    playbook: str,
    *options: str,
    watch: Callable[[Transcript], None] = lambda _: None,
    seconds: float = OVERDUE_SECONDS,
    variables: Mapping[str, str] | None = None,
) -> Run:
    """Run a playbook to its end, whatever that is; `watch` is called at every line.

    It is killed after `seconds`, and then has a negative status. `variables` are added to its environment.
    """
    log = paths.LOG / f"{playbook.removesuffix('.yml')}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    transcript, started, began = Transcript(), time.monotonic(), time.time()
    process = start(command(playbook, *options), variables or {})
    timer = threading.Timer(seconds, _kill, [process])
    timer.start()
    lines = []
    with log.open("w", encoding="utf-8") as file:
        for line in process.stdout or ():
            file.write(line)
            lines.append(line)
            transcript.read(line.rstrip("\n"), time.monotonic() - started)
            watch(transcript)
    status = process.wait()
    timer.cancel()
    _note(playbook, began, status)
    return Run(status, time.monotonic() - started, transcript, log, "".join(lines))


def start(arguments: Sequence[str], variables: Mapping[str, str]) -> subprocess.Popen[str]:
    """Start a playbook; standard error is part of its output."""
    return subprocess.Popen(
        list(arguments),
        cwd=paths.CHECKOUT,
        env={**environment(), **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )


def forget_runs() -> None:
    """Begin the notes of runs anew, as for an account in which nothing has been built yet."""
    RUNS.unlink(missing_ok=True)


def _kill(process: subprocess.Popen[str]) -> None:
    """Kill a run and what it started: Ansible's workers are sessions of their own and would go on."""
    children = psutil.Process(process.pid).children(recursive=True)
    for child in (psutil.Process(process.pid), *children):
        with contextlib.suppress(psutil.NoSuchProcess):
            child.kill()


def _note(playbook: str, began: float, status: int) -> None:
    """Keep when the run was: the lab's log of API calls is read by these times (seconds since the epoch)."""
    with RUNS.open("a", encoding="utf-8") as file:
        line = {"playbook": playbook, "began": began, "ended": time.time(), "status": status}
        file.write(json.dumps(line) + "\n")


def must_succeed(run: Run) -> Run:
    """Return the run, or raise PlaybookFailed with the end of its output."""
    if run.status != 0:
        tail = "\n".join(run.output.splitlines()[-TAIL_LINES:])
        why = "took too long and was killed" if run.status < 0 else f"failed with status {run.status}"
        raise PlaybookFailed(f"{tail}\n\nThe playbook {why} after {run.seconds:.0f} s. Its log: {run.log}")
    return run
