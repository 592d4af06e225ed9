"""The roots of the lab's ACME server, copied to `.lab` for inventories."""

import time

from lab import containers, layout, paths
from lab.shell import CommandError

# The issuing root, and the CA of the server's own HTTPS; any service of that host may read it.
ROOTS = "/var/lib/lab-acme/roots.pem"


def export(timeout_seconds: float = 20) -> None:
    """Write the roots as they are now; wait for a server that starts. Raises CommandError."""
    deadline = time.monotonic() + timeout_seconds
    while True:
        try:
            text = containers.execute(layout.INTERNET.namespace, ["cat", ROOTS])
            break
        except CommandError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
    if not paths.ACME_ROOT.exists() or paths.ACME_ROOT.read_text() != text:
        new = paths.ACME_ROOT.with_name(f"{paths.ACME_ROOT.name}.new")
        new.write_text(text)
        new.rename(paths.ACME_ROOT)
