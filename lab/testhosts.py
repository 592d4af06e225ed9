"""Test hosts (Molecule's and others'): namespaces with an address of their own, with a container or not."""

import json
from dataclasses import dataclass
from pathlib import Path

from lab import containers, image, layout, network, paths
from lab.layout import Host

KIND = "test-host"
APT_PROXY_FILE = "/etc/apt/apt.conf.d/01lab-proxy"


class NoRoomError(RuntimeError):
    """Every test host's address is taken."""


@dataclass(frozen=True)
class TestHost:
    """A test host as recorded: its slot decides its addresses."""

    name: str
    slot: int

    @property
    def host(self) -> Host:
        """Its cable."""
        return layout.test_host(self.name, self.slot)

    def facts(self) -> dict[str, str]:
        """Return what a caller needs to use it, for printing as JSON."""
        return {
            "name": self.name,
            "address": self.host.addresses[0],
            "public_address": layout.test_host_public(self.slot),
            "namespace": self.host.namespace,
            "namespace_path": f"/run/netns/{self.host.namespace}",
            "container": self.host.namespace,
            "resolver": layout.RESOLVER,
            "apt_proxy": layout.APT_PROXY_URL,
        }


def _record(name: str) -> Path:
    return paths.TEST_HOSTS / f"{name}.json"


def listing() -> list[TestHost]:
    """Return the test hosts, by name."""
    records = sorted(paths.TEST_HOSTS.glob("*.json"))
    return [TestHost(record.stem, json.loads(record.read_text())["slot"]) for record in records]


def add(name: str, container_image: str | None = None, memory_mib: int | None = None) -> TestHost:
    """Make a test host, or an existing one whole; with an image (`base` is the lab's) also its container.

    Raises ValueError on a bad name and NoRoomError when all addresses are taken.
    """
    layout.check_name(name)
    known = {one.name: one.slot for one in listing()}
    free = (slot for slot in range(layout.TEST_HOSTS_MAX) if slot not in known.values())
    slot = known.get(name, next(free, None))
    if slot is None:
        raise NoRoomError(f"{layout.TEST_HOSTS_MAX} test hosts exist: remove some with `host rm NAME`")
    record = _record(name)
    record.with_suffix(".new").write_text(json.dumps({"slot": slot}))
    record.with_suffix(".new").rename(record)
    made = TestHost(name, slot)
    rejoin(made.host)
    if container_image:
        _add_container(made, image.base() if container_image == "base" else container_image, memory_mib)
    return made


def rejoin(host: Host) -> None:
    """Make a host's cable whole; a container that a new namespace left behind is restarted into it."""
    if network.attach(host) and containers.listing().get(host.namespace) == "running":
        containers.restart(host.namespace)


def _add_container(made: TestHost, container_image: str, memory_mib: int | None) -> None:
    name = made.host.namespace
    state = containers.listing(KIND).get(name)
    if state == "running":
        return
    if state is None:
        containers.create(
            containers.Spec(name, container_image, KIND, memory_mib=memory_mib, hostname=made.name)
        )
    containers.start(name)
    containers.wait_for_system(name)
    proxy = f'Acquire::http::Proxy "{layout.APT_PROXY_URL}";'
    # An image that is not the lab's own knows neither.
    script = f"echo '{proxy}' > {APT_PROXY_FILE}; echo nameserver {layout.RESOLVER} > /etc/resolv.conf"
    containers.execute(name, ["sh", "-c", script])


def remove_forgotten() -> None:
    """Remove containers of test hosts that no record knows: the machine was rebooted under them."""
    known = {one.host.namespace for one in listing()}
    for name in containers.listing(KIND):
        if name not in known:
            containers.remove(name)


def remove(name: str) -> None:
    """Remove a test host, whatever is left of it."""
    layout.check_name(name)
    containers.remove(layout.PREFIX + name)
    network.detach(name)
    _record(name).unlink(missing_ok=True)
