"""What the application asks for: a mail to learn, signed as our own calls to it are (Standard Webhooks).

Pure: a path, headers and a time in, a lesson out. The body is the mail itself, so that 25 MB take 25 MB, and
its signature is worked out piece by piece while it comes.

The signature covers the id, the time and the body, but not the path. So the id begins with what is asked for,
`learn_spam_` or `learn_ham_`: whoever overhears one of our calls to the application, which has the same key,
cannot have it learned, and nobody turns a spam into a ham.
"""

import base64
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from boringmail.learning.controller import MailClass

AGE_SECONDS = 300  # the convention's tolerance, both ways
PATHS = {f"/learn/{mail_class}": mail_class for mail_class in MailClass}
_ID = re.compile(r"[\x21-\x7e]{1,256}")
_NUMBER = re.compile(r"[0-9]{1,12}", re.ASCII)
_SIGNATURES = 10  # several while a key is being changed


class RefusedError(Exception):
    """The request is not followed; the text says why and what would mend it."""

    def __init__(self, status: HTTPStatus, reason: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.headers = dict(headers or {})


@dataclass(frozen=True)
class Lesson:
    """What the head of a request asks for. The body is to come, and to be held against the signatures."""

    mail_class: MailClass
    identifier: str
    timestamp: str
    length_bytes: int
    signatures: tuple[str, ...]


def lesson(method: str, path: str, headers: Mapping[str, str], *, limit_bytes: int, now: float) -> Lesson:
    """Reads the head of a request; the mapping knows no case of header names. Raises RefusedError."""
    if path not in PATHS:
        raise RefusedError(HTTPStatus.NOT_FOUND, f"there is only {' and '.join(PATHS)}")
    if method != "POST":
        raise RefusedError(HTTPStatus.METHOD_NOT_ALLOWED, "only POST will do", headers={"Allow": "POST"})
    identifier, timestamp, signatures = _signed(headers, PATHS[path], now)
    return Lesson(PATHS[path], identifier, timestamp, _length(headers, limit_bytes), signatures)


def _signed(
    headers: Mapping[str, str], mail_class: MailClass, now: float
) -> tuple[str, str, tuple[str, ...]]:
    identifier, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    given = headers.get("webhook-signature", "").split()
    signatures = tuple(one.removeprefix("v1,") for one in given[:_SIGNATURES] if one.startswith("v1,"))
    if not _ID.fullmatch(identifier) or not _NUMBER.fullmatch(timestamp) or not signatures:
        raise _unauthorized(
            "webhook-id, webhook-timestamp (Unix time) and webhook-signature (v1,...) are needed: sign as"
            " Standard Webhooks does, with the key of the incoming webhooks"
        )
    if not identifier.startswith(begin := f"learn_{mail_class}_"):
        raise _unauthorized(
            f"webhook-id must begin with {begin}, so that the signature covers what is learned"
        )
    if abs(now - int(timestamp)) > AGE_SECONDS:
        raise _unauthorized(f"webhook-timestamp is more than {AGE_SECONDS} s off: see to both clocks")
    return identifier, timestamp, signatures


def _length(headers: Mapping[str, str], limit_bytes: int) -> int:
    if headers.get("content-encoding", "identity") != "identity":
        raise RefusedError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send the mail as it is, without Content-Encoding"
        )
    text = headers.get("content-length", "")
    if not _NUMBER.fullmatch(text):
        raise RefusedError(HTTPStatus.LENGTH_REQUIRED, "Content-Length is needed: send the mail in one piece")
    if int(text) > limit_bytes:
        raise RefusedError(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"no mail here has more than {limit_bytes} bytes"
        )
    if int(text) == 0:
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "the body is empty: it must be the whole mail")
    return int(text)


class Seal:
    """Whether one of the keys signed a lesson and its body, which comes in pieces."""

    def __init__(self, of: Lesson, keys: tuple[bytes, ...]) -> None:
        head = f"{of.identifier}.{of.timestamp}.".encode()
        self._given = of.signatures
        self._digests = [hmac.new(key, head, "sha256") for key in keys]

    def update(self, piece: bytes) -> None:
        """Takes the next piece of the body."""
        for digest in self._digests:
            digest.update(piece)

    def check(self) -> None:
        """Compares, when the body is complete. Raises RefusedError."""
        wanted = [base64.b64encode(digest.digest()) for digest in self._digests]
        given = [one.encode("utf-8", "surrogateescape") for one in self._given]
        if not any(hmac.compare_digest(one, key) for one in given for key in wanted):
            raise _unauthorized(
                "webhook-signature does not fit: sign <webhook-id>.<webhook-timestamp>.<body> with the key of"
                " the incoming webhooks"
            )


def _unauthorized(reason: str) -> RefusedError:
    return RefusedError(HTTPStatus.UNAUTHORIZED, reason)
