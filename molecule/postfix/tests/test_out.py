"""Ports 587 and 465: who may send, what leaves, and where bounces and the host's own mail go."""

from base64 import b64encode

import pytest

WRONG = "AUTH PLAIN " + b64encode(b"\0app\0wrong").decode()
OPENING = ("EHLO app.internal", "STARTTLS", "EHLO app.internal")
SENDER = "agent@acme.desk.example.com"


def test_nothing_is_possible_before_tls(talk, auth):
    replies = talk(587, "EHLO app.internal", auth, f"MAIL FROM:<{SENDER}>")
    assert "AUTH" not in replies[1]
    assert [reply[:3] for reply in replies[2:]] == ["530", "530"]


def test_nothing_is_sent_without_a_password(talk):
    replies = talk(587, *OPENING, f"MAIL FROM:<{SENDER}>", "RCPT TO:<x@[198.51.100.1]>", "DATA")
    assert [reply[:3] for reply in replies[-2:]] == ["554", "554"]


def test_a_wrong_password_is_refused(talk):
    assert talk(587, *OPENING, WRONG)[-1].startswith("535")


def test_the_right_one_is_taken_on_465_too(talk, auth):
    assert talk(465, "EHLO app.internal", auth, implicit_tls=True)[-1].startswith("235")


@pytest.mark.parametrize(
    "sender", ["agent@example.net", "agent@desk.example.com.example.net", "agent@notdesk.example.com"]
)
def test_a_sender_of_another_domain_is_refused(talk, auth, sender):
    replies = talk(587, *OPENING, auth, f"MAIL FROM:<{sender}>", "RCPT TO:<x@[198.51.100.1]>")
    assert replies[-1].startswith("553")


def test_mail_leaves_complete_and_without_a_word_about_the_inside(submit, received):
    body = [
        "Received: from app (app.internal [10.20.2.10]) by worker; Tue, 1 Jan 2030 00:00:00 +0000",
        "Received: from list.example.org (list.example.org [192.0.2.3]) by x; Tue, 1 Jan 2030 00:00:00 +0000",
        "X-Originating-IP: [10.20.2.10]",
        "Subject: leaves",
        "",
        "x",
    ]
    assert submit(body, "x@[198.51.100.1]")[-2].startswith("250 ")
    mail = received("internet", "Subject: leaves")
    assert "X-Helo-Args: mx1.desk.example.com" in mail
    assert "Date:" in mail
    assert "Message-Id:" in mail
    assert "list.example.org" in mail
    for inside in ("app.internal", "10.20.2.10", "127.0.0.1", "X-Originating-IP"):
        assert inside not in mail


def test_a_null_sender_may_send(submit, received):
    mail = ["From: robot@acme.desk.example.com", "Subject: auto-reply", "", "x"]
    assert submit(mail, "x@[198.51.100.1]", sender="")[-2].startswith("250 ")
    assert "X-Mail-Args: <>" in received("internet", "Subject: auto-reply")


@pytest.mark.usefixtures("lmtp")
def test_mail_for_a_tenant_goes_straight_in(submit, received):
    assert submit(["Subject: to-a-tenant", "", "x"], "z@other.desk.example.com")[-2].startswith("250 ")
    assert "X-Rcpt-Args: <z@other.desk.example.com>" in received("lmtp", "Subject: to-a-tenant")


@pytest.mark.usefixtures("lmtp")
def test_a_bounce_comes_back_to_the_sender_through_the_inbound_side(submit, received):
    assert submit(["Subject: will-bounce", "", "x"], "x@nowhere.invalid")[-2].startswith("250 ")
    bounce = received("lmtp", "nowhere.invalid")
    assert "X-Mail-Args: <>" in bounce
    assert f"X-Rcpt-Args: <{SENDER}>" in bounce


@pytest.mark.usefixtures("lmtp")
def test_the_hosts_own_mail_reaches_the_administrator_and_nobody_else(host, talk, received):
    host.run_expect([0], "printf 'Subject: from-cron\\n\\nx\\n' | sendmail root stranger@example.org")
    mail = received("lmtp", "Subject: from-cron")
    assert "X-Rcpt-Args: <admin@staff.desk.example.com>" in mail
    assert "X-Mail-Args: <root@mx1.desk.example.com>" in mail
    replies = talk(
        10587, "EHLO x.example.net", "MAIL FROM:<root@mx1.desk.example.com>", "RCPT TO:<x@[198.51.100.1]>"
    )
    assert replies[-1].startswith("554")
