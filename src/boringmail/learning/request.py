"""What the application asks for: a mail to learn, signed as our own calls to it are (Standard Webhooks).

Pure: bytes and a time in, a lesson out. The body is `{"class": "spam"|"ham", "raw_base64": "..."}`, and the
application has the latter from `message.received`.
"""

import base64
import binascii
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from boringmail.learning.controller import MailClass

AGE_SECONDS = 300  # the convention's tolerance, both ways
REMEMBERED = 20_000  # request ids
_ID = re.compile(r"[\x21-\x7e]{1,256}")
_SIGNATURES = 10


@dataclass(frozen=True)
class Lesson:
    """A mail, and what it is."""

    identifier: str
    mail_class: MailClass
    raw: bytes


class RefusedError(Exception):
    """The request is not followed; `status` is the HTTP status that says so, the text why."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def lesson(headers: Mapping[str, str], body: bytes, keys: tuple[bytes, ...], *, now: float) -> Lesson:
    """Reads a request; header names are in lower case, or the mapping knows no case. Raises RefusedError."""
    identifier = _verified(headers, body, keys, now)
    try:
        content = json.loads(body)  # orjson takes four times the memory for a large string
        mail_class = MailClass(content["class"])
        raw = base64.b64decode(content["raw_base64"], validate=True)
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error):
        raise RefusedError(
            400, 'the body must be JSON: {"class": "spam" or "ham", "raw_base64": "..."}'
        ) from None
    if not raw:
        raise RefusedError(400, "raw_base64 is empty")
    return Lesson(identifier, mail_class, raw)


def _verified(headers: Mapping[str, str], body: bytes, keys: tuple[bytes, ...], now: float) -> str:
    identifier = headers.get("webhook-id", "")
    timestamp = headers.get("webhook-timestamp", "")
    if not _ID.fullmatch(identifier) or not re.fullmatch(r"[0-9]{1,12}", timestamp):
        raise RefusedError(401, "webhook-id and webhook-timestamp are needed")
    wanted = [_signature(key, f"{identifier}.{timestamp}.".encode(), body) for key in keys]
    given = headers.get("webhook-signature", "").split()[:_SIGNATURES]
    if not any(
        hmac.compare_digest(one.removeprefix("v1,").encode(), key)
        for one in given
        if one.startswith("v1,")
        for key in wanted
    ):
        raise RefusedError(401, "webhook-signature does not fit the body and the key")
    if abs(now - int(timestamp)) > AGE_SECONDS:
        raise RefusedError(401, f"webhook-timestamp is more than {AGE_SECONDS} s off")
    return identifier


def _signature(key: bytes, head: bytes, body: bytes) -> bytes:
    digest = hmac.new(key, head, "sha256")
    digest.update(body)  # without a copy of what may be large
    return base64.b64encode(digest.digest())


class Answered:
    """The ids of requests that were followed, as long as a copy of one could still be believed."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def __contains__(self, identifier: str) -> bool:
        return identifier in self._until

    def add(self, identifier: str, *, now: float) -> None:
        """Remembers one, and forgets those that are too old, or the oldest of too many."""
        while self._until and (len(self._until) >= REMEMBERED or next(iter(self._until.values())) < now):
            del self._until[next(iter(self._until))]
        self._until[identifier] = now + 2 * AGE_SECONDS
