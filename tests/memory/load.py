"""Sends mails to port 25 as fast as they are answered, one in five with the test file of EICAR.

Runs on the host whose scanner is tried, until there is a file that stops it, and prints how many mails got
which reply. usage: python3 load.py STOP_FILE
"""

import json
import smtplib
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from pathlib import Path

# In two parts: this file is no virus (https://www.eicar.org/download-anti-malware-testfile/).
EICAR = r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + "-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SENDERS = 8
TEXT = "A line of an ordinary mail, of which there are some hundred.\n" * 300


def message(kind: str, number: str) -> bytes:
    """A mail of 20 kB whose Subject says what it is."""
    mail = EmailMessage()
    mail["From"] = "someone@example.net"
    mail["To"] = "ticket@acme.desk.example.com"
    mail["Subject"] = f"load-{kind}-{number}"
    mail.set_content(TEXT)
    if kind == "eicar":
        mail.add_attachment(
            EICAR.encode(), maintype="application", subtype="octet-stream", filename="eicar.com"
        )
    return mail.as_bytes()


def send(kind: str, number: str) -> str:
    """The reply that decides about one mail."""
    try:
        with smtplib.SMTP("127.0.0.1", timeout=120) as session:
            session.sendmail("someone@example.net", ["ticket@acme.desk.example.com"], message(kind, number))
    except smtplib.SMTPRecipientsRefused as refusal:
        return str(next(iter(refusal.recipients.values()))[0])
    except smtplib.SMTPResponseException as refusal:
        return str(refusal.smtp_code)
    except OSError as trouble:
        return f"no reply: {trouble}"
    return "250"


def work(sender: int, stop: Path) -> tuple[Counter[str], float]:
    """Sends one mail after the other and counts the replies; also the longest wait for one, in seconds."""
    replies: Counter[str] = Counter()
    longest = 0.0
    number = 0
    while not stop.exists():
        kind = "eicar" if number % 5 == 0 else "clean"
        started = time.monotonic()
        reply = send(kind, f"{sender}-{number}")
        longest = max(longest, time.monotonic() - started)
        replies[f"{kind} {reply}"] += 1
        number += 1
        if reply != "250":
            time.sleep(0.5)  # a sender does not try again at once
    return replies, longest


if __name__ == "__main__":
    file = Path(sys.argv[1])
    with ThreadPoolExecutor(SENDERS) as pool:
        results = list(pool.map(lambda sender: work(sender, file), range(SENDERS)))
    total = sum((replies for replies, _ in results), Counter[str]())
    json.dump(
        {"replies": dict(sorted(total.items())), "longest_seconds": max(time for _, time in results)},
        sys.stdout,
    )
