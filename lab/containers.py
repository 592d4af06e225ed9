"""Podman, as far as the lab uses it: systemd containers in namespaces of our own making.

No podman network is used (netavark wants iptables and names of its own). Runtime runc, because crun refuses
hosts with the hybrid cgroup layout. Never privileged: that would let a container write the host's sysctls.
"""

import json
import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lab import layout, paths
from lab.shell import CommandError, run

# systemd needs SYS_ADMIN for its units' mount namespaces, hosts need NET_ADMIN for nftables.
_SYSTEMD_OPTIONS = (
    "--systemd=always", "--cap-add=SYS_ADMIN,NET_ADMIN", "--security-opt=apparmor=unconfined",
    "--restart=always", "--log-driver=k8s-file", "--log-opt=max-size=5m", "--stop-timeout=20",
    "--dns=none", "--no-hosts",
    # A machine's own, not a container's 2048 processes and 64 MB of shared memory.
    "--pids-limit=8192", "--shm-size=256m",
)  # fmt: skip

# Enters by the process that podman notes of each container.
ENTER = paths.LAB_SOURCE / "enter"

# A machine's mounts are shared, a container's are private: systemd's credentials would stay unseen.
_INIT = ("/bin/sh", "-c", "mount --make-rshared / && exec /sbin/init")


@dataclass(frozen=True)
class Spec:
    """What a container is made from. Limits: memory in MiB, CPUs as a number; None is no limit of its own."""

    name: str
    image: str
    kind: str
    mounts: tuple[str, ...] = ()
    memory_mib: int | None = None
    cpus: float | None = None
    hostname: str | None = None
    labels: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()


def limits() -> list[str]:
    """Return resource limits that this machine can grant; podman's own defaults exceed a low hard limit."""
    # Podman lowers its own limit of processes to pid_max and cannot grant more than it has.
    processes = int(Path("/proc/sys/kernel/pid_max").read_text())
    wanted = (("nofile", resource.RLIMIT_NOFILE, 1048576), ("nproc", resource.RLIMIT_NPROC, processes))
    hard = [(name, resource.getrlimit(number)[1], most) for name, number, most in wanted]
    granted = [
        (name, most if limit == resource.RLIM_INFINITY else min(limit, most)) for name, limit, most in hard
    ]
    return [f"{name}={limit}:{limit}" for name, limit in granted]


def write_configuration() -> None:
    """Write containers.conf, whatever the machine's own says."""
    lines = ["[containers]", f"default_ulimits = {json.dumps(limits())}"]
    lines += ["[engine]", 'runtime = "runc"', 'events_logger = "file"', ""]
    paths.CONTAINERS_CONF.parent.mkdir(parents=True, exist_ok=True)
    paths.CONTAINERS_CONF.write_text("\n".join(lines))


def podman(
    arguments: Sequence[str], *, check: bool = True, timeout: float = 60, stdin: str | None = None
) -> str:
    """Run podman with the lab's configuration and return its standard output."""
    if not paths.CONTAINERS_CONF.exists():
        write_configuration()
    return _run(["podman", *arguments], check=check, timeout=timeout, stdin=stdin)


def _run(command: Sequence[str], *, check: bool, timeout: float, stdin: str | None) -> str:
    environment = {"CONTAINERS_CONF": str(paths.CONTAINERS_CONF)}
    return run(command, check=check, timeout=timeout, stdin=stdin, env=environment).stdout


def create(spec: Spec) -> None:
    """Create, but do not start, a systemd container in the namespace of its own name."""
    options = [
        *_SYSTEMD_OPTIONS,
        f"--pidfile={paths.CONTAINER_PIDS / spec.name}.pid",
        f"--network=ns:/run/netns/{spec.name}",
        f"--hostname={spec.hostname or spec.name}",
    ]
    options += [f"--label={label}" for label in (f"{layout.LABEL}={spec.kind}", *spec.labels)]
    options += [f"--volume={mount}" for mount in spec.mounts]
    options += [f"--env={variable}" for variable in spec.environment]
    if spec.memory_mib:
        options += [f"--memory={spec.memory_mib}m", f"--memory-swap={spec.memory_mib}m"]
    if spec.cpus:
        options.append(f"--cpus={spec.cpus:g}")
    podman(["create", f"--name={spec.name}", *options, spec.image, *_INIT])


def start(name: str) -> None:
    """Start a container."""
    podman(["start", name])


def restart(name: str) -> None:
    """Restart a container, giving its services two seconds; it enters its namespace's path anew."""
    podman(["restart", "--time=2", name], timeout=60)


def reboot(name: str) -> None:
    """Reboot a container as EC2 reboots: services have 20 seconds to end."""
    podman(["restart", "--time=20", name], timeout=90)


def stop(name: str) -> None:
    """Stop a container, giving its services 20 seconds."""
    podman(["stop", "--time=20", name], timeout=60)


def copy_in(name: str, directory: Path) -> None:
    """Copy what is below a directory over a container's root."""
    podman(["cp", f"{directory}/.", f"{name}:/"])


def execute(
    name: str, command: Sequence[str], *, check: bool = True, timeout: float = 60, stdin: str | None = None
) -> str:
    """Run a command as root in a running container and return its standard output."""
    return _run([str(ENTER), name, *command], check=check, timeout=timeout, stdin=stdin)


def remove(name: str) -> None:
    """Remove a container, running or not; none of that name is no error."""
    podman(["rm", "--force", "--ignore", "--time=0", "--volumes", name], timeout=120)
    (paths.CONTAINER_PIDS / f"{name}.pid").unlink(missing_ok=True)


def listing(kind: str | None = None) -> dict[str, str]:
    """Return the state of each of the lab's containers by name: running, exited, created, ..."""
    wanted = layout.LABEL if kind is None else f"{layout.LABEL}={kind}"
    found = json.loads(podman(["ps", "--all", f"--filter=label={wanted}", "--format=json"]) or "[]")
    return {entry["Names"][0]: str(entry["State"]) for entry in found}


def label(name: str, key: str) -> str | None:
    """Return a label of a container, None where there is no such container or label."""
    try:
        found = json.loads(podman(["inspect", "--type=container", name]))
    except CommandError:
        return None
    value = found[0]["Config"].get("Labels", {}).get(key)
    return None if value is None else str(value)


def system_state(name: str) -> str:
    """Return what systemd in a container says of itself: running, degraded, starting, ... or empty."""
    return execute(name, ["systemctl", "is-system-running"], check=False, timeout=20).strip()


def wait_for_system(name: str, timeout_seconds: float = 60) -> str:
    """Wait until systemd in a container has finished booting; return `running` or `degraded`.

    Raises CommandError, with the failed units' names, when it does not get there.
    """
    deadline = time.monotonic() + timeout_seconds
    while (state := system_state(name)) not in {"running", "degraded"}:
        if time.monotonic() > deadline:
            jobs = execute(name, ["systemctl", "list-jobs"], check=False, timeout=20)
            raise CommandError(f"container {name}: systemd is {state or 'not answering'!r} after "
                               f"{timeout_seconds:g} s; waiting: {jobs.strip()}")  # fmt: skip
        time.sleep(0.2)
    return state
