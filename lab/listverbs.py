"""The verbs for the DNS lists: python -m lab lists add | rm | mode | reset | show."""

import json

import click

from lab.drive.lists import Lists


@click.group("lists")
def lists() -> None:
    """DNS lists zen.lists.example and bl.lists.example: whom they list, and how they fail."""


@lists.command()
@click.argument("zone")
@click.argument("ip")
@click.option("--code", default="127.0.0.2", show_default=True)
@click.option("--text", help="What the TXT record says; by default where to look the address up.")
def add(zone: str, ip: str, code: str, text: str | None) -> None:
    """List an address."""
    Lists().list(zone, ip, code=code, text=text)


@lists.command()
@click.argument("zone")
@click.argument("ip")
def rm(zone: str, ip: str) -> None:
    """Take an address off a list; one that is not there is no error."""
    Lists().unlist(zone, ip)


@lists.command()
@click.argument("zone")
@click.argument("mode", type=click.Choice(["normal", "error", "servfail", "silent"]))
def mode(zone: str, mode: str) -> None:
    """Have a list answer as it should, with 127.255.255.254 to everything, with SERVFAIL, or not at all."""
    Lists().mode(zone, mode)


@lists.command()
def reset() -> None:
    """Empty all lists and have them answer as they should."""
    Lists().reset()


@lists.command()
def show() -> None:
    """Print each list's mode and entries as JSON."""
    print(json.dumps(Lists().state(), indent=2))
