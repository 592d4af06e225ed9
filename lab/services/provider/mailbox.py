"""Every message that the provider took, with what it saw of the client that brought it."""

import base64
import threading
from collections import deque
from dataclasses import asdict, dataclass
from email.parser import BytesHeaderParser
from email.policy import compat32
from typing import Any

from lab.services.provider.judge import Verdict

KEPT_MESSAGES = 20_000


@dataclass(frozen=True)
class Client:
    """The other end of one SMTP session. `tls` is the protocol version, None for clear text."""

    address: str
    port: int
    helo: str
    extended: bool
    tls: str | None
    cipher: str | None


@dataclass(frozen=True)
class Message:
    """One message taken. `received_at` in seconds since the epoch."""

    number: int
    received_at: float
    client: Client
    mail_from: str
    recipients: tuple[str, ...]
    verdict: Verdict
    raw: bytes

    def public(self) -> dict[str, Any]:
        """The message as the control port shows it."""
        return {
            **asdict(self),
            "raw": base64.b64encode(self.raw).decode(),
            "headers": headers_of(self.raw),
        }


def headers_of(raw: bytes) -> list[list[str]]:
    """All headers in order, as written, unfolded no further than a list of pairs needs."""
    message = BytesHeaderParser(policy=compat32).parsebytes(raw)
    return [[name, str(value)] for name, value in message.items()]


class Mailbox:
    """Holds the last messages taken; safe to use from any thread."""

    def __init__(self, kept: int = KEPT_MESSAGES) -> None:
        self._lock = threading.Lock()
        self._messages: deque[Message] = deque(maxlen=kept)
        self._count = 0

    def number(self) -> int:
        """Hand out the next message number."""
        with self._lock:
            self._count += 1
            return self._count

    def add(self, message: Message) -> None:
        """Keep a message; the oldest goes when there are too many."""
        with self._lock:
            self._messages.append(message)

    def clear(self) -> None:
        """Forget all messages."""
        with self._lock:
            self._messages.clear()

    def find(self, *, text: str | None = None, recipient: str | None = None) -> list[Message]:
        """Messages for `recipient` whose raw text holds `text`, oldest first."""
        with self._lock:
            messages = list(self._messages)
        return [
            message
            for message in messages
            if (recipient is None or recipient in message.recipients)
            and (text is None or text.encode() in message.raw)
        ]
