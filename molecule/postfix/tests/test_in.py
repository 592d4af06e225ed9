"""Port 25: whose mail is taken, what the daemon gets of it, and what happens while the daemon is away."""

import pytest

ACME = "ticket@acme.desk.example.com"
RECIPIENTS_SOCKET = "/run/boringmail/recipients.sock"
HELLO = ("EHLO client.example.net", "MAIL FROM:<someone@example.net>")


def deliver(talk, body: list[str], recipient: str = ACME, sender: str = "someone@example.net") -> list[str]:
    say = ("EHLO client.example.net", f"MAIL FROM:<{sender}>", f"RCPT TO:<{recipient}>", "DATA", body, "QUIT")
    return talk(25, *say)


@pytest.mark.usefixtures("lmtp")
def test_mail_for_a_tenant_reaches_the_daemon_as_it_was_sent(talk, received):
    long_line = "x" * 1500  # beyond the 998 of RFC 5321 4.5.3.1.6; the sink itself cuts at 2048
    assert deliver(talk, ["Subject: bytes", "", "Grüße", long_line])[-2].startswith("250 ")
    mail = received("lmtp", "Subject: bytes")
    assert f"\nGrüße\n{long_line}" in mail
    assert "Message-Id:" not in mail, "headers are added"


@pytest.mark.usefixtures("lmtp")
def test_each_recipient_is_handed_over_alone(host, talk):
    say = (
        *HELLO,
        f"RCPT TO:<{ACME}>",
        "RCPT TO:<b@other.desk.example.com>",
        "DATA",
        ["Subject: two", "", "x"],
    )
    assert talk(25, *say)[-1].startswith("250 ")
    command = 'grep -l -r "Subject: two" /var/tmp/lmtp | wc -l'
    host.run_expect([0], f"timeout 20 sh -c 'until [ $({command}) = 2 ]; do sleep 0.2; done'")


@pytest.mark.parametrize(
    "recipient",
    [
        "x@example.org",
        "x@desk.example.com",
        "x@a.acme.desk.example.com",
        "x@acmeXdesk.example.com",
        "x@acme.desk.example.com.example.org",
        "x%example.org@acme.desk.example.com",
        "example.org!x@acme.desk.example.com",
        "@acme.desk.example.com:x@example.org",
        '"x@example.org"@acme.desk.example.com',
        "x@[127.0.0.1]",
        "root@localhost",
        "nobody@mx1.desk.example.com",
        "gone@acme.desk.example.com",
    ],
)
def test_other_mail_is_refused_for_good(talk, recipient):
    for port in (25, 10025):
        assert talk(port, *HELLO, f"RCPT TO:<{recipient}>")[-1].startswith("55"), port


@pytest.mark.parametrize(
    "recipient",
    [
        "postmaster",
        "postmaster@mx1.desk.example.com",
        "abuse@mx1.desk.example.com",
        "X@ACME.desk.example.com",
    ],
)
def test_addresses_that_must_exist_do(talk, recipient):
    assert talk(25, *HELLO, f"RCPT TO:<{recipient}>")[-1].startswith("250")


def test_port_25_offers_tls_and_nothing_that_helps_an_attacker(talk):
    replies = talk(
        25,
        "EHLO x.example.net",
        "VRFY root",
        "ETRN desk.example.com",
        "AUTH PLAIN AGFwcABh",
        "STARTTLS",
        "EHLO x",
    )
    assert "STARTTLS" in replies[1]
    assert not {"AUTH", "DSN", "ETRN", "VRFY"} & set(replies[1].replace("-", " ").split())
    assert [reply[:3] for reply in replies[2:5]] == ["502", "554", "503"]
    assert {line[4:] for line in replies[0].splitlines()} == {"mx1.desk.example.com ESMTP"}
    assert replies[-1].startswith("250")


def test_an_end_of_mail_with_bare_newlines_smuggles_nothing(host, talk, lmtp_sink, received):
    lmtp_sink()
    second = ["MAIL FROM:<inner@example.net>", "RCPT TO:<b@acme.desk.example.com>", "DATA", "Subject: second"]
    replies = deliver(talk, ["Subject: outer-one", "", "\n".join(["text", ".", *second, "", "x"])])
    assert len(replies) == 7
    assert "Subject: second" in received("lmtp", "Subject: outer-one")
    assert "from=<inner@" not in host.check_output("cat /var/log/postfix/in.log")


def test_mail_waits_while_the_daemon_is_away_and_then_arrives(host, talk, lmtp_sink, received):
    assert deliver(talk, ["Subject: waits", "", "x"])[-2].startswith("250 ")
    wait_for_status(host, "deferred")
    lmtp_sink()
    host.run_expect([0], "postqueue -c /etc/postfix-in -f")
    assert received("lmtp", "Subject: waits")


def test_a_refusal_by_the_daemon_is_never_a_bounce(host, talk, lmtp_sink, received):
    lmtp_sink("-f DATA")
    assert deliver(talk, ["Subject: refused", "", "x"])[-2].startswith("250 ")
    wait_for_status(host, "SOFTBOUNCE")
    host.run_expect([0], "systemctl stop sink-lmtp; rm -f /run/boringmail/lmtp.sock")
    lmtp_sink()
    host.run_expect([0], "postqueue -c /etc/postfix-in -f")
    assert received("lmtp", "Subject: refused")
    assert "status=bounced" not in host.check_output("cat /var/log/postfix/in.log")


def test_mail_that_a_setting_has_stranded_waits_and_is_not_thrown_away(host):
    stranded = "x@no-tenant-any-more.example.com"
    mail = "printf 'Subject: x\\n\\nx\\n'"
    host.run_expect([0], f"{mail} | sendmail -C /etc/postfix-in -f a@example.net {stranded}")
    line = f"to=<{stranded}>.*status="
    host.run_expect(
        [0], f"timeout 20 sh -c 'until grep -q \"{line}\" /var/log/postfix/in.log; do sleep 0.2; done'"
    )
    assert "status=deferred" in host.check_output(f"grep '{line}' /var/log/postfix/in.log")


def test_the_daemons_silence_about_recipients_loses_no_mail(host, talk, start):
    host.run_expect([0], "systemctl stop sink-recipients")
    try:
        assert talk(25, *HELLO, "RCPT TO:<gone@acme.desk.example.com>")[-1].startswith("250")
    finally:
        start("sink-recipients", f"recipients-sink {RECIPIENTS_SOCKET} gone", RECIPIENTS_SOCKET)


def wait_for_status(host, status: str) -> None:
    """Waits until the last mail that came in has this status in the log."""
    queue_id = host.check_output("grep -o '[0-9A-Za-z]*: client=' /var/log/postfix/in.log | tail -1").split(
        ":"
    )[0]
    line = f"{queue_id}: .*status={status}"
    host.run_expect(
        [0], f"timeout 20 sh -c 'until grep -q \"{line}\" /var/log/postfix/in.log; do sleep 0.2; done'"
    )
