"""The two hosts that the lab always has: the Internet (name servers, provider) and the app server."""

import shutil
import tempfile
from pathlib import Path

from lab import containers, image, layout, network, paths
from lab.layout import Host
from lab.shell import run

KIND = "service"
_HOSTS = paths.LAB_SOURCE / "hosts"
_RECIPE_LABEL = f"{layout.LABEL}.recipe"
_HOSTNAMES = {"internet": "internet.example", "app": "app.example.com"}


def rootfs(host: Host) -> Path:
    """Return the directory that is laid over a host's root."""
    return _HOSTS / host.name / "rootfs"


def recipe(host: Host) -> str:
    """Return what a host's container is made from, as a hash: image, root files and the services' source."""
    source = sorted(path for path in (paths.LAB_SOURCE / "services").rglob("*.p[yl]") if path.is_file())
    return image.content_hash([rootfs(host), *source], image.services())


def ensure(host: Host) -> bool:
    """Make a service host right: cable, container of today's recipe, running. Tell whether it was made."""
    whole = network.attached(host)
    name = host.namespace
    current = containers.label(name, _RECIPE_LABEL) == recipe(host)
    if whole and current and containers.listing(KIND).get(name) == "running":
        return False
    containers.remove(name)
    network.attach(host)
    containers.create(containers.Spec(
        name, image.services(), KIND,
        mounts=_mounts(host), hostname=_HOSTNAMES[host.name],
        labels=(f"{_RECIPE_LABEL}={recipe(host)}",),
        environment=("PYTHONPATH=/opt/lab/src",),
    ))  # fmt: skip
    _lay_over(host)
    containers.start(name)
    return True


def _mounts(host: Host) -> tuple[str, ...]:
    source = f"{paths.LAB_SOURCE}:/opt/lab/src/lab:ro"
    return (source, f"{paths.ZONES}:/var/lib/lab-zones") if host == layout.INTERNET else (source,)


def _lay_over(host: Host) -> None:
    """Copy a host's files over its root and enable the units among them."""
    if not rootfs(host).is_dir():
        return
    with tempfile.TemporaryDirectory(prefix="bmlab-rootfs-") as work:
        staged = Path(work, "rootfs")
        shutil.copytree(rootfs(host), staged, symlinks=True)
        wants = staged / "etc/systemd/system/multi-user.target.wants"
        wants.mkdir(parents=True, exist_ok=True)
        for unit in staged.glob("etc/systemd/system/*.service"):
            if "[Install]" in unit.read_text():
                (wants / unit.name).symlink_to(f"/etc/systemd/system/{unit.name}")
        run(["chown", "-R", "root:root", str(staged)])
        containers.copy_in(host.namespace, staged)
