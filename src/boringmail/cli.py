"""`boringmail`: the command line on the mail host."""

import click

from boringmail import __version__
from boringmail.commands.check import check
from boringmail.commands.dead_letter import dead_letter
from boringmail.commands.learn import learn
from boringmail.commands.parse import parse
from boringmail.commands.probe import probe


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="boringmail")
def main() -> None:
    """Look into the mail gateway and help it along."""


for _command in (check, dead_letter, learn, parse, probe):
    main.add_command(_command)
