"""Makes, on the controller, the one archive that a mail host installs boringmail from.

It holds boringmail's own wheel, the wheels that requirements-host.lock pins (for the host's Python and
processor, checked against the lock's hashes) and a requirements.txt with the hash of each. It is kept under
build/wheels/<python>-<machine>/ by a hash of lock and source, so a second run only computes that hash.

Prints JSON: `release` (version and hash, the name of the installation on the host), `archive`, `changed`.
"""

import argparse
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path

# glibc of Debian 13 is 2.41, of Ubuntu 24.04 2.39. pip takes the names as they are and derives no older ones.
MANYLINUX = ["2_39", "2_36", "2_34", "2_31", "2_28", "2_27", "2_24", "2_17"]
LOCK = "requirements-host.lock"


def source_files(root: Path) -> list[Path]:
    """What the wheel is built from, and the lock, in a stable order."""
    package = root / "src" / "boringmail"
    files = [path for path in package.rglob("*") if path.is_file() and path.suffix not in {".pyc", ".pyo"}]
    return [root / LOCK, root / "pyproject.toml", *sorted(files)]


def digest(root: Path) -> str:
    """Hash of names and contents of the sources: 12 hexadecimal digits."""
    total = hashlib.sha256()
    for path in source_files(root):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(root)} {content}\n".encode())
    return total.hexdigest()[:12]


def pip(*arguments: str) -> None:
    """Runs pip, its output on standard error. Raises CalledProcessError."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments]
    subprocess.run(command, check=True, stdout=sys.stderr)


def fetch(lock: Path, target: Path, python: str, machine: str) -> None:
    """Downloads what the lock pins; fails where there is no wheel, since nothing is compiled."""
    platforms = [f"manylinux_{glibc}_{machine}" for glibc in MANYLINUX] + [f"manylinux2014_{machine}"]
    abi = "cp" + python.replace(".", "")
    pip(
        "download",
        "--quiet",
        "--require-hashes",
        "--only-binary=:all:",
        f"--python-version={python}",
        "--implementation=cp",
        *(f"--abi={name}" for name in (abi, "abi3", "none")),
        *(f"--platform={name}" for name in platforms),
        f"--dest={target}",
        f"--requirement={lock}",
    )


def build(root: Path, target: Path) -> None:
    """Builds our own wheel from a copy, so that the build leaves nothing in the checkout."""
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary)
        for path in source_files(root):
            destination = copy / path.relative_to(root)
            destination.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, destination)
        for extra in ("README.md", "LICENSE"):
            if (root / extra).exists():
                shutil.copyfile(root / extra, copy / extra)
        pip("wheel", "--quiet", "--no-deps", f"--wheel-dir={target}", str(copy))


def pack(directory: Path, archive: Path, lock: Path) -> None:
    """Writes the archive in one step: a broken-off run leaves none that looks whole."""
    own = next(directory.glob("boringmail-*.whl"))
    version = own.name.split("-")[1]
    pinned = f"boringmail=={version} --hash=sha256:{hashlib.sha256(own.read_bytes()).hexdigest()}\n"
    (directory / "requirements.txt").write_text(lock.read_text() + pinned)
    partial = archive.with_suffix(".partial")
    with tarfile.open(partial, "w") as tar:
        for path in sorted(directory.iterdir()):
            tar.add(path, arcname=path.name)
    partial.replace(archive)


def archive_for(root: Path, cache: Path, python: str, machine: str) -> tuple[str, Path, bool]:
    """The release's name, its archive, and whether it was made just now. Three archives are kept."""
    version = tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
    release = f"{version}+{digest(root)}"
    archive = cache / f"{release}.tar"
    if archive.exists():
        return release, archive, False
    with tempfile.TemporaryDirectory(dir=cache) as temporary:
        fetch(root / LOCK, Path(temporary), python, machine)
        build(root, Path(temporary))
        pack(Path(temporary), archive, root / LOCK)
    for old in sorted(cache.glob("*.tar"), key=os.path.getmtime)[:-3]:
        old.unlink()
    return release, archive, True


def main() -> None:
    """Reads the arguments, makes the archive, prints what was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--root", type=Path, required=True, help="the checkout")
    parser.add_argument("--python", required=True, help="the host's Python, say 3.13")
    parser.add_argument("--machine", required=True, help="the host's processor, x86_64 or aarch64")
    options = parser.parse_args()
    root = options.root.resolve()
    cache = root / "build" / "wheels" / f"{options.python}-{options.machine}"
    cache.mkdir(parents=True, exist_ok=True)
    # Two hosts of a play ask at the same time.
    with (cache / ".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        release, archive, changed = archive_for(root, cache, options.python, options.machine)
    json.dump({"release": release, "archive": str(archive), "changed": changed}, sys.stdout)


if __name__ == "__main__":
    main()
