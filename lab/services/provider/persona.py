"""Who the providers are. A persona is data: everything that tells one provider from another stands here."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lab import layout
from lab.services.provider.rules import STRICT, Rule

CONTROL_PORT = 8025


@dataclass(frozen=True)
class Persona:
    """A provider: its domain, its one address, whose code judges for it, and what it asks of a sender.

    `judge`: "python" is pyspf, dkimpy and dmarc; "perl" is Mail::SPF, Mail::DKIM and Mail::DMARC. Without a
    rule every mail is taken, whatever its verdict.
    """

    domain: str
    address: str
    judge: Literal["python", "perl"]
    requires_tls: bool = False
    rules: tuple[Rule, ...] = ()
    selector: str = "s1"

    @property
    def hostname(self) -> str:
        """MX host, EHLO name, name in the certificate and in the reverse zone."""
        return f"mail.{self.domain}"


MAILBOX = Persona("mailbox.example", layout.PROVIDER, "python")
BIGMAIL = Persona("bigmail.example", layout.STRICT_PROVIDER, "perl", requires_tls=True, rules=STRICT)
PERSONAS = (MAILBOX, BIGMAIL)


def persona(domain: str) -> Persona:
    """Return the provider of a domain; KeyError when there is none."""
    return {one.domain: one for one in PERSONAS}[domain]


@dataclass(frozen=True)
class Surroundings:
    """What all personas share: where names are looked up, the ports, and the directories. Times in seconds.

    `target_port` is where other mail servers listen. `keys` holds `dkim-<domain>.pem` for each persona. Other
    servers' certificates are held against `roots`.
    """

    resolver: str = layout.RESOLVER
    resolver_port: int = 53
    smtp_port: int = 25
    target_port: int = 25
    control_port: int = CONTROL_PORT
    give_up_seconds: float = 120.0
    state: Path = Path("/var/lib/lab-provider")
    keys: Path = Path("/var/lib/lab-zones")
    roots: tuple[Path, ...] = (
        Path("/etc/ssl/certs/ca-certificates.crt"),
        Path("/var/lib/lab-acme/roots.pem"),
    )
