"""What a container's memory cgroup (version 1 or 2) says: memory held for good, and kills for want of it."""

import json
import subprocess
import threading
from pathlib import Path

MOUNT = Path("/sys/fs/cgroup")
POLL_SECONDS = 0.2


class Cgroup:
    """The cgroup of a whole container."""

    def __init__(self, container: str) -> None:
        shown = subprocess.run(["podman", "inspect", container], check=True, capture_output=True, text=True)
        facts = json.loads(shown.stdout)[0]
        lines = Path(f"/proc/{facts['State']['Pid']}/cgroup").read_text().splitlines()
        paths = {kinds: path for _, kinds, path in (line.split(":", 2) for line in lines)}
        self.unified = "memory" not in paths
        own = Path(paths["" if self.unified else "memory"].lstrip("/"))
        # systemd in the container has moved itself into a group of its own.
        whole = next(path for path in (own, *own.parents) if facts["Id"] in path.name)
        self.path = MOUNT / whole if self.unified else MOUNT / "memory" / whole

    def _numbers(self, path: Path) -> dict[str, int]:
        return {
            name: int(number) for name, number in (line.split() for line in path.read_text().splitlines())
        }

    def limit(self) -> int:
        """The limit, in bytes."""
        return int((self.path / ("memory.max" if self.unified else "memory.limit_in_bytes")).read_text())

    def held(self) -> int:
        """Memory of processes and of files in memory (tmpfs), in bytes: what the limit kills for."""
        numbers = self._numbers(self.path / "memory.stat")
        if self.unified:
            return numbers["anon"] + numbers["shmem"] + numbers.get("kernel", 0)
        return numbers["total_rss"] + numbers.get("total_shmem", 0)

    def kills(self) -> int:
        """How many processes were killed for want of memory since the container started."""
        if self.unified:
            return self._numbers(self.path / "memory.events")["oom_kill"]
        return sum(self._numbers(file)["oom_kill"] for file in self.path.rglob("memory.oom_control"))


class Peak(threading.Thread):
    """Follows what a cgroup holds, in the background; `bytes` is the most that was seen."""

    def __init__(self, cgroup: Cgroup) -> None:
        super().__init__(daemon=True)
        self._cgroup = cgroup
        self._done = threading.Event()
        self.bytes = 0

    def run(self) -> None:
        while not self._done.wait(POLL_SECONDS):
            self.bytes = max(self.bytes, self._cgroup.held())

    def end(self) -> int:
        """Stops following and gives the peak, in bytes."""
        self._done.set()
        self.join()
        return self.bytes
