"""Whether a mail costs the same with one tenant and with 10,000, and the first the same as the 100,000th.

`python -m bench.flat`, on the benchmark's host. The hand-over alone, or with `--filtered` the whole chain.
Writes its part of docs/performance.md.
"""

import argparse
import re
import sys
import tracemalloc
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench import host, variants
from bench.host import Measured
from bench.measure import Figures, application, measure
from boringmail.policy.cache import Cache, Lifetimes
from boringmail.policy.decision import Existence

PAGE = host.ROOT / "docs" / "performance.md"
TITLE = "## From 1 to 10,000 tenants, and from the first mail to the last"
TENANTS = (1, 10_000)
SLICES = 10
# Of what the processors do beside, a single measurement shows more than of tenants.
ROUNDS = 5
WITHIN = 0.10
# Mailboxes that a policy daemon remembers for 10,000 tenants: some of each, and as many that do not exist.
REMEMBERED = 20_000


@dataclass(frozen=True)
class Flat:
    """What was measured: by number of tenants, and slice by slice of one long run."""

    variant: str
    tenants: dict[int, Figures]
    slices: list[Figures]
    policy_mib: float

    def ratios(self) -> list[tuple[str, float]]:
        """What is compared; 1 is the same."""
        few, many = (self.tenants[count] for count in TENANTS)
        first, last = self.slices[0], self.slices[-1]
        return [
            ("CPU a mail, 10,000 tenants to 1", many.cpu_ms / few.cpu_ms),
            ("mails a second, 10,000 tenants to 1", many.per_second / few.per_second),
            ("CPU a mail, last tenth to first", last.cpu_ms / first.cpu_ms),
            ("mails a second, last tenth to first", last.per_second / first.per_second),
        ]

    def section(self) -> str:
        """Its part of the page."""
        rows = [
            *((f"{count:,} tenants", one) for count, one in self.tenants.items()),
            *(
                (f"mails {number * one.mails + 1:,} to {(number + 1) * one.mails:,}", one)
                for number, one in ((0, self.slices[0]), (len(self.slices) - 1, self.slices[-1]))
            ),
        ]
        lines = [
            f"| {what} | {one.mails:,} | {one.per_second:.0f} | {one.cpu_ms:.2f} | {one.daemon_mib:.0f} |"
            for what, one in rows
        ]
        ratios = [
            f"| {what} | {ratio:.2f} | {'yes' if flat(ratio) else 'no'} |" for what, ratio in self.ratios()
        ]
        return "\n".join(
            [
                TITLE,
                "",
                f"{self.variant}, the same mails; tenants in turns, the middle one of {ROUNDS}.",
                "",
                "| | mails | mails/s | CPU ms/mail | daemon MiB |",
                "| --- | --- | --- | --- | --- |",
                *lines,
                "",
                "| | ratio | within 10 % |",
                "| --- | --- | --- |",
                *ratios,
                "",
                f"What boringmail-policy remembers of 10,000 tenants takes {self.policy_mib:.0f} MiB:",
                f"{REMEMBERED:,} mailboxes that exist, as many that do not.",
                "",
            ]
        )


def flat(ratio: float) -> bool:
    """Whether it is the same, or better, as far as that can be told."""
    return abs(ratio - 1) <= WITHIN


def run(there: Measured, mails: int, *, filtered: bool = False) -> Flat:
    """Measures; `mails` are those of the long run."""
    key = "boringmail-filtered" if filtered else "boringmail"
    variant = next(one for one in variants.VARIANTS if one.key == key)
    part = mails // SLICES

    def once(count: int, tenants: int) -> Figures:
        return measure(there, variant, "real", count=count, seconds=1200, tenants=tenants)

    rounds: dict[int, list[Figures]] = {count: [] for count in TENANTS}
    for number in range(ROUNDS):
        # In turns, and each first in turn: what else the machine does changes meanwhile.
        for count in TENANTS if number % 2 else reversed(TENANTS):
            rounds[count].append(once(max(part // 5, 200), count))
            print(f"{count:>6,} tenants  {_shown(rounds[count][-1])}", flush=True)
    slices = []
    for number in range(SLICES):
        slices.append(once(part, 100))
        print(f"{(number + 1) * part:>7,} mails  {_shown(slices[-1])}", flush=True)
    tenants = {count: _middle(found) for count, found in rounds.items()}
    return Flat(variant.name, tenants, slices, policy_mib())


def _middle(found: Sequence[Figures]) -> Figures:
    middle = median(one.cpu_ms for one in found)
    return min(found, key=lambda one: abs(one.cpu_ms - middle))


def _shown(one: Figures) -> str:
    return f"{one.per_second:7.1f} mails/s {one.cpu_ms:7.2f} ms CPU  daemon {one.daemon_mib:.0f} MiB"


def policy_mib() -> float:
    """What the policy daemon's memory of mailboxes takes when it is full of 10,000 tenants' mailboxes."""
    tracemalloc.start()
    cache = Cache(Lifetimes(300, 60, 3600), limit=REMEMBERED)
    for number in range(REMEMBERED):
        tenant = number % TENANTS[-1]
        cache.put(f"support-{number}@t{tenant}.desk.example.com", Existence.EXISTS, now=float(number))
        cache.put(f"stranger-{number}@t{tenant}.desk.example.com", Existence.GONE, now=float(number))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return held / (1 << 20)


def join(section: str, page: Path) -> None:
    """Puts the section into the page, in the place of an earlier one."""
    text = page.read_text() if page.exists() else "# Performance\n"
    without = re.sub(rf"\n{re.escape(TITLE)}\n.*?(?=\n## |\Z)", "", text, flags=re.DOTALL)
    page.write_text(f"{without.rstrip()}\n\n{section}")


def main() -> int:
    """Measures, shows, writes. Gives the exit status: 0 if all is flat."""
    parser = argparse.ArgumentParser(prog="python -m bench.flat", description=__doc__)
    parser.add_argument("--mails", type=int, default=100_000, help="mails of the long run")
    parser.add_argument("--filtered", action="store_true", help="with Rspamd and ClamAV in the session")
    parser.add_argument("--page", type=Path, default=PAGE, help="the page that it is a part of")
    parser.add_argument("--keep", action="store_true", help="leave the measured host for a look")
    wanted = parser.parse_args()
    with application() as url, host.made(keep=wanted.keep) as there:
        variants.prepare(url)
        found = run(there, wanted.mails, filtered=wanted.filtered)
    print(found.section())
    join(found.section(), wanted.page)
    return 0 if all(flat(ratio) for _, ratio in found.ratios()) else 1


if __name__ == "__main__":
    sys.exit(main())
