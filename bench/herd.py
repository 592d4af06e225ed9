"""`make herd`: the application is down until a herd is queued, then it is back, and new mail comes too.

On the benchmark's host of 2 GiB. Shows whether what the gateway promises holds: none lost, none doubled, no
bounce; the herd drains at 20 mails a second and more; new mail waits no longer than two minutes; nothing is
killed for want of memory. Bounded in time by itself. Writes docs/herd.md.
"""

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench import copies, herd_report, host, ledger, variants
from bench.big import Big, big_mails, peak_mib
from bench.host import IN, Measured, inside
from bench.ledger import Account, Delivered
from lab.drive.cgroup import Peak

PAGE = host.ROOT / "docs" / "herd.md"
BASE_RATE = 6.1
# Slower than this is not waited for.
FILL_RATE, DRAIN_RATE = 40.0, 20.0
STEP_SECONDS = 5.0
SETTLE_SECONDS = 300
OUTAGE_SECONDS = 30
# What clamd holds with the official database (docs/operations/scanning.md); the lab's is small.
CLAMD_MIB = 1158
MEBIBYTE = 1 << 20
BOUNCES = "status=bounced|sender non-delivery notification|sender delivery status notification"


@dataclass(frozen=True)
class Herd:
    """What was measured."""

    mails: int
    copies: int
    fill_seconds: float
    outage_cpu_percent: float
    drain_seconds: float
    per_second: float
    waits: list[float]
    peak_mib: int
    killed: int
    daemon_mib: int
    account: Account
    bounces: int
    refused: dict[str, int]
    big: list[Big]

    def wait(self, share: float) -> float:
        """Within how many seconds this share of the new mail was with the application."""
        return self.waits[min(int(len(self.waits) * share), len(self.waits) - 1)]


def main() -> int:
    """Measures, shows, writes the page. Gives the exit status: 0 if all that is promised holds."""
    parser = argparse.ArgumentParser(prog="python -m bench.herd", description=__doc__)
    parser.add_argument("--mails", type=int, default=100_000, help="mails that are queued")
    parser.add_argument(
        "--copies", type=int, default=0, help="send only a part, and copy each in the queue so many times"
    )
    parser.add_argument("--mix", default="real", help="their sizes: real, or 10kb and the like")
    parser.add_argument("--page", type=Path, default=PAGE, help="where the figures are written")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--keep", action="store_true", help="leave the measured host for a look")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as records, host.made(keep=wanted.keep) as there:
        found = Run(there, Path(records), wanted.mix).measure(wanted.mails, wanted.copies)
    rows = herd_report.rows(found)
    if wanted.json:
        print(json.dumps([row._asdict() for row in rows], indent=1))
    else:
        herd_report.show(rows)
    if wanted.mails >= herd_report.PAGE_MAILS:
        herd_report.write(rows, found, wanted.page)
    return 0 if all(row.holds for row in rows) else 1


