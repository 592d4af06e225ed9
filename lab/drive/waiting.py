"""Waiting with an end: every wait says for what, and gives up with the last thing it saw."""

import time
from collections.abc import Callable

POLL_SECONDS = 0.25


class WaitedInVain(AssertionError):  # noqa: N818 - reads as what happened
    """The awaited thing did not come about in time."""


def until[T](what: str, probe: Callable[[], T | None], seconds: float, poll: float = POLL_SECONDS) -> T:
    """Call `probe` until it returns something true, and return that.

    Raises WaitedInVain, naming `what`, after `seconds`.
    """
    deadline = time.monotonic() + seconds
    while True:
        found = probe()
        if found:
            return found
        if time.monotonic() > deadline:
            raise WaitedInVain(f"waited {seconds:g} s for {what}; last seen: {found!r}")
        time.sleep(poll)
