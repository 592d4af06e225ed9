"""Run the providers: for each persona SMTP on :25 and a control port on :8025, on its own address."""

import asyncio
import datetime as dt
import logging

from aiohttp import web

from lab.services.certificate import self_signed
from lab.services.provider import judge_perl
from lab.services.provider.control import Control
from lab.services.provider.deliver import Delivery, Sender
from lab.services.provider.echo import Echo
from lab.services.provider.judge import Authenticator, Judge, resolver_at
from lab.services.provider.judge_perl import PerlAuthenticator
from lab.services.provider.judge_python import PythonAuthenticator
from lab.services.provider.mailbox import Mailbox, Message
from lab.services.provider.outbox import Outbox
from lab.services.provider.persona import PERSONAS, Persona, Surroundings
from lab.services.provider.receive import Receiver, listen, server_context
from lab.services.provider.sign import Signer
from lab.services.provider.trust import Trust


async def serve(persona: Persona, around: Surroundings) -> None:
    """Be one provider until cancelled."""
    mailbox, outbox = Mailbox(), Outbox()
    sender = Sender(
        ehlo=persona.hostname,
        source_address=persona.address,
        resolver_address=around.resolver,
        resolver_port=around.resolver_port,
        smtp_port=around.target_port,
        give_up_seconds=around.give_up_seconds,
    )
    signer = Signer(persona.domain, persona.selector, around.keys / f"dkim-{persona.domain}.pem")
    control = Control(mailbox, outbox, Delivery(sender, outbox, signer, Trust(around.roots)), persona.domain)
    echo = Echo(persona.domain)

    def taken(message: Message) -> None:
        answer = echo.answer(message)
        if answer:
            control.dispatch([answer])

    judge = Judge(resolver_at(around.resolver, around.resolver_port), _authenticator(persona, around))
    certificate, key = self_signed(persona.hostname, around.state, dt.datetime.now(dt.UTC))
    receiver = Receiver(persona, judge, mailbox, taken)
    smtp = await listen(receiver, persona, port=around.smtp_port, tls=server_context(certificate, key))
    runner = web.AppRunner(control.application(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, persona.address, around.control_port).start()
    async with smtp:
        await smtp.serve_forever()


def _authenticator(persona: Persona, around: Surroundings) -> Authenticator:
    if persona.judge == "perl":
        return PerlAuthenticator(judge_perl.command(around.resolver, around.resolver_port))
    return PythonAuthenticator(resolver_at(around.resolver, around.resolver_port))


async def run() -> None:
    """Be all providers until one of them fails."""
    async with asyncio.TaskGroup() as group:
        for persona in PERSONAS:
            group.create_task(serve(persona, Surroundings()))


def main() -> None:
    """Entry point."""
    logging.basicConfig(level=logging.INFO, format="%(name)s %(levelname)s %(message)s")
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd's own, a line a command
    asyncio.run(run())


if __name__ == "__main__":
    main()
