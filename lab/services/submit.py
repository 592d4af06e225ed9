"""Send mail as the customer's app does: through `submit.<domain>`, with TLS and a password from a file."""

import argparse
import json
import smtplib
import ssl
import sys
import time
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from typing import Any

TIMEOUT_SECONDS = 30.0
IMPLICIT_TLS_PORT = 465


def options(argv: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="lab.services.submit", description=__doc__)
    parser.add_argument("--to", required=True)
    parser.add_argument("--from", dest="sender", default="support@acme.desk.example.com")
    parser.add_argument("--subject", default="Hello from the app")
    parser.add_argument("--text", default="A mail from the app server.\n")
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--server", default="submit.desk.example.com")
    parser.add_argument("--port", type=int, default=587, help="587: STARTTLS, 465: TLS from the start")
    parser.add_argument("--user", default="app")
    parser.add_argument("--password-file", type=Path, default=Path("/var/lib/lab-app/submission-password"))
    parser.add_argument(
        "--ca-file",
        type=Path,
        default=Path("/var/lib/lab-app/authorities.pem"),
        help="the authorities to trust, here the lab's own; on the Internet those of the system will do",
    )
    return parser.parse_args(argv)


def compose(sender: str, recipient: str, subject: str, text: str) -> EmailMessage:
    """Write one message with an id of its own."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = recipient
    message["Subject"] = subject
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message.set_content(text)
    return message


def connect(settings: argparse.Namespace) -> smtplib.SMTP:
    """Open the connection, encrypted, and log in."""
    context = ssl.create_default_context(cafile=str(settings.ca_file))
    client: smtplib.SMTP
    if settings.port == IMPLICIT_TLS_PORT:
        client = smtplib.SMTP_SSL(settings.server, settings.port, timeout=TIMEOUT_SECONDS, context=context)
    else:
        client = smtplib.SMTP(settings.server, settings.port, timeout=TIMEOUT_SECONDS)
        client.starttls(context=context)
    client.login(settings.user, settings.password_file.read_text().strip())
    return client


def send(client: smtplib.SMTP, message: EmailMessage) -> dict[str, Any]:
    """Send one message; report the reply to its final dot."""
    started = time.time()
    client.mail(str(message["From"]))
    code, reply = client.rcpt(str(message["To"]))
    if code < 300:  # noqa: PLR2004 - 2xx (RFC 5321 4.2.1)
        code, reply = client.data(message.as_bytes())
    else:
        client.rset()
    return {
        "id": str(message["Message-ID"]).strip("<>"),
        "recipient": str(message["To"]),
        "code": code,
        "reply": reply.decode(errors="replace"),
        "at": started,
        "seconds": time.time() - started,
    }


def main() -> int:
    """Send, print one JSON list, and fail when any message was not accepted."""
    settings = options()
    try:
        with connect(settings) as client:
            results = [
                send(client, compose(settings.sender, settings.to, settings.subject, settings.text))
                for _ in range(settings.count)
            ]
    except (OSError, smtplib.SMTPException) as error:
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}))
        return 1
    print(json.dumps(results))
    return 0 if all(result["code"] < 300 for result in results) else 1  # noqa: PLR2004 - as above


if __name__ == "__main__":
    sys.exit(main())
