"""The kind of a mail by its header, and what a delivery report says, field by field."""

import pytest

from boringmail.mime import message

REPORT = b"""From: MAILER-DAEMON@mail.example.net\r
Content-Type: multipart/report; report-type=delivery-status; boundary=b\r
\r
--b\r
\r
Sorry.\r
--b\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; mail.example.net\r
\r
Final-Recipient: rfc822; joe@example.net\r
Action: failed\r
Status: 5.1.1 (no such user)\r
Diagnostic-Code: smtp; 550 5.1.1 no such user\r
\r
--b\r
Content-Type: text/rfc822-headers\r
\r
Message-ID: <one@example.com>\r
--b--\r
"""


@pytest.mark.parametrize(
    ("fields", "sender", "kind", "details"),
    [
        (b"", "a@example.com", "message", {}),
        (b"", "", "message", {}),
        (b"From: <joe@x>\r\n", "", "message", {}),
        (b"From: <joe@x>\r\nX-Auto-Response-Suppress: All\r\n", "", "message", {}),
        (b"Auto-Submitted: no\r\n", "a@example.com", "message", {}),
        (
            b"Auto-Submitted: auto-replied (vacation)\r\n",
            "",
            "auto_reply",
            {"auto_submitted": "auto-replied"},
        ),
        (b"Auto-Submitted: auto-generated\r\n", "a@b", "message", {"auto_submitted": "auto-generated"}),
        (b"Auto-Submitted: auto-notified\r\n", "a@b", "message", {"auto_submitted": "auto-notified"}),
        (b"X-Autoreply: yes\r\n", "a@example.com", "auto_reply", {}),
        (b"X-Autoreply: no\r\n", "a@example.com", "message", {}),
        (b"Precedence: auto_reply\r\n", "a@example.com", "auto_reply", {}),
        (b"Precedence: bulk\r\n", "a@example.com", "message", {}),
        (b"Subject: Out of office\r\n", "a@example.com", "message", {}),
        (b"Subject: Out of office\r\n", "", "auto_reply", {}),
        (b"Subject: Re: Out of office\r\n", "", "message", {}),
        (b"From: <MAILER-DAEMON@x>\r\n", "a@example.com", "message", {}),
        (b"From: <postmaster@x>\r\n", "", "message", {}),
        (b"List-Id: Friends <friends.example.org>\r\n", "a@b", "list", {"list_id": "friends.example.org"}),
    ],
)
def test_kind(fields: bytes, sender: str, kind: str, details: dict[str, object]):
    parsed = message.parse(fields + b"\r\nbody", envelope_sender=sender)
    assert (parsed.kind, parsed.kind_details) == (kind, details)


@pytest.mark.parametrize("sender", ["", "<>", "MAILER-DAEMON@x", None])
def test_what_a_mail_daemon_sends_from_the_null_sender_is_a_bounce(sender: str | None):
    parsed = message.parse(b"From: <MAILER-DAEMON@x>\r\n\r\n", envelope_sender=sender)
    assert parsed.kind == "bounce"
    assert parsed.kind_details == {"reporting_mta": None, "original_message_id": None, "recipients": []}


@pytest.mark.parametrize(("path", "kind"), [("<>", "bounce"), ("<joe@example.net>", "message")])
def test_the_return_path_stands_in_for_an_unknown_envelope_sender(path: str, kind: str):
    raw = f"Return-Path: {path}\r\nFrom: MAILER-DAEMON@x\r\n\r\nHello".encode()
    assert message.parse(raw).kind == kind


def test_a_delivery_report_says_what_failed():
    parsed = message.parse(REPORT, envelope_sender="")
    assert parsed.kind == "bounce"
    assert parsed.text == "Sorry."
    assert parsed.kind_details == {
        "reporting_mta": "mail.example.net",
        "original_message_id": "one@example.com",
        "recipients": [
            {
                "final_recipient": "joe@example.net",
                "original_recipient": None,
                "action": "failed",
                "status": "5.1.1",
                "diagnostic": "550 5.1.1 no such user",
                "category": "mailbox_unknown",
                "recipient_at_fault": True,
            }
        ],
    }


def test_what_was_automatic_is_said_beside_any_kind():
    raw = b"Auto-Submitted: auto-generated\r\nList-Id: <a.example.org>\r\n\r\nNews"
    assert message.parse(raw, envelope_sender="a@b").kind_details == {
        "list_id": "a.example.org",
        "auto_submitted": "auto-generated",
    }
