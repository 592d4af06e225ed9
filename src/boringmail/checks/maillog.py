"""Follows one mail through Postfix's log until the log says what became of it."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

POLL_SECONDS = 0.25
FINAL = frozenset({"sent", "bounced", "deferred", "expired"})

# "postfix-out/smtp[812]: 4dGBkx0pXkzyS: to=<a@b>, relay=mx.b[192.0.2.1]:25, delay=1, ..., dsn=2.0.0,
# status=sent (250 2.0.0 Ok)"
_DELIVERY = re.compile(
    r" (?P<queue_id>[0-9A-Za-z]+): to=<(?P<recipient>[^>]*)>,"
    r".* relay=(?P<relay>[^ ]+),.* dsn=(?P<dsn>[\d.]+),"
    r" status=(?P<status>\w+) \((?P<words>.*)\)$"
)


@dataclass(frozen=True)
class Delivery:
    """One attempt to deliver, as Postfix logs it; `words` is the receiver's reply or its own complaint."""

    queue_id: str
    recipient: str
    relay: str
    dsn: str
    status: str
    words: str


def parse(line: str) -> Delivery | None:
    """The delivery a log line tells of, or None."""
    match = _DELIVERY.search(line.rstrip())
    return Delivery(**match.groupdict()) if match else None


def follow(
    read_lines: Callable[[], Iterable[str]],
    wanted: Callable[[Delivery], bool],
    *,
    seconds: float,
    monotonic: Callable[[], float],
    sleep: Callable[[float], None],
) -> Delivery | None:
    """The first logged delivery that is `wanted`, or None when `seconds` pass without one."""
    end = monotonic() + seconds
    while True:
        for delivery in filter(None, map(parse, read_lines())):
            if delivery.status in FINAL and wanted(delivery):
                return delivery
        if monotonic() >= end:
            return None
        sleep(POLL_SECONDS)


def latest(lines: Iterable[str], wanted: Callable[[Delivery], bool]) -> Delivery | None:
    """The last delivery that is `wanted`."""
    return next(
        (delivery for delivery in filter(None, map(parse, reversed(list(lines)))) if wanted(delivery)), None
    )


class Tail:
    """The whole lines added to a file since this object was made; survives the file's rotation."""

    def __init__(self, path: Path, *, from_start: bool = False) -> None:
        self._path = path
        self._partial = b""
        self._inode, size = self._stat()
        self._offset = 0 if from_start else size

    def _stat(self) -> tuple[int, int]:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return 0, 0
        return status.st_ino, status.st_size

    def read_lines(self) -> list[str]:
        """What is new. A file that is not there yet has no lines."""
        inode, size = self._stat()
        if inode != self._inode or size < self._offset:
            self._inode, self._offset, self._partial = inode, 0, b""
        if size == self._offset:
            return []
        with self._path.open("rb") as log:
            log.seek(self._offset)
            added = log.read()
        self._offset += len(added)
        *whole, self._partial = (self._partial + added).split(b"\n")
        return [line.decode("utf-8", "replace") for line in whole]
