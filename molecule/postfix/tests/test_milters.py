"""The milters: what is signed stays whole until it arrives, and nothing passes a milter that is silent."""

import json
import uuid
from collections.abc import Callable, Iterator

import pytest

PLAIN = ("Content-Type: text/plain; charset=utf-8", "MIME-Version: 1.0")
MAILS = {
    "an ordinary one": ["From: agent@acme.desk.example.com", "Subject: x", "", "Dear customer"],
    "nothing but a text": ["Subject: x", "", "Dear customer"],
    "what is hidden": ["Received: from a ([10.20.2.10]) by b; Tue, 1 Jan 2030 00:00:00 +0000", "", "x"],
    "eight bits": [*PLAIN, "Content-Transfer-Encoding: 8bit", "Subject: Grüße", "", "Grüße"],
    "eight bits that nobody announced": ["Subject: Grüße", "", "Grüße"],
    "a long line": ["Subject: x", "", "word " * 300],
    "a long line of eight bits": [*PLAIN, "Content-Transfer-Encoding: 8bit", "", "Grüße " * 300],
    "dots, spaces and empty lines": ["Subject: x  y", "", "..", " ", "x  ", "", ""],
}


@pytest.fixture
def signatures(host, submit, received) -> Callable[..., list[dict]]:
    """Sends a mail out to a receiver, and gives what dkimpy makes of its signatures there."""

    def run(
        mail: list[str], recipient: str, sink: str, sender: str = "agent@acme.desk.example.com"
    ) -> list[dict]:
        mark = uuid.uuid4().hex
        split = mail.index("")
        reply = submit([*mail[:split], f"X-Mark: {mark}", *mail[split:]], recipient, sender)[-2]
        assert reply.startswith("250 "), reply
        received(sink, mark)
        command = f"grep -l -r {mark} /var/tmp/{sink} | xargs cat | dkim-tool verify /root/dkim-record"
        return json.loads(host.check_output(command))

    return run


@pytest.mark.parametrize(
    ("recipient", "sink"), [("x@[198.51.100.1]", "internet"), ("x@[198.51.100.2]", "old-world")]
)
@pytest.mark.parametrize("mail", MAILS.values(), ids=MAILS)
def test_a_signature_holds_where_the_mail_arrives(signatures, mail, recipient, sink):
    (signature,) = signatures(mail, recipient, sink)
    assert signature["holds"]
    assert signature["domain"] == "desk.example.com"


def test_a_mail_without_a_sender_is_signed(signatures):
    mail = ["From: robot@acme.desk.example.com", "Auto-Submitted: auto-replied", "", "x"]
    assert signatures(mail, "x@[198.51.100.1]", "internet", sender="")[0]["holds"]


def test_a_from_field_of_another_domain_is_refused(submit):
    reply = submit(["From: agent@example.net", "", "x"], "x@[198.51.100.1]")[-2]
    assert reply.startswith("554 5.7.1 The From address must be of desk.example.com")


@pytest.mark.usefixtures("lmtp")
def test_a_bounce_to_a_tenant_is_signed_and_taken(submit, received):
    assert submit(["Subject: will-bounce-too", "", "x"], "y@no-such-name.invalid")[-2].startswith("250 ")
    bounce = received("lmtp", "y@no-such-name.invalid")
    assert "DKIM-Signature:" in bounce
    assert "X-Boringmail-Verdict:" in bounce


@pytest.mark.usefixtures("lmtp")
def test_the_hosts_own_mail_is_signed(host, received):
    host.run_expect([0], "printf 'Subject: cron-is-signed\\n\\nx\\n' | sendmail root")
    assert "DKIM-Signature:" in received("lmtp", "Subject: cron-is-signed")


@pytest.mark.usefixtures("lmtp")
def test_mail_in_carries_the_verdict_above_the_senders_own_fields(talk, received):
    mail = ["X-Boringmail-Verdict: forged", "Subject: is-judged", "", "x"]
    say = (
        "EHLO c.example.net",
        "MAIL FROM:<c@example.net>",
        "RCPT TO:<t@acme.desk.example.com>",
        "DATA",
        mail,
    )
    assert talk(25, *say)[-1].startswith("250 ")
    text = received("lmtp", "Subject: is-judged")
    assert "forged" not in text
    assert text.index("X-Boringmail-Verdict:") < text.index("(Postfix)")


def test_a_milters_refusal_of_mail_in_is_final(host, talk):
    """soft_bounce is for the hand-over: a refused sender is to know at once, and not to try for days."""
    mail = ["From: boss@acme.desk.example.com", "Subject: is-forged", "", "x"]
    say = (
        "EHLO c.example.net",
        "MAIL FROM:<c@mailbox.example>",
        "RCPT TO:<t@acme.desk.example.com>",
        "DATA",
        mail,
    )
    outside = host.check_output("hostname -I").split()[0]
    assert talk(25, *say, host=outside)[-1].startswith("554 5.7.1 From is an address of desk.example.com")


@pytest.fixture(params=["hung", "away"])
def no_milters(request, host) -> Iterator[None]:
    """Rspamd stopped where it is, or gone with its sockets."""
    if request.param == "hung":
        host.run_expect([0], "systemctl kill --signal=STOP rspamd")
    else:
        host.run_expect([0], "systemctl stop rspamd-in.socket rspamd-out.socket rspamd")
    yield
    host.run_expect([0], "systemctl kill --signal=CONT rspamd || true; systemctl restart rspamd")


@pytest.mark.usefixtures("no_milters")
def test_without_the_milters_mail_is_deferred_both_ways(talk):
    inward = talk(25, "EHLO c.example.net", "MAIL FROM:<c@example.net>")
    assert inward[-1].startswith("451 4.7.1 ")
    # A client that sends with a password goes no further than this.
    assert talk(587, "EHLO app.internal", "STARTTLS")[-1].startswith("454 4.3.0 ")


def test_only_postfix_may_connect_to_them(host):
    for side in ("in", "out"):
        connect = f"import socket; socket.socket(socket.AF_UNIX).connect('/run/rspamd/milter-{side}.sock')"
        assert host.run("runuser -u postfix -- python3 -c %s", connect).rc == 0
        assert "PermissionError" in host.run("runuser -u nobody -- python3 -c %s", connect).stderr
