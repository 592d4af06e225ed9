"""Makes the instances' namespaces, containers and volumes what the API wants them to be.

An EC2 instance is a systemd container in a namespace that outlives it, so a reboot keeps its address. A
volume of the mapping beyond the root's is a directory, bound where the mail host keeps its queues.
"""

import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lab import containers, image, layout, network, paths
from lab.layout import Host
from lab.plane.instancetypes import size_of
from lab.plane.state import Instance, Snapshot, Volume

KIND = "instance"
VOLUME_MOUNT_POINT = "/var/spool/boringmail"
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
            _remove(name, snapshot)
    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(lambda one: _apply(one, states.get(_name(one.instance_id))), wanted.values()))


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
    for directory in (paths.VOLUMES, paths.INSTANCES):
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True, exist_ok=True)


def _name(instance_id: str) -> str:
    return layout.PREFIX + instance_id


def _apply(instance: Instance, state: str | None) -> None:
    name = _name(instance.instance_id)
    if instance.state in _STOPPED:
        if state == "running":
            containers.stop(name)
        return
    cable = Host(instance.instance_id, (instance.private_ip,), layout.gateway_of(instance.subnet_cidr))
    _record(instance, cable)
    moved = network.attach(cable)
    if moved and state == "running":
        containers.restart(name)
    if state is None:
        _create(instance)
    if state != "running":
        containers.start(name)


def _record(instance: Instance, cable: Host) -> None:
    """Write down what is needed once the API has forgotten it: its cable, the fate of its volumes."""
    facts = {
        "cable.json": {"addresses": cable.addresses, "gateway": cable.gateway},
        "volumes.json": {one.volume_id: one.delete_on_termination for one in instance.volumes},
    }
    directory = console_path(instance.instance_id).parent
    directory.mkdir(parents=True, exist_ok=True)
    for name, fact in facts.items():
        (directory / name).write_text(json.dumps(fact))


def _create(instance: Instance) -> None:
    console = console_path(instance.instance_id)
    console.touch()
    size = size_of(instance.instance_type)
    containers.create(containers.Spec(
        _name(instance.instance_id), image.base(), KIND,
        mounts=(f"{console}:/var/log/lab-console.log", *_mounts(instance.volumes)),
        memory_mib=size.memory_mib, cpus=min(size.cpus, os.cpu_count() or 1),
        hostname="ip-" + instance.private_ip.replace(".", "-"),
    ))  # fmt: skip


def _mounts(volumes: tuple[Volume, ...]) -> list[str]:
    data = [volume for volume in volumes if volume.device not in _ROOT_DEVICES]
    for volume in data:
        (paths.VOLUMES / volume.volume_id).mkdir(parents=True, exist_ok=True)
    return [f"{paths.VOLUMES / volume.volume_id}:{VOLUME_MOUNT_POINT}" for volume in data[:1]]


def _remove(name: str, snapshot: Snapshot) -> None:
    """Remove a terminated instance; its volumes stay unless they were to be deleted with it."""
    instance_id = name.removeprefix(layout.PREFIX)
    containers.remove(name)
    network.detach(instance_id)
    record = paths.INSTANCES / instance_id / "volumes.json"
    attached_elsewhere = {volume.volume_id for one in snapshot.instances
                          if one.state in _RUNNING | _STOPPED for volume in one.volumes}  # fmt: skip
    if record.exists():
        for volume_id, delete in json.loads(record.read_text()).items():
            if delete and volume_id not in attached_elsewhere:
                shutil.rmtree(paths.VOLUMES / volume_id, ignore_errors=True)
    shutil.rmtree(paths.INSTANCES / instance_id, ignore_errors=True)
