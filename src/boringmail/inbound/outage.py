"""An endpoint's circuit and its edges: the alert line when it stays open, the flush when it closes.

Postfix alone would try a waiting mail again after minutes. So when a pause ends one mail is asked for, as the
probe, and when that is taken all the others.
"""

import re

from boringmail.inbound import circuit, flush, log
from boringmail.inbound.circuit import Circuit
from boringmail.inbound.config import Config
from boringmail.inbound.decision import Action, Verdict
from boringmail.inbound.flusher import Flusher

_QUEUE_ID = re.compile(r"[0-9A-Za-z]{1,100}")


class Outage:
    """Whether one endpoint may be called. Times are monotonic seconds. `route` names it in log lines."""

    def __init__(self, config: Config, flusher: Flusher, *, route: str | None = None) -> None:
        self._config = config
        self._flusher = flusher
        self._route = route
        self._circuit = Circuit()
        self._waiting = ""
        self._alerted: float | None = None
        self._recovering = False

    @property
    def paused(self) -> bool:
        """Whether the endpoint is not to be called but by a probe."""
        return self._circuit.open_until is not None

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
                seconds = self._circuit.open_until - now
                log.event("app_paused", seconds=seconds, reason=verdict.reason, route=self._route)
        elif verdict.action is not Action.DEFERRED and self._recovering:
            self._recovered(before, now)

    def _recovered(self, before: Circuit, now: float) -> None:
        self._recovering = False
        self._waiting = ""
        self._alerted = None
        if before.failing_since is not None:
            log.event("app_recovered", outage_seconds=now - before.failing_since, route=self._route)
        self._flusher.request(now=now)

    def tick(self, *, now: float) -> None:
        """What is due by time alone; called every second or so."""
        self._alert(now)
        if self._waiting and self.paused and circuit.ask(self._circuit, now=now - flush.DELAY_SECONDS)[0]:
            self._flusher.retry(self._route, self._waiting)
            self._waiting = ""

    def _alert(self, now: float) -> None:
        since = self._circuit.failing_since
        if since is None or not self._circuit.failing or now - since < self._config.alert_after_seconds:
            return
        if self._alerted is None or now - self._alerted >= self._config.alert_repeat_seconds:
            self._alerted = now
            log.event("app_unavailable", level="error", outage_seconds=now - since, route=self._route)
