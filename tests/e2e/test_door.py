"""Port 25 as strangers and attackers meet it: relaying, lists, dead DNS, too much mail."""

import uuid

import pytest

from lab import layout
from lab.drive.lists import Lists
from lab.drive.smuggling import END, Envelope
from lab.drive.waiting import until
from lab.drive.wire import from_app, from_internet

OURS, THEIRS, HOST = "acme.desk.example.com", "bigmail.example", "mx1.desk.example.com"
SENDER = "customer@mailbox.example"
ZEN = "zen.lists.example"
LIMIT_BYTES = 26_214_400

# {v} is the target's mailbox, {t} its domain, {o} a tenant of ours, {h} this host, {ip} its address.
TARGETS = [
    "<{v}@{t}>", "{v}@{t}", " <{v}@{t}>", "<{v}@{t}.>", "<{v}@{T}>", "<{v}@mail.{t}>",
    "<{v}@[203.0.113.26]>", "<{v}@203.0.113.26>", "<{v}@[IPv6:::ffff:203.0.113.26]>", "<{v}@3405803802>",
    "<@{o}:{v}@{t}>", "<@{h}:{v}@{t}>", "<@[{ip}]:{v}@{t}>", "<@{o},@{h}:{v}@{t}>",
    "<{v}%{t}@{o}>", "<{v}%{t}@{h}>", "<{v}%{t}@[{ip}]>", "<{v}%{t}@[127.0.0.1]>", "<{v}%{t}@localhost>",
    "<{v}%{t}>", '<"{v}%{t}">', '<"{v}%{t}"@{o}>', "<{v}%{t}%{o}@{h}>",
    '<"{v}@{t}">', '<"{v}@{t}"@{o}>', '<"{v}@{t}"@[{ip}]>', "<{v}@{t}@{o}>", "<{v}@{o}@{t}>",
    "<{v}\\@{t}@{o}>",    "<{t}!{v}>", "<{t}!{v}@{o}>", "<{t}!{v}@[{ip}]>", "<{o}!{t}!{v}>", "<{h}!{v}@{t}>",
    "<{v}@{t},{v}@{o}>", "<{v}@{o}> <{v}@{t}>", "<{v}@{o}>,<{v}@{t}>", "<{v}@{o}.{t}>", "<{v}@x.{o}>",
    "<{v}@desk.example.com>", "<{v}@localhost>", "<{v}@[127.0.0.1]>", "<{v}@{h}>",
    "<{v}@submit.desk.example.com>",
]  # fmt: skip
SENDERS = [
    "<>", "<x@{o}>", "<root@{h}>", "<postmaster@desk.example.com>", "<root@localhost>", "<x@[127.0.0.1]>",
    "<x@[{ip}]>", "<x@{t}>", "<x@mailbox.example> AUTH=<>", "<@{o}:x@mailbox.example>", "<root>",
]  # fmt: skip
PRETENCES = [
    "XCLIENT ADDR=127.0.0.1 LOGIN=app", "XFORWARD ADDR=127.0.0.1 NAME=localhost", "AUTH PLAIN AGFwcABh",
    "AUTH LOGIN", "HELO localhost", "EHLO [127.0.0.1]", "EHLO mx1.desk.example.com", "TURN", "ETRN {t}",
]  # fmt: skip


@pytest.fixture
def relay(host):
    """Asks for mail to be passed on to a stranger: the replies, none of which may take it."""
    mailbox = f"relayed-{uuid.uuid4().hex[:8]}"
    values = {"v": mailbox, "t": THEIRS, "T": THEIRS.upper(), "o": OURS, "h": HOST, "ip": host.public_ip}

    def run(*, sender=f"<{SENDER}>", target="<{v}@{t}>", pretence=""):
        said = [pretence] if pretence else []
        said += [f"MAIL FROM:{sender}", f"RCPT TO:{target}"]
        with from_internet(host.public_ip) as wire:
            return [wire.say(line.format(**values)) for line in said]

    return run


@pytest.mark.parametrize("target", TARGETS)
def test_no_way_to_write_an_address_makes_a_relay(relay, target):
    assert relay(target=target)[-1].startswith(b"5")


@pytest.mark.parametrize("sender", SENDERS)
def test_no_sender_may_relay(relay, sender):
    assert relay(sender=sender)[-1].startswith(b"5")


@pytest.mark.parametrize("pretence", PRETENCES)
def test_nobody_can_pretend_to_be_somebody_else(relay, pretence):
    assert relay(pretence=pretence)[-1].startswith(b"5")


