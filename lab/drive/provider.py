"""The mail providers, as seen from the controller: `mailbox.example`, and the strict `bigmail.example`."""

import base64
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from lab import layout
from lab.drive.namespace import ControlPort
from lab.drive.waiting import until
from lab.services.provider.persona import CONTROL_PORT, MAILBOX, persona
from lab.services.provider.verdict import Dmarc, Signature, Spf


@dataclass(frozen=True)
class Judged:
    """One message that was brought to the provider: what it found out, and what it answered.

    `ehlo` is "pass" when the EHLO name leads to the client; `spf`, `dkim` and `dmarc` are result words, their
    details in `spf_detail`, `signatures` (one for each) and `dmarc_detail`. `tls` is the version, or None.
    """

    client_address: str
    helo: str
    ptr: str | None
    iprev: str
    ehlo: str
    spf_detail: Spf
    signatures: tuple[Signature, ...]
    dkim: str
    dmarc_detail: Dmarc
    tls: str | None
    mail_from: str
    recipients: tuple[str, ...]
    accepted: bool
    reply: str

    @property
    def spf(self) -> str:
        """The result of SPF (RFC 7208 2.6)."""
        return self.spf_detail.result

    @property
    def dmarc(self) -> str:
        """The result of DMARC (RFC 8601 2.7.6)."""
        return self.dmarc_detail.result


@dataclass(frozen=True)
class Seen(Judged):
    """One message that the provider took."""

    headers: tuple[tuple[str, str], ...]
    raw: bytes

    def header(self, name: str) -> str | None:
        """The first header of this name, as written."""
        return next((value for found, value in self.headers if found.lower() == name.lower()), None)


@dataclass(frozen=True)
class Sent:
    """One message that the provider sent: its Message-ID, its fate, and every try.

    A try has the keys of lab.services.provider.outbox.Attempt, among them `code`, `reply`, `tls`,
    `tls_verified` (whether the certificate proves the MX host's name) and `tls_objection` (why not).
    """

    id: str
    recipient: str
    outcome: str
    attempts: tuple[dict[str, Any], ...]

    @property
    def ambiguous(self) -> bool:
        """Whether a connection broke after the final dot (RFC 1047)."""
        return any(attempt["ambiguous"] for attempt in self.attempts)


class Provider:
    """Orders to a provider and questions to it, by its domain."""

    def __init__(self, domain: str = MAILBOX.domain) -> None:
        self.domain = domain
        self.address = persona(domain).address
        self._port = ControlPort(layout.INTERNET.namespace, self.address, CONTROL_PORT)

    def send(self, to: str | list[str], **order: Any) -> str:
        """Order mail to be sent; return the batch's id.

        `order`: `subject`, `text`, `count`, `size_bytes`, `parallel`, or `raw` (bytes); `from`, `mail_from`
        (envelope), `ehlo` and `dkim` for forgeries (see lab.services.provider.control.letters_of).
        """
        order = {"from": f"customer@{self.domain}", "to": to, **order}
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

        return until(f"{self.domain} to finish batch {batch}", done, seconds)

    def seen(self, **query: str) -> list[Seen]:
        """Messages taken, by `text` in the raw message, `recipient` or `sender` (of the envelope)."""
        return [
            Seen(
                **_judged(entry),
                headers=tuple((name, value) for name, value in entry["headers"]),
                raw=base64.b64decode(entry["raw"]),
            )
            for entry in self._port.call("GET", f"/messages?{urlencode(query)}")
        ]

    def verdicts(self, **query: str) -> list[Judged]:
        """Verdicts on messages taken and refused, by the same queries."""
        return [Judged(**_judged(entry)) for entry in self._port.call("GET", f"/verdicts?{urlencode(query)}")]

    def wait_for_verdict(self, seconds: float = 60.0, **query: str) -> Judged:
        """Wait for a verdict; see `verdicts`."""
        return until(f"a verdict of {self.domain} on {query}", lambda: self.verdicts(**query), seconds)[0]

    def wait_for(self, text: str, seconds: float = 60.0) -> Seen:
        """Wait for a message whose raw text holds `text`."""
        return until(f"a mail with {text!r} at {self.domain}", lambda: self.seen(text=text), seconds)[0]

    def forget(self) -> None:
        """Drop all messages taken."""
        self._port.call("DELETE", "/messages")


def _judged(entry: dict[str, Any]) -> dict[str, Any]:
    client, verdict = entry["client"], entry["verdict"]
    return {
        "client_address": client["address"],
        "helo": client["helo"],
        "ptr": verdict["ptr"],
        "iprev": verdict["iprev"],
        "ehlo": verdict["ehlo"],
        "spf_detail": Spf(**verdict["spf"]),
        "signatures": tuple(Signature(**one) for one in verdict["dkim"]),
        "dkim": verdict["dkim_result"],
        "dmarc_detail": Dmarc(**verdict["dmarc"]),
        "tls": client["tls"],
        "mail_from": entry["mail_from"],
        "recipients": tuple(entry["recipients"]),
        "accepted": entry["accepted"],
        "reply": entry["reply"],
    }
