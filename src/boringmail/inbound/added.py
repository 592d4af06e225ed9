"""Tells what the gateway's own filters wrote into a mail's header from what its sender wrote there.

Postfix hides its Received line from milters and puts what they insert at position 0 above it, where no sender
can write: Rspamd's verdict. What they append comes after the sender's last field: ClamAV's. A field of the
same name anywhere else is a forgery that was to be removed on the way; if that failed, it counts for nothing.
"""

import re
from dataclasses import dataclass

from boringmail.mime import header

VERDICT = "x-boringmail-verdict"
_SCANNER = b"\nX-Virus-"
_FIELD_OF_SCANNER = re.compile(rb"\nX-Virus-(Scanned|Status):((?:[^\n]|\n[ \t])*+)")
# ClamAV's two fields have 40 bytes and the names of host and version.
_SCANNER_LIMIT_BYTES = 2_000


@dataclass(frozen=True, slots=True)
class Added:
    """What filters added: above offset `start`, and from `cut` to `end`. None: nothing that counts."""

    start: int = 0
    cut: int = 0
    end: int = 0
    verdict: str | None = None
    virus_status: str | None = None

    def taken_from(self, raw: bytes) -> bytes:
        """The mail without it: the Received line of our own Postfix, and what the client sent."""
        if self.cut < self.end:
            return raw[self.start : self.cut] + raw[self.end :]
        return raw[self.start :] if self.start else raw


def find(raw: bytes, *, virus_scanner: bool) -> Added:
    """Looks at a mail as Postfix hands it over. Where no virus scanner is, its fields are the sender's."""
    above, start = header.above(raw, "received")
    verdict = above.raw(VERDICT) or None
    if not virus_scanner:
        return Added(start, verdict=verdict)
    end = _header_end(raw, start)
    cut, status = _scanner_fields(raw, start, end)
    return Added(start, cut, end, verdict, status)


def _header_end(raw: bytes, start: int) -> int:
    """Where the line end of the last field begins; the end of a mail without a body."""
    end = raw.find(b"\n\r\n", start)
    bare = raw.find(b"\n\n", start, end + 1 if end >= 0 else len(raw))
    end = bare if bare >= 0 else end
    return _before(raw, end) if end >= 0 else len(raw)


def _before(raw: bytes, line_feed: int) -> int:
    return line_feed - 1 if raw.startswith(b"\r", max(0, line_feed - 1)) else line_feed


def _scanner_fields(raw: bytes, start: int, end: int) -> tuple[int, str | None]:
    """Where the scanner's fields at the end of the header begin, and what its status says."""
    status = None
    while (line := raw.rfind(_SCANNER, max(start, end - _SCANNER_LIMIT_BYTES), end)) >= 0:
        match = _FIELD_OF_SCANNER.fullmatch(raw, line, end)
        if match is None:
            break
        if match[1] == b"Status" and status is None:
            status = header.unfold(match[2])
        end = _before(raw, line)
    return end, status
