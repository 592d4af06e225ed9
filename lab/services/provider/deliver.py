"""The sending half: look up the MX, speak SMTP, try again on 4xx, as any MTA does (RFC 5321 4.5.4.1, 5.1).

Waits between tries are seconds rather than minutes, so that tests of deferrals do not take half an hour.
"""

import asyncio
import logging
import ssl
import time
from dataclasses import dataclass

import aiosmtplib
import dns.asyncresolver
import dns.exception
import dns.resolver

from lab.services.provider.outbox import Attempt, Letter, Outbox, Outcome

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

    def __init__(self, sender: Sender, outbox: Outbox) -> None:
        self._sender = sender
        self._outbox = outbox
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
                attempt = await self._attempt(letter)
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
        return Attempt(
            at=started,
            seconds=time.time() - started,
            host=trace.host,
            address=trace.address,
            stage=trace.stage,
            code=trace.code,
            reply=trace.reply,
            tls=trace.tls,
            ambiguous=trace.stage == "dot" and trace.code is None,
        )

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
            local_hostname=self._sender.ehlo,
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
                await client.starttls(tls_context=_opportunistic())
                trace.tls = _tls_version(client)
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


def _opportunistic() -> ssl.SSLContext:
    """TLS that encrypts and verifies nobody, as MTAs do without DANE or MTA-STS (RFC 7435)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _tls_version(client: aiosmtplib.SMTP) -> str | None:
    transport = client.transport
    tls = transport.get_extra_info("ssl_object") if transport else None
    return str(tls.version()) if tls else None


async def _quit(client: aiosmtplib.SMTP) -> None:
    try:
        await client.quit(timeout=2)
    except (OSError, aiosmtplib.SMTPException):
        client.close()
