"""The checks as one table for people: a line each, and below it, for what is not right, what to know.

What fails only because something else does has one quiet line, and the sum does not name it. A hint's first
line is advice; the lines below it, and a repair, are shown as they have to be pasted.
"""

from collections.abc import Iterable, Mapping, Sequence
from textwrap import TextWrapper, wrap
from typing import Any

MARKS = {"pass": "ok", "fail": "FAIL", "temperror": "UNSURE", "permerror": "BROKEN"}
INDENT = "    "

Row = Mapping[str, Any]


def render(checks: Iterable[Row], skipped: Sequence[str] = (), width: int = 110) -> str:
    """Plain text without blanks at line ends, at most `width` columns wide where words allow."""
    rows = list(checks)
    column = max((len(row["name"]) for row in rows), default=0)
    lines: list[str] = []
    for row in rows:
        lines += _lines(row, rows, column, width)
    lines += [f"{'-':<7} not checked: {reason}" for reason in skipped]
    return "\n".join([*lines, "", *wrap(_sum(rows), width, subsequent_indent=INDENT)])


def _lines(row: Row, rows: Sequence[Row], column: int, width: int) -> list[str]:
    mark = "-" if row.get("because") else MARKS.get(row["status"], row["status"])
    head = f"{mark:<7} {row['name']:<{column}}"
    if row.get("because"):
        causes = f"follows from: {', '.join(_causes(row, rows))}"
        return [f"{head}  {_short(causes, width - len(head) - 2)}"]
    if row["status"] == "pass":
        return [f"{head}  {_short(row['found'], width - len(head) - 2)}".rstrip()]
    return [f"{head.rstrip()}  ({row['status']})", *_details(row, width)]


def _causes(row: Row, rows: Sequence[Row]) -> list[str]:
    """The names of the root causes, as far as they are of the same host."""
    return [
        str(other["name"])
        for other in rows
        if _stands_for_itself(other)
        and other.get("key") in row["because"]
        and (other.get("host") == row.get("host") or "" in {other.get("host"), row.get("host")})
    ]


def _stands_for_itself(row: Row) -> bool:
    return row["status"] != "pass" and not row.get("because")


def _details(row: Row, width: int) -> list[str]:
    lines = _wrapped("expected", row["expected"], width) + _wrapped("found", row["found"], width)
    advice, *verbatim = row["hint"].splitlines() or [""]
    lines += [*_wrapped("do", advice, width), *(" " * len(_lead("")) + line for line in verbatim)]
    repair = str(row.get("repair", "")).splitlines()
    return [*lines, *([f"{INDENT}repair:"] if repair else []), *(f"{INDENT}{line}" for line in repair)]


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


def _sum(rows: Sequence[Row]) -> str:
    wrong = [row["name"] for row in rows if _stands_for_itself(row)]
    passed = sum(row["status"] == "pass" for row in rows)
    follow = len(rows) - passed - len(wrong)
    text = f"{passed} of {len(rows)} checks pass" + (f"; not right: {', '.join(wrong)}" if wrong else "")
    return text + (f"; {follow} more follow{'s' if follow == 1 else ''} from that" if follow else "")
