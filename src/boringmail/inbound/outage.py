"""The endpoint's circuit and its edges: the alert line when it stays open, the flush when it closes.

Postfix alone would try a waiting mail again after minutes. So when a pause ends one mail is asked for, as the
probe, and when that is taken all the others.
"""

import re
import time
from pathlib import Path

from boringmail.inbound import circuit, flush, log
from boringmail.inbound.circuit import Circuit
from boringmail.inbound.config import Config
from boringmail.inbound.decision import Action, Verdict
from boringmail.inbound.durable import replace_file
from boringmail.inbound.flush import FlushMeter

_QUEUE_ID = re.compile(r"[0-9A-Za-z]{1,100}")


class Outage:
    """Whether the application may be called. Times are monotonic seconds."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._circuit = Circuit()
        self._meter = FlushMeter()
        self._waiting = ""
        self._alerted: float | None = None
        self._recovering = False

    def started(self, *, now: float) -> None:
        """Asks for the mail that was deferred while the daemon was down, metered over restarts too."""
        try:
            age = max(0.0, time.time() - Path(self._config.flush_file).stat().st_mtime)
        except OSError:
            age = self._config.flush_interval_seconds
        self._meter = flush.request(
            FlushMeter(last=now - age), now=now, interval_seconds=self._config.flush_interval_seconds
        )

    def ask(self, *, now: float) -> int | None:
        """The generation to call in, or None: do not call."""
        allowed, self._circuit = circuit.ask(self._circuit, now=now)
        return self._circuit.generation if allowed else None

    def release(self, *, generation: int) -> None:
        """A call that was allowed has not been made."""
        self._circuit = circuit.release(self._circuit, generation=generation)

    def deferred(self, queue_id: str | None) -> None:
        """Notes that a mail goes back to Postfix: the next pause ends with it."""
        if queue_id and _QUEUE_ID.fullmatch(queue_id):
            self._waiting = queue_id

    def settle(self, verdict: Verdict, *, generation: int, now: float) -> None:
        """Takes the verdict of a call that was allowed."""
        before = self._circuit
        self._circuit = circuit.settle(
            before,
            verdict,
            generation=generation,
            now=now,
            pause_first_seconds=self._config.pause_first_seconds,
            pause_limit_seconds=self._config.pause_limit_seconds,
        )
        if self._circuit.open_until is not None:
            self._recovering = True
            if self._circuit.open_until != before.open_until:
                log.event("app_paused", seconds=self._circuit.open_until - now, reason=verdict.reason)
        elif verdict.action is not Action.DEFERRED and self._recovering:
            self._recovered(before, now)

    def _recovered(self, before: Circuit, now: float) -> None:
        self._recovering = False
        self._waiting = ""
        self._alerted = None
        if before.failing_since is not None:
            log.event("app_recovered", outage_seconds=now - before.failing_since)
        self._meter = flush.request(
            self._meter, now=now, interval_seconds=self._config.flush_interval_seconds
        )

    def tick(self, *, now: float) -> None:
        """What is due by time alone; called every second or so."""
        self._alert(now)
        if self._circuit.open_until is None:
            due, self._meter = flush.take(self._meter, now=now)
            if due:
                self._flush("queue_flush_requested")
        elif self._waiting and circuit.ask(self._circuit, now=now - flush.DELAY_SECONDS)[0]:
            self._flush("retry_requested", self._waiting)
            self._waiting = ""

    def _flush(self, event: str, queue_id: str = "") -> None:
        if not self._config.flush_file:
            return
        try:
            replace_file(Path(self._config.flush_file), queue_id.encode())
            log.event(event, queue_id=queue_id or None)
        except OSError as error:
            log.event("queue_flush_failed", level="warning", error=error.strerror)

    def _alert(self, now: float) -> None:
        since = self._circuit.failing_since
        if since is None or not self._circuit.failing or now - since < self._config.alert_after_seconds:
            return
        if self._alerted is None or now - self._alerted >= self._config.alert_repeat_seconds:
            self._alerted = now
            log.event("app_unavailable", level="error", outage_seconds=now - since)
