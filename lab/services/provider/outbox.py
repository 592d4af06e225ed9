"""Mail that the provider sends, with the reply to every attempt: half of the accounting in a fault test."""

import itertools
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from enum import StrEnum
from typing import Any
from uuid import uuid4


class Outcome(StrEnum):
    """How a delivery stands. `bounced`: a 5xx; `expired`: still 4xx when the time was over."""

    PENDING = "pending"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Attempt:
    """One try. `code` is None when the connection gave no reply; times in seconds since the epoch.

    `ambiguous`: the connection broke after the final dot, so that the mail may or may not have been taken
    (RFC 1047). Such tries are counted apart, never as lost or doubled. `tls_verified` is None without TLS.
    """

    at: float
    seconds: float
    host: str
    address: str
    stage: str
    code: int | None
    reply: str
    tls: str | None
    tls_verified: bool | None = None
    tls_objection: str = ""
    ambiguous: bool = False


@dataclass(frozen=True)
class Letter:
    """One message on its way to one recipient; `ehlo` is the name to greet with, if not the sender's own."""

    id: str
    mail_from: str
    recipient: str
    raw: bytes
    sign: bool = True
    ehlo: str | None = None
    outcome: Outcome = Outcome.PENDING
    attempts: tuple[Attempt, ...] = ()

    def after(self, attempt: Attempt, outcome: Outcome) -> "Letter":
        """The letter with one more attempt on record."""
        return replace(self, attempts=(*self.attempts, attempt), outcome=outcome)

    def public(self) -> dict[str, Any]:
        """The letter as the control port shows it."""
        return {key: value for key, value in asdict(self).items() if key != "raw"}


@dataclass
class Batch:
    """The letters of one `POST /send`."""

    id: str
    letter_ids: list[str] = field(default_factory=list)


class Outbox:
    """Letters and batches by id; safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._letters: dict[str, Letter] = {}
        self._batches: dict[str, Batch] = {}

    def open_batch(self, letters: Iterable[Letter]) -> Batch:
        """Register letters under a new batch id."""
        with self._lock:
            batch = Batch(id=uuid4().hex)
            for letter in letters:
                self._letters[letter.id] = letter
                batch.letter_ids.append(letter.id)
            self._batches[batch.id] = batch
            return batch

    def update(self, letter: Letter) -> None:
        """Store a letter's new state."""
        with self._lock:
            self._letters[letter.id] = letter

    def batch(self, batch_id: str) -> list[Letter]:
        """The letters of a batch; KeyError when there is no such batch."""
        with self._lock:
            return [self._letters[letter_id] for letter_id in self._batches[batch_id].letter_ids]


def compose(
    *,
    sender: str,
    mail_from: str,
    recipients: list[str],
    subject: str,
    text: str,
    count: int,
    size_bytes: int,
    domain: str,
) -> list[Letter]:
    """Write `count` messages, each with its own Message-ID, dealt out over `recipients` in turn."""
    letters = []
    for number, recipient in zip(range(count), itertools.cycle(recipients), strict=False):
        message = EmailMessage()
        message["From"] = sender
        message["To"] = recipient
        message["Subject"] = subject if count == 1 else f"{subject} #{number + 1}"
        message["Date"] = formatdate(localtime=False)
        message["Message-ID"] = make_msgid(domain=domain)
        message.set_content(_padded(text, size_bytes))
        letters.append(
            Letter(
                id=str(message["Message-ID"]).strip("<>"),
                mail_from=mail_from,
                recipient=recipient,
                raw=message.as_bytes(),
            )
        )
    return letters


def _padded(text: str, size_bytes: int) -> str:
    line = "The quick brown fox jumps over the lazy dog, again and again and again.\n"
    missing = max(0, size_bytes - len(text))
    return text + "\n" + line * (missing // len(line))
