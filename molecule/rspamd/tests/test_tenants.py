"""Each tenant's own thresholds: what it calls spam, and what it refuses."""

import pytest

ACME, STRICT, LENIENT = (f"x@{name}.desk.example.com" for name in ("acme", "strict", "lenient"))
# Without a name, and so with some score; and listed, with more.
NAMELESS = {"client": "198.51.100.9", "name": "[UNAVAILABLE]"}
LISTED = {"client": "198.51.100.8"}

pytestmark = pytest.mark.usefixtures("forget")


@pytest.mark.parametrize(
    ("rcpt", "threshold", "action"),
    [
        (ACME, 6, "no action"),
        (STRICT, 0.4, "spam"),
        ("x@STRICT.desk.example.com", 0.4, "spam"),
        (LENIENT, 9, "no action"),
        ([STRICT, ACME], 6, "no action"),
        ([STRICT, LENIENT], 9, "no action"),
        ("x@deep.strict.desk.example.com", 6, "no action"),
        ("postmaster@desk.example.com", 6, "no action"),
    ],
)
def test_the_verdict_has_the_threshold_of_the_most_lenient_recipient(judged, mail, rcpt, threshold, action):
    spam = judged(mail(), rcpt=rcpt, **NAMELESS).verdict["spam"]
    assert 0.4 <= spam["score"] < 6
    assert (spam["threshold"], spam["action"]) == (threshold, action)


def test_spam_beyond_doubt_is_refused_for_the_tenant_that_wants_it(send_in, mail):
    assert send_in(mail(), rcpt=STRICT, **LISTED).startswith("554 5.7.1 This mail is taken for spam here")
    assert send_in(mail(), rcpt=ACME, **LISTED).startswith("250 ")


def test_a_mail_that_one_tenant_would_take_is_refused_to_none(send_in, mail):
    assert send_in(mail(), rcpt=[STRICT, ACME], **LISTED).startswith("250 ")


def test_what_is_refused_is_not_greylisted_first(send_in, mail):
    doubtful = {"client": "203.0.113.166", "name": "[UNAVAILABLE]"}
    assert send_in(mail(), rcpt=STRICT, **doubtful).startswith("554 ")


def test_our_own_hosts_handover_is_never_refused(setting, send_in, mail):
    setting("reject_score", "0.01")
    assert send_in(mail(), client="127.0.0.1", name="localhost").startswith("250 ")
    assert send_in(mail(), **NAMELESS).startswith("554 ")
