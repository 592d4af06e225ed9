"""What a container's cgroups (version 1 or 2) say: processor time, memory in use, kills for want of it."""

import json
import subprocess
import threading
from pathlib import Path

MOUNT = Path("/sys/fs/cgroup")
POLL_SECONDS = 0.2


class Cgroup:
    """The cgroups of a whole container."""

    def __init__(self, container: str) -> None:
        shown = subprocess.run(["podman", "inspect", container], check=True, capture_output=True, text=True)
        facts = json.loads(shown.stdout)[0]
        self.pid: int = facts["State"]["Pid"]
        lines = Path(f"/proc/{self.pid}/cgroup").read_text().splitlines()
        self._id: str = facts["Id"]
        self._paths = {kinds: path for _, kinds, path in (line.split(":", 2) for line in lines)}
        self.unified = "memory" not in self._paths
        self._memory = self._group("memory")
        self._cpu = self._group("cpuacct")

    def _group(self, controller: str) -> Path:
        """The directory of the whole container: systemd in it has moved itself into a group of its own."""
        kinds = "" if self.unified else next(one for one in self._paths if controller in one.split(","))
        own = Path(self._paths[kinds].lstrip("/"))
        whole = next(path for path in (own, *own.parents) if self._id in path.name)
        return MOUNT / whole if self.unified else MOUNT / controller / whole

    def cpu_seconds(self) -> float:
        """Processor time used so far, of ended processes too."""
        if self.unified:
            return _numbers(self._cpu / "cpu.stat")["usage_usec"] / 1e6
        return int((self._cpu / "cpuacct.usage").read_text()) / 1e9

    def limit(self) -> int:
        """The memory limit, in bytes."""
        name = "memory.max" if self.unified else "memory.limit_in_bytes"
        return int((self._memory / name).read_text())

    def held(self) -> int:
        """Memory of processes and of files in memory (tmpfs), in bytes: what the limit kills for."""
        numbers = _numbers(self._memory / "memory.stat")
        if self.unified:
            return numbers["anon"] + numbers["shmem"] + numbers.get("kernel", 0)
        return numbers["total_rss"] + numbers.get("total_shmem", 0)

    def kills(self) -> int:
        """How many processes were killed for want of memory since the container started."""
        if self.unified:
            return _numbers(self._memory / "memory.events")["oom_kill"]
        return sum(_numbers(file)["oom_kill"] for file in self._memory.rglob("memory.oom_control"))


def _numbers(path: Path) -> dict[str, int]:
    return {name: int(number) for name, number in (line.split() for line in path.read_text().splitlines())}


class Peak(threading.Thread):
    """Follows what a cgroup holds, in the background; `bytes` is the most that was seen."""

    def __init__(self, cgroup: Cgroup) -> None:
        super().__init__(daemon=True)
        self._cgroup = cgroup
        self._done = threading.Event()
        self.bytes = 0

    def run(self) -> None:
        """Looks again and again until told to end."""
        while not self._done.wait(POLL_SECONDS):
            self.bytes = max(self.bytes, self._cgroup.held())

    def end(self) -> int:
        """Stops following and gives the peak, in bytes."""
        self._done.set()
        self.join()
        return self.bytes
