"""What became of each mail: the senders' records held against the application's, the queue and the box."""

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from boringmail.inbound import webhook
from boringmail.inbound.envelope import Envelope

QUEUES = ("maildrop", "incoming", "active", "deferred")


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A mail that the sender was told 250 for, when, and the id under which the application must see it."""

    at: float
    queue_id: str
    webhook_id: str


@dataclass(frozen=True, slots=True)
class Account:
    """Mails by their fate: `acknowledged` is the sum of the others but `doubled`, if none is lost."""

    acknowledged: int
    delivered: int
    queued: int
    dead_letters: int
    lost: int
    doubled: int


def acknowledged(record: Path) -> tuple[list[Acknowledged], Counter[str]]:
    """A sender's mails that were taken; and the replies to the others."""
    taken, refused = [], Counter[str]()
    for line in record.read_text().splitlines():
        at, recipient, reply = line.split(" ", 2)
        queue_id = reply.rpartition("queued as ")[2]
        if reply.startswith("250") and queue_id:
            identifier = webhook.message_id(
                Envelope("", (recipient,), {"IDENT": queue_id}), recipient, content=b""
            )
            taken.append(Acknowledged(float(at), queue_id, identifier))
        else:
            refused[reply] += 1
    return taken, refused


class Delivered:
    """The application's record: when it first took each id, and how many it took again. Follows the file."""

    def __init__(self, record: Path) -> None:
        self._file = record.open()
        self.first: dict[str, float] = {}
        self.again = 0

    def read(self) -> None:
        """Takes in what was added since; the last line may still be half written."""
        while (line := self._file.readline()).endswith("\n"):
            at, identifier = line.split()
            if identifier in self.first:
                self.again += 1
            else:
                self.first[identifier] = float(at)
        self._file.seek(self._file.tell() - len(line))

    def close(self) -> None:
        """Ends following."""
        self._file.close()


def account(mails: list[Acknowledged], delivered: Delivered, *, queue: Path, box: Path) -> Account:
    """Sums up once nothing moves any more."""
    queued = {name for one in QUEUES for _, _, names in os.walk(queue / one) for name in names}
    kept = {path.name for path in box.glob("msg_*")}
    left = [mail for mail in mails if mail.webhook_id not in delivered.first]
    lost = [mail for mail in left if mail.queue_id not in queued and mail.webhook_id not in kept]
    return Account(
        acknowledged=len(mails),
        delivered=len(mails) - len(left),
        queued=sum(mail.queue_id in queued for mail in left),
        dead_letters=sum(mail.webhook_id in kept for mail in left),
        lost=len(lost),
        doubled=delivered.again,
    )
