"""Writes the roots that a client of the lab's ACME server needs to one file, as soon as the server answers.

Pebble makes its issuing root at each start and tells it on its management port alone. A client must know that
root, to judge certificates, and the CA of Pebble's HTTPS, to get them.
"""

import argparse
import ssl
import time
import urllib.request
from pathlib import Path

STARTED_WITHIN_SECONDS = 20.0


def options(argv: list[str] | None = None) -> argparse.Namespace:
    """Read the command line; the defaults are the lab's."""
    parser = argparse.ArgumentParser(prog="lab.services.acme", description=__doc__)
    parser.add_argument("--management", default="127.0.0.1:15000")
    parser.add_argument("--state", type=Path, default=Path("/var/lib/lab-acme"))
    return parser.parse_args(argv)


def collect_roots(management: str, directory: Path) -> None:
    """Write the issuing root and `https-ca.pem` to `roots.pem`; OSError when the server does not come."""
    ca = directory / "https-ca.pem"
    issuing = _fetch(f"https://{management}/roots/0", ca)
    new = directory / "roots.new"
    new.write_text(f"{issuing.strip()}\n{ca.read_text()}")
    new.rename(directory / "roots.pem")


def _fetch(url: str, ca: Path) -> str:
    context = ssl.create_default_context(cafile=str(ca))
    deadline = time.monotonic() + STARTED_WITHIN_SECONDS
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5, context=context) as answer:  # noqa: S310 - https, ours
                return str(answer.read().decode("ascii"))
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def main() -> None:
    """Entry point."""
    settings = options()
    collect_roots(settings.management, settings.state)


if __name__ == "__main__":
    main()
