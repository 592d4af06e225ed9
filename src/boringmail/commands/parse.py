"""`boringmail parse`: the body that a mail would give, to try out what the application will see."""

import re
import sys
import time
from pathlib import Path

import click

from boringmail.commands.settings import config_option
from boringmail.inbound import config as configuration
from boringmail.inbound.body import Incoming
from boringmail.inbound.config import Config, ConfigError
from boringmail.inbound.envelope import Envelope
from boringmail.mime import header
from boringmail.mime.header import Fields

_ANGLE = re.compile(r"<([^<>]*)>")


@click.command()
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True),
)
@click.option(
    "--rcpt", "recipient", help="Envelope recipient; by default that of X-Original-To or Delivered-To."
)
@click.option("--sender", help="Envelope sender; by default that of Return-Path.")
@click.option("--mail-domain", help="Domain behind the tenant label; by default the configured one.")
@config_option
def parse(
    files: tuple[Path, ...],
    recipient: str | None,
    sender: str | None,
    mail_domain: str | None,
    config_path: Path,
) -> None:
    """Print the JSON body of each FILE (- is standard input), one per line, whatever its bytes."""
    config = _configuration(config_path)
    domain = mail_domain if mail_domain is not None else config.mail_domain if config else ""
    scanner = bool(config and config.virus_scanner)
    for file in files:
        sys.stdout.buffer.write(_body(file, recipient, sender, domain, virus_scanner=scanner))
        sys.stdout.buffer.write(b"\n")
    sys.stdout.buffer.flush()


def _body(
    file: Path, recipient: str | None, sender: str | None, domain: str, *, virus_scanner: bool
) -> bytes:
    """The body of one file, of which nothing else is left when the next one is read."""
    raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    fields = header.split(raw, 0, len(raw))[0]
    address = recipient if recipient is not None else _recipient(fields)
    envelope = Envelope(sender if sender is not None else _sender(fields), (address,))
    incoming = Incoming(raw, envelope, virus_scanner=virus_scanner)
    return incoming.body(address, mail_domain=domain, now=time.time())


def _configuration(path: Path) -> Config | None:
    try:
        return configuration.load(path)
    except ConfigError:
        return None


def _recipient(fields: Fields) -> str:
    return fields.value("x-original-to") or fields.value("delivered-to")


def _sender(fields: Fields) -> str:
    match = _ANGLE.search(fields.value("return-path"))
    return match[1] if match else ""
