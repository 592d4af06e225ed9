"""Recognises `From: ... Sent: ... To: ... Subject: ...`, as Outlook and others put it above an original.

The same lines occur in letters: pasted logs, forms, a journey "From: Berlin, To: Paris". So the sender, a
recipient, a subject and an original below them are asked for, and no field that only a raw header has.
"""

import re
from dataclasses import dataclass

from boringmail.mime.reply import field_names
from boringmail.mime.reply.lines import COLONS

_KEY_LIMIT = field_names.LONGEST + 8  # bold marks and padding
_LINES_LIMIT = 30  # long lists of recipients wrap
_LENGTH_LIMIT = 4_000
_COLON = re.compile("[" + "".join(COLONS) + "]")
_PADDING = str.maketrans("", "", " \t\xa0\u3000*_|\u200e\u200f\u202a\u202b\u202c")
_OTHER_FIELD = re.compile(r"[^\W\d][\w -]{0,30}" + _COLON.pattern + r"\s*\S")
_NONE: frozenset[str] = frozenset()


def key(line: str) -> str:
    """What stands before a line's colon, as the tables write it; empty if it is too long for a field."""
    colon = _COLON.search(line, 0, _KEY_LIMIT)
    return line[: colon.start()].translate(_PADDING).casefold() if colon else ""


def kinds(line: str) -> frozenset[str]:
    """Which fields a line may be (from, date, to, subject, other); empty if it is none."""
    return field_names.KINDS.get(key(line), _NONE)


@dataclass(frozen=True, slots=True)
class Block:
    """Header lines from a first line to `end` (exclusive), and what they hold.

    `sound`: they are neither a raw header nor a form.
    """

    end: int
    sound: bool
    fields: frozenset[str]
    lines: int

    def introduces(self, *, divided: bool) -> bool:
        """Whether a program wrote it above an original.

        `divided`: it stands below a rule or a separator, a sign of its own.
        """
        if not self.sound:
            return False
        if divided:
            return {"from", "subject"} <= self.fields and bool(self.fields & {"date", "to"})
        return {"from", "date", "to", "subject"} <= self.fields


def read(lines: list[str], start: int) -> Block:
    """The block that begins at line `start`, a field."""
    found: set[str] = set()
    count = 0
    end = start
    sound = True
    length = 0
    for position in range(start, min(start + _LINES_LIMIT, len(lines))):
        line = lines[position]
        length += len(line)
        these = kinds(line) if line else _NONE
        if length > _LENGTH_LIMIT or (line and _raw(line)):
            sound = False
            break
        if these:
            found |= these
            count += 1
            end = position + 1
        elif not (_continues(lines, position, end) if line else position == end):
            break  # one blank line may stand between fields, as in HTML made into text
    return Block(end, sound and not _is_form(lines, end), frozenset(found), count)


def _raw(line: str) -> bool:
    return key(line) in field_names.RAW


def _continues(lines: list[str], position: int, end: int) -> bool:
    """A wrapped list of recipients goes on in the next lines, without a blank line between."""
    line = lines[position]
    return all(lines[end:position]) and ("@" in line or ";" in line or line.endswith((",", ">")))


def _is_form(lines: list[str], end: int) -> bool:
    """A form's fields go on with names that no mail header has: `Phone: ...`, `Message: ...`."""
    return end < len(lines) and _OTHER_FIELD.match(lines[end]) is not None and not kinds(lines[end])
