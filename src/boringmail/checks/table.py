"""The checks as one table for people: a line each, and below it, for what is not right, what to know.

A hint's first line is advice; the lines below it are records or commands, shown as they have to be pasted.
"""

from collections.abc import Iterable, Mapping, Sequence
from textwrap import TextWrapper, wrap

MARKS = {"pass": "ok", "fail": "FAIL", "temperror": "UNSURE", "permerror": "BROKEN"}
INDENT = "    "


def render(checks: Iterable[Mapping[str, str]], skipped: Sequence[str] = (), width: int = 110) -> str:
    """Plain text without blanks at line ends, at most `width` columns wide where words allow."""
    rows = list(checks)
    column = max((len(row["name"]) for row in rows), default=0)
    lines: list[str] = []
    for row in rows:
        head = f"{MARKS.get(row['status'], row['status']):<7} {row['name']:<{column}}"
        if row["status"] == "pass":
            lines.append(f"{head}  {_short(row['found'], width - len(head) - 2)}".rstrip())
        else:
            lines += [f"{head.rstrip()}  ({row['status']})", *_details(row, width)]
    lines += [f"{'-':<7} not checked: {reason}" for reason in skipped]
    return "\n".join([*lines, "", *wrap(_sum(rows), width, subsequent_indent=INDENT)])


def _details(row: Mapping[str, str], width: int) -> list[str]:
    lines = _wrapped("expected", row["expected"], width) + _wrapped("found", row["found"], width)
    advice, *verbatim = row["hint"].splitlines() or [""]
    return [*lines, *_wrapped("do", advice, width), *(" " * len(_lead("")) + line for line in verbatim)]


def _wrapped(label: str, text: str, width: int) -> list[str]:
    lead = _lead(f"{label}:")
    rest = " " * len(lead)
    # Names and addresses must survive being copied: no word is cut.
    shape = TextWrapper(
        width,
        initial_indent=lead,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return shape.wrap(text)


def _lead(label: str) -> str:
    return f"{INDENT}{label:<10}"


def _short(text: str, room: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= room else f"{line[: max(room - 3, 0)]}..."


def _sum(rows: Sequence[Mapping[str, str]]) -> str:
    wrong = [row["name"] for row in rows if row["status"] != "pass"]
    passed = len(rows) - len(wrong)
    return f"{passed} of {len(rows)} checks pass" + (f"; not right: {', '.join(wrong)}" if wrong else "")
