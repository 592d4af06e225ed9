"""The mail that a check sends."""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

PROBE_LOCAL_PART = "boringmail-probe"
# In the From field of mail in: our own address there, unsigned and from outside, is what a forger writes.
STRANGER = "verify@boringmail.invalid"


def probe_address(token: str, domain: str) -> str:
    """An address below the gateway's domain whose mail is recorded and never handed to the app."""
    return f"{PROBE_LOCAL_PART}+{token}@probe.{domain}"


def write(sender: str, recipient: str, token: str, now: datetime, *, answered: bool = False) -> bytes:
    """A short mail, which no machine answers (RFC 3834 2) unless it is to be. `now` is time-zone aware."""
    letter = EmailMessage(policy=SMTP)
    letter["From"] = f"boringmail verification <{sender}>"
    letter["To"] = recipient
    letter["Subject"] = f"boringmail verification {token}"
    letter["Date"] = format_datetime(now)
    letter["Message-ID"] = f"<{token}@{sender.rpartition('@')[2]}>"
    if not answered:
        letter["Auto-Submitted"] = "auto-generated"
    letter.set_content("This mail shows that the gateway works. Nobody needs to read it.\n")
    return letter.as_bytes()
