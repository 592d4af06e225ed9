"""Mails of each kind, as mail servers, programs and people write them; addresses and names are invented.

Each file holds several: a line `@@ name key=value ...` says what is expected, the mail follows. In
`bounces_rfc3464.txt` only a notice and, after `~~~`, its machine-readable part are written out.
"""

from dataclasses import dataclass, field
from pathlib import Path

_HERE = Path(__file__).parent
_REPORT = """\
Return-Path: <>
From: MAILER-DAEMON@mail.example.org (Mail Delivery System)
To: help@acme.desk.example.com
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: {container}; report-type=delivery-status; boundary="=_report"

--=_report
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

{notice}
--=_report
Content-Type: {status_type}

{status}
--=_report
Content-Type: text/rfc822-headers

From: help@acme.desk.example.com
To: joe@example.net
Message-ID: <one@acme.desk.example.com>
Subject: Your ticket

--=_report--
"""


@dataclass(frozen=True)
class Sample:
    """One mail and what is expected of it."""

    name: str
    raw: bytes
    expected: dict[str, str] = field(default_factory=dict)

    @property
    def sender(self) -> str:
        return self.expected.get("sender", "<>").strip("<>")


def read(name: str) -> list[Sample]:
    """The mails of one file."""
    samples = []
    for entry in ("\n" + (_HERE / name).read_text()).split("\n@@ ")[1:]:
        first, _, text = entry.partition("\n")
        title, *pairs = first.split()
        expected = dict(pair.split("=", 1) for pair in pairs)
        if "\n~~~\n" in text:
            text = _report(text, expected)
        samples.append(Sample(title, text.encode().replace(b"\n", b"\r\n"), expected))
    return samples


def _report(text: str, expected: dict[str, str]) -> str:
    notice, _, status = text.partition("\n~~~\n")
    return _REPORT.format(
        notice=notice,
        status=status,
        container=expected.get("container", "multipart/report"),
        status_type=expected.get("type", "message/delivery-status"),
    )
