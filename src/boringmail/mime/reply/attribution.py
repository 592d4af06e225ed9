"""Recognises the line that a mail program writes above a quotation: `On 5 Jan 2026, at 10:00, Ann wrote:`.

A program's line carries a date, a time and an address or a word for "wrote", and ends with a colon; a
sentence rarely does. The rules are about these marks, not about the words between, so that a language that is
not in the tables is recognised as well where a quotation follows.
"""

import re
from itertools import chain

from boringmail.mime.reply import phrases
from boringmail.mime.reply.lines import COLONS, fold

_LINES_LIMIT = 4  # a long name and address wrap the line up to three times
_LENGTH_LIMIT = 400
_NAME_WORDS_LIMIT = 8
_FIGURE_WITHIN = 16  # `pon., 5 sty 2026 o 10:00 ...` begins with a weekday
_WRAP_LENGTH = 40  # a program wraps a full line; a person's line before an attribution is often short

_DATE = re.compile(r"(?<!\d)\d{4}(?!\d)|\d{1,2}[./-] ?\d{1,2}[./-] ?\d{2}")
_TIME = re.compile(r"\d[:.h]\s?\d\d|\d\s?[時时시点點]")
_FIGURE = re.compile(r"\d")
_ADDRESS = re.compile(r"[^\s@<>]@[^\s@<>]{2}")
_BRACKETED = re.compile(r"(?:[<(\[]|&lt;)\s?(?:mailto:)?[^\s@<>()]+@[^\s@<>()]{2}")
_CLOCK = re.compile(r"(?<![+-]\d)\d:\d\d")  # without the offset of a time zone
_WROTE = tuple({fold(word) for word in chain.from_iterable(phrases.WROTE.values())})
_WROTE_ENDS = tuple(f"{word}{colon}" for word in _WROTE for colon in (*COLONS, " :", ""))
_OPENERS = tuple(f"{fold(word)} " for word in chain.from_iterable(phrases.OPENERS.values()))
_OPENERS_JOINED = ("在", "于", "於", "ในวันที่", "ב-", "בתאריך")
_GROUPWISE = ">>>"


class Attribution:
    """The marks found in one or more lines of text, joined."""

    def __init__(self, lines: list[str]) -> None:
        joined = fold(" ".join(lines))
        self.text = joined.strip("- ")
        self.dated = _DATE.search(joined) is not None
        self.timed = _TIME.search(joined) is not None
        self.address = _ADDRESS.search(joined) is not None
        self.once = len(_CLOCK.findall(joined)) <= 1
        self.wrote = any(word in joined for word in _WROTE)

    @property
    def by_a_program(self) -> bool:
        """Enough marks to be believed where a quotation follows."""
        if self.dated or self.timed:
            return self.address or self.wrote
        return self.address and self.wrote and self.begins

    @property
    def certain(self) -> bool:
        """Enough marks to be believed where what follows is not marked as quoted.

        A chat has several times, and a sentence ("on ... I wrote to ann@example.com:") no brackets.
        """
        if not (self.dated and self.timed and self.once and _BRACKETED.search(self.text)):
            return False
        return self.text.endswith(_WROTE_ENDS) or (
            self.text.endswith((">:", "):")) and (self.wrote or self.begins)
        )

    @property
    def begins(self) -> bool:
        """Whether the text begins as an attribution does."""
        opened = self.text.startswith(_OPENERS) or self.text.startswith(_OPENERS_JOINED)
        return opened or _FIGURE.search(self.text[:_FIGURE_WITHIN]) is not None

    @property
    def of_a_name_alone(self) -> bool:
        """`Ann Example wrote:`, as older programs put it, or `Quoting ann@example.com:`."""
        return self.wrote and 1 < len(self.text.split()) <= _NAME_WORDS_LIMIT


def may_end(line: str) -> bool:
    """Whether the last line of an attribution can look so; cheap, as every line is asked."""
    return line.endswith(COLONS) or (line.endswith("--") and line.startswith("--"))


def find_above(lines: list[str], end: int, *, quotation: bool) -> int | None:
    """The first line of the attribution whose last line is `end`; None if there is none.

    `quotation`: marked lines follow, so that fewer marks are asked of it.
    """
    if not may_end(lines[end]):
        return None
    fallback = None
    length = 0
    for start in range(end, max(end - _LINES_LIMIT, -1), -1):
        length += len(lines[start])
        if not lines[start] or length > _LENGTH_LIMIT:
            break
        own_paragraph = start == 0 or not lines[start - 1]
        found = Attribution(lines[start : end + 1])
        if found.by_a_program if quotation else found.certain and own_paragraph:
            if own_paragraph or (found.begins and (found.address or "@" not in lines[start - 1])):
                return start
            fallback = start if fallback is None else fallback
        elif quotation and own_paragraph and start == end and found.address and found.of_a_name_alone:
            return start
        if own_paragraph or not _may_wrap(lines[start - 1]):
            break
    return fallback


def _may_wrap(line: str) -> bool:
    return "@" in line or line.endswith("<") or len(line) >= _WRAP_LENGTH or _FIGURE.search(line) is not None


def introduces(line: str) -> bool:
    """Whether one line by itself is an attribution that would be believed above a quotation."""
    return may_end(line) and len(line) <= _LENGTH_LIMIT and Attribution([line]).by_a_program


def runs_on(lines: list[str], position: int) -> bool:
    """Whether the original goes on in the line of its attribution, as Yahoo for Android has it."""
    line = lines[position]
    if len(line) > _LENGTH_LIMIT or (position and lines[position - 1]):
        return False
    address = line.find("@")
    colon = line.find(": ", address)
    if address < 0 or colon < 0:
        return False
    found = Attribution([line[: colon + 1]])
    return found.certain and found.wrote and found.text.startswith(_OPENERS)


def names_somebody(line: str) -> bool:
    """Whether the line is `Ann Example wrote:`: no proof, as a person may write it, but no objection."""
    return may_end(line) and len(line) < _LENGTH_LIMIT and Attribution([line]).of_a_name_alone


def groupwise(line: str) -> bool:
    """Novell's `>>> "Ann Example" <ann@example.com> 05.01.2026 10:00 >>>`."""
    if not (line.startswith(_GROUPWISE) and line.endswith(_GROUPWISE)) or len(line) > _LENGTH_LIMIT:
        return False
    return _DATE.search(line) is not None and _TIME.search(line) is not None
