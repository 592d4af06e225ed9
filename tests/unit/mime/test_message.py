"""Whole messages: text, attachments and kind; and bytes that break ordinary parsers."""

import email
import email.policy
import time
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boringmail.mime import message, part, received

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


def test_text_html_and_attachments_are_told_apart():
    mail = EmailMessage()
    mail["Subject"] = "Ünïcode"
    mail["From"] = "Jörg <j@example.com>"
    mail.set_content("plain ö\n")
    mail.add_alternative("<p>html</p>\n", subtype="html")
    mail.add_attachment(b"\x00\x01", maintype="image", subtype="png", filename="../ä.png")
    mail.add_attachment(b"a,b\n", maintype="text", subtype="csv", filename="t.csv")
    parsed = message.parse(mail.as_bytes(policy=email.policy.SMTP))
    assert (parsed.text, parsed.html, parsed.problems) == ("plain ö\n", "<p>html</p>\n", [])
    assert [(a.name, a.content_type, a.content) for a in parsed.attachments] == [
        ("ä.png", "image/png", b"\x00\x01"),
        ("t.csv", "text/csv", b"a,b\n"),
    ]
    assert parsed.fields.value("subject") == "Ünïcode"


@pytest.mark.parametrize(
    ("fields", "sender", "kind", "details"),
    [
        (b"", "a@example.com", "message", {}),
        (b"Auto-Submitted: no\r\n", "a@example.com", "message", {}),
        (
            b"Auto-Submitted: auto-replied (vacation)\r\n",
            "",
            "auto_reply",
            {"auto_submitted": "auto-replied"},
        ),
        (b"Auto-Submitted: auto-generated\r\n", "a@b", "message", {"auto_submitted": "auto-generated"}),
        (b"X-Autoreply: yes\r\n", "a@example.com", "auto_reply", {}),
        (b"Precedence: auto_reply\r\n", "a@example.com", "auto_reply", {}),
        (b"Precedence: bulk\r\n", "a@example.com", "message", {}),
        (b"From: <MAILER-DAEMON@x>\r\n", "", "bounce", {}),
        (b"From: <MAILER-DAEMON@x>\r\n", "a@example.com", "message", {}),
        (b"From: <joe@x>\r\n", "", "message", {}),
    ],
)
def test_kind(fields: bytes, sender: str, kind: str, details: dict[str, object]):
    parsed = message.parse(fields + b"\r\nbody", envelope_sender=sender)
    assert (parsed.kind, parsed.kind_details) == (kind, details)


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
            }
        ],
    }


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"Content-Type: multipart/mixed\r\n\r\nx", "multipart_without_boundary"),
        (b"Content-Type: multipart/mixed; boundary=b\r\n\r\nx", "multipart_without_parts"),
        (b"Content-Type: text/plain; charset=bogus\r\n\r\nx", "unknown_charset"),
        (b"Content-Type: text/plain; charset=base64\r\n\r\nx", "unknown_charset"),
        (b"Content-Transfer-Encoding: x-mine\r\n\r\nx", "unknown_transfer_encoding"),
        (b"Content-Transfer-Encoding: base64\r\n\r\nabcde", "bad_base64"),
        (b"no header at all", "malformed_header"),
        (b"Content-Type: /\r\n\r\nx", None),
        (b"\xff\xfe\r\n", "malformed_header"),
    ],
)
def test_what_was_wrong_is_named(raw: bytes, problem: str | None):
    assert message.parse(raw).problems[:1] == ([problem] if problem else [])


def nested(kind: bytes, levels: int) -> bytes:
    if kind == b"message/rfc822":
        return b"Content-Type: message/rfc822\r\n\r\n" * levels + b"Subject: x\r\n\r\n"
    return b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (level, level)
        for level in range(levels)
    )


def test_a_multipart_with_the_boundary_of_its_parent_is_read_whole():
    raw = (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        b"Content-Type: multipart/alternative; boundary=b\r\n\r\n\r\n--b\r\n\r\ntext\r\n--b--\r\n\r\n--b\r\n"
        b"Content-Type: image/gif\r\n\r\nGIF\r\n--b--\r\n"
    )
    parsed = message.parse(raw)
    assert (parsed.text, [a.content_type for a in parsed.attachments]) == ("text", ["image/gif"])


def test_text_beyond_the_limit_is_an_attachment():
    parsed = message.parse(b"\r\n" + b"x" * (message.TEXT_LIMIT_BYTES + 1))
    assert (parsed.text, len(parsed.attachments), parsed.problems) == (None, 1, ["text_too_long"])


