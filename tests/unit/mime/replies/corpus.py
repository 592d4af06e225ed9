"""Replies as mail programs write them, each line marked with what is to become of it.

A case begins with `# name: program, language`. A line that begins with `+` is the sender's own and is to be
kept, one with `-` is to be cut; the text begins in the third column. U+2420 stands for a blank at a line's
end.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

_BLANK = "␠"


@dataclass(frozen=True)
class Case:
    name: str
    program: str
    text: str
    own: str


@dataclass(frozen=True)
class Errors:
    """Lines that are not as they should be: own ones that are missing, others that were left."""

    cut: list[str]
    left: list[str]


def normal(text: str) -> list[str]:
    """The lines that are not blank, without differences in white space."""
    return [" ".join(line.split()) for line in text.split("\n") if line.strip()]


def errors(case: Case, reply: str) -> Errors:
    own, found = Counter(normal(case.own)), Counter(normal(reply))
    return Errors(list((own - found).elements()), list((found - own).elements()))


def _case(head: str, lines: list[str]) -> Case:
    name, _, program = head.partition(": ")
    marked = [(line[0], line[2:].replace(_BLANK, " ")) for line in lines if line]
    unknown = {mark for mark, _ in marked} - {"+", "-"}
    if unknown:
        raise ValueError(f"{name}: lines begin with + or -, not with {unknown}")
    return Case(
        name,
        program,
        "\n".join(line for _, line in marked),
        "\n".join(line for mark, line in marked if mark == "+"),
    )


def load() -> list[Case]:
    cases: list[Case] = []
    for path in sorted(Path(__file__).parent.glob("*.txt")):
        for part in path.read_text(encoding="utf-8").removeprefix("# ").split("\n# "):
            head, *lines = part.split("\n")
            cases.append(_case(head, lines))
    return cases
