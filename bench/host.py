"""The measured host: 2 GiB, set up by the gateway's own roles; and where its processor time goes."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from lab import layout, testhosts
from lab.drive.cgroup import Cgroup

ROOT = Path(__file__).parents[1]
NAME = "bench"
CONTAINER = layout.PREFIX + NAME
APP, APP_PORT = "bench-app", 8080
SENDER = "bench-load"
MEMORY_MIB = 2048
IN = "/etc/postfix-in"
QUEUES = ("maildrop", "incoming", "active", "deferred")
STEP_SECONDS = 1800
# What a mail passes, and the unit whose processes do it.
STAGES = {
    "Postfix": "postfix@in.service",
    "Rspamd": "rspamd.service",
    "ClamAV": "clamav-daemon.service",
    "clamav-milter": "clamav-milter.service",
    "boringmail-inbound": "boringmail-inbound.service",
    "Valkey": "valkey-server.service",
    "unbound": "unbound.service",
    "sink": "bench-sink.service",
}


def inside(command: str, *, check: bool = True) -> str:
    """What a shell command says on the host."""
    done = subprocess.run(
        ["podman", "exec", CONTAINER, "sh", "-ec", command],
        capture_output=True,
        text=True,
        timeout=STEP_SECONDS,
        check=False,
    )
    if check and done.returncode:
        raise SystemExit(f"{command}: {done.stderr or done.stdout}")
    return done.stdout.strip()


def namespace(name: str, *command: str) -> list[str]:
    """The command line that runs a command in a test host's network namespace."""
    return ["ip", "netns", "exec", layout.PREFIX + name, *command]


class Measured:
    """The host, once it stands."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.cgroup = Cgroup(CONTAINER)

    def queued(self) -> int:
        """Mails in the inbound queue; read from outside, so that looking costs the host nothing."""
        root = Path(f"/proc/{self.cgroup.pid}/root/var/spool/boringmail/in")
        return sum(len(files) for queue in QUEUES for _, _, files in os.walk(root / queue))

    def stage_seconds(self) -> dict[str, float]:
        """Processor time of each unit's processes so far, ended children among them."""
        units = " ".join(STAGES.values())
        shown = inside(f"systemctl show -P MainPID {units}", check=False).split()
        pids = _outer_pids(self.cgroup.pid)
        return {
            stage: _tree_seconds(pids[int(pid)])
            for stage, pid in zip(STAGES, shown, strict=True)
            if int(pid) in pids
        }

    def resident_bytes(self, stage: str) -> int:
        """Proportional memory of a stage's processes, as they share pages."""
        (pid,) = inside(f"systemctl show -P MainPID {STAGES[stage]}").split()
        process = psutil.Process(_outer_pids(self.cgroup.pid)[int(pid)])
        return sum(one.memory_full_info().pss for one in [process, *process.children(recursive=True)])


def _outer_pids(init: int) -> dict[int, int]:
    """Process numbers in the container to those outside."""
    found = {}
    for process in [psutil.Process(init), *psutil.Process(init).children(recursive=True)]:
        try:
            status = Path(f"/proc/{process.pid}/status").read_text()
        except OSError:
            continue
        inner = next(line for line in status.splitlines() if line.startswith("NSpid:")).split()[-1]
        found[int(inner)] = process.pid
    return found


def _tree_seconds(pid: int) -> float:
    seconds = 0.0
    root = psutil.Process(pid)
    for process in [root, *root.children(recursive=True)]:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        seconds += times.user + times.system + times.children_user + times.children_system
    return seconds


@contextmanager
def made(*, keep: bool) -> Iterator[Measured]:
    """The host, its application's and its sender's namespaces; removed afterwards unless kept."""
    try:
        app = testhosts.add(APP)
        sender = testhosts.add(SENDER)
        host = testhosts.add(NAME, "base", MEMORY_MIB)
        inside("apt-get -q update")
        _play(
            {
                "bench_app_url": f"http://{app.facts()['address']}:{APP_PORT}/boringmail",
                "bench_sender": sender.facts()["address"],
            }
        )
        yield Measured(host.facts()["address"])
    finally:
        if not keep:
            for name in (NAME, SENDER, APP):
                testhosts.remove(name)


def _play(values: dict[str, str]) -> None:
    done = subprocess.run(
        [
            "ansible-playbook",
            "--inventory", str(ROOT / "molecule/shared/inventory"),
            "--extra-vars", json.dumps({"ansible_host": CONTAINER, **values}),
            str(ROOT / "bench/host.yml"),
        ],
        cwd=ROOT,
        env=os.environ | {"BENCH_CHECKOUT": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=STEP_SECONDS,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stdout[-4000:] + done.stderr[-2000:])
