"""Runs the commands of which the lab is made: one way only, so that every failure names its command."""

import os
import subprocess
from collections.abc import Mapping, Sequence


class CommandError(RuntimeError):
    """A command failed, was missing or took too long; the text names it and holds what it said."""


def run(
    command: Sequence[str],
    *,
    stdin: str | None = None,
    check: bool = True,
    timeout: float = 60,
    env: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a command and return what it wrote.

    `timeout` is in seconds; `env` is added to the environment. Raises CommandError; without `check` only
    for a missing command or the time limit.
    """
    shown = " ".join(command)
    try:
        done = subprocess.run(
            list(command),
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=timeout,
            env={**os.environ, **(env or {})},
        )
    except FileNotFoundError:
        raise CommandError(f"{command[0]} is not installed (needed for: {shown})") from None
    except subprocess.TimeoutExpired as error:
        raise CommandError(f"{shown}: no end after {timeout:g} s") from error
    if check and done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip())[-2000:]
        raise CommandError(f"{shown}: exit status {done.returncode}: {said}")
    return done


def in_namespace(namespace: str, command: Sequence[str]) -> list[str]:
    """Return the command that runs `command` in a network namespace."""
    return ["ip", "netns", "exec", namespace, *command]
