"""Rspamd away or frozen: mail waits at its sender, none passes unjudged, and one that hangs is restarted."""

import re
import time

import pytest

from lab.drive.smuggling import END, Envelope
from lab.drive.waiting import until
from lab.drive.wire import from_internet
from tests.e2e.ledger import Bulk, assert_nothing_lost, recipient

MAILS = 4
SENDER = "customer@mailbox.example"
UNITS = "rspamd-in.socket rspamd-out.socket rspamd.service"
# Postfix's patience, and a little for a machine that has other work.
REPLY_SECONDS = 30 + 5
KNOWN_SECONDS, BACK_SECONDS = 60, 90


def assert_waited_and_judged(app, mail, letters):
    assert all(400 <= letter.attempts[0]["code"] < 500 for letter in letters)
    assert max(attempt["code"] or 0 for letter in letters for attempt in letter.attempts) < 500
    assert max(letter.attempts[0]["seconds"] for letter in letters) < REPLY_SECONDS
    assert_nothing_lost(mail.settled(delivered=MAILS, seconds=60))
    for letter in letters:
        data = app.body(app.wait_for(letter.id).number)["data"]
        assert data["authentication"]["spf"]["result"] == "pass"


def test_while_it_is_away_mail_waits(app, provider, host):
    host.run("systemctl", "stop", *UNITS.split())
    try:
        mail = Bulk(provider, app, host, recipient("away"), MAILS)
        until("a first try of each", lambda: all(letter.attempts for letter in mail.letters()), 60)
    finally:
        host.run("systemctl", "start", "rspamd.service")
    assert_waited_and_judged(app, mail, mail.sent(90))


def journal(host, since):
    """When the watch has said that Rspamd hangs, seconds since the epoch."""
    command = f"journalctl --no-pager -o short-unix -u rspamd-watch.service --since @{int(since)}"
    return [float(at) for at in re.findall(r"^(\S+) .*event=service_hung", host.shell(command), re.MULTILINE)]


def running(host):
    """The process that Rspamd is; 0 for none."""
    return host.run("systemctl", "show", "-P", "MainPID", "rspamd.service").strip()


@pytest.mark.timeout(400)
def test_one_that_freezes_in_the_middle_of_a_mail_is_known_and_restarted(app, provider, host):
    to, hung = recipient("frozen"), running(host)
    # It would come before Postfix's own patience ends, now and then: the mail is judged and taken then.
    host.run("systemctl", "stop", "rspamd-watch.timer", "rspamd-watch.service")
    try:
        with from_internet(host.public_ip) as wire:
            for command in Envelope(SENDER, to).commands():
                assert wire.say(command)[:1] in {b"2", b"3"}
            frozen = time.time()
            host.run("systemctl", "kill", "--signal=STOP", "rspamd.service")
            mail = Bulk(provider, app, host, to, MAILS)
            reply = wire.say(b"From: <customer@mailbox.example>\r\nSubject: half\r\n\r\nx", END)
            replied = time.time()
        until("a first try of each", lambda: all(letter.attempts for letter in mail.letters()), 60)
    finally:
        began = time.time()
        host.run("systemctl", "start", "rspamd-watch.timer")
    assert reply.startswith(b"4"), reply
    assert replied - frozen < REPLY_SECONDS
    (known, *_) = until("the watch to know", lambda: journal(host, began), 120)
    until("Rspamd to be another", lambda: running(host) not in {"0", hung}, 120)
    back = time.time()
    letters = mail.sent(180)
    assert known - began <= KNOWN_SECONDS
    assert back - began <= BACK_SECONDS
    assert_waited_and_judged(app, mail, letters)
