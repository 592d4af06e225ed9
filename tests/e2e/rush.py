"""Bad mail in bulk, with forged senders, and what a gateway says to each of it in the session."""

import base64
import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from lab.drive.smuggling import END
from lab.drive.wire import Wire, from_internet

# Postfix answers slowly after ten errors in a session, and hangs up after twenty (smtpd_soft_error_limit).
MAILS_A_SESSION = 9
SESSIONS = 8
GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@dataclass(frozen=True)
class Bad:
    """One mail: its envelope, with what MAIL says of its size, and its text."""

    sender: str
    recipient: str
    size_bytes: int | None = None
    text: bytes = b""

    def brought(self, wire: Wire) -> str:
        """The answer that decides it."""
        size = "" if self.size_bytes is None else f" SIZE={self.size_bytes}"
        # One after the other: what follows a refusal would be refused too, and each is an error to Postfix.
        for line in (f"MAIL FROM:<{self.sender}>{size}", f"RCPT TO:<{self.recipient}>", "DATA"):
            reply = wire.say(line)
            if reply[:1] not in {b"2", b"3"}:
                wire.say("RSET")
                return reply.decode()
        return wire.say(self.text, END).decode()


def senders() -> Iterator[str]:
    """People at domains that other providers hold, no two the same: they would get the bounces."""
    for number in itertools.count():
        yield f"victim-{number}@{('mailbox.example', 'bigmail.example')[number % 2]}"


def letter(sender: str, recipient: str, rest: str) -> bytes:
    """A mail's text, from its From field on; `rest` is more of its header, and its body."""
    return f"From: {sender}\r\nTo: {recipient}\r\nSubject: Your order\r\n{rest}\r\n".encode()


def infected(sender: str, recipient: str) -> bytes:
    """A mail with the test virus in an attachment."""
    kind = "MIME-Version: 1.0\r\nContent-Type: application/octet-stream; name=order.com\r\n"
    code = base64.b64encode(EICAR).decode()
    return letter(sender, recipient, f"{kind}Content-Transfer-Encoding: base64\r\n\r\n{code}")


def bring(address: str, mails: list[Bad], *, source: str, ehlo: str) -> list[str]:
    """Bring mails from one host, some sessions at a time; the answers, in order."""
    shares = list(itertools.batched(mails, MAILS_A_SESSION))

    def session(share: tuple[Bad, ...]) -> list[str]:
        with from_internet(address, source=source, ehlo=ehlo) as wire:
            answers = [mail.brought(wire) for mail in share]
            wire.say("QUIT")
        return answers

    with ThreadPoolExecutor(SESSIONS) as pool:
        return [answer for answers in pool.map(session, shares) for answer in answers]
