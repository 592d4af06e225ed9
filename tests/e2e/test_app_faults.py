"""One application, and what is seen of it from outside: outages, dead letters, a daemon that dies.

What each of its answers does: test_answers.
"""

import pytest

from tests.e2e.ledger import Bulk, assert_nothing_lost, recipient

COUNT = 30
DRAIN_SECONDS = 120
KILLS = 8


@pytest.fixture
def bulk(provider, app, host):
    """Send mail to the app; nobody else's bounces are in the provider's mailbox."""
    provider.forget()

    def send(to, count=COUNT, **order):
        return Bulk(provider, app, host, to, count, **order)

    yield send
    app.behave("ok")
    host.flush("in")


def test_down_for_a_while_then_everything_arrives_without_a_hand(bulk, app):
    app.behave("down")
    mail = bulk(recipient("down"))
    assert {letter.outcome for letter in mail.sent()} == {"delivered"}
    accounts = mail.balance()
    assert_nothing_lost(accounts)
    assert len(accounts.queued) == COUNT
    app.behave("ok")
    # Nobody runs postqueue and no mail comes in: the daemon finds the app back, and has the queue flushed.
    accounts = mail.settled(delivered=COUNT, seconds=DRAIN_SECONDS, flush=False)
    assert_nothing_lost(accounts)
    assert mail.bounces() == []


def test_retry_after_is_kept_to(bulk, app):
    app.behave("too_many", retry_after_seconds=6)
    mail = bulk(recipient("retry-after"), count=5, parallel=1)
    mail.sent()
    first = app.wait_until("the first refusal", bool, since=mail.since)[0]
    app.behave("ok")
    accounts = mail.settled(delivered=5, seconds=DRAIN_SECONDS)
    served = [entry for entry in app.received(mail.since) if entry.status == 200]
    assert min(entry.at for entry in served) >= first.at + 6
    assert_nothing_lost(accounts)


def test_a_mailbox_that_is_gone_goes_to_the_dead_letter_box_and_is_refused_from_then_on(bulk, app, provider):
    gone, there = recipient("gone"), recipient("there")
    app.behave("gone", recipients=[gone])
    mail = bulk([gone, there], count=2)
    mail.sent()
    accounts = mail.settled(delivered=1, dead=1, seconds=60)
    assert_nothing_lost(accounts)
    assert mail.bounces() == []
    (letter,) = provider.finished(provider.send(gone))
    assert letter.outcome == "bounced"
    assert letter.attempts[0]["stage"] == "rcpt"
    assert letter.attempts[0]["reply"].startswith("5.1.1")
    (letter,) = provider.finished(provider.send(there))
    assert letter.outcome == "delivered"


def test_what_the_app_cannot_process_goes_to_the_dead_letter_box_and_can_be_replayed(bulk, app, host):
    odd = recipient("odd")
    app.behave("unprocessable", recipients=[odd])
    mail = bulk(odd, count=5)
    mail.sent()
    accounts = mail.settled(dead=5, seconds=60)
    assert_nothing_lost(accounts)
    assert mail.bounces() == []
    app.behave("ok")
    for entry in host.dead_letters():
        if entry["recipient"] == odd:
            host.run("boringmail", "dead-letter", "replay", entry["identifier"])
    accounts = mail.settled(delivered=5, seconds=60)
    assert_nothing_lost(accounts)
    assert not accounts.dead


def test_slow_answers_are_waited_for(bulk, app):
    app.behave("slow", seconds=2)
    mail = bulk(recipient("slow"), count=15)
    mail.sent()
    accounts = mail.settled(delivered=15, seconds=60, flush=False)
    assert_nothing_lost(accounts)


def test_the_daemon_killed_under_load_loses_and_bounces_nothing(bulk, app, host):
    app.behave("slow", seconds=0.05)
    mail = bulk(recipient("kill"), count=300, parallel=6)
    for kill in range(KILLS):
        app.wait_until(
            f"traffic after {kill} kills",
            lambda receipts, kill=kill: len(receipts) > kill * 20,
            since=mail.since,
            seconds=30,
        )
        host.kill("boringmail-inbound.service")
    assert {letter.outcome for letter in mail.sent(120)} == {"delivered"}
    host.wait_for_unit("boringmail-inbound.service")
    accounts = mail.settled(delivered=300, seconds=DRAIN_SECONDS)
    # A kill between the app's 2xx and our 250 cannot be told from one before it: the same webhook-id comes
    # again. At most what was in flight, and never under another id.
    repeated = len(accounts.repeated)
    assert repeated <= KILLS * 20, accounts.summary()
    assert not accounts.lost, accounts.summary()
    assert not accounts.bounced, accounts.summary()
    assert not accounts.doubled, accounts.summary()
    assert mail.bounces() == []
    print(f"kill -9 x {KILLS}: {accounts.summary()}")
