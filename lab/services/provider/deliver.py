"""The sending half: look up the MX, speak SMTP, try again on 4xx, as any MTA does (RFC 5321 4.5.4.1, 5.1).

Waits between tries are seconds rather than minutes, so that tests of deferrals do not take half an hour.
"""

import asyncio
import datetime as dt
import logging
import time
from dataclasses import dataclass, replace

import aiosmtplib
import dns.asyncresolver
import dns.exception
import dns.resolver

from lab.services.provider.outbox import Attempt, Letter, Outbox, Outcome
from lab.services.provider.sign import Signer, SigningError
from lab.services.provider.trust import Trust, chain_of, opportunistic

log = logging.getLogger("provider.deliver")

RETRY_WAIT_SECONDS = (1.0, 2.0, 3.0, 5.0)
PERMANENT = 500
SUCCESS = range(200, 300)


@dataclass(frozen=True)
class Sender:
    """The MTA as the world sees it, where it asks DNS, and its patience (seconds)."""

    ehlo: str
    source_address: str
    resolver_address: str
    resolver_port: int = 53
    smtp_port: int = 25
    command_seconds: float = 30.0
    give_up_seconds: float = 120.0


class Delivery:
    """Sends letters until each is delivered, bounced or too old."""

    def __init__(self, sender: Sender, outbox: Outbox, signer: Signer, trust: Trust) -> None:
        self._sender = sender
        self._outbox = outbox
        self._signer = signer
        self._trust = trust
        self._resolver = dns.asyncresolver.Resolver(configure=False)
        self._resolver.nameservers = [sender.resolver_address]
        self._resolver.port = sender.resolver_port
        self._resolver.lifetime = 5.0

    async def deliver_all(self, letters: list[Letter], parallel: int) -> None:
        """Deliver letters, at most `parallel` sessions at a time; a waiting letter holds no session."""
        gate = asyncio.Semaphore(parallel)
        await asyncio.gather(*(self._deliver(letter, gate) for letter in letters))

    async def _deliver(self, letter: Letter, gate: asyncio.Semaphore) -> None:
        started, tries = time.monotonic(), 0
        while letter.outcome is Outcome.PENDING:
            async with gate:
                try:
                    letter = await self._signed(letter)
                    attempt = await self._attempt(letter)
                except SigningError as error:
                    attempt = _Trace(stage="sign", reply=str(error)).attempt(time.time())
            tries += 1
            age = time.monotonic() - started
            letter = letter.after(attempt, _outcome(attempt, age, self._sender.give_up_seconds))
            self._outbox.update(letter)
            log.info(
                "event=attempt id=%s recipient=%s host=%s stage=%s code=%s outcome=%s reply=%r",
                letter.id, letter.recipient, attempt.host, attempt.stage, attempt.code, letter.outcome,
                attempt.reply,
            )  # fmt: skip
            if letter.outcome is Outcome.PENDING:
                await asyncio.sleep(RETRY_WAIT_SECONDS[min(tries, len(RETRY_WAIT_SECONDS)) - 1])

    async def _signed(self, letter: Letter) -> Letter:
        """Sign a letter that wants it, once. Raises SigningError, and it waits: it never leaves unsigned."""
        if not letter.sign:
            return letter
        return replace(letter, raw=await asyncio.to_thread(self._signer.sign, letter.raw), sign=False)

    async def _attempt(self, letter: Letter) -> Attempt:
        """Try every MX host in turn until one answers with a reply."""
        started = time.time()
        trace = _Trace()
        try:
            for host, address in await self._targets(letter.recipient.rpartition("@")[2]):
                trace = _Trace(host=host, address=address)
                try:
                    await self._session(letter, trace)
                except (OSError, aiosmtplib.SMTPException) as error:
                    trace.note(error)
                if trace.code is not None:
                    break
        except dns.exception.DNSException as error:
            trace.note(error)
        return trace.attempt(started)

    async def _targets(self, domain: str) -> list[tuple[str, str]]:
        """(host, address) by preference; the domain itself when it has no MX (RFC 5321 5.1)."""
        try:
            answer = await self._resolver.resolve(domain, "MX")
            hosts = [str(mx.exchange) for mx in sorted(answer, key=lambda mx: int(mx.preference))]
        except dns.resolver.NoAnswer:
            hosts = [domain]
        targets = []
        for host in hosts:
            targets += [
                (host.rstrip("."), record.address) for record in await self._resolver.resolve(host, "A")
            ]
        return targets

    async def _session(self, letter: Letter, trace: "_Trace") -> None:
        client = aiosmtplib.SMTP(
            hostname=trace.address,
            port=self._sender.smtp_port,
            local_hostname=letter.ehlo or self._sender.ehlo,
            source_address=(self._sender.source_address, 0),
            timeout=self._sender.command_seconds,
            start_tls=False,
        )
        try:
            await client.connect()
            trace.stage = "ehlo"
            await client.ehlo()
            if client.supports_extension("starttls"):
                trace.stage = "starttls"
                await client.starttls(tls_context=opportunistic())
                trace.secured(client, self._trust)
                await client.ehlo()
            trace.stage = "mail"
            await client.mail(letter.mail_from)
            trace.stage = "rcpt"
            await client.rcpt(letter.recipient)
            trace.stage = "dot"
            response = await client.data(letter.raw)
            trace.code, trace.reply = response.code, response.message
        finally:
            await _quit(client)


@dataclass
class _Trace:
    """How far one session came."""

    host: str = ""
    address: str = ""
    stage: str = "connect"
    code: int | None = None
    reply: str = ""
    tls: str | None = None
    tls_verified: bool | None = None
    tls_objection: str = ""

    def secured(self, client: aiosmtplib.SMTP, trust: Trust) -> None:
        """Keep the TLS version, and whether the certificate proves the MX host's name."""
        tls = client.transport.get_extra_info("ssl_object") if client.transport else None
        if tls:
            self.tls = str(tls.version())
            self.tls_objection = trust.objection(chain_of(tls), self.host, dt.datetime.now(dt.UTC))
            self.tls_verified = not self.tls_objection

    def attempt(self, started: float) -> Attempt:
        """What is to be told of the session, which began at `started` (seconds since the epoch)."""
        return Attempt(
            at=started,
            seconds=time.time() - started,
            host=self.host,
            address=self.address,
            stage=self.stage,
            code=self.code,
            reply=self.reply,
            tls=self.tls,
            tls_verified=self.tls_verified,
            tls_objection=self.tls_objection,
            ambiguous=self.stage == "dot" and self.code is None,
        )

    def note(self, error: Exception) -> None:
        """Keep what went wrong: the server's reply if it gave one, else the error's text."""
        if isinstance(error, aiosmtplib.SMTPResponseException) and error.code > 0:
            self.code, self.reply = error.code, error.message
        else:
            self.reply = f"{type(error).__name__}: {error}"


def _outcome(attempt: Attempt, age_seconds: float, give_up_seconds: float) -> Outcome:
    if attempt.code in SUCCESS:
        return Outcome.DELIVERED
    if attempt.code is not None and attempt.code >= PERMANENT:
        return Outcome.BOUNCED
    return Outcome.EXPIRED if age_seconds > give_up_seconds else Outcome.PENDING


async def _quit(client: aiosmtplib.SMTP) -> None:
    try:
        await client.quit(timeout=2)
    except (OSError, aiosmtplib.SMTPException):
        client.close()
