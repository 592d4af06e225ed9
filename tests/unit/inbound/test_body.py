"""Every body is strict UTF-8 JSON that fits the shipped schema, whatever the mail."""

import base64
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boringmail.inbound import threads
from boringmail.inbound.body import Incoming
from boringmail.inbound.envelope import Envelope, tenant
from tests.unit.mime.kinds import corpus

Check = Callable[[bytes], dict[str, Any]]
RECIPIENT = "ticket@acme.desk.example.com"
RAW = (
    b"Received: from helo.example.net (mail.example.net [203.0.113.25])\r\n"
    b"\tby mx1 (Postfix) with ESMTP id 4XyZ; Thu, 1 Jan 1970 00:01:00 +0000 (UTC)\r\n"
    b"Message-ID: <1@example.net>\r\nReferences: <a@b> <c@d>\r\nDate: Thu, 1 Jan 1970 01:00:30 +0100\r\n"
    b"Subject: =?utf-8?q?x=0D=0ABcc:?=\r\nFrom: A <a@example.net>\r\n\r\nhello\r\n"
)


VERDICT = {
    "v": 1,
    "spf": {"result": "fail", "domain": "example.net"},
    "dkim": [],
    "dmarc": {"result": "fail", "domain": "desk.example.com", "policy": "none"},
    "arc": {"result": "none"},
    "iprev": {"result": "permerror"},
    "spam": {"score": 16, "threshold": 15.0, "action": "add header", "symbols": []},
    "own_domain_spoofed": True,
}


def make(raw: bytes, xforward: dict[str, str] | None = None, sender: str = "a@example.net") -> Incoming:
    return Incoming(raw, Envelope(sender, (RECIPIENT,), xforward or {}), virus_scanner=True)


def judged(raw: bytes, verdict: object = VERDICT) -> bytes:
    """The mail with what Rspamd and ClamAV add to it."""
    text = base64.b64encode(json.dumps(verdict).encode())
    head, _, body = raw.partition(b"\r\n\r\n")
    return b"".join([
        b"X-Boringmail-Verdict: ", text[:72], b"\r\n\t", text[72:], b"\r\n",
        b"Authentication-Results: mx1; spf=fail\r\n",
        head, b"\r\nX-Virus-Scanned: clamav-milter\r\nX-Virus-Status: Clean\r\n\r\n", body,
    ])  # fmt: skip


def test_a_simple_mail(valid_body: Check):
    data = valid_body(make(RAW).body(RECIPIENT, mail_domain="desk.example.com", now=0))
    assert data["envelope"] == {
        "sender": "a@example.net",
        "recipient": RECIPIENT,
        "tenant": "acme",
        "extension": None,
        "queue_id": "4XyZ",
        "client": {
            "address": "203.0.113.25",
            "name": "mail.example.net",
            "helo": "helo.example.net",
            "protocol": "ESMTP",
            "tls": None,
        },
    }
    mail = data["message"]
    assert (mail["message_id"], mail["references"]) == ("1@example.net", ["a@b", "c@d"])
    assert (mail["date"], mail["subject"], mail["text"]) == ("1970-01-01T00:00:30Z", "x Bcc:", "hello\n")
    assert base64.b64decode(data["raw_base64"]) == RAW


def test_the_extension_of_an_address_is_split_out(valid_body: Check):
    data = valid_body(
        make(RAW).body("ticket+42+x@acme.desk.example.com", mail_domain="desk.example.com", now=0)
    )
    assert data["envelope"]["extension"] == "42+x"


def test_a_thread_counts_its_automatic_mails_once_each(valid_body: Check):
    table = threads.Threads()
    automatic = RAW.replace(b"Subject:", b"Auto-Submitted: auto-replied\r\nSubject:")
    counts = []
    for queue_id in ("4A", "4A", "4B"):
        body = make(automatic, {"IDENT": queue_id}).body(
            RECIPIENT, mail_domain="desk.example.com", now=0, table=table
        )
        counts.append(valid_body(body)["loop"]["automatic_in_thread"])
    assert counts == [1, 1, 2]
    loop = valid_body(make(RAW).body(RECIPIENT, mail_domain="desk.example.com", now=0))["loop"]
    assert loop == {"signs": [], "automatic_in_thread": 0, "hops": 1}


@pytest.mark.parametrize("name", ["bounces_text", "bounces_rfc3464", "auto_replies", "others"])
def test_what_can_be_read_of_each_kind_fits_the_schema(valid_body: Check, name: str):
    for sample in corpus.read(f"{name}.txt"):
        body = make(sample.raw, sender="").body(RECIPIENT, mail_domain="desk.example.com", now=0)
        assert valid_body(body)["kind"]


