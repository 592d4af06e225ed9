"""Tells what of the lab runs, by looking at the machine and not at any record."""

import json
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.table import Table

from lab import (
    aptcache,
    awsapi,
    containers,
    hostservices,
    layout,
    network,
    ownership,
    paths,
    router,
    testhosts,
)
from lab.layout import Host
from lab.plane import instances, routing


@dataclass(frozen=True)
class Part:
    """One part of the lab: what it is, whether it works, where it answers, how to look into it."""

    name: str
    state: str
    addresses: tuple[str, ...]
    enter: str


def parts() -> list[Part]:
    """Look at every part."""
    found = [
        Part(
            "router",
            _up(routing.loaded()),
            (layout.PUBLIC_GATEWAY, layout.IMDS),
            "python -m lab shell router",
        ),
        Part("controller", _up(router.controller_attached()), (layout.CONTROLLER,), "here"),
        Part("apt-cache", _up(aptcache.answers()), (layout.APT_PROXY_URL,), "python -m lab log apt-cache"),
        Part("api", _up(awsapi.answers()), (layout.API_URL,), "python -m lab log api"),
    ]
    states = containers.listing()
    for host in layout.SERVICE_HOSTS:
        found.append(_host(host.name, states, host.addresses))
        if states.get(host.namespace) == "running":
            found += _services(host)
    names = [name.removeprefix(layout.PREFIX) for name in sorted(containers.listing(instances.KIND))]
    found += [_host(name, states, _addresses(layout.PREFIX + name)) for name in names]
    found += [_host(one.name, states, one.host.addresses) for one in testhosts.listing()]
    return found


def _host(name: str, states: dict[str, str], addresses: tuple[str, ...]) -> Part:
    state = states.get(layout.PREFIX + name, "no container")
    return Part(name, state, addresses, f"python -m lab shell {name}")


def _services(host: Host) -> list[Part]:
    services = hostservices.on(host)
    command = ["systemctl", "is-active", *(service.unit for service in services)]
    states = containers.execute(host.namespace, command, check=False).split()
    return [
        Part(service.name, _up(state == "active"), service.addresses, f"python -m lab log {service.name}")
        for service, state in zip(services, states, strict=False)
    ]


def _up(good: bool) -> str:
    return "up" if good else "down"


def _addresses(namespace: str) -> tuple[str, ...]:
    return tuple(network.interface_addresses(namespace, "eth0") or ())


def healthy() -> bool:
    """Tell whether everything that `up` builds is there."""
    fixed = {"router", "controller", "apt-cache", "api", *(host.name for host in layout.SERVICE_HOSTS)}
    fixed |= {service.name for service in hostservices.SERVICES}
    good = {part.name for part in parts() if part.state in {"up", "running"}}
    return fixed <= good


def show(*, as_json: bool) -> None:
    """Print the parts, as a table or as JSON."""
    if as_json:
        print(
            json.dumps(
                {"owner": str(ownership.owner() or ""), "parts": [asdict(part) for part in parts()]}, indent=2
            )
        )
        return
    owner = ownership.owner()
    table = Table(title=f"lab of {owner}" if owner else "no lab on this machine")
    for heading in ("part", "state", "addresses", "how to enter"):
        table.add_column(heading, overflow="fold")
    for part in parts():
        table.add_row(part.name, part.state, " ".join(part.addresses), part.enter)
    console = Console()
    console.print(table)
    console.print(f"AWS calls: .lab/log/api-calls.jsonl; environment: . {paths.ENV}")
