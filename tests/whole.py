"""Runs Molecule's scenarios and the tests of the whole gateway, side by side where they share nothing.

First come the scenarios that use what the gateway's tests use too: the account, whose log of calls tells what
the playbooks need, and the DNS lists. Then the gateway's tests, which leave a core idle, and beside them, one
at a time, the scenarios that stay within their own host. Last and alone comes what takes the lab down.
"""

import os
import subprocess
import sys

from tests import molecule

GATEWAY = "tests/e2e"
LAST = f"{GATEWAY}/test_lab_lifecycle.py"
OWN_HOST_ONLY = frozenset({"base", "boringmail", "clamav", "dovecot", "rspamd", "unbound", "valkey"})
# What the scenarios beside say meanwhile; shown when the gateway's tests are over.
LOG = molecule.LOGS / "molecule.log"


def scenarios(*roles: str) -> list[str]:
    """The command for these scenarios."""
    return [sys.executable, "-m", "tests.molecule", *roles]


def gateway(*arguments: str) -> list[str]:
    """The command for tests of the gateway. The first builds it, with a limit of its own (conftest.py)."""
    return ["pytest", "-q", "--durations=15", "-o", "timeout_func_only=true", *arguments]


def beside(first: list[str], second: list[str]) -> tuple[int, int]:
    """Run two commands at once, the second into the log; its words follow those of the first."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with (
        LOG.open("wb") as log,
        subprocess.Popen(
            second,
            cwd=molecule.ROOT,
            env=os.environ | {"MOLECULE_AT_ONCE": "1"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        ) as other,
    ):
        status = run(first)
        statuses = status, other.wait()
    print(LOG.read_text(errors="replace"), end="", flush=True)
    return statuses


def run(command: list[str]) -> int:
    """Run one command to its end."""
    return subprocess.run(command, cwd=molecule.ROOT, stdin=subprocess.DEVNULL, check=False).returncode


def main() -> int:
    roles = molecule.scenarios()
    sharing = [role for role in roles if role not in OWN_HOST_ONLY]
    alone = [role for role in roles if role in OWN_HOST_ONLY]
    statuses = [
        run(scenarios(*sharing)),
        *beside(gateway(GATEWAY, f"--ignore={LAST}"), scenarios(*alone)),
        run(gateway(LAST)),
    ]
    return 1 if any(statuses) else 0


if __name__ == "__main__":
    sys.exit(main())
