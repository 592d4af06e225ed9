"""Makes the instances' namespaces, containers and volumes what the API wants them to be.

An EC2 instance is a systemd container in a namespace that outlives it, so a reboot keeps its address. Of its
volumes beyond the root's it sees the first, a directory on the machine; `lab/disks.py` says how.
"""

import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lab import containers, disks, image, layout, network, paths
from lab.layout import Host
from lab.plane.instancetypes import size_of
from lab.plane.state import Instance, Snapshot

KIND = "instance"
_RUNNING = frozenset({"pending", "running"})
_STOPPED = frozenset({"stopping", "stopped"})
# The rest of the instance's volumes is the root file system, which is the container's own.
_ROOT_DEVICES = frozenset({"/dev/xvda", "/dev/sda1", "/dev/nvme0n1"})


def apply_instances(snapshot: Snapshot) -> None:
    """Start, stop and remove instances until they are as the snapshot says; what is so already costs a look.

    Raises CommandError when a container or a cable cannot be made.
    """
    wanted = {_name(one.instance_id): one for one in snapshot.instances if one.state in _RUNNING | _STOPPED}
    states = containers.listing(KIND)
    for name in states:
        if name not in wanted:
            _remove(name)
    cut_off = disks.share()
    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(lambda one: _apply(one, states.get(_name(one.instance_id)), cut_off), wanted.values()))
    disks.delete_volumes_but(snapshot.volume_ids)


def console_path(instance_id: str) -> Path:
    """Return the file that holds what the instance wrote to its console."""
    return paths.INSTANCES / instance_id / "console.log"


def cables() -> list[Host]:
    """Return the cables of the instances there are, as recorded when they were made."""
    records = sorted(paths.INSTANCES.glob("i-*/cable.json"))
    return [Host(record.parent.name, **json.loads(record.read_text())) for record in records]


def remove_all() -> None:
    """Remove every instance and volume: the API that knew them has lost its memory."""
    for name in containers.listing(KIND):
        containers.remove(name)
    for namespace in network.namespaces():
        if namespace.startswith(_name("i-")):
            network.detach(namespace.removeprefix(layout.PREFIX))
    disks.remove_all()
    for directory in (paths.VOLUMES, paths.INSTANCES):
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True, exist_ok=True)


def _name(instance_id: str) -> str:
    return layout.PREFIX + instance_id


def _apply(instance: Instance, state: str | None, cut_off: bool) -> None:
    """Make one instance true; `cut_off` says that no running container sees volumes come and go any more."""
    name = _name(instance.instance_id)
    data = [volume.volume_id for volume in instance.volumes if volume.device not in _ROOT_DEVICES]
    first = data[0] if data else None
    if disks.take_away(instance.instance_id, but=first) and state == "running":
        # systemd in it would find out by itself, but not before another one takes its place.
        containers.execute(name, ["systemctl", "stop", disks.UNIT], check=False)
    disks.show(instance.instance_id, first)
    if instance.state in _STOPPED:
        if state == "running":
            containers.stop(name)
        return
    cable = Host(instance.instance_id, (instance.private_ip,), layout.gateway_of(instance.subnet_cidr))
    _record("cable", instance, {"addresses": cable.addresses, "gateway": cable.gateway})
    moved = network.attach(cable)
    if state is None:
        _create(instance)
    if state != "running":
        containers.start(name)
    elif moved or cut_off:
        containers.restart(name)
    elif instance.reboots > _reboots_done(instance.instance_id):
        containers.reboot(name)
    # After the deed: killed in between, it is done twice rather than never.
    _record("reboots", instance, instance.reboots)


def _reboots_done(instance_id: str) -> int:
    path = _record_path("reboots", instance_id)
    return int(json.loads(path.read_text())) if path.exists() else 0


def _record_path(what: str, instance_id: str) -> Path:
    return paths.INSTANCES / instance_id / f"{what}.json"


def _record(what: str, instance: Instance, fact: object) -> None:
    """Write down what is needed later: the cable once the API has forgotten it, how often it has rebooted."""
    path = _record_path(what, instance.instance_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(fact))


def _create(instance: Instance) -> None:
    console = console_path(instance.instance_id)
    console.touch()
    size = size_of(instance.instance_type)
    containers.create(containers.Spec(
        _name(instance.instance_id), image.base(), KIND,
        mounts=(f"{console}:/var/log/lab-console.log", disks.container_mount(instance.instance_id)),
        memory_mib=size.memory_mib, cpus=min(size.cpus, os.cpu_count() or 1),
        hostname="ip-" + instance.private_ip.replace(".", "-"),
    ))  # fmt: skip


def _remove(name: str) -> None:
    """Remove a terminated instance; which of its volumes stay, the snapshot says."""
    instance_id = name.removeprefix(layout.PREFIX)
    containers.remove(name)
    network.detach(instance_id)
    disks.forget(instance_id)
    shutil.rmtree(paths.INSTANCES / instance_id, ignore_errors=True)
