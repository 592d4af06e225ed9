"""The lab's verbs: python -m lab up | down | status | host | shell | log | env | port25 | lists."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import NoReturn

import click

from lab import (
    containers,
    hostservices,
    layout,
    listverbs,
    network,
    ownership,
    paths,
    processes,
    status,
    testhosts,
)
from lab import down as lab_down
from lab import up as lab_up
from lab.drive.namespace import ControlError
from lab.plane import routing
from lab.shell import CommandError, in_namespace, run

_EXPECTED = (
    CommandError,
    ControlError,
    ownership.OwnershipError,
    lab_up.NotReadyError,
    testhosts.NoRoomError,
    ValueError,
)


@click.group(help="A local AWS and a local Internet on this machine.")
def cli() -> None:
    """Refuse to start without root: namespaces and firewall rules need it."""
    if os.geteuid() != 0:
        raise click.ClickException("the lab makes network namespaces and containers: run it as root")
    # Namespace tools live there, and a plain user's path, kept by sudo or su, may lack it.
    os.environ["PATH"] = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


@cli.command()
def up() -> None:
    """Bring the lab up, or make right what is not."""
    lab_up.up()


@cli.command()
@click.option("--images", is_flag=True, help="Remove the images and the package cache too.")
def down(images: bool) -> None:
    """Take the lab down and leave nothing behind."""
    left = lab_down.down(images=images)
    if left:
        raise click.ClickException("still there: " + ", ".join(left))
    print("lab is down")


@cli.command("status")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def show_status(as_json: bool) -> None:
    """Show what runs and how to enter it; exit status 1 when a part is missing."""
    status.show(as_json=as_json)
    sys.exit(0 if status.healthy() else 1)


@cli.command()
def env() -> None:
    """Print the environment for the playbooks, for `eval`."""
    if not paths.ENV.exists():
        raise click.ClickException("the lab is not up: python -m lab up")
    print(paths.ENV.read_text(), end="")


@cli.command()
@click.argument("name")
@click.argument("command", nargs=-1)
def shell(name: str, command: tuple[str, ...]) -> None:
    """Enter a host (internet, app, i-..., a test host) or the router."""
    namespace = layout.PREFIX + name
    if namespace not in network.namespaces():
        raise click.ClickException(f"no host {name}; see: python -m lab status")
    if namespace in containers.listing():
        terminal = ["--tty"] if sys.stdin.isatty() else []
        arguments = ["podman", "exec", "--interactive", *terminal, namespace, *(command or ("bash", "-l"))]
    else:
        arguments = in_namespace(namespace, command or ("bash",))
    os.environ["CONTAINERS_CONF"] = str(paths.CONTAINERS_CONF)
    os.execvp(arguments[0], arguments)  # noqa: S606 - becomes the shell that was asked for


@cli.command()
@click.argument("name", default="api")
@click.option("--lines", default=50, show_default=True, help="How many of the last lines.")
def log(name: str, lines: int) -> None:
    """Show the log of the API or the APT cache, or the journal of a host or of a service on it."""
    service = hostservices.find(name)
    file = processes.log_file(name)
    namespace = service.host.namespace if service else layout.PREFIX + name
    if file.exists():
        print(run(["tail", f"--lines={lines}", str(file)]).stdout, end="")
    elif namespace in containers.listing():
        unit = [f"--unit={service.unit}"] if service else []
        print(containers.execute(namespace, ["journalctl", "--no-pager", f"--lines={lines}", *unit]), end="")
    else:
        raise click.ClickException(
            f"no log of {name}; there are: api, apt-cache, the hosts and services of `status`"
        )


@cli.command()
@click.argument("what", type=click.Choice(["block", "open", "status"]))
def port25(what: str) -> None:
    """Block port 25 out of the instances, as AWS does on a new account, or open it again."""
    if what != "status":
        routing.set_port_25_blocked(blocked=what == "block")
    print("blocked" if routing.port_25_blocked() else "open")


cli.add_command(listverbs.lists)


@cli.group()
def host() -> None:
    """Test hosts: namespaces in 10.20.9.0/24, with a container or without."""


@host.command("add")
@click.argument("name")
@click.option("--image", help="Start a systemd container of this image too; `base` is the lab's own.")
@click.option("--memory", type=int, help="The container's memory in MiB.")
def host_add(name: str, image: str | None, memory: int | None) -> None:
    """Make a test host and print what it is, as JSON."""
    _need_lab()
    with ownership.lock():
        print(json.dumps(testhosts.add(name, image, memory).facts()))


@host.command("rm")
@click.argument("name")
def host_rm(name: str) -> None:
    """Remove a test host; none of that name is no error."""
    with ownership.lock():
        testhosts.remove(name)


@host.command("list")
def host_list() -> None:
    """Print the test hosts as JSON."""
    print(json.dumps([one.facts() for one in testhosts.listing()]))


def _need_lab() -> None:
    if not routing.loaded():
        raise click.ClickException("the lab is not up: python -m lab up")


def _explained(command: Callable[[], object]) -> NoReturn:
    try:
        command()
    except _EXPECTED as error:
        print(f"lab: {error}", file=sys.stderr)
        sys.exit(1)
    except subprocess.SubprocessError as error:
        print(f"lab: {error}", file=sys.stderr)
        sys.exit(1)
    sys.exit(0)


def main() -> NoReturn:
    """Run a verb; an expected failure is one line, not a traceback."""
    _explained(cli)
