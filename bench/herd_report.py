"""The herd's figures, what was promised of each and whether it holds: on the terminal, in docs/herd.md."""

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from bench.herd import Herd

# A smaller run is for a look, and leaves the page alone.
PAGE_MAILS = 50_000
# What is promised.
DRAIN_RATE, WAIT_SECONDS = 20, 120
HOST_MIB, DAEMON_MIB = 1800, 256


class Row(NamedTuple):
    """A figure. `promised` is empty where it is told for information alone."""

    what: str
    figure: str
    promised: str = ""
    holds: bool = True


def rows(found: "Herd") -> list[Row]:
    """All figures of a run."""
    account = found.account
    hours, rest = divmod(int(found.drain_seconds), 3600)
    accounted = account.delivered + account.queued + account.dead_letters
    return [
        Row("mails queued while the application was down", f"{found.mails:,}"),
        Row("of these sent, the others copies in the queue", f"{found.mails // (found.copies + 1):,}"),
        Row("sent, mails a second", f"{found.mails / (found.copies + 1) / found.fill_seconds:.0f}"),
        Row("processor time while they wait, % of one", f"{found.outage_cpu_percent:.0f}"),
        Row("drained in", f"{hours}:{rest // 60:02}:{rest % 60:02}"),
        Row(
            "drained, mails a second", f"{found.per_second:.1f}", "20 or more", found.per_second >= DRAIN_RATE
        ),
        Row("new mail meanwhile", f"{len(found.waits):,}"),
        Row("half of it with the application within, s", f"{found.wait(0.5):.1f}"),
        Row("95 % of it within, s", f"{found.wait(0.95):.1f}"),
        Row("99 % of it within, s", f"{found.wait(0.99):.1f}"),
        _at_most("all of it within, s", found.wait(1.0), WAIT_SECONDS),
        _at_most("memory of all processes at most, MiB", found.peak_mib, HOST_MIB),
        _at_most("killed for want of memory", found.killed, 0),
        _at_most("boringmail-inbound at most, MiB", found.daemon_mib, DAEMON_MIB),
        Row("acknowledged to the senders", f"{account.acknowledged:,}"),
        Row(
            "delivered + queued + dead letters",
            f"{account.delivered:,} + {account.queued} + {account.dead_letters}",
            f"{account.acknowledged:,}",
            accounted == account.acknowledged,
        ),
        _at_most("lost", account.lost, 0),
        _at_most("taken twice by the application", account.doubled, 0),
        _at_most("bounces", found.bounces, 0),
        *(
            _at_most(f"{one.mails} x 25 MB, {one.kind}: boringmail-inbound, MiB", one.peak_mib, DAEMON_MIB)
            for one in found.big
        ),
    ]


def _at_most(what: str, figure: float, limit: int) -> Row:
    shown = f"{figure:.1f}" if isinstance(figure, float) else f"{figure:,}"
    return Row(what, shown, f"{limit:,} or less" if limit else "0", figure <= limit)


def show(found: Sequence[Row]) -> None:
    """On the terminal."""
    table = Table("", "measured", "promised", "holds")
    for row in found:
        table.add_row(row.what, row.figure, row.promised, _holds(row))
    Console().print(table)


def _holds(row: Row) -> str:
    return "" if not row.promised else "yes" if row.holds else "NO"


def write(found: Sequence[Row], herd: "Herd", page: Path) -> None:
    """The page."""
    lines = [f"| {row.what} | {row.figure} | {row.promised} | {_holds(row)} |" for row in found]
    table = "\n".join(["| | measured | promised | holds |", "| --- | --- | --- | --- |", *lines])
    refused = "".join(f"\n- {number} x `{reply}`" for reply, number in herd.refused.items()) or " none."
    page.write_text(f"""# After an outage

Written by `make herd` on {datetime.now(UTC).date()}: {os.cpu_count()} processors, {platform.system()}
{platform.release()}, senders, application and measured host on the same machine. `make herd MAILS=5000` is
for a look, and leaves this page alone.

{table}

Replies other than 250, after which senders try again:{refused}

How it is measured: a host of 2 GiB with the gateway's own roles, a process beside them that holds what ClamAV
would hold more with its official database. The application answers 503 while the mails come in, with no
filters, so that it takes minutes; then it takes mail again. As soon as the first has been handed over, new
mail comes at 22,000 an hour, through Rspamd and ClamAV. What comes earlier belongs to the outage: the daemon
finds the application back within a minute. Every mail that a sender was told 250 for is looked for by its
`webhook-id`.

What bounds the wait of new mail is `qmgr_message_active_limit` of the inbound Postfix: 500 in place of
20,000. Its queue manager takes from new mail and from what waits in turns, into a line that is served first
come, first served; nothing else stands before a new mail.
""")
