"""What a stranger has to show at port 25, and what becomes of those who cannot.

Strangers come from a network of their own, each test from another address: Postfix remembers and counts them.
"""

from collections.abc import Callable, Iterator

import pytest

from lab.drive.lists import Lists

ZEN, OTHER = "zen.lists.example", "bl.lists.example"
MAILBOX = "RCPT TO:<ticket@acme.desk.example.com>"
SENDER = "MAIL FROM:<c@mailbox.example>"


@pytest.fixture
def knock(talk) -> Callable[..., list[str]]:
    """Says lines from an address of the Internet; the last reply is that to the last line."""

    def run(source: str, *say: str | list[str], **options: object) -> list[str]:
        return talk(25, *say, host="198.51.100.254", source=source, **options)

    return run


@pytest.fixture
def listed() -> Iterator[Callable[..., None]]:
    """Lists an address, until the test is over."""
    lists, done = Lists(), []

    def put(zone: str, address: str, code: str = "127.0.0.2") -> None:
        lists.list(zone, address, code=code)
        done.append((zone, address))

    yield put
    for zone, address in done:
        lists.unlist(zone, address)


def test_a_listed_client_is_refused_for_good_and_the_log_says_what_it_wanted(host, knock, listed):
    listed(ZEN, "198.51.100.4", "127.0.0.11")
    reply = knock("198.51.100.4", "EHLO a.example.net", "MAIL FROM:<spam@mailbox.example>", MAILBOX)[-1]
    assert reply.startswith("550 5.7.1 Service unavailable; client [198.51.100.4] blocked using zen")
    line = host.check_output("grep 'reject: RCPT from .198.51.100.4' /var/log/postfix/in.log")
    assert "from=<spam@mailbox.example>, to=<ticket@acme.desk.example.com>" in line


def test_a_list_that_answers_with_an_error_and_one_that_is_not_trusted_alone_refuse_nobody(knock, listed):
    listed(ZEN, "198.51.100.5", "127.255.255.254")
    listed(OTHER, "198.51.100.5")
    assert knock("198.51.100.5", "EHLO a.example.net", SENDER, MAILBOX)[-1].startswith("250")


def test_a_client_that_talks_before_it_is_greeted_is_refused(knock):
    replies = knock("198.51.100.6", "EHLO a.example.net", SENDER, MAILBOX, hasty=True)
    assert replies[-1].startswith("550 5.5.1 ")


def test_a_client_whose_address_has_no_name_is_refused(knock):
    reply = knock("198.51.100.3", "EHLO a.example.net", SENDER, MAILBOX)[-1]
    assert reply.startswith("550 5.7.")
    assert "cannot find your reverse hostname" in reply


def test_an_exempt_client_shows_nothing_and_still_cannot_relay(knock):
    say = ("EHLO pc", "MAIL FROM:<c@no-such-domain.example>", MAILBOX, "RCPT TO:<x@example.org>")
    replies = knock("198.51.100.9", *say)
    assert [reply[:3] for reply in replies[-2:]] == ["250", "554"]


@pytest.mark.parametrize(
    ("greeting", "answer"),
    [
        ("pc", "504 5.5.2"),
        ("-x-", "501 5.5.2"),
        ("a..b", "501 5.5.2"),
        ("[198.51.100.1]", "250"),
        ("no-such-name.example.net", "250"),
    ],
)
def test_a_greeting_is_a_full_name_or_an_address(knock, greeting, answer):
    assert knock("198.51.100.1", f"EHLO {greeting}", "MAIL FROM:<>", MAILBOX)[-1].startswith(answer)


@pytest.mark.parametrize(
    ("sender", "answer"),
    [("c", "504 5.5.2"), ("c@pc", "504 5.5.2"), ("c@no-such-domain.example", "550 5.1.8"), ("", "250")],
)
def test_a_sender_is_of_a_domain_that_exists(knock, sender, answer):
    assert knock("198.51.100.8", "EHLO a.example.net", f"MAIL FROM:<{sender}>", MAILBOX)[-1].startswith(
        answer
    )


@pytest.mark.parametrize("answer", ["no listing", "listing"])
def test_a_size_beyond_the_limit_is_refused_before_the_mail_is_sent(talk, answer):
    size = {"no listing": 26214401, "listing": 26214400}[answer]
    replies = talk(25, "EHLO a.example.net", f"MAIL FROM:<c@mailbox.example> SIZE={size}")
    assert "SIZE 26214400" in replies[1]
    expected = {"no listing": "552 5.3.4 Message size exceeds fixed limit", "listing": "250 "}[answer]
    assert replies[-1].startswith(expected)


