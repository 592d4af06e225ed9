"""One HTTP/1.1 POST of which only the status counts.

Written out because an HTTP library takes more memory (15 MB) than all the rest of this daemon. One connection
per question: answers are remembered, so questions are rare.
"""

import asyncio
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from boringmail.inbound.decision import Answer

_HEAD_LIMIT_BYTES = 16_384
_INTERIM_LIMIT = 5
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: [^\r\n]*)?\r?\n")
_RETRY_AFTER = re.compile(rb"^retry-after:[ \t]*([^\r\n]{0,100})", re.IGNORECASE | re.MULTILINE)


class NotHttpError(Exception):
    """What came is no answer in HTTP/1."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL, taken apart."""

    host: str
    port: int
    path: str
    authority: str
    secure: bool

    @classmethod
    def of(cls, url: str) -> Self:
        """The parts of an http or https URL that has been checked."""
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return cls(parts.hostname or "", parts.port or (443 if secure else 80), path, parts.netloc, secure)


def request(target: Target, headers: Mapping[str, str], body: bytes) -> bytes:
    """The bytes of one POST."""
    fields = {"host": target.authority, "content-length": str(len(body)), "connection": "close", **headers}
    lines = [f"POST {target.path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    return "\r\n".join(lines).encode() + body


def parse_head(head: bytes) -> Answer:
    """The answer that a response's head gives. Raises NotHttpError."""
    line = _STATUS_LINE.match(head)
    if line is None:
        raise NotHttpError
    later = _RETRY_AFTER.search(head)
    return Answer(int(line[1]), retry_after=later[1].decode("ascii", "replace") if later else None)


async def post(target: Target, headers: Mapping[str, str], body: bytes, *, tls: ssl.SSLContext) -> Answer:
    """One attempt. Never raises for what the network does; the caller sets the deadline."""
    try:
        reader, writer = await asyncio.open_connection(
            target.host, target.port, ssl=tls if target.secure else None, limit=_HEAD_LIMIT_BYTES
        )
    except ssl.SSLError:
        return Answer(failure="tls_failed")
    except OSError:
        return Answer(failure="connection_failed")
    try:
        writer.write(request(target, headers, body))
        await writer.drain()
        for _ in range(_INTERIM_LIMIT):
            answer = parse_head(await reader.readuntil(b"\r\n\r\n"))
            if answer.status is not None and answer.status >= 200:  # noqa: PLR2004 - RFC 9110 15.2: 1xx go before
                return answer
    except (OSError, EOFError, asyncio.LimitOverrunError, NotHttpError):
        pass
    finally:
        writer.close()
    return Answer(failure="connection_lost")
