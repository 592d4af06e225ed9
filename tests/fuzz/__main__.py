"""`python -m tests.fuzz --minutes N`: the fuzz tests again and again, each round with other examples.

Stops at the first failure, with the example that failed; Hypothesis keeps it and tries it first next time.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

EXAMPLES_PER_ROUND = 1_000  # about a minute


def main() -> int:
    """Runs rounds until the time is up; the exit status of the first that failed, or 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--examples", type=int, default=EXAMPLES_PER_ROUND, help="of each test, in one round")
    options = parser.parse_args()
    end = time.monotonic() + 60 * options.minutes
    environment = os.environ | {"FUZZ_EXAMPLES": str(options.examples)}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "--timeout=0", str(Path(__file__).parent)]
    rounds = 0
    while rounds == 0 or time.monotonic() < end:
        done = subprocess.run(command, env=environment, check=False)
        if done.returncode:
            return done.returncode
        rounds += 1
        print(f"{rounds} rounds, {max(0.0, end - time.monotonic()):.0f} s left", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
