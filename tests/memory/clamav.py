"""Shows what ClamAV takes on a host of 2 GiB: load, reload under load, and what becomes of mail meanwhile.

`python -m tests.memory.clamav [--signatures N] [--memory MIB] [--others MIB] [--keep]`: a lab host with the
limit gets roles/clamav and a Postfix as in its Molecule scenario, a made-up database as large as the official
one, and ballast in the place of all else that runs on a mail host. Prints figures; fails when a process was
killed for want of memory, when a virus was delivered, or when an accepted mail was not.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab import testhosts
from lab.drive.cgroup import Cgroup, Peak

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
HOST = "clamav-memory"
CONTAINER = f"bmlab-{HOST}"
OFFICIAL = 8_700_000
MAILBOX = "/var/mail/tenants/all"
STEP_SECONDS = 600
MEBIBYTE = 1 << 20


def inside(command: str) -> str:
    """What a command says on the host."""
    done = subprocess.run(
        ["podman", "exec", CONTAINER, "sh", "-ec", command],
        capture_output=True,
        text=True,
        timeout=STEP_SECONDS,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{command}: {done.stderr or done.stdout}")
    return done.stdout.strip()


def play(playbook: str) -> None:
    """Applies one of the scenario's playbooks to the host."""
    environment = os.environ | {
        "MOLECULE_SCENARIO_NAME": "clamav",
        "MOLECULE_SCENARIO_DIRECTORY": str(ROOT / "molecule" / "clamav"),
    }
    values = json.dumps({"ansible_host": CONTAINER, "clamav_wait_seconds": 20})
    inventory = str(ROOT / "molecule" / "shared" / "inventory")
    done = subprocess.run(
        ["ansible-playbook", "--inventory", inventory, "--extra-vars", values, str(ROOT / playbook)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=STEP_SECONDS,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stdout[-4000:] + done.stderr[-2000:])


@contextmanager
def told(what: str) -> Iterator[None]:
    """Says what is done and how long it took."""
    started = time.monotonic()
    print(f"{what:<62}", end="", flush=True)
    yield
    print(f"{time.monotonic() - started:6.1f} s", flush=True)


def status(field: str) -> int:
    """A line of clamd's /proc/PID/status, in MiB."""
    return (
        int(
            inside(f"grep -o '^{field}:.*' /proc/$(systemctl show -P MainPID clamav-daemon)/status").split()[
                1
            ]
        )
        >> 10
    )


def log_lines(text: str) -> int:
    """How often clamd has logged this."""
    return int(inside(f"journalctl -u clamav-daemon -o cat | grep -c '{text}' || true"))


def prepare(memory: int, others: int, signatures: int) -> None:
    """Makes the host, its mail system and its database."""
    testhosts.remove(HOST)
    with told(f"host of {memory} MiB, Postfix, roles/clamav"):
        testhosts.add(HOST, "base", memory)
        inside("apt-get -q update")
        play("molecule/clamav/prepare.yml")
        play("molecule/shared/converge.yml")
    with told(f"made-up database of {signatures:,} signatures"):
        for script in ("signatures.py", "load.py"):
            subprocess.run(["podman", "cp", str(HERE / script), f"{CONTAINER}:/root/"], check=True)
        inside(f"python3 /root/signatures.py /var/lib/clamav {signatures}")
    ballast = f"import time; held = bytearray(b'x' * ({others} << 20)); time.sleep(86400)"
    inside(f'systemd-run --quiet --unit=ballast python3 -c "{ballast}"')


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.memory.clamav")
    parser.add_argument("--signatures", type=int, default=OFFICIAL)
    parser.add_argument("--memory", type=int, default=2048, help="the host's limit, in MiB")
    parser.add_argument("--others", type=int, default=400, help="what the rest of a mail host takes, in MiB")
    parser.add_argument("--keep", action="store_true", help="leave the host for a look")
    wanted = parser.parse_args()
    try:
        prepare(wanted.memory, wanted.others, wanted.signatures)
        return measure()
    finally:
        if not wanted.keep:
            testhosts.remove(HOST)


def measure() -> int:
    """Loads, reloads under load, counts; gives the exit status."""
    cgroup = Cgroup(CONTAINER)
    peak = Peak(cgroup)
    peak.start()
    with told("clamd: start until it answers"):
        inside("systemctl restart clamav-daemon.service && timeout 300 clamdscan --fdpass /etc/hostname")
    resident = status("VmRSS")
    inside("until send-mail probe=clean | grep -q 250; do sleep 1; done")
    load = subprocess.Popen(
        ["podman", "exec", CONTAINER, "python3", "/root/load.py", "/root/stop"],
        stdout=subprocess.PIPE,
        text=True,
    )
    time.sleep(10)
    reloads = log_lines("Database correctly reloaded")
    with told("clamd: reload under load"):
        inside("systemctl reload clamav-daemon.service")
        while log_lines("Database correctly reloaded") == reloads:
            time.sleep(0.5)
    time.sleep(10)
    inside("touch /root/stop")
    report = json.loads(load.communicate(timeout=STEP_SECONDS)[0])
    inside("timeout 120 sh -c 'until postqueue -p | grep -q empty; do sleep 0.5; done'")
    delivered = {
        kind: int(inside(f"grep -c '^Subject: load-{kind}-' {MAILBOX} || true"))
        for kind in ("clean", "eicar")
    }
    replies = report["replies"]
    figures = {
        "clamd resident after the start, MiB": resident,
        "clamd resident after the reload, MiB": status("VmRSS"),
        "clamd resident at most, MiB": status("VmHWM"),
        "host held at most, MiB": peak.end() // MEBIBYTE,
        "host limit, MiB": cgroup.limit() // MEBIBYTE,
        "processes killed for want of memory": cgroup.kills(),
        "clamd started again by systemd": int(inside("systemctl show -P NRestarts clamav-daemon")),
        "longest wait of a mail for its reply, s": round(report["longest_seconds"], 1),
        **{f"mails answered: {reply}": number for reply, number in replies.items()},
        "clean mails delivered": delivered["clean"],
        "EICAR delivered": delivered["eicar"],
    }
    for what, number in figures.items():
        print(f"{what:<62}{number:>6}")
    wrong = [
        reply
        for reply in replies
        if reply.startswith("clean 5") or reply == "eicar 250" or "no reply" in reply
    ]
    held = (
        figures["processes killed for want of memory"] == 0
        and figures["clamd started again by systemd"] == 0
        and delivered == {"clean": replies.get("clean 250", 0), "eicar": 0}
        and not wrong
    )
    print("holds" if held else f"does NOT hold {' '.join(wrong)}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
