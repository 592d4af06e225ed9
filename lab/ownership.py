"""One lab per machine: a lock, so that no two verbs run at once; a record of whose it is."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab import paths


class OwnershipError(RuntimeError):
    """Another verb is at work, or the lab belongs to another checkout."""


@contextmanager
def lock(timeout_seconds: float = 300) -> Iterator[None]:
    """Hold the machine's lock; it is released by the kernel if we are killed."""
    with paths.LOCK.open("w") as file:
        deadline = time.monotonic() + timeout_seconds
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise OwnershipError(
                        f"another lab command has held {paths.LOCK} for {timeout_seconds:g} s"
                    ) from None
                time.sleep(0.1)
        yield


def owner() -> Path | None:
    """Return the checkout that the lab belongs to, None where there is no lab."""
    try:
        return Path(paths.OWNER.read_text().strip())
    except FileNotFoundError:
        return None


def claim() -> None:
    """Make the lab this checkout's; raise OwnershipError when it is another's that still exists."""
    other = owner()
    if other is not None and other != paths.CHECKOUT and other.is_dir():
        raise OwnershipError(f"the lab belongs to {other}; take it down first: python -m lab down")
    paths.OWNER.parent.mkdir(parents=True, exist_ok=True)
    paths.OWNER.write_text(f"{paths.CHECKOUT}\n")
