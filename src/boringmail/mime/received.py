"""The Received header that our own Postfix wrote: when, from whom, over which TLS (RFC 5321 4.4).

Only the first one is ever read: those below it were written by the sender.
"""

import email.utils
import re
from dataclasses import dataclass

from boringmail.mime import text

# `from helo (name [address])`, as in Postfix's smtpd.c.
_FROM = re.compile(r"^from (\S{1,255}) \((\S{1,255}) \[(?:IPv6:)?([0-9A-Fa-f.:]{2,45})\]\)", re.IGNORECASE)
# Written with `smtpd_tls_received_header = yes`.
_TLS = re.compile(r"\(using (TLSv[0-9.]{1,8}) with cipher ([A-Za-z0-9_-]{1,64})")
_WITH = re.compile(r"\bwith (\S{1,32}) id ([A-Za-z0-9]{1,64})")
# Where the comments of a header end and its date begins.
_LENGTH_LIMIT = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What the header says; None where it says nothing."""

    helo: str | None = None
    name: str | None = None
    address: str | None = None
    protocol: str | None = None
    queue_id: str | None = None
    tls_version: str | None = None
    tls_cipher: str | None = None
    unix_time: float | None = None


def parse(raw: str) -> Received:
    """Reads one Received header. Never raises."""
    line = text.single_line(raw[:_LENGTH_LIMIT])
    source = _FROM.search(line)
    tls = _TLS.search(line)
    how = _WITH.search(line)
    return Received(
        helo=source[1] if source else None,
        name=None if source is None or source[2].lower() == "unknown" else source[2],
        address=source[3] if source else None,
        protocol=how[1] if how else None,
        queue_id=how[2] if how else None,
        tls_version=tls[1] if tls else None,
        tls_cipher=tls[2] if tls else None,
        unix_time=_time(line.rpartition(";")[2]),
    )


def _time(date: str) -> float | None:
    try:
        return email.utils.parsedate_to_datetime(date.strip()).timestamp()
    except Exception:  # noqa: BLE001 - the library raises half a dozen types on hostile dates
        return None
