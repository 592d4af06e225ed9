"""The mail provider `mailbox.example`, as seen from the controller."""

import base64
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from lab import layout
from lab.drive.namespace import ControlPort
from lab.drive.waiting import until

CONTROL_PORT = 8025


@dataclass(frozen=True)
class Seen:
    """One message that the provider took, and what it found out about the client."""

    client_address: str
    helo: str
    ptr: str | None
    iprev: str
    spf: str
    dkim: str
    tls: str | None
    mail_from: str
    recipients: tuple[str, ...]
    headers: tuple[tuple[str, str], ...]
    raw: bytes


@dataclass(frozen=True)
class Sent:
    """One message that the provider sent: its Message-ID, its fate and the reply to every try."""

    id: str
    recipient: str
    outcome: str
    attempts: tuple[dict[str, Any], ...]

    @property
    def ambiguous(self) -> bool:
        """Whether a connection broke after the final dot (RFC 1047)."""
        return any(attempt["ambiguous"] for attempt in self.attempts)


class Provider:
    """Orders to the provider and questions to it."""

    def __init__(self) -> None:
        self._port = ControlPort(layout.INTERNET.namespace, layout.PROVIDER, CONTROL_PORT)

    def send(self, to: str | list[str], **order: Any) -> str:
        """Order mail to be sent; return the batch's id.

        `order`: `subject`, `text`, `count`, `size_bytes`, `parallel`, `from`, or `raw` (bytes).
        """
        order = {"from": "customer@mailbox.example", "to": to, **order}
        if isinstance(order.get("raw"), bytes):
            order["raw"] = base64.b64encode(order["raw"]).decode()
        return str(self._port.call("POST", "/send", order)["id"])

    def sent(self, batch: str) -> list[Sent]:
        """How the letters of a batch stand."""
        return [
            Sent(entry["id"], entry["recipient"], entry["outcome"], tuple(entry["attempts"]))
            for entry in self._port.call("GET", f"/sent/{batch}")
        ]

    def finished(self, batch: str, seconds: float = 60.0) -> list[Sent]:
        """Wait until no letter of a batch is pending."""

        def done() -> list[Sent] | None:
            letters = self.sent(batch)
            return letters if all(letter.outcome != "pending" for letter in letters) else None

        return until(f"the provider to finish batch {batch}", done, seconds)

    def seen(self, **query: str) -> list[Seen]:
        """Messages taken, by `text` in the raw message or by `recipient`."""
        return [_seen(entry) for entry in self._port.call("GET", f"/messages?{urlencode(query)}")]

    def wait_for(self, text: str, seconds: float = 60.0) -> Seen:
        """Wait for a message whose raw text holds `text`."""
        return until(f"a mail with {text!r} at mailbox.example", lambda: self.seen(text=text), seconds)[0]

    def forget(self) -> None:
        """Drop all messages taken."""
        self._port.call("DELETE", "/messages")


def _seen(entry: dict[str, Any]) -> Seen:
    client, verdict = entry["client"], entry["verdict"]
    return Seen(
        client_address=client["address"],
        helo=client["helo"],
        ptr=verdict["ptr"],
        iprev=verdict["iprev"],
        spf=verdict["spf"],
        dkim=verdict["dkim"],
        tls=client["tls"],
        mail_from=entry["mail_from"],
        recipients=tuple(entry["recipients"]),
        headers=tuple((name, value) for name, value in entry["headers"]),
        raw=base64.b64decode(entry["raw"]),
    )