@pytest.mark.parametrize("port", [587, 465])
@pytest.mark.parametrize("sender", ["<>", f"<support@{OURS}>", f"<root@{HOST}>", f"<x@{THEIRS}>"])
@pytest.mark.parametrize("recipient", [f"x@{THEIRS}", f"ticket@{OURS}"])
def test_submission_takes_nothing_without_a_password(host, port, sender, recipient):
    with from_app(host.private_ip, port=port) as wire:
        replies = [wire.say(f"MAIL FROM:{sender}"), wire.say(f"RCPT TO:<{recipient}>"), wire.say("DATA")]
    assert [reply[:1] for reply in replies[1:]] == [b"5", b"5"]


@pytest.mark.parametrize("user", ["postmaster", "no-such-user-anywhere"])
def test_port_25_tells_nobody_which_users_exist(host, user):
    with from_internet(host.public_ip) as wire:
        replies = [wire.say(f"{verb} {user}")[:3] for verb in ("VRFY", "EXPN", "ETRN")]
    assert replies == [b"502", b"500", b"554"]


def test_what_is_said_in_clear_after_starttls_is_forgotten(host):
    with from_internet(host.public_ip) as wire:
        assert wire.say("STARTTLS", "MAIL FROM:<injected@mailbox.example>").startswith(b"220")
        wire.encrypt()
        assert wire.heard == b""
        wire.say("EHLO mail.mailbox.example")
        assert wire.say(f"RCPT TO:<ticket@{OURS}>").startswith(b"503 ")


@pytest.fixture
def lists(host):
    """The lists, asked anew: postscreen forgets who has passed."""
    host.shell("rm -f /var/lib/postfix-in/postscreen_cache.*; postfix -c /etc/postfix-in reload")
    found = Lists()
    yield found
    found.unlist(ZEN, layout.DEPOT)
    found.mode(ZEN, "normal")


def asked(host, source):
    """What a client hears that wants to bring a mail."""
    with from_internet(host.public_ip, source=source) as wire:
        wire.say(f"MAIL FROM:<{SENDER}>")
        return wire.say(f"RCPT TO:<ticket@{OURS}>")


def test_a_listed_client_is_refused_for_good(lists, host):
    lists.list(ZEN, layout.DEPOT, code="127.0.0.4")
    assert asked(host, layout.DEPOT).startswith(
        f"550 5.7.1 Service unavailable; client [{layout.DEPOT}]".encode()
    )
    assert "from=<customer@mailbox.example>, to=<ticket@acme.desk.example.com>" in host.mail_log("in")


@pytest.mark.parametrize("mode", ["error", "servfail", "silent"])
def test_a_list_in_trouble_refuses_nobody(lists, host, mode):
    lists.mode(ZEN, mode)
    assert asked(host, layout.PROVIDER).startswith(b"250 ")


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("trouble", "remedy"), [("stop", "start"), ("kill --signal=STOP", "kill --signal=CONT")]
)
def test_while_dns_is_dead_mail_waits_at_its_sender_and_comes_in_afterwards(
    app, provider, host, trouble, remedy
):
    host.run("systemctl", *trouble.split(), "unbound.service")
    try:
        batch = provider.send(f"ticket@{OURS}", subject="patience")
        until("a first try", lambda: provider.sent(batch)[0].attempts, 120)
    finally:
        host.run("systemctl", *remedy.split(), "unbound.service")
    (mail,) = provider.finished(batch, 120)
    assert mail.outcome == "delivered", mail.attempts
    assert not [attempt for attempt in mail.attempts if (attempt["code"] or 0) >= 500]
    assert app.wait_for(mail.id).status == 200


def test_a_mail_that_is_too_big_is_refused_clearly_whether_announced_or_not(host):
    with from_internet(host.public_ip) as wire:
        announced = wire.say(f"MAIL FROM:<{SENDER}> SIZE={LIMIT_BYTES + 1}")
        assert announced.startswith(b"552 5.3.4 Message size exceeds fixed limit")
        for line in ("RSET", *Envelope(SENDER, f"ticket@{OURS}").commands()):
            wire.say(line)
        body = b"Subject: big\r\n\r\n" + (b"x" * 76 + b"\r\n") * (LIMIT_BYTES // 78 + 1)
        assert wire.say(body, END).startswith(b"552 5.3.4 ")
        assert wire.say("RSET").startswith(b"250 ")