@pytest.mark.parametrize(
    ("source", "say"),
    [
        ("198.51.100.7", ["MAIL FROM:<c@mailbox.example>", "RSET"] * 6 + ["MAIL FROM:<c@mailbox.example>"]),
        ("198.51.100.10", ["MAIL FROM:<c@mailbox.example>", *[MAILBOX] * 7]),
    ],
)
def test_what_one_client_brings_in_a_minute_has_a_limit_that_the_exempt_do_not_feel(knock, source, say):
    assert knock(source, "EHLO a.example.net", *say)[-1].startswith("450 4.7.1 ")
    assert knock("198.51.100.9", "EHLO a.example.net", *say)[-1].startswith("250")


def test_one_client_cannot_take_all_connections(knock):
    assert knock("198.51.100.6", crowd=3)[0].startswith("421 4.7.0 ")


def test_under_stress_patience_is_short(host):
    command = "postconf -c /etc/postfix-in -o stress={} -x -h smtpd_timeout postscreen_greet_wait"
    assert host.check_output(command.format("")).split() == ["60s", "3s"]
    assert host.check_output(command.format("yes")).split() == ["10s", "1s"]


@pytest.mark.usefixtures("lmtp")
def test_verdicts_of_others_filters_are_taken_out_and_an_attached_mails_stay(talk, received):
    attached = [
        "--b",
        "Content-Type: message/rfc822",
        "",
        "X-Spam-Status: within",
        "Subject: y",
        "",
        "y",
        "--b--",
    ]
    mail = [
        "X-Spam-Status: No, score=-99",
        "\ttests=ALL_TRUSTED",
        "x-SPAM: no",
        "X-Spamd-Result: default: False [-99.00 / 15.00]",
        "X-Rspamd-Score: -99",
        "X-Spammer: stays",
        "Subject: claims-to-be-clean",
        "MIME-Version: 1.0",
        "Content-Type: multipart/mixed; boundary=b",
        "",
        *attached,
    ]
    say = ("EHLO c.example.net", "MAIL FROM:<c@mailbox.example>", MAILBOX, "DATA", mail)
    assert talk(25, *say)[-1].startswith("250 ")
    text = received("lmtp", "Subject: claims-to-be-clean")
    assert "-99" not in text
    assert "ALL_TRUSTED" not in text
    assert "x-SPAM" not in text
    assert "X-Spammer: stays" in text
    assert "X-Spam-Status: within" in text


def test_an_unknown_mailbox_is_refused_and_without_an_answer_the_sender_tries_again(host, talk, start):
    def asked(mailbox: str) -> str:
        recipient = f"RCPT TO:<{mailbox}@acme.desk.example.com>"
        return talk(25, "EHLO c.example.net", "MAIL FROM:<c@mailbox.example>", recipient)[-1]

    assert asked("unknown").startswith("550 5.1.1 ")
    assert asked("known").startswith("250")
    host.run_expect([0], "systemctl stop sink-policy")
    try:
        assert asked("unknown").startswith("451 4.3.0 ")
        reply = asked("known")
        assert reply.startswith("451 4.3.0 ")
        assert reply.endswith("Cannot tell now whether this mailbox exists")
        assert asked("gone").startswith("550 5.1.1 "), "what the daemon knows needs no second answer"
    finally:
        socket = "/run/boringmail/policy.sock"
        start("sink-policy", f"recipients-sink {socket} unknown", socket)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"postfix_blocklists": [{"zone": "key.zen.dq.spamhaus.net", "codes": "127.0.0.2"}]}, "to the log"),
        (
            {"postfix_blocklists": [{"zone": "zen.spamhaus.org", "codes": "127.[0..255].255.254"}]},
            "are errors",
        ),
        ({"postfix_exempt_clients": ["0.0.0.0/0 OK} {"]}, "IPv4 addresses or networks"),
        ({"postfix_exempt_clients": ["192.0.2.1/24"]}, "in postfix_exempt_clients is no network"),
        ({"postfix_removed_headers": ["X-(Spam"]}, "names of header fields"),
        ({"postfix_inbound_pipe_command": "/bin/x", "postfix_inbound_pipe_user": "root"}, "other than root"),
        ({"postfix_inbound_pipe_command": "bin/x", "postfix_inbound_pipe_user": "x"}, "path of a program"),
    ],
)
def test_settings_that_would_open_or_shut_the_door_by_mistake_are_refused(step, settings, words):
    refusal = step("preflight", **settings).refusal
    assert words in refusal
    assert "key.zen" not in refusal
