"""Automatic mails per thread: two robots are noticed, and nobody else."""

import pytest

from boringmail.inbound import threads
from boringmail.inbound.threads import MAILS_LIMIT, Threads
from boringmail.mime import message

RECIPIENT = "ticket@acme.desk.example.com"


def keys(*lines: str, recipient: str = RECIPIENT, sender: str = "") -> tuple[str, ...]:
    raw = "\r\n".join([*lines, "", "I am away."]).encode()
    return threads.keys(message.parse(raw, envelope_sender=sender), recipient)


def test_automatic_mails_of_a_thread_are_counted_this_one_included():
    table = Threads()
    assert [table.count(("a",), f"id-{n}", automatic=True, now=0) for n in range(3)] == [1, 2, 3]
    assert table.count(("b",), "id-9", automatic=True, now=0) == 1


def test_a_persons_mail_reads_the_count_and_adds_nothing():
    table = Threads()
    assert table.count(("a",), "id-0", automatic=False, now=0) == 0
    table.count(("a",), "id-1", automatic=True, now=0)
    assert table.count(("a",), "id-2", automatic=False, now=0) == 1
    assert table.count(("a",), "id-3", automatic=True, now=0) == 2


def test_a_mail_that_comes_again_counts_once():
    table = Threads()
    table.count(("a",), "id-1", automatic=True, now=0)
    assert table.count(("a",), "id-1", automatic=True, now=60) == 1
    assert table.count(("a",), "id-2", automatic=True, now=60) == 2


def test_what_is_older_than_the_window_is_forgotten():
    table = Threads(window_seconds=100)
    table.count(("a",), "id-1", automatic=True, now=0)
    table.count(("a",), "id-2", automatic=True, now=50)
    assert table.count(("a",), "id-3", automatic=True, now=99) == 3
    assert table.count(("a",), "id-4", automatic=True, now=100) == 3
    assert table.count(("a",), "id-5", automatic=False, now=1_000) == 0
    assert len(table) == 0


def test_the_table_is_bounded_and_keeps_the_threads_that_are_alive():
    table = Threads(limit=10)
    for number in range(100):
        table.count((f"thread-{number}",), "id", automatic=True, now=number)
        table.count(("alive",), f"id-{number}", automatic=True, now=number)
    assert len(table) == 10
    assert table.count(("alive",), "id-x", automatic=False, now=100) == MAILS_LIMIT


def test_threads_that_are_over_are_forgotten_without_being_asked_for():
    table = Threads(window_seconds=10)
    for number in range(100):
        table.count((f"thread-{number}",), "id", automatic=True, now=number)
    assert len(table) <= 11


def test_one_thread_is_bounded_too():
    table = Threads()
    counts = [table.count(("a",), f"id-{n}", automatic=True, now=n) for n in range(MAILS_LIMIT + 50)]
    assert counts[-1] == MAILS_LIMIT


def test_two_robots_that_quote_only_the_last_mail_are_one_thread():
    table = Threads()
    counts = [
        table.count(
            keys(
                "From: robot@other.example",
                f"Subject: Re: [#{100 + turn}] Your request",
                f"In-Reply-To: <{turn}@acme.desk.example.com>",
            ),
            f"id-{turn}",
            automatic=True,
            now=turn,
        )
        for turn in range(4)
    ]
    assert counts == [1, 2, 3, 4]


def test_two_robots_that_quote_nothing_are_one_thread():
    first = keys("From: Robot <ROBOT@other.example>", "Subject: AW: Re: Ihr Ticket [#12]")
    assert first == keys("From: robot@other.example", "Subject: Automatic reply: ihr  ticket [#13]")


def test_a_thread_is_named_by_the_first_reference_whatever_the_subject():
    one = keys("From: a@b.example", "References: <root@x> <2@x>", "In-Reply-To: <2@x>", "Subject: A")
    two = keys("From: a@b.example", "References: <root@x> <2@x> <3@x>", "Subject: B")
    assert one[0] == two[0]
    assert one[1] != two[1]


def test_recipients_have_threads_of_their_own():
    lines = ("From: a@b.example", "Subject: A")
    assert keys(*lines) == keys(*lines, recipient=RECIPIENT.upper())
    assert keys(*lines) != keys(*lines, recipient="ticket@other.desk.example.com")


def test_bounces_of_different_mails_are_no_thread():
    def bounce(about: str) -> tuple[str, ...]:
        return keys(
            "From: MAILER-DAEMON@x.example",
            "Subject: Undelivered Mail Returned to Sender",
            f"In-Reply-To: <{about}>",
        )

    assert set(bounce("1@x")).isdisjoint(bounce("2@x"))
    assert bounce("1@x") == bounce("1@x")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("Re: RE: AW: Fwd: Printer", "printer"),
        ("Re[2]: Printer", "printer"),
        ("[Ticket #2026-12] Printer", "printer"),
        ("Printer (#7)", "printer"),
        ("Printer #12345", "printer"),
        ("Automatic reply: Printer", "printer"),
        ("回复\uff1aPrinter", "printer"),
        ("Reference: Printer", "reference: printer"),
        ("Model 42 smokes", "model 42 smokes"),
        ("Re: " * 200 + "Printer", "printer"),
        ("Re: [#1] " * 100 + "Printer", "printer"),
        ("Re: " * 5_000, ""),
    ],
)
def test_subjects_are_compared_without_prefixes_and_numbers(text: str, expected: str):
    assert threads.subject(text) == expected
