"""What the endpoint received and how it answered: on disk first, so that a restart loses no accounting."""

import json
import threading
from collections import deque
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

KEPT_BODIES = 2_000


@dataclass(frozen=True)
class Receipt:
    """One request. `status` is what was answered, None when the connection ended without an answer.

    `committed`: the app now holds the mail. `signature`: "" when it was right, else what was wrong.
    """

    number: int
    at: float
    webhook_id: str
    recipient: str
    message_id: str
    mode: str
    status: int | None
    committed: bool
    signature: str

    def public(self) -> dict[str, Any]:
        """The receipt as the control port shows it."""
        return asdict(self)


class Ledger:
    """Receipts in order; bodies of the last ones in memory. Safe to use from any thread."""

    def __init__(self, path: Path, kept_bodies: int = KEPT_BODIES) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._kept_bodies = kept_bodies
        self._receipts: list[Receipt] = []
        self._bodies: dict[int, str] = {}
        self._order: deque[int] = deque()
        self._next = 1
        path.parent.mkdir(parents=True, exist_ok=True)
        self._load()

    def number(self) -> int:
        """Hand out the next receipt number."""
        with self._lock:
            number, self._next = self._next, self._next + 1
            return number

    def add(self, receipt: Receipt, body: str) -> None:
        """Write a receipt to disk, then keep it."""
        with self._lock:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"receipt": receipt.public(), "body": body}) + "\n")
            self._keep(receipt, body)

    def since(self, number: int) -> list[Receipt]:
        """Receipts with a number above `number`."""
        with self._lock:
            return [receipt for receipt in self._receipts if receipt.number > number]

    def body(self, number: int) -> str | None:
        """The body of one request, None when it is no longer kept."""
        with self._lock:
            return self._bodies.get(number)

    def clear(self) -> None:
        """Forget everything, on disk too; numbers go on."""
        with self._lock:
            self._receipts, self._bodies, self._order = [], {}, deque()
            self._path.unlink(missing_ok=True)

    def _keep(self, receipt: Receipt, body: str) -> None:
        self._receipts.append(receipt)
        self._bodies[receipt.number] = body
        self._order.append(receipt.number)
        while len(self._order) > self._kept_bodies:
            self._bodies.pop(self._order.popleft(), None)

    def _load(self) -> None:
        if not self._path.exists():
            return
        with self._path.open(encoding="utf-8") as file:
            for line in file:
                try:
                    entry = json.loads(line)
                except ValueError:
                    continue  # the last line, cut off by a kill
                receipt = Receipt(**entry["receipt"])
                self._keep(receipt, entry["body"])
                self._next = max(self._next, receipt.number + 1)
