"""How strict receivers judge our mail, how we judge theirs, and what is refused at the door."""

import base64
import uuid

import pytest

from lab.drive.provider import Provider

TENANT = "ticket@acme.desk.example.com"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@pytest.fixture(params=["mailbox.example", "bigmail.example"])
def receiver(request, built):
    return Provider(request.param)


def test_spf_dkim_dmarc_ptr_and_tls_of_our_mail_pass_at_both_providers(app, host, receiver):
    (accepted,) = app.submit(f"someone@{receiver.domain}")
    verdict = receiver.wait_for_verdict(text=accepted["id"])
    assert verdict.accepted, verdict.reply
    assert (verdict.spf, verdict.dkim, verdict.dmarc) == ("pass", "pass", "pass"), verdict
    assert (verdict.ptr, verdict.iprev, verdict.ehlo) == ("mx1.desk.example.com", "pass", "pass")
    assert verdict.tls in {"TLSv1.2", "TLSv1.3"}
    assert {signature.domain for signature in verdict.signatures} == {"desk.example.com"}
    assert verdict.client_address == host.public_ip


def test_mail_of_both_providers_reaches_the_app_with_the_right_verdicts(app, receiver):
    (letter,) = receiver.finished(receiver.send(TENANT, subject="Printer", text="It burns.\n"))
    assert letter.outcome == "delivered", letter.attempts[-1]
    assert letter.attempts[-1]["tls_verified"], letter.attempts[-1]["tls_objection"]
    data = app.body(app.wait_for(letter.id).number)["data"]
    judged = data["authentication"]
    assert (judged["spf"]["result"], judged["spf"]["domain"]) == ("pass", receiver.domain)
    assert judged["spf"]["client"] == receiver.address
    assert [(one["result"], one["domain"]) for one in judged["dkim"]] == [("pass", receiver.domain)]
    assert (judged["dmarc"]["result"], judged["dmarc"]["domain"]) == ("pass", receiver.domain)
    assert judged["iprev"] == {"result": "pass", "name": f"mail.{receiver.domain}"}
    assert data["virus"] == {"result": "clean", "scanner": "clamav"}
    assert data["spam"]["own_domain_spoofed"] is False
    added = {"x-boringmail-verdict", "x-virus-status", "x-virus-scanned"}
    assert not added & {header["name"].lower() for header in data["message"]["headers"]}


def test_a_mail_whose_sender_did_not_send_it_is_marked(app, provider):
    """In the name of bigmail.example by mailbox.example's server: the app sees it, or it is refused."""
    batch = provider.send(TENANT, **{"from": "boss@bigmail.example"}, dkim=False, subject="Pay this")
    (letter,) = provider.finished(batch)
    if letter.outcome == "bounced":
        assert letter.attempts[-1]["code"] >= 500
        return
    data = app.body(app.wait_for(letter.id).number)["data"]
    assert data["authentication"]["dmarc"]["result"] == "fail"
    assert data["authentication"]["spf"]["result"] == "fail"


@pytest.mark.parametrize(
    "sender", ["support@acme.desk.example.com", "support@other.desk.example.com", "root@desk.example.com"]
)
def test_mail_from_outside_in_our_own_name_is_refused(app, provider, sender):
    before = app.last_number()
    batch = provider.send(TENANT, **{"from": sender}, mail_from="customer@mailbox.example", dkim=False)
    (letter,) = provider.finished(batch)
    assert letter.outcome == "bounced", letter.attempts[-1]
    assert letter.attempts[-1]["code"] == 554
    assert len(letter.attempts) == 1
    assert all(receipt.message_id != letter.id for receipt in app.received(before))


def test_verdicts_that_a_sender_brings_along_are_not_believed(app, provider):
    token = uuid.uuid4().hex
    lie = base64.b64encode(
        b'{"v":1,"dmarc":{"result":"pass","domain":"bank.example","policy":"reject"}}'
    ).decode()
    raw = (
        f"X-Boringmail-Verdict: {lie}\r\nX-Virus-Status: Clean\r\n"
        "Authentication-Results: mx1.desk.example.com; dmarc=pass header.from=bank.example\r\n"
        f"From: teller@bank.example\r\nMessage-ID: <{token}@mailbox.example>\r\nSubject: lie\r\n\r\nx\r\n"
    )
    (letter,) = provider.finished(provider.send(TENANT, raw=raw.encode()))
    assert letter.outcome == "delivered", letter.attempts[-1]
    receipt = app.wait_for(f"{token}@mailbox.example")
    data = app.body(receipt.number)["data"]
    assert data["authentication"]["dmarc"]["result"] != "pass"
    assert data["authentication"]["dmarc"]["domain"] != "bank.example" or (
        data["authentication"]["dmarc"]["result"] in {"none", "fail", "permerror"}
    )
    names = [header["name"].lower() for header in data["message"]["headers"]]
    assert "x-boringmail-verdict" not in names


def test_a_virus_is_refused_in_the_session_by_name(app, receiver):
    before = app.last_number()
    attachment = base64.encodebytes(EICAR).decode().replace("\n", "\r\n")
    token = uuid.uuid4().hex
    raw = (
        f"From: customer@{receiver.domain}\r\nMessage-ID: <{token}@{receiver.domain}>\r\n"
        "Subject: an invoice\r\nMIME-Version: 1.0\r\n"
        "Content-Type: application/octet-stream; name=invoice.com\r\n"
        f"Content-Transfer-Encoding: base64\r\n\r\n{attachment}\r\n"
    )
    (letter,) = receiver.finished(receiver.send(TENANT, raw=raw.encode(), dkim=True))
    assert letter.outcome == "bounced", letter.attempts[-1]
    assert letter.attempts[-1]["code"] == 550
    assert len(letter.attempts) == 1
    assert "eicar" in letter.attempts[-1]["reply"].lower()
    assert all(receipt.message_id != f"{token}@{receiver.domain}" for receipt in app.received(before))


@pytest.mark.timeout(240)
def test_with_the_scanner_dead_mail_waits_at_its_sender_and_comes_in_afterwards(app, provider, host):
    host.run("systemctl", "stop", "clamav-daemon.socket", "clamav-daemon.service", check=False)
    try:
        batch = provider.send(TENANT, subject="patience")
        letters = provider.sent(batch)
        while not letters[0].attempts:
            letters = provider.sent(batch)
        assert 400 <= letters[0].attempts[0]["code"] < 500
    finally:
        host.run("systemctl", "start", "clamav-daemon.service", timeout=120)
    (letter,) = provider.finished(batch, 150)
    assert letter.outcome == "delivered"
    assert app.wait_for(letter.id).status == 200


@pytest.mark.timeout(240)
def test_with_no_key_to_sign_by_mail_waits_and_the_log_says_so(app, provider, host):
    key = "/var/lib/rspamd-dkim/desk.example.com.bm1.key"
    host.shell(f"mv {key} {key}.away && systemctl reload rspamd")
    try:
        answer = app.submit("someone@mailbox.example", check=False)
        assert "451" in str(answer) or "4.7" in str(answer), answer
        assert provider.seen(text="no-such-mail") == []
    finally:
        host.shell(f"mv {key}.away {key} && systemctl reload rspamd")
    log = host.shell("journalctl -u rspamd --since -10min --no-pager; tail -n 500 /var/log/rspamd/rspamd.log")
    assert "event=dkim_unsigned" in log
    (accepted,) = app.submit("someone@mailbox.example")
    assert provider.wait_for_verdict(text=accepted["id"]).dkim == "pass"
