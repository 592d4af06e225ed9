"""Hostile mail: no exception, bounded work, nothing but single lines and plain values."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boringmail.mime import classify, part
from boringmail.mime.kind import loop
from tests.unit.mime.kinds import corpus

SAMPLES = [
    sample
    for name in ("bounces_text.txt", "bounces_rfc3464.txt", "auto_replies.txt", "others.txt")
    for sample in corpus.read(name)
]
SENDERS = st.one_of(
    st.none(), st.sampled_from(["", "<>", "MAILER-DAEMON@x.example", "joe@example.net"]), st.text()
)
PIECES = st.sampled_from(
    [
        b"Final-Recipient: rfc822; \\x{110000}\\x{D800}@b\r\n",
        b"Action: \r\n",
        b"Status: 5.\r\n",
        b"\r\n",
        b"--b\r\n",
        b"Content-Type: message/delivery-status\r\n\r\n",
        b"Content-Type: message/feedback-report\r\n\r\nFeedback-Type:\r\n",
        b'Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VEVENT\r\nDTSTART:99\r\nUID;X=":\r\n',
        b"Content-Type: message/disposition-notification\r\n\r\nDisposition: ;/\r\n",
        b"Content-Type: message/rfc822\r\n\r\nMessage-ID: <\xff>\r\n",
        b"550 5.7.1 <joe@example.net>: no\r\n",
        b"\x00\xff<a@b>\x1b[31m\r\n",
    ]
)


def check(raw: bytes, sender: str | None) -> None:
    tree = part.walk(raw)
    kind, details = classify.classify(tree, sender)
    assert kind in classify.KINDS
    json.dumps(details, ensure_ascii=False).encode()  # strict UTF-8
    for line in _lines(details):
        assert len(line) <= 1_000
        assert not set(line) & set("\r\n\x00\x1b\x85\u2028")
    found = loop.signs(tree.fields, sender, mail_domain="example.com")
    assert set(found) <= set(loop.SIGNS)
    assert 0 <= loop.hops(tree.fields) <= loop.COUNT_LIMIT


def _lines(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        value = [*value.values()]
    return [line for item in value for line in _lines(item)] if isinstance(value, list) else []


@given(st.binary(max_size=2_000), SENDERS)
def test_any_bytes(raw: bytes, sender: str | None):
    check(raw, sender)


@given(st.sampled_from(SAMPLES), st.integers(0, 3_000), st.binary(max_size=30), SENDERS)
@settings(max_examples=300)
def test_any_damage_to_a_real_mail(sample: corpus.Sample, position: int, junk: bytes, sender: str | None):
    check(sample.raw[:position] + junk + sample.raw[position + len(junk) :], sender)


@given(st.lists(PIECES, max_size=40), st.sampled_from([b"report", b"mixed", b"alternative"]), SENDERS)
def test_any_order_of_the_pieces_of_reports(pieces: list[bytes], subtype: bytes, sender: str | None):
    head = (
        b"From: MAILER-DAEMON@x\r\nSubject: Undelivered\r\nContent-Type: multipart/"
        + subtype
        + b"; boundary=b\r\n\r\n"
    )
    check(head + b"--b\r\n".join(pieces), sender)


@pytest.mark.parametrize(
    "text",
    [
        b"a" * 60_000,
        b" " * 60_000,
        b"user " * 12_000,
        b"a." * 30_000,
        b"recipient address account host domain mailbox " * 1_300,
        b"<a " * 20_000,
        b"x@y.zz\n" * 9_000,
        b"\n" * 60_000,
    ],
)
@pytest.mark.parametrize("subtype", [b"plain", b"html"])
@pytest.mark.timeout(30)  # takes 0.1 seconds; a pattern that backtracks, hours
def test_the_work_on_a_notice_is_bounded(text: bytes, subtype: bytes):
    head = b"From: MAILER-DAEMON@x\r\nSubject: Undelivered\r\nContent-Type: text/" + subtype + b"\r\n\r\n"
    check(head + text * 20, "")


def test_a_report_of_very_many_recipients_is_cut():
    group = b"Final-Recipient: rfc822; a@b\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
    head = b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n"
    status = b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n"
    details = classify.classify(part.walk(head + status + group * 5_000), "")[1]
    recipients = details["recipients"]
    assert isinstance(recipients, list)
    assert len(recipients) == 100
