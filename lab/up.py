"""Brings the lab up: looks at each part, leaves what is right, removes and rebuilds what is not.

There is no memory of what was done before: a lab killed at any point, or a machine rebooted under it, looks
like a lab with some parts missing.
"""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from lab import (
    acmeroot,
    aptcache,
    awsapi,
    containers,
    environment,
    image,
    layout,
    ownership,
    paths,
    router,
    servicehosts,
    testhosts,
)
from lab.layout import Host
from lab.plane import instances, routing
from lab.plane.state import Snapshot
from lab.shell import CommandError

COMMANDS = {
    "apt-cacher-ng": "apt-cacher-ng", "conmon": "conmon", "ip": "iproute2", "mmdebstrap": "mmdebstrap",
    "nft": "nftables", "podman": "podman", "runc": "runc", "ssh-keygen": "openssh-client",
}  # fmt: skip


class NotReadyError(RuntimeError):
    """The machine lacks something, or a part of the lab does not answer."""


def up() -> None:
    """Bring the lab up; doing it twice is quick and harmless. Progress goes to standard output."""
    started = time.monotonic()
    missing = sorted({package for command, package in COMMANDS.items() if not _installed(command)})
    if missing:
        raise NotReadyError(
            f"packages are missing; as root: apt-get install --no-install-recommends {' '.join(missing)}"
        )
    with ownership.lock():
        ownership.claim()
        paths.make_state()
        containers.write_configuration()
        new_key = environment.write()
        _images()
        _network()
        _hosts()
        _api(new_key=new_key)
    print(f"lab is up after {time.monotonic() - started:.1f} s; look around: python -m lab status")


def _installed(command: str) -> bool:
    return any(shutil.which(command, path=path) for path in (None, "/usr/sbin:/sbin"))


@contextmanager
def _step(what: str) -> Iterator[None]:
    started = time.monotonic()
    print(f"lab: {what} ...", end=" ", flush=True)
    yield
    print(f"{time.monotonic() - started:.1f} s", flush=True)


def _images() -> None:
    for name, build in ((image.base, image.build_base), (image.services, image.build_services)):
        if not image.exists(name()):
            with _step(f"building image {name()}"):
                build()
    if not image.SOURCES.exists():
        image.write_sources()


def _network() -> None:
    with _step("router and controller's cable"):
        router.build()
        routing.restore()
        testhosts.remove_forgotten()
        for host in (*instances.cables(), *(one.host for one in testhosts.listing())):
            testhosts.rejoin(host)
    with _step("APT cache"):
        aptcache.start()
        _wait(aptcache.answers, "the APT cache", 20, aptcache.NAME)


def _hosts() -> None:
    with _step("hosts of the Internet and the app"):
        made = [host for host in layout.SERVICE_HOSTS if servicehosts.ensure(host)]
        for host in layout.SERVICE_HOSTS:
            _wait_for_system(host, retry=host not in made)
        acmeroot.export()


def _wait_for_system(host: Host, *, retry: bool) -> None:
    """Wait for a service host; one that was there before and does not answer is made anew, once."""
    try:
        state = containers.wait_for_system(host.namespace, timeout_seconds=15 if retry else 60)
    except CommandError:
        if not retry:
            raise
        containers.remove(host.namespace)
        servicehosts.ensure(host)
        state = containers.wait_for_system(host.namespace)
    if state == "degraded":
        failed = containers.execute(host.namespace, ["systemctl", "--failed", "--plain", "--no-legend"])
        print(f"(warning: {host.namespace}: failed units: {failed.strip()})", end=" ")


def _api(*, new_key: bool) -> None:
    if not awsapi.available() or (awsapi.answers() and awsapi.current() and not new_key):
        return
    with _step("AWS API"):
        # Its memory is gone, so nobody knows the instances any more.
        instances.remove_all()
        routing.apply_routing(Snapshot())
        awsapi.start()
        _wait(awsapi.answers, "the AWS API", 40, awsapi.NAME)


def _wait(ready: Callable[[], bool], what: str, timeout_seconds: float, process: str) -> None:
    deadline = time.monotonic() + timeout_seconds
    while not ready():
        if time.monotonic() > deadline:
            raise NotReadyError(
                f"{what} does not answer after {timeout_seconds:g} s; see {paths.LOG / process}.log"
            )
        time.sleep(0.1)