class Run:
    """One outage, from the first mail of the herd until the last is handed over."""

    def __init__(self, there: Measured, records: Path, mix: str) -> None:
        self._there = there
        self._mix = mix
        self._root = Path(f"/proc/{there.cgroup.pid}/root/var/spool/boringmail")
        self._records = {name: records / name for name in ("app", "herd", "new")}

    def measure(self, mails: int, copied: int) -> Herd:
        """The whole run."""
        variants.choose(variants.Variant("herd", "unfiltered", variants.DAEMON, filtered=False))
        self._fill_memory()
        with self._application() as app:
            killed, peak = self._there.cgroup.kills(), Peak(self._there.cgroup)
            peak.start()
            fill_seconds = self._fill(app, mails // (copied + 1))
            if copied:
                self._copy(copied)
            outage = self._outage_cpu_percent()
            _filters(variants.FILTERS)
            drain_seconds, delivered = self._drain(app)
            daemon_mib = peak_mib()
            # A stranger's mail of nonsense would be greylisted.
            _filters("")
            big = big_mails(self._there)
            delivered.read()
            herd, refused = ledger.acknowledged(self._records["herd"])
            new, refused_new = ledger.acknowledged(self._records["new"])
            account = ledger.account(
                herd + new, delivered, queue=self._root / "in", box=self._root / "dead-letter"
            )
            delivered.close()
        first = delivered.first
        return Herd(
            mails=len(herd),
            copies=copied,
            fill_seconds=fill_seconds,
            outage_cpu_percent=outage,
            drain_seconds=drain_seconds,
            per_second=sum(mail.webhook_id in first for mail in herd) / drain_seconds,
            # Mail that is not there by now has waited until now.
            waits=sorted(max(0.0, first.get(mail.webhook_id, time.monotonic()) - mail.at) for mail in new),
            peak_mib=peak.end() // MEBIBYTE,
            killed=self._there.cgroup.kills() - killed,
            daemon_mib=daemon_mib,
            account=account,
            bounces=int(inside(f"cat /var/log/postfix/in.log* | grep -cE '{BOUNCES}' || true")),
            refused=dict(refused + refused_new),
            big=big,
        )

    def _fill_memory(self) -> None:
        """What clamd would hold more with the official database."""
        more = CLAMD_MIB - self._there.resident_bytes("ClamAV") // MEBIBYTE
        held = f"held = bytearray({more} << 20); held[::4096] = b'x' * ({more} << 8)"
        code = f"import time; {held}; time.sleep(86400)"
        inside(
            "systemctl is-active -q bench-ballast || "
            f'systemd-run --quiet --unit=bench-ballast python3 -c "{code}"'
        )

    @contextlib.contextmanager
    def _application(self) -> Iterator[subprocess.Popen[str]]:
        address = host.testhosts.add(host.APP).facts()["address"]
        command = host.namespace(
            host.APP,
            sys.executable,
            "-m",
            "bench.sink",
            address,
            str(host.APP_PORT),
            str(self._records["app"]),
        )
        with subprocess.Popen(
            command, cwd=host.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as app:
            if app.stdout is None or app.stdout.readline().strip() != "listening":
                raise SystemExit("the application's end does not listen")
            try:
                yield app
            finally:
                app.communicate(timeout=30)

    @contextlib.contextmanager
    def _sender(self, record: str, *options: str) -> Iterator[subprocess.Popen[str]]:
        command = host.namespace(
            host.SENDER, sys.executable, "-m", "bench.load", self._there.address, "--tenants", "1000",
            "--mix", self._mix, "--record", str(self._records[record]), *options,
        )  # fmt: skip
        with subprocess.Popen(command, cwd=host.ROOT, stdout=subprocess.DEVNULL, text=True) as sender:
            try:
                yield sender
            finally:
                # Ends after the mails under way, so that each that was taken is recorded.
                sender.terminate()
                sender.wait(timeout=120)

    def _fill(self, app: subprocess.Popen[str], mails: int) -> float:
        """The application answers 503 while the herd comes in."""
        _answer(app, "503 Service Unavailable")
        started = time.monotonic()
        limit = mails / FILL_RATE + 60
        with self._sender("herd", "--count", str(mails), "--seconds", str(limit)) as sender:
            while sender.poll() is None:
                time.sleep(STEP_SECONDS)
                _say("filling", started, queued=self._there.queued())
        return time.monotonic() - started

    def _copy(self, copied: int) -> None:
        """Multiplies the queue."""
        inside("systemctl stop postfix@in")
        record = self._records["herd"]
        by_id = {line.rpartition(" ")[2]: line for line in record.read_text().splitlines()}
        started, made = time.monotonic(), 0
        with record.open("a") as file:
            for original, copy in copies.multiply(self._root / "in", copied):
                line = by_id[original]
                file.write(f"{line.removesuffix(original)}{copy}\n")
                made += 1
                if not made % 10_000:
                    _say("copying", started, copied=made)
        inside("systemctl start postfix@in")

    def _outage_cpu_percent(self) -> float:
        """What the waiting herd costs, with nothing coming in, in percent of one processor."""
        started, before = time.monotonic(), self._there.cgroup.cpu_seconds()
        while time.monotonic() < started + OUTAGE_SECONDS:
            time.sleep(STEP_SECONDS)
            _say("outage", started, queued=self._there.queued())
        return 100 * (self._there.cgroup.cpu_seconds() - before) / (time.monotonic() - started)

    def _drain(self, app: subprocess.Popen[str]) -> tuple[float, Delivered]:
        """The application is back; new mail comes at the base load, until the herd is gone.

        What comes before the daemon has noticed belongs to the outage: it is deferred, and part of the herd.
        """
        herd = {mail.webhook_id for mail in ledger.acknowledged(self._records["herd"])[0]}
        delivered = Delivered(self._records["app"])
        options = ("--count", "1000000", "--seconds", "86400", "--rate", str(BASE_RATE), "--connections", "4")
        _answer(app, "204 No Content")
        started = time.monotonic()
        with contextlib.ExitStack() as senders:
            while time.monotonic() < started + len(herd) / DRAIN_RATE + SETTLE_SECONDS:
                time.sleep(STEP_SECONDS)
                delivered.read()
                missing = herd - delivered.first.keys()
                _say("draining", started, queued=self._there.queued(), delivered=len(delivered.first))
                if not missing:
                    break
                if delivered.first and not self._records["new"].exists():
                    sender = self._sender("new", *options, "--sender", "second@mailbox.example")
                    senders.enter_context(sender)
                    while not self._records["new"].exists():
                        time.sleep(0.1)
        ended = max((delivered.first[one] for one in herd if one in delivered.first), default=started)
        while self._there.queued() and time.monotonic() < started + len(herd) / DRAIN_RATE + SETTLE_SECONDS:
            time.sleep(1)
        return (time.monotonic() if missing else ended) - started, delivered


def _answer(app: subprocess.Popen[str], status: str) -> None:
    if app.stdin is None:
        raise RuntimeError("started without a pipe")
    app.stdin.write(f"{status}\n")
    app.stdin.flush()


def _filters(milters: str) -> None:
    """Rspamd and ClamAV are off while the herd comes in: it would take hours."""
    inside(f"postconf -c {IN} -e 'smtpd_milters={milters}' && postfix -c {IN} reload")


def _say(phase: str, started: float, **figures: int) -> None:
    shown = "".join(f"  {name} {number:>7,}" for name, number in figures.items())
    processor = psutil.cpu_percent()
    print(f"{phase:<9}{time.monotonic() - started:7.0f} s{shown}  processors {processor:3.0f} %", flush=True)


if __name__ == "__main__":
    sys.exit(main())
