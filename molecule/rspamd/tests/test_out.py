"""Mail out: everything is signed, or does not leave."""

import json
import uuid

import pytest

OURS = "agent@acme.desk.example.com"
CREDENTIAL = "/etc/boringmail/credentials/dkim-bm1"
COPY = "/var/lib/rspamd-dkim/desk.example.com.bm1.key"
LOG = "/var/log/rspamd/rspamd.log"


@pytest.fixture
def verified(host, send_out, left):
    """Sends a mail out and gives what dkimpy makes of its signatures where it arrives."""

    def run(mail: list[str], **envelope: str) -> list[dict]:
        mark = uuid.uuid4().hex
        reply = send_out([*mail, mark], **envelope)
        assert reply.startswith("250 "), reply
        return json.loads(host.check_output("printf %%s %s | dkim-tool verify", left(mark) + "\n"))

    return run


@pytest.fixture
def key(host):
    """Restores the copy of the key after the test."""
    yield
    host.run_expect(
        [0], f"rm -f {COPY}; systemctl start boringmail-dkim-key.service; systemctl restart rspamd"
    )


@pytest.mark.parametrize(
    "sender", [OURS, "root@mx1.desk.example.com", "boss@desk.example.com", "x@a.b.desk.example.com"]
)
def test_every_address_of_ours_is_signed_with_the_domains_key(verified, mail, sender):
    (signature,) = verified(mail(sender=sender))
    assert signature["holds"]
    assert (signature["domain"], signature["selector"]) == ("desk.example.com", "bm1")


def test_what_must_not_change_is_covered_and_what_relays_change_is_not(verified, mail):
    (signature,) = verified(mail(sender=OURS))
    assert signature["covers"].count("from") == 2
    assert {"subject", "date", "message-id", "to", "reply-to"} <= set(signature["covers"])
    assert not {"received", "return-path", "authentication-results"} & set(signature["covers"])


def test_a_null_sender_is_signed(verified, mail):
    (signature,) = verified(mail(sender=OURS), sender="")
    assert signature["holds"]


def test_eight_bits_are_signed_as_they_leave(verified, mail):
    (signature,) = verified(mail("Subject: Grüße", sender=OURS, body="Grüße"))
    assert signature["holds"]


@pytest.mark.parametrize(
    "field",
    [
        "From: agent@example.net",
        "From: agent@notdesk.example.com",
        f"From: {OURS}, agent@example.net",
        f"From: {OURS}\r\nFrom: {OURS}",
        "From: nobody",
    ],
)
def test_what_cannot_be_signed_in_line_with_dmarc_is_refused(send_out, mail, field):
    assert send_out(mail(field)).startswith("554 5.7.1 The ")


def test_a_mail_without_from_is_refused(send_out):
    assert send_out(["Subject: x", "", "x"]).startswith("554 5.7.1 The mail needs one From field")


@pytest.mark.parametrize(
    "fault",
    [
        f"chmod 000 {COPY}; chown root: {COPY}; touch {COPY}",
        f": >{COPY}",
        f"head -c 500 /dev/urandom >{COPY}",
        f"echo '-----BEGIN PRIVATE KEY-----' >{COPY}",
        f"rm {COPY}",
        "chmod 000 /var/lib/rspamd-dkim",
    ],
)
@pytest.mark.usefixtures("key")
def test_without_a_key_mail_waits_and_an_operator_hears_of_it(host, send_out, mail, fault):
    # At least a second younger than the one that was read, as any change by hand would be.
    host.run_expect([0], f"sleep 1.1; {fault}")
    try:
        before = host.check_output(f"wc -l <{LOG}")
        assert send_out(mail(sender=OURS)).startswith("451 4.7.1 The DKIM key cannot be used")
        lines = host.check_output(f"tail -n +{int(before) + 1} {LOG}")
        assert "event=dkim_unsigned queue_id=" in lines
        assert "fix=" in lines
    finally:
        host.run_expect([0], "chmod 750 /var/lib/rspamd-dkim")


@pytest.mark.usefixtures("key")
def test_without_a_key_mail_comes_in_all_the_same(host, send_in, mail):
    host.run_expect([0], f"rm {COPY}; systemctl restart rspamd")
    assert send_in(mail()).startswith("250 ")


def test_a_new_key_is_used_at_once(host, verified, mail):
    copied = f"timeout 20 sh -c 'until cmp -s {CREDENTIAL} {COPY}; do sleep 0.2; done'"
    host.run_expect(
        [0], f"cp {CREDENTIAL} /root/old.key; sleep 1.1; cp /root/next.key {CREDENTIAL}; {copied}"
    )
    try:
        (signature,) = verified(mail(sender=OURS))
        assert not signature["holds"], "the record is that of the old key"
    finally:
        host.run_expect([0], f"sleep 1.1; cp /root/old.key {CREDENTIAL}; {copied}")
    assert verified(mail(sender=OURS))[0]["holds"]


def test_a_key_that_is_none_is_not_taken(host, verified, mail):
    host.run_expect([0], f"cp {CREDENTIAL} /root/old.key; echo garbage >{CREDENTIAL}")
    try:
        failed = host.run("systemctl restart boringmail-dkim-key.service")
        assert failed.rc != 0
        assert "event=dkim_key_unusable" in host.check_output(
            "journalctl --no-pager -u boringmail-dkim-key -n 20"
        )
        assert verified(mail(sender=OURS))[0]["holds"]
    finally:
        host.run_expect([0], f"cp /root/old.key {CREDENTIAL}")


def test_others_cannot_read_the_key(host):
    assert host.file(COPY).mode == 0o440
    assert (host.file(COPY).user, host.file(COPY).group) == ("root", "_rspamd")
    assert host.run(f"runuser -u postfix -- cat {COPY}").rc != 0
