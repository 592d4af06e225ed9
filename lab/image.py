"""The two images, built on this machine from Debian packages; no image registry is involved.

An image's tag is the hash of its recipe, so a changed recipe is rebuilt and an unchanged one costs one look.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from lab import containers, layout, paths
from lab.shell import run

_RECIPES = paths.LAB_SOURCE / "images"
_BUILD_SECONDS = 900
SUITE = "trixie"
# The image's own package sources, read back for the APT cache: the hosts to which it opens its door.
SOURCES = paths.CACHE / "sources.list"
_CA_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")


def content_hash(parts: Iterable[Path], extra: str = "") -> str:
    """Return a short hash of files in the lab's source, whole directories included, their names and modes."""
    digest = hashlib.sha256(extra.encode())
    for part in parts:
        files = sorted(path for path in part.rglob("*") if path.is_file()) if part.is_dir() else [part]
        for file in files:
            digest.update(f"{file.relative_to(paths.LAB_SOURCE)} {file.stat().st_mode & 0o111:o}\n".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def base() -> str:
    """Return the base image's full name, which its recipe decides."""
    return f"{layout.BASE_IMAGE}:{content_hash([_RECIPES / 'base'], SUITE)}"


def services() -> str:
    """Return the services image's full name."""
    recipe = [_RECIPES / "services", paths.LAB_SOURCE / "hosts" / "requirements.txt"]
    return f"{layout.SERVICES_IMAGE}:{content_hash(recipe, base())}"


def exists(image: str) -> bool:
    """Tell whether an image is there and whole."""
    return containers.podman(["images", "--quiet", image]).strip() != ""


def build_base() -> None:
    """Make the base image with mmdebstrap (default mirror, no container needed)."""
    recipe = _RECIPES / "base"
    packages = ",".join((recipe / "packages.txt").read_text().split())
    with tempfile.TemporaryDirectory(prefix="bmlab-image-") as work:
        overlay = Path(work, "rootfs")
        shutil.copytree(recipe / "rootfs", overlay)
        run(["chown", "-R", "root:root", str(overlay)])
        archive = Path(work, "base.tar")
        run(["mmdebstrap", "--quiet", "--variant=minbase", "--mode=root", f"--include={packages}",
             f'--customize-hook=cp -R --preserve=mode {overlay}/. "$1"/',
             f'--customize-hook={recipe / 'finish.sh'} "$1"',
             SUITE, str(archive)], timeout=_BUILD_SECONDS)  # fmt: skip
        containers.podman(["import", "--quiet", str(archive), base()], timeout=_BUILD_SECONDS)
    write_sources()


def build_services() -> None:
    """Make the services image on the base image; it shares the controller's network and pip settings."""
    arguments = ["build", "--quiet", "--network=host", f"--build-arg=BASE={base()}", f"--tag={services()}"]
    arguments += [f"--file={_RECIPES / 'services' / 'Containerfile'}"]
    arguments += [f"--ulimit={limit}" for limit in containers.limits()]
    if _CA_BUNDLE.exists():
        # A controller behind a proxy of its own trusts more than Debian does.
        arguments.append(f"--volume={_CA_BUNDLE}:/run/controller-ca.crt:ro")
        arguments.append("--build-arg=PIP_CERT=/run/controller-ca.crt")
    index = os.environ.get("PIP_INDEX_URL")
    if index:
        arguments.append(f"--build-arg=PIP_INDEX_URL={index}")
    containers.podman([*arguments, str(paths.LAB_SOURCE)], timeout=_BUILD_SECONDS)


def remove_old() -> None:
    """Remove images of former recipes, except those still in use."""
    wanted = {base(), services()}
    for repository in (layout.BASE_IMAGE, layout.SERVICES_IMAGE):
        names = containers.podman(["images", "--format={{.Repository}}:{{.Tag}}", repository]).split()
        for name in names:
            if name not in wanted:
                containers.podman(["rmi", name], check=False)


def remove_all() -> None:
    """Remove the lab's images."""
    for repository in (layout.SERVICES_IMAGE, layout.BASE_IMAGE):
        names = containers.podman(["images", "--format={{.Repository}}:{{.Tag}}", repository]).split()
        if names:
            containers.podman(["rmi", "--force", *names], check=False, timeout=120)


def write_sources() -> None:
    """Write down the package sources inside the base image."""
    script = "cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null || true"
    text = containers.podman(["run", "--rm", "--network=none", base(), "sh", "-c", script])
    SOURCES.parent.mkdir(parents=True, exist_ok=True)
    SOURCES.write_text(text)
