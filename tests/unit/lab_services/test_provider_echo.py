"""Whom the echo answers, and that nothing a stranger writes makes a header of its own."""

from email import message_from_bytes, policy

import pytest

from lab.services.provider.echo import Echo
from lab.services.provider.mailbox import Client, Message
from lab.services.provider.verdict import Authentication, Dmarc, Spf, Verdict

CLIENT = Client("203.0.113.100", 1234, "mx1.desk.example.com", True, "TLSv1.3", "TLS_AES_256_GCM_SHA384")
VERDICT = Verdict(
    "mx1.desk.example.com",
    "pass",
    "pass",
    Authentication(
        Spf("pass", "desk.example.com", "matched"),
        (),
        Dmarc("pass", "desk.example.com", "none", spf_aligned=True, dkim_aligned=False, reason="policy"),
    ),
)


def message(mail_from="probe@desk.example.com", to="echo@bigmail.example", subject="Hi", message_id="<1@x>"):
    head = f"From: a@desk.example.com\r\nSubject: {subject}\r\n"
    head += f"Message-ID: {message_id}\r\n" if message_id else ""
    return Message(1, 0.0, CLIENT, mail_from, (to,), VERDICT, "250 2.0.0 OK", f"{head}\r\nx\r\n".encode())


@pytest.fixture
def echo():
    return Echo("bigmail.example")


def test_the_answer_goes_to_the_envelope_sender_from_nobody(echo):
    letter = echo.answer(message())
    assert (letter.mail_from, letter.recipient, letter.sign) == ("", "probe@desk.example.com", True)
    answer = message_from_bytes(letter.raw, policy=policy.default)
    assert answer["Subject"] == "Re: Hi [spf=pass dkim=none dmarc=pass iprev=pass tls=TLSv1.3]"
    assert answer["Auto-Submitted"] == "auto-replied"
    assert answer["In-Reply-To"] == "<1@x>"
    body = answer.get_content()
    assert "spf: pass (desk.example.com: matched)" in body
    assert "dmarc: pass (desk.example.com, policy none, spf aligned, dkim not aligned; policy)" in body


def test_a_bounce_and_mail_to_others_are_not_answered(echo):
    assert echo.answer(message(mail_from="")) is None
    assert echo.answer(message(to="someone@bigmail.example")) is None


def test_a_message_is_answered_once_and_one_without_an_id_always(echo):
    assert [bool(echo.answer(message())) for _ in range(2)] == [True, False]
    assert [bool(echo.answer(message(message_id=""))) for _ in range(2)] == [True, True]


@pytest.mark.parametrize(
    "subject", ["a\r\n\tBcc: x@y.example", "=?utf-8?q?x=0D=0ABcc:x=40y.example?=", "Schöne Grüße", "x" * 2000]
)
def test_a_strangers_subject_stays_a_subject(echo, subject):
    letter = echo.answer(message(subject=subject))
    answer = message_from_bytes(letter.raw, policy=policy.default)
    assert answer["Bcc"] is None
    assert letter.raw.isascii()
    assert str(answer["Subject"]).endswith("tls=TLSv1.3]")
