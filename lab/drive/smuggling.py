"""Ends of mail that are none, and what a smuggler puts behind them."""

import re
from dataclasses import dataclass
from typing import Final

END: Final = b"\r\n.\r\n"
# What some server took for the end of a mail (https://www.postfix.org/smtp-smuggling.html). By RFC 5321
# 4.1.1.4 only CR LF . CR LF is one.
ENDINGS: Final = {
    "LF . LF": b"\n.\n",
    "LF . CRLF": b"\n.\r\n",
    "CRLF . LF": b"\r\n.\n",
    "CR . CR": b"\r.\r",
    "CR . LF": b"\r.\n",
    "LF . CR": b"\n.\r",
    "CR . CRLF": b"\r.\r\n",
    "CRLF . CR": b"\r\n.\r",
    "CRLF . CR CRLF": b"\r\n.\r\r\n",
    "CR CR LF . CR CR LF": b"\r\r\n.\r\r\n",
    "LF CR . LF CR": b"\n\r.\n\r",
    "LF LF . LF LF": b"\n\n.\n\n",
    "NUL before the dot": b"\r\n\x00.\r\n",
    "NUL after the dot": b"\r\n.\x00\r\n",
    "NUL within the last CRLF": b"\r\n.\r\x00\n",
    "NUL within the first CRLF": b"\r\x00\n.\r\n",
    "LF . NUL LF": b"\n.\x00\n",
    "a space after the dot": b"\r\n. \r\n",
    "a space before the dot": b"\r\n .\r\n",
    "two dots": b"\r\n..\r\n",
    "form feed": b"\x0c.\x0c",
    "vertical tab": b"\x0b.\x0b",
    "NEL": b"\x85.\x85",
    "line separator": "\u2028.\u2028".encode(),
    "full width": "\r\n\uff0e\r\n".encode(),
}
QUEUED: Final = re.compile(rb"^250 2\.0\.0 Ok: .*queued as ", re.MULTILINE)


@dataclass(frozen=True)
class Envelope:
    """Who sends to whom."""

    sender: str
    recipient: str

    def commands(self) -> tuple[str, str, str]:
        """MAIL, RCPT and DATA."""
        return f"MAIL FROM:<{self.sender}>", f"RCPT TO:<{self.recipient}>", "DATA"


def smuggled(outer: bytes, ending: bytes, inner: Envelope, letter: bytes) -> bytes:
    """One mail as RFC 5321 has it, with commands and a second mail behind an ending that is none."""
    commands = "".join(f"{line}\r\n" for line in inner.commands()).encode()
    return outer + b"\r\n\r\ntext" + ending + commands + letter + END
