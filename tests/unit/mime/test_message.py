"""Whole messages: text, attachments and kind; and bytes that break ordinary parsers."""

import email
import email.policy
import time
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boringmail.mime import contents, message, part, received


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
    parsed = message.parse(b"\r\n" + b"x" * (contents.TEXT_LIMIT_BYTES + 1))
    assert (parsed.text, len(parsed.attachments), parsed.problems) == (None, 1, ["text_too_long"])


def test_text_has_no_control_characters_but_tabs():
    assert message.parse(b"\r\na\tb\x00c\x1b[2Jd\r\ne\rf\x7f").text == "a\tb c [2Jd\ne\nf "


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r", b"\r\r\n"])
def test_every_line_end_is_read(line_end: bytes):
    lines = (
        b"Subject: x", b"Content-Type: multipart/mixed; boundary=b", b"", b"--b", b"", b"one", b"", b"two",
        b"--b", b"Content-Type: image/png", b"", b"PNG", b"--b--", b"",
    )  # fmt: skip
    parsed = message.parse(line_end.join(lines))
    assert (parsed.fields.value("subject"), parsed.text, parsed.problems) == ("x", "one\n\ntwo", [])
    assert [attachment.content for attachment in parsed.attachments] == [b"PNG"]


def test_line_ends_of_cr_below_our_own_received_line():
    parsed = message.parse(b"Received: from x\r\n\tby y\r\nSubject: x\rTo: a@b\r\rone\rtwo\r\n")
    assert [field.name for field in parsed.fields.all] == ["Received", "Subject", "To"]
    assert parsed.text == "one\ntwo\n"


def test_a_return_in_a_text_is_no_other_line_end():
    assert message.parse(b"Subject: a\rb\r\n\r\none\r\rtwo").fields.value("subject") == "a b"


def test_the_first_of_several_fields_of_a_name_counts_and_all_are_kept():
    parsed = message.parse(b"Subject: one\r\nFrom: a@b\r\nSubject: two\r\nFrom: c@d\r\n\r\n")
    assert parsed.fields.value("subject") == "one"
    assert [mailbox.address for mailbox in parsed.addresses("from")] == ["a@b"]
    assert list(parsed.fields.every("subject")) == ["one", "two"]


def part_of(content_type: str, body: bytes = b"x", more: str = "") -> bytes:
    return f"Content-Type: {content_type}\r\n{more}\r\n".encode() + body


@pytest.mark.parametrize(
    ("subtype", "content_type", "parameters"),
    [
        (
            "mixed",
            'text/calendar; method=REQUEST; charset="utf-8"',
            {"method": "REQUEST", "charset": "utf-8"},
        ),
        (
            "mixed",
            "application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m",
            {"smime-type": "enveloped-data"},
        ),
        ("signed; protocol=x", "application/pkcs7-signature; name=smime.p7s", {}),
        ("encrypted; protocol=x", "application/pgp-encrypted", {}),
        ("mixed", "message/rfc822", {}),
    ],
)
def test_what_is_no_text_is_an_attachment_as_it_came(
    subtype: str, content_type: str, parameters: dict[str, str]
):
    raw = part_of(f"multipart/{subtype}; boundary=b")
    raw += b"\r\n--b\r\n\r\ntext\r\n--b\r\n" + part_of(content_type, b"as it\r\n came") + b"\r\n--b--\r\n"
    parsed = message.parse(raw)
    (attachment,) = parsed.attachments
    assert (parsed.text, attachment.content) == ("text", b"as it\r\n came")
    assert (attachment.content_type, attachment.parameters) == (content_type.partition(";")[0], parameters)


def test_an_inline_image_has_its_content_id():
    raw = part_of("image/png; name=a.png", more="Content-ID: <logo@x>\r\n")
    (attachment,) = message.parse(raw).attachments
    assert (attachment.name, attachment.content_id, attachment.inline) == ("a.png", "logo@x", True)


def test_each_problem_is_named_once():
    raw = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    raw += (b"--b\r\n" + part_of("text/plain; charset=bogus") + b"\r\n") * 3
    assert message.parse(raw).problems == ["unknown_charset"]


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
    "fields in every part": (
        MULTIPART + (b"--b\r\n" + b"A:\r\n" * 19_000 + b"\r\n") * 100,
        "too_many_headers",
    ),
    "endless parameters": (b"Content-Type: a/b;" + b'a="' * 300_000 + b"\r\n\r\n", None),
    "base64 and noise": (
        b"Content-Type: a/b\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b"a!" * 5_000_001,
        "bad_base64",
    ),
    "three endless megabytes": (b"Subject: x" * 300_000, None),
    "one line": (b"x" * 3_000_000, "malformed_header"),
    "white space": (b"Subject: x\r\n" + b" \r\n" * 1_000_000, None),
    "unlabelled parts": (MULTIPART + (b"--b\r\n\r\n" + bytes(range(128, 256)) * 4 + b"\r\n") * 999, None),
    "returns": (b"\r" * 3_000_000, None),
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
