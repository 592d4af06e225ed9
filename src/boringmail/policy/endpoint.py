"""One application that is asked about recipients: its questions, and whether it may be asked."""

import asyncio
import json
import re
import secrets
import ssl
import time
from datetime import UTC, datetime

from boringmail.inbound import circuit, log, webhook
from boringmail.inbound.circuit import Circuit
from boringmail.inbound.decision import Answer
from boringmail.policy import decision, http
from boringmail.policy.config import Config
from boringmail.policy.decision import Existence, Question

VERSION = 1
# What JSON may hold but one line may not.
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def body(question: Question, *, now: float) -> bytes:
    """The question as `schemas/recipient.check.v1.json` has it. `now` is Unix time.

    No sender and no client: the answer is remembered and given to everybody.
    """
    moment = datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    data = {
        "recipient": _BREAKS.sub("\ufffd", question.recipient),
        "tenant": None if question.tenant is None else _BREAKS.sub("\ufffd", question.tenant),
    }
    return json.dumps(
        {"type": "recipient.check", "version": VERSION, "timestamp": moment, "data": data}
    ).encode()


class Endpoint:
    """`label` names it in log lines; None where there is only one."""

    def __init__(
        self, config: Config, *, url: str, keys: tuple[bytes, ...], tls: ssl.SSLContext, label: str | None
    ) -> None:
        self._config = config
        self._target = http.Target.of(url)
        self._keys = keys
        self._tls = tls
        self._label = label
        self._circuit = Circuit()
        self._alerted: float | None = None
        self._slots = asyncio.Semaphore(config.questions_limit)

    async def ask(self, question: Question) -> Existence:
        """What the application says, within `timeout_seconds`."""
        started = time.monotonic()
        allowed, self._circuit = circuit.ask(self._circuit, now=started)
        if not allowed:
            return Existence.UNKNOWN
        generation, asked = self._circuit.generation, False
        answer = None
        try:
            async with asyncio.timeout(self._config.timeout_seconds), self._slots:
                asked = True
                answer = await self._post(question)
        except TimeoutError:
            answer = Answer(failure="timeout") if asked else None
        finally:
            if answer is None:
                self._circuit = circuit.release(self._circuit, generation=generation)
        if answer is None:
            log.event("overload", level="warning", route=self._label)
            return Existence.UNKNOWN
        existence = self._settle(answer, generation=generation)
        seconds = time.monotonic() - started
        log.event(existence.value, reason=answer.reason, seconds=seconds, route=self._label)
        log.event("address", level="debug", recipient=question.recipient)
        return existence

    async def _post(self, question: Question) -> Answer:
        now = time.time()
        content = body(question, now=now)
        headers = webhook.headers(self._keys, f"chk_{secrets.token_hex(20)}", content, now=now)
        return await http.post(self._target, headers, content, tls=self._tls)

    def _settle(self, answer: Answer, *, generation: int) -> Existence:
        before, now = self._circuit, time.monotonic()
        existence, verdict = decision.judge(
            answer, now=time.time(), hold_limit_seconds=self._config.retry_after_limit_seconds
        )
        self._circuit = after = circuit.settle(
            before,
            verdict,
            generation=generation,
            now=now,
            pause_first_seconds=self._config.pause_first_seconds,
            pause_limit_seconds=self._config.pause_limit_seconds,
        )
        if after.open_until is not None and after.open_until != before.open_until:
            seconds = after.open_until - now
            log.event("recipients_paused", seconds=seconds, reason=verdict.reason, route=self._label)
        elif before.failing and not after.failing and before.failing_since is not None:
            log.event("recipients_recovered", outage_seconds=now - before.failing_since, route=self._label)
            self._alerted = None
        return existence

    def tick(self, *, now: float) -> None:
        """Reports an outage that lasts; called every second or so, in monotonic seconds."""
        since = self._circuit.failing_since
        if since is None or not self._circuit.failing or now - since < self._config.alert_after_seconds:
            return
        if self._alerted is None or now - self._alerted >= self._config.alert_repeat_seconds:
            self._alerted = now
            log.event("recipients_unavailable", level="error", outage_seconds=now - since, route=self._label)
