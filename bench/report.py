"""The figures as a table on the terminal, and as a page with a picture in docs/."""

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pygal
from rich.console import Console
from rich.table import Table

from bench.measure import Figures

# Row, row it is held against, what, at least (or at most, where negative), in the mix of real sizes.
RATIOS = (
    ("boringmail-filtered", "sink-filtered", "CPU a mail, whole chain, to a C sink's", "cpu", 1.2),
    ("boringmail-filtered", "sink-filtered", "mails a second, whole chain, to a C sink's", "rate", 0.85),
    ("boringmail", "php", "mails a second, hand-over alone, to PHP's", "rate", 3.0),
    ("boringmail-filtered", "php-filtered", "mails a second, whole chain, to PHP's", "rate", 1.5),
)
COLUMNS = ("sizes", "way", "mails", "mails/s", "CPU ms/mail", "reply p50 ms", "reply p99 ms", "daemon MiB")


def line(one: Figures) -> str:
    """One measurement, as it is made."""
    refused = f"  not taken: {one.refused}" if one.refused else ""
    return (
        f"{one.mix:<5} {one.variant.name:<42} {one.per_second:7.1f} mails/s {one.cpu_ms:7.2f} ms CPU{refused}"
    )


def _cells(one: Figures) -> tuple[str, ...]:
    return (
        one.mix, one.variant.name, str(one.mails), f"{one.per_second:.0f}", f"{one.cpu_ms:.1f}",
        f"{one.wait_p50_ms:.0f}", f"{one.wait_p99_ms:.0f}", f"{one.daemon_mib:.0f}",
    )  # fmt: skip


def _stage_cells(one: Figures, stages: Sequence[str]) -> tuple[str, ...]:
    return (one.mix, one.variant.name, *(f"{one.stages_ms.get(stage, 0.0):.2f}" for stage in stages))


def ratios(found: Sequence[Figures]) -> list[tuple[str, str, str, str, str]]:
    """(mix, what, ratio, wanted, whether it is reached) of each pair that was measured."""
    rows = []
    by_key = {(one.mix, one.variant.key): one for one in found}
    for mix in dict.fromkeys(one.mix for one in found):
        for key, other, what, kind, wanted in RATIOS:
            one, held = by_key.get((mix, key)), by_key.get((mix, other))
            if one is None or held is None:
                continue
            ratio = one.cpu_ms / held.cpu_ms if kind == "cpu" else one.per_second / held.per_second
            reached = ratio <= wanted if kind == "cpu" else ratio >= wanted
            sign = "at most" if kind == "cpu" else "at least"
            rows.append((mix, what, f"{ratio:.2f}", f"{sign} {wanted}", "yes" if reached else "no"))
    return rows


def _stages(found: Sequence[Figures]) -> list[str]:
    return list(dict.fromkeys(stage for one in found for stage in one.stages_ms))


def show(found: Sequence[Figures]) -> None:
    """Everything on the terminal."""
    stages = _stages(found)
    tables = (
        ("Throughput", COLUMNS, [_cells(one) for one in found]),
        ("CPU by stage, ms/mail", ("sizes", "way", *stages), [_stage_cells(one, stages) for one in found]),
        ("Ratios in this run", ("sizes", "what", "ratio", "wanted", "reached"), ratios(found)),
    )
    for title, columns, rows in tables:
        table = Table(*columns, title=title)
        for row in rows:
            table.add_row(*row)
        Console().print(table)


def _markdown(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(row) + " |" for row in lines)


def write(found: Sequence[Figures], page: Path) -> None:
    """The page, with the picture beside it."""
    stages = _stages(found)
    picture = page.with_name("performance.svg")
    _picture(found, picture)
    text = f"""# Performance

Written by `make bench` on {datetime.now(UTC).date()}: {os.cpu_count()} processors, {platform.system()}
{platform.release()}, sender, application and measured host on the same machine. Look at the ratios:
what is compared ran in one run, on the same mails. How it is measured: [bench/README.md](../bench/README.md).

![mails a second, and CPU a mail]({picture.name})

{_markdown(COLUMNS, [_cells(one) for one in found])}

"CPU ms/mail" is the whole measured host's, from its cgroup. "Reply" is how long the sending server waits from
MAIL to the reply after the mail. "Daemon" is the memory of boringmail-inbound at the end (PSS).

## Where the time goes

CPU in milliseconds a mail, by the unit whose processes used it.

{_markdown(("sizes", "way", *stages), [_stage_cells(one, stages) for one in found])}

## Ratios

{_markdown(("sizes", "what", "ratio", "wanted", "reached"), ratios(found))}
"""
    page.write_text(text)


def _picture(found: Sequence[Figures], path: Path) -> None:
    chart = pygal.HorizontalBar(
        title="mails a second",
        legend_at_bottom=True,
        width=900,
        height=560,
        disable_xml_declaration=True,
        js=[],
    )
    ways = list(dict.fromkeys(one.variant.name for one in found))
    chart.x_labels = ways
    for mix in dict.fromkeys(one.mix for one in found):
        rates = {one.variant.name: round(one.per_second, 1) for one in found if one.mix == mix}
        chart.add(f"{mix} sizes", [rates.get(way) for way in ways])
    chart.render_to_file(str(path))
