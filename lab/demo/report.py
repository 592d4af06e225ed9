"""The report of a demonstration, for people (rich) and for programs (JSON)."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console, RenderableType
from rich.json import JSON
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from boringmail.checks.table import render
from lab import paths
from lab.demo.built import Built
from lab.demo.proof import Outbound, Strict
from lab.demo.transcript import Timed

SLOWEST = 10


@dataclass(frozen=True)
class Report:
    """Everything that a demonstration tells."""

    built: Built
    verified: dict[str, Any]
    outbound: Outbound
    strict: Strict
    inbound: dict[str, Any]
    steps: list[Timed]
    plays: list[Timed]
    slowest_tasks: list[Timed]
    recap: dict[str, dict[str, int]]
    seconds: float

    @property
    def changed(self) -> int:
        """Changes over all hosts."""
        return sum(counts["changed"] for counts in self.recap.values())

    def as_json(self) -> str:
        """The report for programs."""
        return json.dumps({**asdict(self), "changed": self.changed}, indent=2, default=str)


def show(report: Report, console: Console) -> None:
    """Print the report."""
    for title, part in (
        ("What was built", _hosts(report.built)),
        ("DNS records", _records(report.built)),
        ("What verify.yml found", Text(render(report.verified["checks"], report.verified["skipped"]))),
        ("Mail out: what mailbox.example saw", _findings(report.outbound)),
        ("Mail out: how the strict bigmail.example judged it", _findings(report.strict)),
        ("Mail in: what the app received", JSON(json.dumps(report.inbound), indent=2)),
        ("How long it took", _times("step", [*report.steps, *_indented(report.plays)])),
        ("The slowest tasks", _times("task", report.slowest_tasks)),
    ):
        console.print()
        console.print(f"[bold]{title}[/bold]")
        console.print(part)
    console.print()
    for host, counts in report.recap.items():
        console.print(
            f"{host}: " + " ".join(f"{name}={count}" for name, count in counts.items()), highlight=False
        )
    took = f"{report.seconds:.0f} s, changed={report.changed}"
    console.print(f"[bold green]Mail went out and came in.[/bold green] {took}", highlight=False)
    console.print(_look_around(report.built), highlight=False, soft_wrap=True)


def _hosts(built: Built) -> RenderableType:
    table = _table("host", "instance", "type", "private", "Elastic IP", "PTR")
    host = built.host
    table.add_row(
        host.name, host.instance_id, built.instance_type, host.private_ip, host.public_ip, built.ptr
    )
    return table


def _records(built: Built) -> RenderableType:
    table = _table("name", "type", "TTL", "value")
    for record in built.records:
        table.add_row(record.name, record.type, str(record.ttl), "\n".join(record.values))
    return table


def _findings(found: Outbound | Strict) -> RenderableType:
    table = _table("what", "seen")
    for name, value in asdict(found).items():
        text = "\n".join(value) if isinstance(value, tuple) else str(value)
        table.add_row(name.replace("_", " "), escape(text))
    return table


def _times(noun: str, entries: list[Timed]) -> RenderableType:
    table = _table(noun, "seconds")
    table.columns[1].justify = "right"
    for entry in entries:
        table.add_row(entry.name, f"{entry.seconds:.1f}")
    return table


def _indented(plays: list[Timed]) -> list[Timed]:
    return [Timed(f"  play: {play.name}", play.seconds) for play in plays]


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _look_around(built: Built) -> str:
    key = paths.SSH_KEY.relative_to(paths.CHECKOUT)
    return f"""
The lab is up. Look around:
  make lab-status                  what runs, at which addresses, how to enter
  ssh -i {key} -o UserKnownHostsFile=inventories/lab/known_hosts admin@{built.host.public_ip}
                                   the mail host; there: sudo tail -f /var/log/postfix/*.log
  {paths.LOG.relative_to(paths.CHECKOUT)}/site.log               what Ansible did
  make demo                        again: quick, and changes nothing
  make lab-down                    remove it all"""
