"""The volumes that instances see: bind mounts that reach a container also while it runs.

A container's mounts are made with it, an EBS volume may come later. So every instance is given a directory
of a shared mount from the start; a volume mounted below it on the machine appears inside, where systemd sees
it as it would see a disk (lab/images/base, `var-spool-boringmail.mount`).
"""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from lab import paths
from lab.shell import run

# Where an instance finds what it is given, and the name of the one volume in it.
INSIDE = "/var/lib/boringmail-lab/disks"
# The unit inside that puts it in place.
UNIT = "var-spool-boringmail.mount"
_VOLUME = "volume"
_MOUNTS = Path("/proc/self/mountinfo")


@dataclass(frozen=True)
class _Mount:
    """A line of mountinfo, as far as it matters here (proc_pid_mountinfo(5))."""

    source: str
    target: Path
    shared: bool


def share() -> bool:
    """Make the shared mount; tell whether it is new: a running container then hangs on the one before."""
    top = [mount for mount in _mounts() if mount.target == paths.DISKS]
    if not top:
        paths.DISKS.mkdir(parents=True, exist_ok=True)
        # Private first: below a shared root it would be of the root's peer group.
        run(["mount", "--bind", "--make-private", str(paths.DISKS), str(paths.DISKS)])
    if not top or not top[-1].shared:
        run(["mount", "--make-shared", str(paths.DISKS)])
        return True
    return False


def container_mount(instance_id: str) -> str:
    """Return the mount of an instance's container, for podman's --volume."""
    return f"{paths.DISKS / instance_id}:{INSIDE}:rslave"


def show(instance_id: str, volume_id: str | None) -> None:
    """Let an instance see a volume; None for none."""
    target = paths.DISKS / instance_id / _VOLUME
    target.parent.mkdir(parents=True, exist_ok=True)
    if volume_id is None or _seen(target) == [volume_id]:
        return
    source = paths.VOLUMES / volume_id
    for directory in (source, target):
        directory.mkdir(parents=True, exist_ok=True)
    run(["mount", "--bind", str(source), str(target)])


def take_away(instance_id: str, but: str | None) -> bool:
    """Take away what an instance sees unless it is that volume; tell whether there was anything."""
    target = paths.DISKS / instance_id / _VOLUME
    seen = _seen(target)
    if not seen or seen == [but]:
        return False
    _unmount(target)
    target.rmdir()
    return True


def _seen(target: Path) -> list[str]:
    return [Path(mount.source).name for mount in _mounts() if mount.target == target]


def forget(instance_id: str) -> None:
    """Take away what a removed instance saw; the volume itself stays."""
    directory = paths.DISKS / instance_id
    _unmount(directory)
    # Not a whole tree: should a volume still be there, its mail must not be deleted through it.
    for empty in (directory / _VOLUME, directory):
        if empty.is_dir():
            empty.rmdir()


def remove_all() -> None:
    """Take every mount away, the shared one too; the containers are gone already."""
    _unmount(paths.DISKS)
    for directory in paths.DISKS.glob("*"):
        forget(directory.name)


def mounted() -> list[Path]:
    """Return where the lab has mounts of volumes, the innermost first; empty after `down`."""
    return [mount.target for mount in reversed(_mounts()) if mount.target.is_relative_to(paths.DISKS)]


def delete_volumes_but(volume_ids: frozenset[str]) -> None:
    """Delete the volumes that exist no longer, and what is in them."""
    for directory in paths.VOLUMES.glob("vol-*"):
        if directory.name not in volume_ids:
            shutil.rmtree(directory)


def _unmount(top: Path) -> None:
    """Unmount what is at or below a path, in use or not: a volume that is detached is gone."""
    for target in mounted():
        if target.is_relative_to(top):
            run(["umount", "--lazy", str(target)])


def _mounts() -> list[_Mount]:
    return [_parsed(line) for line in _MOUNTS.read_text().splitlines()]


def _parsed(line: str) -> _Mount:
    source, target = (_unescaped(field) for field in line.split(" ")[3:5])
    return _Mount(source, Path(target), " shared:" in line.partition(" - ")[0])


def _unescaped(field: str) -> str:
    """Undo the octal escapes of blanks and the like."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), field)
