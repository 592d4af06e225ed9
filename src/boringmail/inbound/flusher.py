"""Asks Postfix to try mail again: one mail by its queue id, or all. One for all endpoints, and metered.

A flush tries the mail of every endpoint. That of an endpoint on hold comes back without a call, but it costs
Postfix and us the transfer; so however many endpoints recover, there is one flush in an interval.
"""

import time
from pathlib import Path

from boringmail.inbound import flush, log
from boringmail.inbound.config import Config
from boringmail.inbound.durable import replace_file
from boringmail.inbound.flush import FlushMeter


class Flusher:
    """Writes the flush file, which a path unit watches. Times are monotonic seconds."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._meter = FlushMeter()
        # By endpoint: a file holds one queue id, and several endpoints may want one at a time.
        self._retries: dict[str | None, str] = {}

    def started(self, *, now: float) -> None:
        """Asks for the mail that was deferred while the daemon was down, metered over restarts too."""
        try:
            age = max(0.0, time.time() - Path(self._config.flush_file).stat().st_mtime)
        except OSError:
            age = self._config.flush_interval_seconds
        self._meter = FlushMeter(last=now - age)
        self.request(now=now)

    def request(self, *, now: float) -> None:
        """Asks for all mail that waits."""
        self._meter = flush.request(
            self._meter, now=now, interval_seconds=self._config.flush_interval_seconds
        )

    def retry(self, route: str | None, queue_id: str) -> None:
        """Asks for one mail, the probe of its endpoint."""
        self._retries[route] = queue_id

    def tick(self, *, now: float, all_paused: bool) -> None:
        """Writes what is due, one thing at a time. While every endpoint is paused a flush would be vain."""
        if not all_paused:
            due, self._meter = flush.take(self._meter, now=now)
            if due:
                self._write("queue_flush_requested")
                return
        if self._retries:
            route = next(iter(self._retries))
            self._write("retry_requested", self._retries.pop(route), route)

    def _write(self, event: str, queue_id: str = "", route: str | None = None) -> None:
        if not self._config.flush_file:
            return
        try:
            replace_file(Path(self._config.flush_file), queue_id.encode())
            log.event(event, queue_id=queue_id or None, route=route)
        except OSError as error:
            log.event("queue_flush_failed", level="warning", error=error.strerror)