def test_text_has_no_control_characters_but_tabs():
    assert message.parse(b"\r\na\tb\x00c\x1b[2Jd\r\ne\rf\x7f").text == "a\tb c [2Jd\ne\nf "


def test_a_multipart_without_boundary_is_shown_as_text():
    assert message.parse(b"Content-Type: multipart/mixed\r\n\r\nhello").text == "hello"


MULTIPART = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
REPORT_STATUS = (
    b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
)
BOMBS: dict[str, tuple[bytes, str | None]] = {
    "nested messages": (nested(b"message/rfc822", 1000), None),
    "nested multiparts": (nested(b"multipart", 1000), "too_deep"),
    "empty parts": (MULTIPART + b"--b\r\n\r\n" * 100_000, "too_many_parts"),
    "almost boundaries": (MULTIPART + b"--bx\n" * 1_000_000, "too_many_parts"),
    "headers again and again": (MULTIPART * 30_000, "multipart_without_parts"),
    "many fields": (b"A:\r\n" * 300_000, "too_many_headers"),
    "one long field": (b"Subject: " + b"=?utf-8?q?a?= " * 100_000 + b"\r\n\r\n", None),
    "open comments": (b"From: " + b"(" * 1_000_000 + b"\r\n\r\n", None),
    "many parameters": (b"Content-Type: a/b" + b";a*0=b" * 100_000 + b"\r\n\r\n", None),
    "one long status": (REPORT_STATUS + b"x" * 1_000_000, None),
    "short status lines": (REPORT_STATUS + b"x\n" * 500_000, None),
}


@pytest.mark.parametrize(("raw", "problem"), BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_costs_little(raw: bytes, problem: str | None):
    before = time.process_time()
    parsed = message.parse(raw)
    parsed.addresses("from")
    assert all(field.value is not None for field in parsed.fields.all)
    assert time.process_time() - before < 3
    assert problem is None or problem in parsed.problems


PIECES = st.sampled_from(
    b"\r\n|\n|\r|--b|--b--|:| |\x00|\xff|=?utf-8?q?=0A?=|=|Subject|;|Content-Type|"
    b"multipart/mixed; boundary=b|message/rfc822|multipart/report; boundary=b|"
    b"message/delivery-status|Content-Transfer-Encoding|base64|"
    b'text/html; charset=utf-7|+2AA-|"|From|<a@b>|Date|Mon, 99 Foo 99999 99:99 -9999|Received|filename'.split(
        b"|"
    )
)


@given(st.lists(PIECES | st.binary(max_size=8), max_size=60).map(b"".join))
def test_no_bytes_reach_the_last_resort(raw: bytes):
    parsed = message.parse(raw)
    assert "unexpected_error" not in parsed.problems
    _ = parsed.date


@given(st.lists(st.text(alphabet="ab-\n", max_size=30), min_size=1, max_size=5))
def test_parts_are_those_of_the_standard_library(texts: list[str]):
    raw = b"Content-Type: multipart/mixed; boundary=zz\r\n\r\n"
    raw += (
        b"".join(b"--zz\r\n\r\n%s\r\n" % piece.replace("\n", "\r\n").encode() for piece in texts)
        + b"--zz--\r\n"
    )
    theirs = [piece.get_payload(decode=True) for piece in email.message_from_bytes(raw).get_payload()]
    assert [piece.encoded for piece in part.walk(raw).parts] == theirs


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\y.doc", "y.doc"),
        ("..", None),
        ("", None),
        ("a/", None),
        ("ö.txt", "ö.txt"),
    ],
)
def test_file_names_are_inert(name: str, expected: str | None):
    assert message.file_name(name) == expected


def test_the_received_header_of_postfix():
    found = received.parse(
        "from helo.example.net (unknown [IPv6:2001:db8::25])\t"
        "(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))\t"
        "by mx1.desk.example.com (Postfix) with ESMTPS id 4XyZ\tfor <a@b>; "
        "Thu, 1 Jan 1970 00:01:00 +0000 (UTC)"
    )
    assert found == received.Received(
        helo="helo.example.net", name=None, address="2001:db8::25", protocol="ESMTPS", queue_id="4XyZ",
        tls_version="TLSv1.3", tls_cipher="TLS_AES_256_GCM_SHA384", unix_time=60.0,
    )  # fmt: skip
    assert received.parse("nonsense; not a date") == received.Received()
