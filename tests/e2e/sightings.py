"""Looks for secrets wherever they might have been left behind."""

import base64
import os
import threading
from collections import Counter
from pathlib import Path

from lab.containers import podman
from lab.drive.secrets import Secrets

SAMPLE_SECONDS = 0.02
# A process that execs has another command line soon after it appeared; later ones stay.
LOOKS = 5


def needles(secrets: Secrets) -> list[bytes]:
    """Every form in which a secret may show: as it is, without its prefix, and as base64 of itself."""
    key = secrets.webhook_key
    plain = [secrets.submission_password, key, key.removeprefix("whsec_")]
    encoded = [base64.b64encode(value.encode()).decode().rstrip("=") for value in plain[:2]]
    return [value.encode() for value in (*plain, *encoded)]


def key_needles(pem: str) -> list[bytes]:
    """Lines of a private key that hold none of the public half, which anybody may see."""
    lines = pem.splitlines()
    return [line.encode() for line in lines[len(lines) // 2 : len(lines) // 2 + 3]]


class ProcessWatch:
    """Samples command lines and environments of every process on the machine, while it is open.

    The controller's process list holds those of the lab's hosts too. What is read is kept as one set, because
    the secrets are not known beforehand.
    """

    def __init__(self) -> None:
        self._seen: set[bytes] = set()
        self._looks: Counter[str] = Counter()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self.samples = 0

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join(timeout=10)

    def sightings(self, wanted: list[bytes]) -> list[str]:
        return [
            text.decode(errors="replace")[:200]
            for text in self._seen
            if any(value in text for value in wanted)
        ]

    def _sample(self) -> None:
        own = str(os.getpid())
        while not self._stop.wait(SAMPLE_SECONDS):
            self.samples += 1
            for entry in os.scandir("/proc"):
                if entry.name.isdigit() and entry.name != own and self._looks[entry.name] < LOOKS:
                    self._looks[entry.name] += 1
                    self._read(Path(entry.path))

    def _read(self, process: Path) -> None:
        for name in ("cmdline", "environ"):
            try:
                self._seen.add((process / name).read_bytes())
            except OSError:
                continue


def in_container(container: str, wanted: list[bytes], roots: list[str], allowed: list[str]) -> list[str]:
    """Files and journal of a container that hold a secret; patterns go in by standard input."""
    patterns = b"\n".join(wanted).decode()
    excluded = " ".join(f"-e '^{path}'" for path in allowed) or "-e '^$'"
    script = (
        "cat > /dev/shm/.patterns; trap 'rm -f /dev/shm/.patterns' EXIT; "
        f"grep -rlaF -D skip -f /dev/shm/.patterns {' '.join(roots)} 2>/dev/null | grep -v {excluded}; "
        "journalctl --no-pager -o export 2>/dev/null | grep -aF -f /dev/shm/.patterns | cut -c1-200; true"
    )
    output = podman(["exec", "-i", container, "sh", "-c", script], stdin=patterns, timeout=120)
    return output.splitlines()


def in_tree(root: Path, wanted: list[bytes], skip: set[str]) -> list[str]:
    """Files below a directory that hold a secret."""
    found = []
    for directory, names, files in os.walk(root):
        names[:] = [name for name in names if str(Path(directory, name).relative_to(root)) not in skip]
        for name in files:
            path = Path(directory, name)
            if path.is_file() and not path.is_symlink():
                try:
                    data = path.read_bytes()
                except OSError:
                    continue
                if any(value in data for value in wanted):
                    found.append(str(path))
    return found
