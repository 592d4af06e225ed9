"""How long a dead letter is kept: removed when its time is over, announced before, and never silently.

The box lies on the queue volume; letters that nobody decides about would fill it, and a full volume defers
all mail. Each call does a bounded piece of work, so that a box of any size holds up nothing.
"""

import itertools
import json
import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from boringmail.inbound import log
from boringmail.inbound.dead_letter import DeadLetter, DeadLetterBox
from boringmail.inbound.durable import replace_file

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY_SECONDS = 86_400
# How long before its removal a letter is counted in the warning; shorter if letters are kept shorter.
NOTICE_DAYS = 7
_SCAN_INTERVAL_SECONDS = 3600
_INTERRUPTED_SECONDS = 2 * DAY_SECONDS
_PIECE = 100


class Retention:
    """Goes through the box once an hour. Times are Unix time; `days` 0 keeps letters for ever.

    The file `mark` says since when letters are looked at under which rule, and when they last were.
    """

    def __init__(self, directory: Path, *, mark: Path, days: int) -> None:
        self._directory = directory
        self._mark = mark
        self._box = DeadLetterBox(directory)
        self._days = days
        self._scan: Iterator[str] | None = None
        self._next_scan = 0.0
        self._next_notice = 0.0
        self._expiring = 0
        self._since = 0.0

    def due(self, *, now: float) -> bool:
        """Whether `work` would do anything."""
        return self._days > 0 and (self._scan is not None or now >= self._next_scan)

    def work(self, *, now: float) -> None:
        """Looks at some letters. Never raises for what the disk does: it is tried again in an hour."""
        try:
            self._piece(now)
        except OSError as error:
            self._scan, self._next_scan = None, now + _SCAN_INTERVAL_SECONDS
            log.event("dead_letters_not_removed", level="error", error=error.strerror)

    def _piece(self, now: float) -> None:
        if self._scan is None:
            self._since = self._announced_since(now)
            self._scan = (entry.name for entry in os.scandir(self._directory))
            self._next_scan = now + _SCAN_INTERVAL_SECONDS
            self._expiring = 0
        names = list(itertools.islice(self._scan, _PIECE))
        for name in names:
            self._look_safely(name, now)
        if len(names) < _PIECE:
            self._scan = None
            self._notice(now)

    def _look_safely(self, name: str, now: float) -> None:
        """One letter that is odd, or was just taken away by hand, must not keep the others."""
        try:
            self._look(name, now)
        except FileNotFoundError:
            pass
        except (TypeError, ValueError, AttributeError) as error:  # somebody has edited it
            log.event("dead_letter_unreadable", level="warning", id=name, error=type(error).__name__)

    def _look(self, name: str, now: float) -> None:
        letter = self._letter(name)
        kept_at = _unix_time(letter.kept_at) if letter else None
        if letter is None or kept_at is None:
            return
        notice = min(NOTICE_DAYS, self._days / 2) * DAY_SECONDS
        left = max(kept_at + self._days * DAY_SECONDS, self._since + notice) - now
        if left <= 0:
            self._box.remove(name)
            queue_id = letter.envelope.queue_id
            log.event(
                "dead_letter_removed",
                level="warning",
                queue_id=queue_id,
                id=name,
                reason=letter.reason,
                kept_at=letter.kept_at,
            )
        elif left <= notice:
            self._expiring += 1

    def _announced_since(self, now: float) -> float:
        """Since when what is over has been announced.

        A rule that is new or stricter, or days without a look, begin it anew: nothing goes that was not
        announced, also not what was kept for ever until an upgrade. Raises OSError.
        """
        try:
            value = json.loads(self._mark.read_bytes())
            since, days, looked = float(value["since"]), value["days"], float(value["looked"])
        except (OSError, ValueError, KeyError, TypeError):
            since, days, looked = now, self._days, now
        if self._days < days or now - looked > _INTERRUPTED_SECONDS:
            since = now
        value = {"since": since, "days": self._days, "looked": now}
        replace_file(self._mark, json.dumps(value).encode())
        return since

    def _letter(self, name: str) -> DeadLetter | None:
        """The letter; None if it is none, has just gone, or cannot be read: what is not understood stays."""
        try:
            return self._box.letter(name)
        except (OSError, TypeError):
            return None

    def _notice(self, now: float) -> None:
        if self._expiring and now >= self._next_notice:
            self._next_notice = now + DAY_SECONDS
            log.event("dead_letters_expiring", level="error", count=self._expiring, kept_days=self._days)


def _unix_time(text: str) -> float | None:
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return None
