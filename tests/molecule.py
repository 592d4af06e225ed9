"""Runs the Molecule scenarios, three at a time, and says which failed and why.

`python -m tests.molecule` runs every scenario, `python -m tests.molecule base postfix` the named ones.
A scenario's whole output goes to `.lab/log/molecule-<role>.log`; what failed is shown again at the end.
Three at a time because a scenario waits for much of its time: for a mail to arrive, for a time limit to pass.
"""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOGS = ROOT / ".lab" / "log"
SCENARIO_SECONDS = 900
AT_ONCE = int(os.environ.get("MOLECULE_AT_ONCE", "3"))
# One that starts last and takes long would keep all others waiting.
LONGEST_FIRST = ("rspamd", "postfix", "clamav", "certificate", "boringmail", "aws_network", "aws_dns")


@dataclass(frozen=True)
class Result:
    role: str
    passed: bool
    seconds: float
    log: Path


def scenarios() -> list[str]:
    """Every role that has a scenario, the one that takes longest first."""
    rank = {role: number for number, role in enumerate(LONGEST_FIRST)}
    roles = (path.parent.name for path in (ROOT / "molecule").glob("*/molecule.yml"))
    return sorted(roles, key=lambda role: (rank.get(role, len(rank)), role))


def run(role: str) -> Result:
    """Runs one scenario to its end, or ends it after SCENARIO_SECONDS."""
    started = time.monotonic()
    log = LOGS / f"molecule-{role}.log"
    with log.open("wb") as output:
        try:
            status = subprocess.run(
                ["molecule", "test", "-s", role],
                cwd=ROOT,
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                timeout=SCENARIO_SECONDS,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            output.write(f"\nended after {SCENARIO_SECONDS} s\n".encode())
            status = 1
    result = Result(role, status == 0, time.monotonic() - started, log)
    print(
        f"{'ok    ' if result.passed else 'FAILED'}  molecule {role:<14} {result.seconds:4.0f} s", flush=True
    )
    return result


def main(roles: list[str]) -> int:
    known = scenarios()
    if unknown := sorted(set(roles) - set(known)):
        print(f"no scenario named {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    LOGS.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(pool.map(run, roles or known))
    failed = [result for result in results if not result.passed]
    for result in failed:
        tail = result.log.read_text(errors="replace").splitlines()[-120:]
        print(f"\n----- {result.role}: the end of {result.log}\n" + "\n".join(tail))
    print(f"molecule: {len(results) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed or not results else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
