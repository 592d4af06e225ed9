"""Writes a made-up ClamAV database as large as the official one, and of its mix: none of it matches anything.

The official set of autumn 2025 holds 8.72 million signatures (main 62: 6,647,427; daily 27780: 2,076,928).
Nearly all are hashes, of whole files (`.hsb`, `.hdb`) and of sections of programs (`.mdb`); the patterns
(`.ndb`) are some hundred thousand. How many of each kind is not published, but hashes do not compress: 163 MB
of main.cvd are 25 bytes a signature, so three in ten hashes are SHA-256 and the others MD5. With this set
clamd takes 1.1 GiB; with the official one 1.2 GiB by its manual of 2020, and 0.95 GB in 2026
(ibis-coordination/Harmonic#559). Formats: https://docs.clamav.net/manual/Signatures.html.

usage: python3 signatures.py DIRECTORY NUMBER
"""

import random
import sys
from collections.abc import Iterator
from pathlib import Path

# Share of each kind.
MIX = {"made-up.hsb": 0.29, "made-up.hdb": 0.07, "made-up.mdb": 0.56, "made-up.ndb": 0.08}
PATTERN_BYTES = 32
LINES_AT_ONCE = 10_000


def line(kind: str, index: int, size: int, digits: str) -> str:
    """One signature, of 64 random hexadecimal digits."""
    name = f"Win.A-{index}-0"  # as long as an official name: clamd appends `.UNOFFICIAL`
    match kind:
        case "hsb":
            return f"{digits}:{size}:{name}:73\n"
        case "hdb":
            return f"{digits[:32]}:{size}:{name}\n"
        case "mdb":
            return f"{size}:{digits[:32]}:{name}\n"
        case _:
            return f"{name}:1:*:{digits[: 32 + index % 17 * 2]}\n"


def lines(kind: str, number: int) -> Iterator[str]:
    """The lines of one file of the database."""
    chance = random.Random(kind)  # noqa: S311 - the same set each time
    for start in range(0, number, LINES_AT_ONCE):
        digits = chance.randbytes(PATTERN_BYTES * LINES_AT_ONCE).hex()
        for index in range(start, min(start + LINES_AT_ONCE, number)):
            place = (index - start) * 2 * PATTERN_BYTES
            # In bytes. A section's is aligned, and mostly small.
            aligned = min(int(8 * chance.paretovariate(0.7)), 60_000) * 512
            size = aligned if kind == "mdb" else chance.randrange(2_000, 4_000_000)
            yield line(kind, index, size, digits[place : place + 2 * PATTERN_BYTES])


def write(directory: Path, number: int) -> None:
    """Write `number` signatures into files in `directory`."""
    for file, share in MIX.items():
        with (directory / file).open("w", buffering=1 << 20) as output:
            output.writelines(lines(file.rpartition(".")[2], round(number * share)))


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
