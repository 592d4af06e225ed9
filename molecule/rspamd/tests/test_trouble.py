"""Trouble around and in it: the store away or silent, Rspamd dead or hung, and what it asks of the world."""

import time
import uuid

import pytest

OURS = "agent@acme.desk.example.com"


# All that is asked one after the other, and then some.
SECONDS = 4


def assert_mail_flows(send_in, send_out, mail) -> None:
    answer = "In-Reply-To: <some-mail@acme.desk.example.com>"
    began = time.monotonic()
    assert send_in(mail(answer)).startswith("250 ")
    assert time.monotonic() - began < SECONDS
    assert send_out(mail(sender=OURS)).startswith("250 ")


def assert_nobody_is_greylisted(send_in, mail) -> None:
    """With the store in trouble, doubtful mail of somebody unknown passes.

    Each time of somebody else: a store that hung for a while does what it was asked when it goes on.
    """
    stranger = f"{uuid.uuid4().hex}@sender.example"
    began = time.monotonic()
    reply = send_in(mail(), client="203.0.113.166", name="[UNAVAILABLE]", sender=stranger)
    assert reply.startswith("250 ")
    assert time.monotonic() - began < SECONDS


def test_without_a_store_mail_flows(host, send_in, send_out, mail):
    host.run_expect([0], "systemctl stop valkey-server")
    try:
        assert_mail_flows(send_in, send_out, mail)
        assert_nobody_is_greylisted(send_in, mail)
        host.run_expect([0], "systemctl restart rspamd")
        assert_mail_flows(send_in, send_out, mail)
    finally:
        host.run_expect([0], "systemctl start valkey-server")


def test_with_a_store_that_hangs_mail_flows(hold, send_in, send_out, mail):
    hold("valkey-server.service")
    assert_mail_flows(send_in, send_out, mail)
    assert_nobody_is_greylisted(send_in, mail)


def test_with_a_store_that_refuses_to_write_mail_flows(host, send_in, send_out, mail):
    cli = "valkey-cli -s /run/valkey/valkey.sock"
    host.run_expect([0], f"{cli} replicaof 127.0.0.1 1")
    try:
        assert_mail_flows(send_in, send_out, mail)
        assert_nobody_is_greylisted(send_in, mail)
    finally:
        host.run_expect([0], f"{cli} replicaof no one")


def test_with_a_store_that_is_full_mail_flows(host, send_in, send_out, mail):
    cli = "valkey-cli -s /run/valkey/valkey.sock"
    host.run_expect([0], f"{cli} config set maxmemory 1kb maxmemory-policy noeviction")
    try:
        assert_mail_flows(send_in, send_out, mail)
        assert_nobody_is_greylisted(send_in, mail)
    finally:
        host.run_expect([0], f"{cli} config set maxmemory 64mb maxmemory-policy allkeys-lru")


def test_an_answer_to_our_mail_is_known_as_one(judged, send_out, mail):
    ours = "<asked@acme.desk.example.com>"
    assert send_out(mail(f"Message-ID: {ours}", sender=OURS)).startswith("250 ")
    # A reply goes to the address that asked.
    symbols = judged(mail(f"In-Reply-To: {ours}"), rcpt=OURS).verdict["spam"]["symbols"]
    assert "REPLY" in {one["name"] for one in symbols}


@pytest.mark.parametrize("send", ["send_in", "send_out"])
def test_while_it_hangs_mail_is_deferred(request, hold, mail, send):
    hold("rspamd.service")
    assert request.getfixturevalue(send)(
        mail(sender=OURS if send == "send_out" else "a@sender.example")
    ).startswith("451 ")


def test_while_it_is_away_mail_is_deferred(host, send_in, send_out, mail):
    host.run_expect([0], "systemctl stop rspamd-in.socket rspamd-out.socket rspamd.service")
    try:
        assert send_in(mail()).startswith("451 ")
        assert send_out(mail(sender=OURS)).startswith("451 ")
    finally:
        host.run_expect([0], "systemctl start rspamd.service")
    assert_mail_flows(send_in, send_out, mail)


def test_a_killed_one_comes_back_and_refuses_nobody(host, send_in, send_out, mail):
    host.run_expect([0], "systemctl kill --signal=KILL rspamd.service")
    assert_mail_flows(send_in, send_out, mail)


def test_after_a_reload_it_judges_on(host, send_in, send_out, mail):
    host.run_expect([0], "systemctl reload rspamd")
    assert_mail_flows(send_in, send_out, mail)


def test_a_broken_rule_is_refused_by_the_check(host):
    host.run_expect([0], "echo 'this is no lua' >/etc/rspamd/lua.local.d/zz_broken.lua")
    try:
        assert host.run("runuser -u _rspamd -- rspamadm configtest").rc != 0
    finally:
        host.run_expect([0], "rm /etc/rspamd/lua.local.d/zz_broken.lua")


def test_it_listens_to_postfix_alone(host):
    assert "rspamd" not in host.check_output("ss -Hltnup")
    for side in ("in", "out"):
        socket = host.file(f"/run/rspamd/milter-{side}.sock")
        assert (socket.group, socket.mode) == ("postfix", 0o660)
    controller = host.file("/run/rspamd/controller.sock")
    assert (controller.group, controller.mode) == ("rspamd-controller", 0o660)


def test_root_can_ask_it_for_its_state(host):
    assert "Messages scanned" in host.check_output("rspamc -h /run/rspamd/controller.sock stat")


def test_it_asks_nobody_about_us_and_our_mail(host, send_in, mail):
    assert send_in(mail()).startswith("250 ")
    asked = host.check_output("journalctl --no-pager -u unbound -o cat")
    for name in ("rspamd.com", "surbl.org", "uribl.com", "openphish", "spamhaus.org", "dnswl.org"):
        assert name not in asked


def test_it_is_confined(host):
    shown = host.check_output("systemd-analyze security --no-pager rspamd.service").splitlines()[-1]
    assert float(shown.split(": ")[1].split()[0]) < 3
