"""Rates: what is over a limit waits, and nobody else does."""

import uuid

import pytest

pytestmark = pytest.mark.usefixtures("forget")


def replies(send_in, mail, count, **envelope):
    return [send_in(mail(), **envelope)[:9] for _ in range(count)]


def test_a_tenant_over_its_own_limit_waits_and_no_other_tenant(send_in, mail):
    small = "x@small.desk.example.com"
    assert replies(send_in, mail, 4, rcpt=small) == ["250 2.0.0"] * 3 + ["451 4.7.1"]
    assert send_in(mail(), rcpt="X@SMALL.desk.example.com").startswith(
        "451 4.7.1 Too much mail for this recipient's domain at the moment: please try again later"
    )
    assert replies(send_in, mail, 1) == ["250 2.0.0"]


def test_each_recipient_counts(send_in, mail):
    two = ["x@small.desk.example.com", "y@small.desk.example.com", "x@acme.desk.example.com"]
    assert replies(send_in, mail, 2, rcpt=two) == ["250 2.0.0", "451 4.7.1"]


def test_more_recipients_than_the_limit_are_not_deferred_for_ever(send_in, mail):
    many = [f"{number}@small.desk.example.com" for number in range(5)]
    assert replies(send_in, mail, 2, rcpt=many) == ["250 2.0.0", "451 4.7.1"]


def test_a_sender_over_the_limit_waits_and_bounces_do_not(setting, send_in, mail):
    setting("sender_mails_per_hour", "2")
    sender = f"{uuid.uuid4().hex}@sender.example"
    assert replies(send_in, mail, 3, sender=sender) == ["250 2.0.0"] * 2 + ["451 4.7.1"]
    assert "from this sender" in send_in(mail(), sender=sender)
    assert replies(send_in, mail, 3, sender="") == ["250 2.0.0"] * 3


def test_a_network_over_the_limit_waits_and_our_own_host_does_not(setting, send_in, send_out, mail):
    setting("network_mails_per_hour", "2")
    assert replies(send_in, mail, 2) == ["250 2.0.0"] * 2
    assert "from your network" in send_in(mail(), client="198.51.100.250", name="[UNAVAILABLE]")
    assert replies(send_in, mail, 3, client="127.0.0.1", name="localhost") == ["250 2.0.0"] * 3
    for _ in range(3):
        assert send_out(mail(sender="agent@acme.desk.example.com")).startswith("250 ")
