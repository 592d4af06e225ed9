"""What the verbs share: the daemon's configuration, and tables for people or JSON for scripts."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import click
import orjson
from rich.console import Console
from rich.table import Table
from rich.text import Text

from boringmail.inbound import config as configuration
from boringmail.inbound.config import Config, ConfigError

config_option = click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path, dir_okay=False),
    default=configuration.DEFAULT_PATH,
    show_default=True,
    help="The inbound daemon's configuration.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="JSON for scripts.")


def load(path: Path) -> Config:
    """The configuration, or a message that names file and key and exit status 1."""
    try:
        return configuration.load(path)
    except ConfigError as error:
        raise click.ClickException(str(error)) from error


def print_json(value: object) -> None:
    """One JSON value on one line."""
    click.echo(orjson.dumps(value))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table as wide as the terminal. Cells are plain text: mail may not colour an operator's screen."""
    table = Table(*columns, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    Console().print(table)
