"""One measurement: a bounded load through one variant, from the first mail sent until the queue is empty."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bench import host
from bench.host import Measured
from bench.variants import Variant, choose

DRAIN_SECONDS = 120
POLL_SECONDS = 0.02
WARM_UP = 40


@dataclass(frozen=True)
class Figures:
    """What was measured. CPU is that of the whole measured host, in milliseconds a mail."""

    variant: Variant
    mix: str
    mails: int
    per_second: float
    cpu_ms: float
    stages_ms: dict[str, float]
    wait_p50_ms: float
    wait_p99_ms: float
    daemon_mib: float
    refused: dict[str, int] = field(default_factory=dict)


@contextmanager
def application() -> Iterator[str]:
    """The application's end, in a namespace of its own; gives its URL."""
    address = host.testhosts.add(host.APP).facts()["address"]
    command = host.namespace(host.APP, sys.executable, "-m", "bench.sink", address, str(host.APP_PORT))
    with subprocess.Popen(
        command, cwd=host.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as sink:
        if sink.stdout is None or sink.stdout.readline().strip() != "listening":
            raise SystemExit("the application's end does not listen")
        try:
            yield f"http://{address}:{host.APP_PORT}/boringmail"
        finally:
            sink.communicate(timeout=30)


def measure(
    there: Measured, variant: Variant, mix: str, *, count: int, seconds: float, tenants: int = 100
) -> Figures:
    """Sends `count` mails, or as many as go in `seconds`, and waits until all are handed over."""
    choose(variant)
    _send(there, mix, WARM_UP, seconds, tenants)
    _drained(there)
    before, stages = there.cgroup.cpu_seconds(), there.stage_seconds()
    sent = _send(there, mix, count, seconds, tenants)
    ended = _drained(there)
    cpu = there.cgroup.cpu_seconds() - before
    after = there.stage_seconds()
    by_stage = {stage: after[stage] - stages.get(stage, 0.0) for stage in after}
    # The journal, systemd, and what the kernel does for the host in nobody's name.
    by_stage["the rest"] = max(0.0, cpu - sum(by_stage.values()))
    taken = sent["replies"].pop("250", 0)
    if not taken:
        raise SystemExit(f"{variant.name}: no mail was taken: {sent['replies']}")
    return Figures(
        variant=variant,
        mix=mix,
        mails=taken,
        per_second=taken / (max(ended, sent["ended"]) - sent["started"]),
        cpu_ms=1000 * cpu / taken,
        stages_ms={stage: 1000 * seconds / taken for stage, seconds in by_stage.items()},
        wait_p50_ms=1000 * sent["wait_p50_seconds"],
        wait_p99_ms=1000 * sent["wait_p99_seconds"],
        daemon_mib=there.resident_bytes("boringmail-inbound") / (1 << 20),
        refused=sent["replies"],
    )


def _send(there: Measured, mix: str, count: int, seconds: float, tenants: int) -> dict:
    command = host.namespace(
        host.SENDER, sys.executable, "-m", "bench.load", there.address, "--mix", mix, "--count", str(count),
        "--seconds", str(seconds), "--tenants", str(tenants),
    )  # fmt: skip
    done = subprocess.run(
        command, cwd=host.ROOT, capture_output=True, text=True, timeout=seconds + 120, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def _drained(there: Measured) -> float:
    """When the queue was seen empty, on the monotonic clock."""
    deadline = time.monotonic() + DRAIN_SECONDS
    while there.queued():
        if time.monotonic() > deadline:
            raise SystemExit(f"{there.queued()} mails are still queued after {DRAIN_SECONDS} s")
        time.sleep(POLL_SECONDS)
    return time.monotonic()
