"""The receiving half: an SMTP server with STARTTLS that takes mail for its own domain and judges it."""

import asyncio
import logging
import ssl
import time
from functools import partial
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from lab.services.provider.judge import Judge
from lab.services.provider.mailbox import Client, Mailbox, Message

log = logging.getLogger("provider.receive")

MESSAGE_BYTES_MAX = 50 * 1024 * 1024
SESSION_SECONDS = 60.0


class Receiver:
    """aiosmtpd's handler: accepts `*@domain`, refuses the rest (no relay)."""

    def __init__(self, domain: str, judge: Judge, mailbox: Mailbox) -> None:
        self._domain = domain
        self._judge = judge
        self._mailbox = mailbox

    async def handle_RCPT(  # noqa: N802 - aiosmtpd names its hooks after the SMTP command
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        """Take recipients of our own domain only."""
        del server, session, rcpt_options
        if address.rpartition("@")[2].lower() != self._domain:
            return "550 5.7.1 Relaying denied"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - as above
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Judge the message and keep it."""
        del server
        raw = envelope.content if isinstance(envelope.content, bytes) else b""
        client = _client(session)
        verdict = await asyncio.to_thread(
            self._judge.judge,
            client=client.address,
            helo=client.helo,
            mail_from=envelope.mail_from or "",
            raw=raw,
        )
        number = self._mailbox.number()
        self._mailbox.add(
            Message(
                number=number,
                received_at=time.time(),
                client=client,
                mail_from=envelope.mail_from or "",
                recipients=tuple(envelope.rcpt_tos),
                verdict=verdict,
                raw=raw,
            )
        )
        log.info(
            "event=taken number=%d client=%s helo=%s ptr=%s spf=%s dkim=%s tls=%s",
            number, client.address, client.helo, verdict.ptr, verdict.spf, verdict.dkim, client.tls,
        )  # fmt: skip
        return f"250 2.0.0 OK: taken as {number}"


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


async def listen(
    handler: Receiver, *, address: str, port: int, hostname: str, tls: ssl.SSLContext
) -> asyncio.Server:
    """Start the SMTP server on `address`:`port`."""
    loop = asyncio.get_running_loop()
    factory = partial(
        SMTP,
        handler,
        hostname=hostname,
        ident="ESMTP mailbox.example",
        tls_context=tls,
        auth_exclude_mechanism=("LOGIN", "PLAIN"),  # an MX has no logins
        data_size_limit=MESSAGE_BYTES_MAX,
        timeout=SESSION_SECONDS,
        loop=loop,
    )
    return await loop.create_server(factory, address, port, backlog=512)
