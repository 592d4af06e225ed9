"""What Postfix said about a message, apart from the message itself."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Envelope:
    """One LMTP transaction. `xforward` holds the attributes of XFORWARD_README, decoded, upper-case names."""

    sender: str
    recipients: tuple[str, ...]
    xforward: dict[str, str] = field(default_factory=dict)

    @property
    def queue_id(self) -> str | None:
        """The queue id in Postfix, the same over every retry (long queue ids do not repeat)."""
        return self.xforward.get("IDENT")


def tenant(recipient: str, mail_domain: str) -> str | None:
    """The label in front of the mail domain: ticket@acme.desk.example.com -> acme. None if there is none."""
    domain = recipient.rpartition("@")[2].lower().rstrip(".")
    prefix = domain.removesuffix("." + mail_domain.lower().strip("."))
    return None if prefix == domain or not prefix else prefix.rpartition(".")[2]


def extension(recipient: str) -> str | None:
    """What stands behind the first + of the local part: ticket+42@... -> 42. None if nothing does."""
    return recipient.rpartition("@")[0].partition("+")[2] or None
