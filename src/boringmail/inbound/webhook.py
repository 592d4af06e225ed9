"""Standard Webhooks: the id, and the signature that any ready library verifies (standardwebhooks.com).

Signed here with the standard library: the ready package would bring an HTTP client of its own to every host.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable

from boringmail.inbound.envelope import Envelope

_PREFIX = "whsec_"
_KEY_MINIMUM_BYTES = 24  # the convention's lower bound


class WebhookKeyError(Exception):
    """The webhook key cannot be used; the message never contains it."""


def read_keys(text: str) -> tuple[bytes, ...]:
    """The keys of a credential file, one `whsec_...` per line. Raises WebhookKeyError."""
    lines = text.split()
    if not lines:
        raise WebhookKeyError("is empty")
    return tuple(_key(line) for line in lines)


def _key(line: str) -> bytes:
    if not line.startswith(_PREFIX):
        raise WebhookKeyError(f"must begin with {_PREFIX}")
    try:
        key = base64.b64decode(line.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise WebhookKeyError(f"must be base64 after {_PREFIX}") from None
    if len(key) < _KEY_MINIMUM_BYTES:
        raise WebhookKeyError(f"must hold at least {_KEY_MINIMUM_BYTES} bytes")
    return key


def message_id(envelope: Envelope, recipient: str, content: bytes) -> str:
    """The same for every retry of one mail to one recipient, and for no other.

    From Postfix's queue id, which long queue ids never repeat; without one, from the message itself. Not from
    Message-ID, which may be missing or shared.
    """
    kind, identity = (b"queue-id", envelope.queue_id.encode()) if envelope.queue_id else (b"content", content)
    digest = hashlib.sha256(kind + b"\0" + identity + b"\0" + recipient.encode("utf-8", "replace"))
    return f"msg_{digest.hexdigest()[:40]}"


def headers(keys: tuple[bytes, ...], identifier: str, *body: bytes, now: float) -> dict[str, str]:
    """The HTTP headers of one call; with several keys, one signature each. `body` may come in pieces."""
    timestamp = str(int(now))
    signed = (f"{identifier}.{timestamp}.".encode(), *body)
    signatures = (base64.b64encode(_digest(key, signed)).decode() for key in keys)
    return {
        "webhook-id": identifier,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
        "content-type": "application/json",
        "user-agent": "boringmail",
    }


def _digest(key: bytes, pieces: Iterable[bytes]) -> bytes:
    """One after the other: put together they would be a second body."""
    digest = hmac.new(key, digestmod="sha256")
    for piece in pieces:
        digest.update(piece)
    return digest.digest()
