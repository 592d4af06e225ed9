"""Every message that was brought to a provider, taken or not, with what it saw of it and of the client."""

import base64
import threading
from collections import deque
from dataclasses import asdict, dataclass
from email.parser import BytesHeaderParser
from email.policy import compat32
from typing import Any

from lab.services.provider.verdict import Verdict

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
    """One message and the answer to it. `received_at` in seconds since the epoch.

    `raw` is empty when the client was refused before it could send the message.
    """

    number: int
    received_at: float
    client: Client
    mail_from: str
    recipients: tuple[str, ...]
    verdict: Verdict
    reply: str
    raw: bytes

    @property
    def accepted(self) -> bool:
        """Whether the provider took it."""
        return self.reply.startswith("2")

    def judged(self) -> dict[str, Any]:
        """The message's fate as the control port shows it."""
        return {
            "number": self.number,
            "received_at": self.received_at,
            "client": asdict(self.client),
            "mail_from": self.mail_from,
            "recipients": self.recipients,
            "verdict": self.verdict.public(),
            "accepted": self.accepted,
            "reply": self.reply,
        }

    def public(self) -> dict[str, Any]:
        """The message itself as the control port shows it, its fate included."""
        return {
            **self.judged(),
            "raw": base64.b64encode(self.raw).decode(),
            "headers": headers_of(self.raw),
        }


def headers_of(raw: bytes) -> list[list[str]]:
    """All headers in order, as written, unfolded no further than a list of pairs needs."""
    message = BytesHeaderParser(policy=compat32).parsebytes(raw)
    return [[name, str(value)] for name, value in message.items()]


class Mailbox:
    """Holds the last messages; safe to use from any thread."""

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

    def find(
        self, *, text: str | None = None, recipient: str | None = None, sender: str | None = None
    ) -> list[Message]:
        """Messages for `recipient` from `sender` that hold `text`, oldest first, refused ones too."""
        with self._lock:
            messages = list(self._messages)
        return [
            message
            for message in messages
            if (recipient is None or recipient in message.recipients)
            and (sender is None or sender == message.mail_from)
            and (text is None or text.encode() in message.raw)
        ]
