"""Greylisting: who waits, who does not, and that whoever comes back is let in."""

import time
import uuid

import pytest

OURS = "agent@acme.desk.example.com"
# On a DNS list, without a name, and not among the senders of sender.example.
DOUBTFUL = {"client": "203.0.113.166", "name": "[UNAVAILABLE]"}
NEIGHBOUR = {"client": "203.0.113.167", "name": "[UNAVAILABLE]"}
ELSEWHERE = {"client": "192.0.2.9", "name": "[UNAVAILABLE]"}

pytestmark = pytest.mark.usefixtures("forget")


@pytest.fixture
def somebody() -> str:
    return f"{uuid.uuid4().hex}@sender.example"


def test_a_doubtful_mail_is_deferred_until_it_has_waited(send_in, mail, somebody, scenario_vars):
    letter = mail(sender=somebody)
    for _ in range(2):
        reply = send_in(letter, sender=somebody, **DOUBTFUL)
        assert reply.startswith("451 4.7.1 Greylisted, ")
        assert "please try again in" in reply
    time.sleep(scenario_vars["rspamd_greylist_delay_seconds"])
    assert send_in(letter, sender=somebody, **ELSEWHERE).startswith("451 "), "this is another network"
    assert send_in(letter, sender=somebody, **NEIGHBOUR).startswith("250 ")
    assert send_in(mail(sender=somebody), sender=somebody, **DOUBTFUL).startswith("250 ")


def test_a_sender_with_an_spf_pass_is_let_through(judged, mail, scenario_vars):
    found = judged(mail(), client="198.51.100.10").verdict
    assert found["spf"]["result"] == "pass"
    assert found["spam"]["score"] > scenario_vars["rspamd_greylist_score"]


def test_a_sender_with_a_dkim_pass_is_let_through(send_in, mail, signed):
    letter = signed(mail(body="Signed and listed"), "sender.example", "s1")
    assert send_in(letter, sender="x@nothing.example", **DOUBTFUL).startswith("250 ")


def test_an_answer_to_our_mail_is_let_through(send_in, send_out, mail):
    asked = f"<{uuid.uuid4().hex}@acme.desk.example.com>"
    assert send_out(mail(f"Message-ID: {asked}", sender=OURS)).startswith("250 ")
    answer = mail(f"In-Reply-To: {asked}")
    assert send_in(answer, rcpt=OURS, **DOUBTFUL).startswith("250 ")


def test_whom_we_have_written_to_is_let_through(send_in, send_out, mail, somebody):
    assert send_in(mail(sender=somebody), sender=somebody, **DOUBTFUL).startswith("451 ")
    assert send_out(mail(sender=OURS), rcpt=somebody.upper()).startswith("250 ")
    assert send_in(mail(sender=somebody), sender=somebody, **DOUBTFUL).startswith("250 ")


def test_a_probe_is_let_through_but_not_in_other_company(send_in, mail, somebody):
    """What verify.yml sends may come from anywhere, and says whether mail gets in now."""
    probe, other = "boringmail-probe+a1@acme.desk.example.com", "x@acme.desk.example.com"
    assert send_in(mail(sender=somebody), sender=somebody, rcpt=probe, **DOUBTFUL).startswith("250 ")
    both = send_in(mail(sender=somebody), sender=somebody, rcpt=[probe, other], **DOUBTFUL)
    assert both.startswith("451 4.7.1 Greylisted, ")


def test_a_bounce_is_known_by_its_host(send_in, mail, scenario_vars):
    assert send_in(mail(), sender="", **DOUBTFUL).startswith("451 4.7.1 Greylisted, ")
    time.sleep(scenario_vars["rspamd_greylist_delay_seconds"])
    assert send_in(mail(), sender="", **DOUBTFUL).startswith("250 ")


def test_our_own_hosts_handover_is_never_deferred(setting, send_in, mail):
    setting("score", "0.01")
    assert send_in(mail(), client="127.0.0.1", name="localhost").startswith("250 ")
    assert send_in(mail(), **DOUBTFUL).startswith("451 ")
