"""`boringmail learn`: teaches the spam filter mails that somebody has judged."""

import os
import sys
from pathlib import Path

import click

from boringmail.commands.settings import json_option, print_json
from boringmail.learning import controller
from boringmail.learning.controller import MailClass, NotLearnedError, teach

NOT_LEARNED = 1


@click.command()
@click.argument("mail_class", metavar="spam|ham", type=click.Choice([each.value for each in MailClass]))
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, allow_dash=True)
)
@click.option(
    "--socket",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    default=controller.SOCKET,
    show_default=True,
    help="Rspamd's controller.",
)
@json_option
def learn(mail_class: str, files: tuple[str, ...], path: Path, as_json: bool) -> None:
    """Teach the spam filter each FILE, a whole mail as it arrived (- is standard input).

    Exit status 0 when all are learned, now or earlier; 1 when one cannot be; 75 when Rspamd or its store is
    in trouble: try again.
    """
    status = 0
    for file in files:
        try:
            result = teach(MailClass(mail_class), _read(file), path=path)
        except NotLearnedError as error:
            _report({"file": file, "class": mail_class, "result": "failed", "reason": str(error)}, as_json)
            status = os.EX_TEMPFAIL if error.temporary else status or NOT_LEARNED
        else:
            _report({"file": file, "class": mail_class, "result": result.value}, as_json)
    raise SystemExit(status)


def _read(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise NotLearnedError(f"cannot be read: {error.strerror}", temporary=False) from error


def _report(outcome: dict[str, str], as_json: bool) -> None:
    if as_json:
        print_json(outcome)
        return
    reason = outcome.get("reason")
    click.echo(f"{outcome['file']}: {reason or outcome['result']}", err=reason is not None)
