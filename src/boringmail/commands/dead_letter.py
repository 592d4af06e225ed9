"""`boringmail dead-letter`: mail that the application refused; look, post again, delete."""

import asyncio
import sys
import time
from dataclasses import asdict
from pathlib import Path

import click

from boringmail.commands.settings import config_option, json_option, load, print_json, print_table
from boringmail.inbound import decision
from boringmail.inbound.body import Incoming
from boringmail.inbound.config import Config, ConfigError
from boringmail.inbound.dead_letter import DeadLetter, DeadLetterBox
from boringmail.inbound.decision import Action, Answer
from boringmail.inbound.endpoint import Endpoints
from boringmail.inbound.main import read_all_keys

_identifiers = click.argument("identifiers", metavar="ID...", nargs=-1)
_all = click.option("--all", "everything", is_flag=True, help="Every letter in the box.")


@click.group("dead-letter")
def dead_letter() -> None:
    """Mail that the application refused for good, or that grew too old."""


@dead_letter.command("list")
@json_option
@config_option
def list_letters(as_json: bool, config_path: Path) -> None:
    """List the letters, oldest first."""
    letters = _letters(_box(load(config_path)))
    if as_json:
        print_json([asdict(letter) for letter in letters])
        return
    columns = ("ID", "kept at", "reason", "recipient", "sender", "size")
    print_table(
        columns, ((x.identifier, x.kept_at, x.reason, x.recipient, x.sender, x.size_bytes) for x in letters)
    )


@dead_letter.command()
@click.argument("identifier", metavar="ID")
@click.option("--raw", is_flag=True, help="The message itself, byte for byte.")
@json_option
@config_option
def show(identifier: str, raw: bool, as_json: bool, config_path: Path) -> None:
    """Show one letter with the application's answer."""
    box = _box(load(config_path))
    letter = _letter(box, identifier)
    if raw:
        sys.stdout.buffer.write(box.content(identifier))
    elif as_json:
        print_json(asdict(letter))
    else:
        print_table(("", ""), asdict(letter).items())


@dead_letter.command()
@_identifiers
@_all
@config_option
def replay(identifiers: tuple[str, ...], everything: bool, config_path: Path) -> None:
    """Post letters again, with their old ids; those that the application takes are removed.

    Exit status 1 if any is left.
    """
    config = load(config_path)
    box = _box(config)
    letters = _chosen(box, identifiers, everything)
    try:
        keys = read_all_keys(config)
    except ConfigError as error:
        raise click.ClickException(str(error)) from error
    if not asyncio.run(_replay(config, keys, box, letters)):
        raise SystemExit(1)


@dead_letter.command()
@_identifiers
@_all
@click.option("--yes", is_flag=True, help="Do not ask.")
@config_option
def delete(identifiers: tuple[str, ...], everything: bool, yes: bool, config_path: Path) -> None:
    """Delete letters for good."""
    box = _box(load(config_path))
    letters = _chosen(box, identifiers, everything)
    if not yes:
        click.confirm(f"Delete {len(letters)} of them for good?", abort=True)
    for letter in letters:
        box.remove(letter.identifier)
        click.echo(f"{letter.identifier} deleted")


def _box(config: Config) -> DeadLetterBox:
    return DeadLetterBox(Path(config.dead_letter_directory))


def _letters(box: DeadLetterBox) -> list[DeadLetter]:
    try:
        return list(box.letters())
    except OSError as error:
        raise click.ClickException(f"{error.filename}: {error.strerror}") from error


def _letter(box: DeadLetterBox, identifier: str) -> DeadLetter:
    try:
        letter = box.letter(identifier)
    except OSError as error:
        raise click.ClickException(f"{identifier}: {error.strerror}") from error
    if letter is None:
        raise click.ClickException(f"{identifier}: no such dead letter")
    return letter


def _chosen(box: DeadLetterBox, identifiers: tuple[str, ...], everything: bool) -> list[DeadLetter]:
    if everything == bool(identifiers):
        raise click.UsageError("Give IDs, or --all.")
    return _letters(box) if everything else [_letter(box, identifier) for identifier in identifiers]


async def _replay(
    config: Config, keys: dict[str, tuple[bytes, ...]], box: DeadLetterBox, letters: list[DeadLetter]
) -> bool:
    """Posts one after the other. Whether all were taken."""
    complete = True
    async with Endpoints(config, keys) as endpoints:
        for letter in letters:
            answer = await _post(config, endpoints, letter, box.content(letter.identifier))
            verdict = decision.decide(answer, now=time.time(), hold_limit_seconds=0)
            if verdict.action is Action.DELIVERED:
                box.remove(letter.identifier)
            else:
                complete = False
            click.echo(
                f"{letter.identifier} {verdict.action.value} {verdict.reason} {answer.excerpt}".rstrip()
            )
    return complete


async def _post(config: Config, endpoints: Endpoints, letter: DeadLetter, content: bytes) -> Answer:
    incoming = Incoming(content, letter.envelope, virus_scanner=bool(config.virus_scanner))
    body = incoming.pieces(letter.recipient, mail_domain=config.mail_domain, now=time.time())
    return await endpoints.of(letter.recipient).post(body, letter.identifier)
