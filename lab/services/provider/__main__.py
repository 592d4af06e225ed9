"""Run the provider: SMTP on :25, the control port on :8025."""

import argparse
import asyncio
import datetime as dt
import logging
from pathlib import Path

from aiohttp import web

from lab.services.certificate import self_signed
from lab.services.provider.control import Control
from lab.services.provider.deliver import Delivery, Sender
from lab.services.provider.judge import Judge, resolver_at
from lab.services.provider.mailbox import Mailbox
from lab.services.provider.outbox import Outbox
from lab.services.provider.receive import Receiver, listen, server_context


def options(argv: list[str] | None = None) -> argparse.Namespace:
    """Read the command line; the defaults are the lab's addresses."""
    parser = argparse.ArgumentParser(prog="lab.services.provider", description=__doc__)
    parser.add_argument("--address", default="203.0.113.25", help="own address, for listening and sending")
    parser.add_argument("--domain", default="mailbox.example")
    parser.add_argument("--hostname", default="mail.mailbox.example", help="EHLO name and certificate name")
    parser.add_argument("--smtp-port", type=int, default=25)
    parser.add_argument("--control-port", type=int, default=8025)
    parser.add_argument("--target-port", type=int, default=25, help="port on which other mail servers listen")
    parser.add_argument("--resolver", default="203.0.113.8")
    parser.add_argument("--resolver-port", type=int, default=53)
    parser.add_argument("--give-up-seconds", type=float, default=120.0)
    parser.add_argument("--state", type=Path, default=Path("/var/lib/lab-provider"))
    return parser.parse_args(argv)


async def run(settings: argparse.Namespace) -> None:
    """Serve until cancelled."""
    mailbox, outbox = Mailbox(), Outbox()
    judge = Judge(resolver_at(settings.resolver, settings.resolver_port))
    certificate, key = self_signed(settings.hostname, settings.state, dt.datetime.now(dt.UTC))
    smtp = await listen(
        Receiver(settings.domain, judge, mailbox),
        address=settings.address,
        port=settings.smtp_port,
        hostname=settings.hostname,
        tls=server_context(certificate, key),
    )
    sender = Sender(
        ehlo=settings.hostname,
        source_address=settings.address,
        resolver_address=settings.resolver,
        resolver_port=settings.resolver_port,
        smtp_port=settings.target_port,
        give_up_seconds=settings.give_up_seconds,
    )
    control = Control(mailbox, outbox, Delivery(sender, outbox), settings.domain)
    runner = web.AppRunner(control.application(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, settings.address, settings.control_port).start()
    async with smtp:
        await smtp.serve_forever()


def main() -> None:
    """Entry point."""
    logging.basicConfig(level=logging.INFO, format="%(name)s %(levelname)s %(message)s")
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd's own, a line a command
    asyncio.run(run(options()))


if __name__ == "__main__":
    main()
