"""One message from Postfix to its end: posted, deferred, kept as a dead letter, or recorded as a probe."""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from boringmail.inbound import decision, log, webhook
from boringmail.inbound.body import Incoming
from boringmail.inbound.budget import Budget
from boringmail.inbound.config import Config
from boringmail.inbound.dead_letter import DeadLetter, DeadLetterBox
from boringmail.inbound.decision import Action, Answer, Verdict
from boringmail.inbound.endpoint import Endpoint, Endpoints
from boringmail.inbound.gone import GoneList
from boringmail.inbound.lmtp import Message
from boringmail.inbound.probe import ProbeRecords
from boringmail.inbound.shares import Shares
from boringmail.inbound.threads import Threads

_TROUBLE = "451 4.3.0 Trouble here, try again"
_BUSY = "451 4.3.2 Too much mail at once, try again"
# Above this a message is read in a thread, so that the others do not wait for it.
_INLINE_BYTES = 262_144
# A body for each byte of its message, until it is made: attachments are in it twice, in base64.
_BODY_FACTOR = 3
# How long a mail waits for its turn. An endpoint that answers makes room at once; one that does not must not
# hold Postfix's connections, which are everybody's.
_ROOM_SECONDS = 2.0
# Of a probe's subject.
_SUBJECT_LENGTH_LIMIT = 200


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Everything that a message may meet on its way."""

    config: Config
    endpoints: Endpoints
    box: DeadLetterBox
    gone: GoneList
    probes: ProbeRecords
    threads: Threads
    # Bytes of messages as they came, over all connections.
    messages: Budget
    # What each endpoint has under way: attempts, bytes of their messages, bytes of the bodies made of these.
    attempts: Shares
    attempted: Shares
    bodies: Shares
    # Reading takes several times a message's size: one big one at a time.
    big: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def deliver(self, message: Message) -> list[str]:
        """One LMTP reply per recipient, in their order. Never raises: trouble of our own is a deferral."""
        incoming = Incoming(message.content, message.envelope, virus_scanner=bool(self.config.virus_scanner))
        if problem := incoming.judgement.problem:
            # Our own filter wrote it: somebody must look. The mail goes on, as one that was not checked.
            log.event(
                "verdict_unreadable", level="warning", queue_id=message.envelope.queue_id, reason=problem
            )
        return await asyncio.gather(
            *(self._guarded(incoming, recipient) for recipient in message.envelope.recipients)
        )

    async def _guarded(self, incoming: Incoming, recipient: str) -> str:
        try:
            return await self._one(incoming, recipient)
        except Exception as error:  # noqa: BLE001 - anything unexpected answers Postfix with a deferral
            _log_trouble(incoming, error)
        try:
            # A mail that meets the same trouble every time must not come to the end of the queue's lifetime.
            return await self._unanswered(incoming, recipient, Answer(failure="trouble")) or _TROUBLE
        except Exception as error:  # noqa: BLE001 - as above
            _log_trouble(incoming, error)
            return _TROUBLE

    async def _unanswered(self, incoming: Incoming, recipient: str, answer: Answer) -> str | None:
        """Keeps a mail that is too old to be deferred once more; None: it is not."""
        verdict = self._expire(incoming, self._decide(answer))
        if verdict.action is not Action.DEAD_LETTER:
            return None
        await self._keep(incoming, recipient, answer, verdict)
        return decision.reply(verdict)

    async def _one(self, incoming: Incoming, recipient: str) -> str:
        token = self.probes.token(recipient)
        if token is not None:
            return await self._probe(incoming, recipient, token)
        endpoint = self.endpoints.of(recipient)
        started = time.monotonic()
        answer = await self._admitted(endpoint, incoming, recipient)
        if answer is None:
            log.event("overload", level="warning", queue_id=incoming.envelope.queue_id, route=endpoint.label)
            return await self._unanswered(incoming, recipient, Answer(failure="overload")) or _BUSY
        verdict = self._expire(incoming, self._decide(answer))
        if verdict.action is Action.DEAD_LETTER:
            await self._keep(incoming, recipient, answer, verdict)
        elif verdict.action is Action.DELIVERED:
            self.gone.remove(recipient)
        else:
            endpoint.outage.deferred(incoming.envelope.queue_id)
        self._log(incoming, recipient, verdict, started, route=endpoint.label)
        return decision.reply(verdict)

    def _decide(self, answer: Answer) -> Verdict:
        return decision.decide(
            answer, now=time.time(), hold_limit_seconds=self.config.retry_after_limit_seconds
        )

    def _expire(self, incoming: Incoming, verdict: Verdict) -> Verdict:
        return decision.expire(
            verdict,
            age_seconds=incoming.age_seconds(time.time()),
            max_age_seconds=self.config.max_age_seconds,
        )

    async def _admitted(self, endpoint: Endpoint, incoming: Incoming, recipient: str) -> Answer | None:
        """As `_attempt`, within the endpoint's share; None also if that is used up."""
        name, size = endpoint.name, len(incoming.raw)
        if not await self.attempts.wait(name, 1, seconds=_ROOM_SECONDS):
            return None
        try:
            if not self.attempted.take(name, size):
                return None
            try:
                return await self._attempt(endpoint, incoming, recipient)
            finally:
                self.attempted.give(name, size)
        finally:
            self.attempts.give(name, 1)

    async def _attempt(self, endpoint: Endpoint, incoming: Incoming, recipient: str) -> Answer | None:
        """The answer of one call, if the application may be called; None if there is no room for the body."""
        outage = endpoint.outage
        generation = outage.ask(now=time.monotonic())
        if generation is None:
            return Answer(failure="app_on_hold")
        answer = None
        try:
            size = _BODY_FACTOR * len(incoming.raw)
            if await self.bodies.wait(endpoint.name, size, seconds=self.config.timeout_seconds):
                try:
                    body = await self._body(incoming, recipient)
                    size = self.bodies.correct(endpoint.name, size, sum(map(len, body)))
                    identifier = webhook.message_id(incoming.envelope, recipient, incoming.raw)
                    answer = await endpoint.post(body, identifier)
                finally:
                    self.bodies.give(endpoint.name, size)
        finally:
            if answer is None:
                outage.release(generation=generation)
            else:
                outage.settle(self._decide(answer), generation=generation, now=time.monotonic())
        return answer

    async def _body(self, incoming: Incoming, recipient: str) -> list[bytes]:
        def build() -> list[bytes]:
            body = incoming.pieces(
                recipient, mail_domain=self.config.mail_domain, now=time.time(), table=self.threads
            )
            incoming.forget()
            return body

        if len(incoming.raw) <= _INLINE_BYTES:
            return build()
        async with self.big:
            return await asyncio.to_thread(build)

    async def _keep(self, incoming: Incoming, recipient: str, answer: Answer, verdict: Verdict) -> None:
        letter = DeadLetter(
            identifier=webhook.message_id(incoming.envelope, recipient, incoming.raw),
            recipient=recipient,
            sender=incoming.envelope.sender,
            xforward=incoming.envelope.xforward,
            subject=incoming.fields.value("subject"),
            size_bytes=len(incoming.raw),
            kept_at=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            reason=verdict.reason,
            app_status=answer.status,
            app_answer=answer.excerpt,
        )
        await asyncio.to_thread(self.box.keep, letter, incoming.raw)
        if verdict.gone:
            self.gone.add(recipient, now=time.time())

    async def _probe(self, incoming: Incoming, recipient: str, token: str) -> str:
        if token:
            envelope, fields = incoming.envelope_json(recipient, self.config.mail_domain), incoming.fields
            record = {
                "token": token,
                "recorded_at": time.time(),
                "envelope": envelope,
                "subject": fields.value("subject")[:_SUBJECT_LENGTH_LIMIT],
                "headers": [[field.name, field.value] for field in fields.all[:200]],
                "size_bytes": len(incoming.raw),
                **incoming.judged,
            }
            await asyncio.to_thread(self.probes.record, token, record)
        log.event("probe", queue_id=incoming.envelope.queue_id, token=token)
        return "250 2.0.0 Probe recorded"

    def _log(
        self, incoming: Incoming, recipient: str, verdict: Verdict, started: float, *, route: str | None
    ) -> None:
        queue_id = incoming.envelope.queue_id
        log.event(
            verdict.action.value,
            level="warning" if verdict.action is Action.DEAD_LETTER else "info",
            queue_id=queue_id,
            id=webhook.message_id(incoming.envelope, recipient, incoming.raw),
            reason=verdict.reason,
            size_bytes=len(incoming.raw),
            seconds=time.monotonic() - started,
            route=route,
        )
        log.event(
            "addresses",
            level="debug",
            queue_id=queue_id,
            sender=incoming.envelope.sender,
            recipient=recipient,
        )


def _log_trouble(incoming: Incoming, error: Exception) -> None:
    queue_id = incoming.envelope.queue_id
    log.event("trouble", level="error", queue_id=queue_id, error=type(error).__name__, detail=error)
