"""Takes the lab down so that nothing is left, whatever half state it is in.

Finds what is the lab's by its marks (label, name prefix, environment), never by a record that may be lost.
"""

import shutil
from contextlib import suppress
from pathlib import Path

from lab import containers, disks, image, network, ownership, paths, processes, router
from lab.shell import CommandError


def down(*, images: bool = False) -> list[str]:
    """Remove everything that is the lab's, with `images` also the images and the cache; return what is left.

    Works from any checkout: the state of the one that the lab belongs to is removed, its SSH key stays.
    """
    with ownership.lock():
        checkout = ownership.owner() or paths.CHECKOUT
        processes.stop()
        _remove_containers()
        # Before anything is deleted: what is below these mounts are the volumes themselves.
        disks.remove_all()
        for namespace in network.namespaces():
            network.remove_namespace(namespace)
        router.remove()
        if images:
            image.remove_all()
            shutil.rmtree(paths.CACHE, ignore_errors=True)
        for name in ("run", "volumes", "instances", "env", "acme-root.pem"):
            _remove(checkout / ".lab" / name)
        shutil.rmtree(paths.MACHINE, ignore_errors=True)
        return leftovers()


def _remove_containers() -> None:
    """Remove the lab's containers; one that resists is tried again, then left for leftovers() to tell."""
    for _ in range(2):
        for name in _containers():
            with suppress(CommandError):
                containers.remove(name)


def leftovers() -> list[str]:
    """Return what of the lab still runs or stands, in words; an empty list after `down`."""
    found = [f"container {name}" for name in _containers()]
    found += [f"namespace {name}" for name in network.namespaces()]
    found += [f"process {pid} ({mark})" for pid, mark in processes.running().items()]
    found += [f"mount {target}" for target in disks.mounted()]
    if router.controller_attached():
        found.append("the controller's cable")
    return found


def _containers() -> list[str]:
    try:
        return sorted(containers.listing())
    except CommandError as error:
        if "not installed" in str(error):
            return []
        raise


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
