"""Why a mail was not delivered: the text before the code, our faults before the recipient's."""

import pytest

from boringmail.mime.kind import category


@pytest.mark.parametrize(
    ("action", "status", "diagnostic", "expected", "at_fault"),
    [
        ("failed", "5.1.1", "550 5.1.1 User unknown", "mailbox_unknown", True),
        ("failed", "5.1.1", "", "mailbox_unknown", True),
        ("failed", "5.0.0", "550 5.1.1 no", "mailbox_unknown", True),
        ("failed", None, "550 No such user here", "mailbox_unknown", True),
        ("failed", "5.2.2", "", "mailbox_full", True),
        ("failed", "4.2.2", "452 4.2.2 over quota", "mailbox_full", True),
        ("failed", None, "552", "mailbox_full", True),
        ("failed", "5.2.1", "", "mailbox_disabled", True),
        ("failed", "5.7.13", "525 5.7.13 User account disabled", "mailbox_disabled", True),
        ("failed", "5.1.2", "", "domain_unknown", True),
        ("failed", "5.4.4", "Host or domain name not found", "domain_unknown", True),
        ("failed", "4.1.1", "450 4.1.1 user unknown for now", "mailbox_unknown", False),
        ("failed", "5.7.1", "", "policy", False),
        ("failed", "5.7.1", "550 5.7.1 Access denied", "policy", False),
        ("failed", "5.7.1", "550 5.7.1 address does not exist, access denied", "policy", False),
        ("failed", "5.7.1", "550 5.7.1 <joe@x.example>... User unknown", "mailbox_unknown", True),
        ("failed", "5.1.0", "550 5.1.0 sender rejected", "policy", False),
        ("failed", "5.1.8", "553 5.1.8 domain of sender does not exist", "policy", False),
        (
            "failed",
            "5.1.1",
            "550 5.1.1 no such user; 192.0.2.1 listed in zen.spamhaus.org",
            "reputation",
            False,
        ),
        (
            "failed",
            "5.7.26",
            "550-5.7.26 blocked because the sender is unauthenticated",
            "authentication",
            False,
        ),
        ("failed", "5.7.0", "552-5.7.0 blocked because its content is dangerous", "content", False),
        ("failed", "5.3.4", "552 5.3.4 message size exceeds fixed limit", "too_large", False),
        ("failed", "4.7.28", "421 4.7.28 unusual rate of mail", "rate_limited", False),
        ("failed", "4.4.7", "450 4.7.1 IP name lookup failed", "reputation", False),
        ("failed", "4.4.1", "connection timed out", "infrastructure", False),
        ("failed", None, "451 try again", "transient", False),
        ("failed", None, "550", "unknown", False),
        ("failed", None, "", "unknown", False),
        ("delayed", "4.2.2", "452 mailbox full", "transient", False),
        ("delivered", "2.0.0", "", "delivered", False),
        ("relayed", None, "250 user unknown to me, passed on", "delivered", False),
    ],
)
def test_category(action: str, status: str | None, diagnostic: str, expected: str, *, at_fault: bool):
    found = category.categorise(action, status, diagnostic)
    assert found == expected
    assert found in category.CATEGORIES
    assert category.at_fault(found, status) is at_fault


@pytest.mark.parametrize(
    "diagnostic",
    [
        "550 5.1.1 <spam@virus.example>: user unknown",
        "host mx.spamfilter.example[192.0.2.1] said: 550 5.1.1 user unknown",
    ],
)
def test_names_say_nothing_of_the_cause(diagnostic: str):
    assert category.categorise("failed", "5.1.1", diagnostic) == "mailbox_unknown"


@pytest.mark.parametrize(
    ("word", "status", "expected"),
    [
        ("failed", None, "failed"),
        ("Failed (bad address)", None, "failed"),
        ("expired", None, "failed"),
        ("", "5.1.1", "failed"),
        ("", "4.4.1", "delayed"),
        ("", "2.0.0", "delivered"),
        ("nonsense", None, None),
        ("", None, None),
    ],
)
def test_an_action_in_other_words_is_one_of_the_five_or_none(
    word: str, status: str | None, expected: str | None
):
    assert category.action_of(word, status) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5.1.1 (bad mailbox)", "5.1.1"),
        ("smtp; 550-5.7.26 no", "5.7.26"),
        ("#5.1.1", "5.1.1"),
        ("192.0.2.5.1.1", None),
        ("connect to 5.1.1.1", None),
        ("", None),
    ],
)
def test_a_status_is_no_part_of_an_address(text: str, expected: str | None):
    assert category.status_of(text) == expected