def test_what_was_newly_written_stands_beside_the_text(valid_body: Check):
    raw = RAW.replace(
        b"hello", b"Yes.\r\n\r\nOn Mon, 5 Jan 2026 at 10:00, A <a@b.example> wrote:\r\n> Is it?"
    )
    mail = valid_body(make(raw).body(RECIPIENT, mail_domain="desk.example.com", now=0))["message"]
    assert mail["reply_text"] == "Yes."
    assert "> Is it?" in mail["text"]


def test_what_the_filters_found_out_is_in_the_body_and_out_of_the_message(valid_body: Check):
    data = valid_body(make(judged(RAW)).body(RECIPIENT, mail_domain="desk.example.com", now=0))
    assert data["authentication"]["spf"] == {"result": "fail", "domain": "example.net", "client": None}
    assert data["spam"]["own_domain_spoofed"] is True
    assert data["virus"] == {"result": "clean", "scanner": "clamav"}
    names = [field["name"] for field in data["message"]["headers"]]
    assert names == ["Received", "Message-ID", "References", "Date", "Subject", "From"]
    assert base64.b64decode(data["raw_base64"]) == RAW
    assert data["raw_size_bytes"] == len(RAW)
    assert data["envelope"]["queue_id"] == "4XyZ"


def test_a_verdict_of_the_senders_counts_for_nothing(valid_body: Check):
    received, name, rest = RAW.partition(b"Message-ID")
    forged = judged(RAW).partition(b"Authentication-Results")[0]
    raw = received + forged + name + rest
    data = valid_body(make(raw).body(RECIPIENT, mail_domain="desk.example.com", now=0))
    assert (data["authentication"], data["spam"], data["virus"]) == ({}, None, None)
    assert base64.b64decode(data["raw_base64"]) == raw


def test_an_unreadable_verdict_is_none_and_named(valid_body: Check):
    incoming = make(judged(RAW, verdict=[]))
    data = valid_body(incoming.body(RECIPIENT, mail_domain="desk.example.com", now=0))
    assert (data["authentication"], data["spam"]) == ({}, None)
    assert incoming.judgement.problem == "the verdict is not an object"


def test_the_example_in_the_documentation_is_a_valid_body(valid_body: Check):
    page = (Path(__file__).parents[3] / "docs/webhooks.md").read_text()
    example = page.partition("```json\n")[2].partition("```")[0]
    data = valid_body(example.encode())
    (attachment,) = data["attachments"]
    assert attachment["sha256"] == hashlib.sha256(base64.b64decode(attachment["content_base64"])).hexdigest()


def test_what_postfix_forwards_goes_before_the_header(valid_body: Check):
    told = {"ADDR": "IPV6:2001:db8::1", "NAME": "other.example.net", "HELO": "hi", "IDENT": "4AbC"}
    envelope = valid_body(make(RAW, told).body(RECIPIENT, mail_domain="desk.example.com", now=0))["envelope"]
    assert envelope["queue_id"] == "4AbC"
    assert [envelope["client"][key] for key in ("address", "name", "helo")] == [
        "2001:db8::1",
        "other.example.net",
        "hi",
    ]


def test_the_age_counts_from_our_own_received_header():
    assert make(RAW).age_seconds(now=100) == 40
    assert make(RAW).age_seconds(now=0) == 0
    assert make(b"\r\n").age_seconds(now=100) == 0


@pytest.mark.parametrize(
    ("recipient", "expected"),
    [
        ("ticket@acme.desk.example.com", "acme"),
        ("ticket@ACME.Desk.Example.COM", "acme"),
        ("ticket@deep.acme.desk.example.com", "acme"),
        ("ticket@desk.example.com", None),
        ("ticket@other.example.org", None),
        ("ticket@evildesk.example.com", None),
        ("ticket", None),
    ],
)
def test_the_tenant_is_the_label_in_front_of_the_mail_domain(recipient: str, expected: str | None):
    assert tenant(recipient, "desk.example.com") == expected


@settings(max_examples=200)
@given(st.binary(max_size=400), st.text(max_size=20), st.booleans())
def test_any_bytes_give_a_valid_body(valid_body: Check, tail: bytes, odd: str, whole: bool):
    raw = tail if whole else RAW.removesuffix(b"\r\nhello\r\n") + tail
    incoming = make(raw, {"IDENT": odd, "ADDR": odd, "HELO": odd}, sender=odd)
    data = valid_body(incoming.body(odd, mail_domain="desk.example.com", now=1e300))
    assert base64.b64decode(data["raw_base64"]) == raw


def test_a_fault_of_our_own_still_posts_the_raw_mail(valid_body: Check, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("boringmail.mime.part.walk", fail)
    data = valid_body(make(judged(RAW)).body(RECIPIENT, mail_domain="desk.example.com", now=0))
    assert data["parse_error"] == "unexpected_error"
    assert data["authentication"]["dmarc"]["result"] == "fail"
    assert base64.b64decode(data["raw_base64"]) == RAW
