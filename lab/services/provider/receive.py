"""The receiving half: an SMTP server with STARTTLS that judges mail for its own domain, and answers."""

import asyncio
import logging
import ssl
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from lab.services.provider.judge import Judge
from lab.services.provider.mailbox import Client, Mailbox, Message
from lab.services.provider.persona import Persona
from lab.services.provider.rules import TLS_FIRST, Sight, judged

log = logging.getLogger("provider.receive")

MESSAGE_BYTES_MAX = 50 * 1024 * 1024
SESSION_SECONDS = 60.0


class Receiver:
    """aiosmtpd's handler: takes `*@domain` from whom the persona's rules allow, and relays nothing.

    `taken` is called with every message that was accepted.
    """

    def __init__(
        self, persona: Persona, judge: Judge, mailbox: Mailbox, taken: Callable[[Message], None]
    ) -> None:
        self._persona = persona
        self._judge = judge
        self._mailbox = mailbox
        self._taken = taken

    async def handle_MAIL(  # noqa: N802 - aiosmtpd names its hooks after the SMTP command
        self, server: SMTP, session: Session, envelope: Envelope, address: str, mail_options: list[str]
    ) -> str:
        """Ask for TLS where the persona does; what is refused here has a verdict without a message."""
        del server
        if self._persona.requires_tls and not session.ssl:
            message = await self._judged(session, address, (), b"", TLS_FIRST)
            return message.reply
        envelope.mail_from = address
        envelope.mail_options.extend(mail_options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802 - as above
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        """Take recipients of our own domain only."""
        del server, session, rcpt_options
        if address.rpartition("@")[2].lower() != self._persona.domain:
            return "550 5.7.1 Relaying denied"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - as above
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Judge the message, keep it, and answer by the persona's rules."""
        del server
        raw = envelope.content if isinstance(envelope.content, bytes) else b""
        recipients = tuple(envelope.rcpt_tos)
        message = await self._judged(session, envelope.mail_from or "", recipients, raw)
        if message.accepted:
            self._taken(message)
        return message.reply

    async def _judged(
        self,
        session: Session,
        mail_from: str,
        recipients: tuple[str, ...],
        raw: bytes,
        reply: str | None = None,
    ) -> Message:
        """Judge and keep a message; without a `reply` the rules find one."""
        client = _client(session)
        mail_from = mail_from.removeprefix("<>")  # aiosmtpd's word for the null sender
        verdict = await asyncio.to_thread(
            self._judge.judge, client=client.address, helo=client.helo, mail_from=mail_from, raw=raw
        )
        number = self._mailbox.number()
        objection = judged(self._persona.rules, Sight(client.address, client.helo, verdict))
        message = Message(
            number=number,
            received_at=time.time(),
            client=client,
            mail_from=mail_from,
            recipients=recipients,
            verdict=verdict,
            reply=reply or str(objection or f"250 2.0.0 OK: taken as {number}"),
            raw=raw,
        )
        self._mailbox.add(message)
        found = verdict.authentication
        log.info(
            "event=judged at=%s number=%d client=%s helo=%s ptr=%s spf=%s dkim=%s dmarc=%s tls=%s reply=%r",
            self._persona.domain, number, client.address, client.helo, verdict.ptr, found.spf.result,
            found.dkim_result, found.dmarc.result, client.tls, message.reply,
        )  # fmt: skip
        return message


def _client(session: Session) -> Client:
    host, port = session.peer[:2] if isinstance(session.peer, tuple) else ("", 0)
    tls = session.ssl.get("ssl_object") if session.ssl else None
    cipher = tls.cipher() if tls else None
    return Client(
        address=host,
        port=port,
        helo=session.host_name or "",
        extended=session.extended_smtp,
        tls=tls.version() if tls else None,
        cipher=cipher[0] if cipher else None,
    )


def server_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """Build the TLS settings for STARTTLS: TLS 1.2 or newer, no client certificates."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    return context


async def listen(handler: Receiver, persona: Persona, *, port: int, tls: ssl.SSLContext) -> asyncio.Server:
    """Start a persona's SMTP server on its own address."""
    loop = asyncio.get_running_loop()
    factory = partial(
        SMTP,
        handler,
        hostname=persona.hostname,
        ident=f"ESMTP {persona.domain}",
        tls_context=tls,
        auth_exclude_mechanism=("LOGIN", "PLAIN"),  # an MX has no logins
        data_size_limit=MESSAGE_BYTES_MAX,
        timeout=SESSION_SECONDS,
        loop=loop,
    )
    return await loop.create_server(factory, persona.address, port, backlog=512)
