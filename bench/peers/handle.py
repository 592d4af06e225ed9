#!/usr/bin/python3
"""The same as handle.php, as it is mostly written in Python. usage: handle.py URL SENDER RECIPIENT."""

import base64
import email
import email.policy
import http.client
import json
import sys
from urllib.parse import urlsplit


def body(raw: bytes, sender: str, recipient: str) -> bytes:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    return json.dumps(
        {
            "sender": sender,
            "recipient": recipient,
            "subject": message["subject"],
            "headers": [[name, str(value)] for name, value in message.items()],
            "text": plain.get_content() if plain else None,
            "html": html.get_content() if html else None,
            "attachments": [
                {
                    "name": part.get_filename(),
                    "content_type": part.get_content_type(),
                    "content_base64": base64.b64encode(part.get_payload(decode=True)).decode(),
                }
                for part in message.iter_attachments()
            ],
            "raw_base64": base64.b64encode(raw).decode(),
        }
    ).encode()


def main() -> int:
    url, sender, recipient = sys.argv[1:]
    target = urlsplit(url)
    try:
        connection = http.client.HTTPConnection(target.hostname, target.port, timeout=30)
        connection.request("POST", target.path, body(sys.stdin.buffer.read(), sender, recipient))
        return 0 if connection.getresponse().status // 100 == 2 else 75
    except Exception:
        return 75


if __name__ == "__main__":
    sys.exit(main())
