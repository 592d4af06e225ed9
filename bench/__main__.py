"""`python -m bench`: the ways from Postfix to an application, ours among them, side by side in one run."""

import argparse
import sys
from pathlib import Path

from bench import flat, host, report
from bench.measure import Figures, application, measure
from bench.variants import VARIANTS, prepare

PAGE = host.ROOT / "docs" / "performance.md"
MIXES = ("real", "10kb")


def main() -> int:
    """Measures, shows, writes the page. Gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--mails", type=int, default=2000, help="mails a measurement, at most")
    parser.add_argument("--seconds", type=float, default=20, help="seconds of sending a measurement, at most")
    parser.add_argument("--long", type=int, default=100_000, help="mails of the long run at the end")
    parser.add_argument("--mix", choices=MIXES, action="append", help="only this mix of sizes")
    parser.add_argument(
        "--only", choices=[one.key for one in VARIANTS], action="append", help="only this variant"
    )
    parser.add_argument("--page", type=Path, default=PAGE, help="where the table is written")
    parser.add_argument("--keep", action="store_true", help="leave the measured host for a look")
    wanted = parser.parse_args()
    chosen = [one for one in VARIANTS if not wanted.only or one.key in wanted.only]
    whole = chosen == list(VARIANTS) and not wanted.mix
    found: list[Figures] = []
    with application() as url, host.made(keep=wanted.keep) as there:
        prepare(url)
        for mix in wanted.mix or MIXES:
            for variant in chosen:
                figures = measure(there, variant, mix, count=wanted.mails, seconds=wanted.seconds)
                print(report.line(figures), flush=True)
                found.append(figures)
        report.show(found)
        if whole:
            report.write(found, wanted.page)
            level = flat.run(there, wanted.long)
            print(level.section())
            flat.join(level.section(), wanted.page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
