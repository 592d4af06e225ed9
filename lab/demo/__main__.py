"""Build the gateway in the lab, send mails out and one in, and report."""

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import yaml
from rich.console import Console
from rich.markup import escape

from lab import paths
from lab.demo.built import built
from lab.demo.playbook import PlaybookFailed, forget_runs, must_succeed, play
from lab.demo.proof import NotProven, mail_in, mail_out, mail_out_strict
from lab.demo.report import SLOWEST, Report, show
from lab.demo.transcript import Timed, Transcript
from lab.drive.app import App
from lab.drive.mail_host import NoMailHost, mail_host
from lab.drive.namespace import ControlError
from lab.drive.provider import Provider
from lab.drive.secrets import hand_over, secrets
from lab.drive.waiting import WaitedInVain
from lab.shell import CommandError

PROGRESS_SECONDS = 10.0
LOG_COLUMNS = 120
VERIFIED = paths.LOG / "verify.json"
INVENTORY = paths.CHECKOUT / "inventories/lab/group_vars/all/main.yml"


class Progress:
    """Says what goes on: a line a play, and where a task takes long, its name."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._started = time.monotonic()
        self._said = self._started
        self._play = ""

    def say(self, text: str) -> None:
        """Print one line with the time since the start."""
        self._said = time.monotonic()
        self._console.print(
            f"[dim]{self._said - self._started:5.0f} s[/dim]  {text}", highlight=False, soft_wrap=True
        )

    def watch(self, transcript: Transcript) -> None:
        """Follow a playbook."""
        if transcript.play and transcript.play != self._play:
            self._play = transcript.play
            self.say(f"play: {escape(self._play)}")
        elif transcript.task and time.monotonic() - self._said > PROGRESS_SECONDS:
            self.say(f"      {len(transcript.tasks)} tasks done, now: {escape(transcript.task)}")


def timed[T](steps: list[Timed], name: str, work: Callable[[], T]) -> T:
    """Do one step and note how long it took."""
    started = time.monotonic()
    result = work()
    steps.append(Timed(name, time.monotonic() - started))
    return result


def _has_host(name: str) -> bool:
    try:
        mail_host(name)
    except NoMailHost:
        return False
    return True


def demonstrate(console: Console) -> Report:
    """Do it all; any of FAILURES says what went wrong."""
    started, steps, progress = time.monotonic(), list[Timed](), Progress(console)
    values = yaml.safe_load(INVENTORY.read_text())
    app, provider = App(), Provider()

    if not _has_host(values["mail_hosts"][0]):
        forget_runs()
    progress.say("ansible-playbook -i inventories/lab playbooks/site.yml")
    options = ("-e", f"verify_json={VERIFIED}")
    run = timed(steps, "site.yml", lambda: must_succeed(play("site.yml", *options, watch=progress.watch)))
    host = mail_host(values["mail_hosts"][0])
    progress.say("hand the SASL password and the webhook key to the app, out of Parameter Store")
    timed(steps, "secrets to the app", lambda: hand_over(app, secrets(values["mail_domain"])))
    progress.say("a mail from the app server through port 587 to mailbox.example")
    outbound = timed(steps, "mail out", lambda: mail_out(app, provider, host))
    progress.say("a mail from the app server through port 587 to bigmail.example, the strict provider")
    strict = timed(steps, "mail out, strict", lambda: mail_out_strict(app, Provider("bigmail.example")))
    progress.say("a mail from mailbox.example through port 25 to the app")
    inbound = timed(steps, "mail in", lambda: mail_in(app, provider))
    return Report(
        built=built(host, values["mail_dns_zone"], values["mail_domain"]),
        verified=json.loads(VERIFIED.read_text()),
        outbound=outbound,
        strict=strict,
        inbound=inbound,
        steps=steps,
        plays=run.transcript.plays,
        slowest_tasks=run.transcript.slowest(SLOWEST),
        recap=run.transcript.recap,
        seconds=time.monotonic() - started,
    )


FAILURES = (PlaybookFailed, NoMailHost, NotProven, WaitedInVain, ControlError, CommandError)


def main(argv: list[str] | None = None) -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(prog="python -m lab.demo", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report here too")
    options = parser.parse_args(argv)
    # A log file has no width of its own; records and commands stay whole in it.
    console = Console() if sys.stdout.isatty() else Console(width=LOG_COLUMNS)
    if not paths.ENV.exists():
        console.print("The lab is not up: run `make lab-up` first.")
        return 1
    try:
        report = demonstrate(console)
    except FAILURES as error:
        console.print(
            f"\n[bold red]The demonstration failed.[/bold red]\n{escape(str(error))}", highlight=False
        )
        console.print("Once the cause is gone, run `make demo` again: it goes on where this one stopped.")
        return 1
    show(report, console)
    if options.json:
        options.json.write_text(report.as_json() + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
