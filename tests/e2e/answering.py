"""Applications that answer mail on their own: one as docs/webhooks.md says, and what it meets."""

from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from typing import Any

from lab.drive.app import App
from lab.drive.mail_host import MailHost
from lab.drive.smuggling import END
from lab.drive.wire import from_app

# What comes to an address with this extension answers an automatic answer of ours.
AUTO = "auto"
# The signs that make a mail automatic, and how many such mails in one thread are too many for any answer.
AUTOMATIC = frozenset({"auto_submitted", "null_sender", "precedence_bulk", "x_loop", "own_hop"})
THREAD_LIMIT = 5
# Far more than any of them may take.
ROUNDS = 6
type Data = dict[str, Any]
type Manner = Callable[[Data], EmailMessage | None]


def careful(data: Data) -> EmailMessage | None:
    """The answer of an application that does as docs/webhooks.md says; None where it keeps silent."""
    if data["kind"] not in {"message", "list", "calendar"} or "auto_submitted" in data["kind_details"]:
        return None
    count, automatic = data["loop"]["automatic_in_thread"], AUTOMATIC.intersection(data["loop"]["signs"])
    if (automatic and count > 0) or count > THREAD_LIMIT:
        return None
    if data["envelope"]["extension"] == AUTO or not data["envelope"]["sender"]:
        return None
    local, _, domain = data["envelope"]["recipient"].partition("@")
    answer = _answer(data, f"{local}+{AUTO}@{domain}", data["envelope"]["sender"])
    answer["Auto-Submitted"] = "auto-replied"
    return answer


def careless(**headers: str) -> Manner:
    """A robot that answers everything, where From says, and says of itself no more than `headers`."""

    def manner(data: Data) -> EmailMessage:
        answer = _answer(data, data["envelope"]["recipient"], data["message"]["from"][0]["address"])
        for name, value in headers.items():
            del answer[name]
            answer[name.replace("_", "-")] = value.format(**data["message"])
        return answer

    return manner


def _answer(data: Data, sender: str, to: str) -> EmailMessage:
    told = data["message"]
    answer = EmailMessage()
    answer["From"], answer["To"], answer["Subject"] = sender, to, f"Re: {told['subject']}"
    answer["Date"], answer["Message-ID"] = formatdate(), make_msgid(domain=sender.rpartition("@")[2])
    answer["In-Reply-To"] = answer["References"] = f"<{told['message_id']}>"
    answer.set_content("We have received your message.\n")
    return answer


@dataclass(frozen=True)
class Desk:
    """A help desk behind a gateway: its mail is `*@*.<domain>`, and it sends through port 587."""

    host: MailHost
    domain: str
    password: str
    manner: Manner

    def send(self, message: EmailMessage, sender: str) -> str:
        """Hand a mail in with this envelope sender; return its Message-ID."""
        with from_app(self.host.private_ip, password=self.password) as wire:
            replies = [
                wire.say(f"MAIL FROM:<{sender}>"),
                wire.say(f"RCPT TO:<{message['To']}>"),
                wire.say("DATA"),
                wire.say(message.as_bytes(policy=SMTP), END),
            ]
        assert [reply[:3] for reply in replies] == [b"250", b"250", b"354", b"250"], replies
        return str(message["Message-ID"]).strip("<>")

    def answer(self, data: Data) -> str | None:
        """Answer a mail, or not; what says that it is automatic has the null sender (RFC 3834 3.3)."""
        message = self.manner(data)
        if message is None:
            return None
        return self.send(message, "" if message["Auto-Submitted"] else str(message["From"]))


def exchange(app: App, desks: list[Desk], first: str) -> list[Data]:
    """Let the desks answer each other from the mail with Message-ID `first` on; all mails as they came."""
    by_domain = {desk.domain: desk for desk in desks}
    mails: list[Data] = []
    following: str | None = first
    while following:
        receipt = app.wait_for(following)
        mails.append(app.body(receipt.number)["data"])
        domain = receipt.recipient.rpartition("@")[2].partition(".")[2]
        following = by_domain[domain].answer(mails[-1]) if len(mails) < ROUNDS else None
    return mails
