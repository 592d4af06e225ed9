"""`boringmail probe`: whether a probe mail has arrived."""

import time
from pathlib import Path
from typing import Any

import click

from boringmail.commands.settings import config_option, json_option, load, print_json, print_table
from boringmail.inbound.main import probe_records

_POLL_SECONDS = 0.2


@click.group()
def probe() -> None:
    """Probe mail: recorded by the daemon, never posted."""


@probe.command()
@click.argument("token")
@click.option("--wait", "wait_seconds", type=click.FloatRange(min=0), default=0, help="Wait so long for it.")
@json_option
@config_option
def show(token: str, wait_seconds: float, as_json: bool, config_path: Path) -> None:
    """Show the mail that came for TOKEN. Exit status 1 if none has."""
    records = probe_records(load(config_path))
    deadline = time.monotonic() + wait_seconds
    while (record := records.show(token)) is None and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    if record is None:
        click.echo(f"no probe mail for {token}", err=True)
        raise SystemExit(1)
    if as_json:
        print_json(record)
        return
    client = record["envelope"]["client"]
    rows = [
        ("token", record["token"]),
        ("arrived", time.strftime("%Y-%m-%d %H:%M:%S %Z", time.localtime(record["recorded_at"]))),
        ("queue id", record["envelope"]["queue_id"]),
        ("sender", record["envelope"]["sender"]),
        ("client", f"{client['name'] or 'unknown'} [{client['address']}]"),
        ("TLS", client["tls"]["version"] if client["tls"] else "none"),
        ("subject", record["subject"]),
        *_judged(record),
    ]
    print_table(("", ""), rows)


def _judged(record: dict[str, Any]) -> list[tuple[str, str]]:
    """What the filters found out, a row each; records of an earlier release say nothing of it."""
    found = record.get("authentication") or {}
    spam, virus = record.get("spam"), record.get("virus")
    methods = [(name, found[name]["result"]) for name in ("spf", "dmarc", "arc", "iprev") if name in found]
    signatures = ", ".join(f"{each['result']} ({each['domain']})" for each in found.get("dkim", []))
    return [
        *methods,
        ("dkim", signatures or ("none" if found else "not checked")),
        ("spam", f"{spam['score']} of {spam['threshold']}, {spam['action']}" if spam else "not checked"),
        ("virus", virus["result"] if virus else "not checked"),
    ]
