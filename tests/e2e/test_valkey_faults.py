"""Valkey in every kind of trouble: mail comes in and goes out all the same, and what goes out is signed."""

import pytest

from tests.e2e.ledger import Bulk, assert_nothing_lost, recipient

UNIT = "valkey-server.service"
CLI = "valkey-cli -s /run/valkey/valkey.sock"
MAILS = 5
RESTART = f"systemctl restart {UNIT}"
# How to bring each about, which fails unless it has come about; and what ends it.
TROUBLE = {
    "stopped": (f"systemctl stop {UNIT}; ! {CLI} ping", f"systemctl start {UNIT}"),
    "frozen": (
        f"systemctl kill --signal=STOP {UNIT}; ! timeout 1 {CLI} ping",
        f"systemctl kill --signal=CONT {UNIT}",
    ),
    # Killed while it saves, and set as it comes from its makers: it answers MISCONF to whoever writes.
    "unable to save": (
        f"""{CLI} config set stop-writes-on-bgsave-error yes rdb-key-save-delay 10000000
        {CLI} set bm-test x
        {CLI} bgsave
        sleep 0.5
        pkill -KILL -P $(systemctl show -P MainPID {UNIT})
        timeout 20 sh -c 'until {CLI} set bm-test y 2>&1 | grep MISCONF; do sleep 0.2; done'""",
        RESTART,
    ),
    "full": (
        f"{CLI} config set maxmemory-policy noeviction maxmemory 1; {CLI} set bm-test y 2>&1 | grep OOM",
        RESTART,
    ),
}


@pytest.fixture(params=TROUBLE.values(), ids=TROUBLE)
def trouble(request, host):
    bring, end = request.param
    try:
        host.shell(bring)
        yield
    finally:
        host.shell(end)
        host.wait_for_unit(UNIT)


@pytest.mark.usefixtures("trouble")
def test_mail_flows_at_the_first_attempt_and_is_signed(app, provider, host):
    mail = Bulk(provider, app, host, recipient("valkey"), MAILS)
    (accepted,) = app.submit("someone@mailbox.example")
    letters = mail.sent()
    assert [[attempt["code"] for attempt in letter.attempts] for letter in letters] == [[250]] * MAILS
    accounts = mail.settled(delivered=MAILS, seconds=60)
    assert_nothing_lost(accounts)
    assert provider.wait_for_verdict(text=accepted["id"]).dkim == "pass"
