"""Runs `boringmail parse` and prints its exit status, CPU seconds and peak memory in MB.

A process of its own: a child's peak counts from its parent's memory, and that of a test run is large.
"""

import os
import subprocess
import sys
from pathlib import Path


def main() -> None:
    with Path(sys.argv[1]).open("wb") as output:
        process = subprocess.Popen(sys.argv[2:], stdout=output)
        _, status, usage = os.wait4(process.pid, 0)
    print(os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


if __name__ == "__main__":
    main()
