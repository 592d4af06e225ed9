"""One mail out, one mail in, and what the two ports refuse."""

import base64
import contextlib
import smtplib
import ssl
import uuid

import pytest

from lab import layout
from lab.demo.proof import mail_out, mail_out_strict
from lab.drive.namespace import connect
from lab.drive.provider import Provider
from lab.drive.waiting import until

TENANT = "ticket@acme.desk.example.com"


class InternetClient(smtplib.SMTP):
    """An SMTP client on the lab's Internet."""

    def _get_socket(self, host, port, timeout):
        return connect(layout.INTERNET.namespace, (host, port), source=layout.PROVIDER, seconds=timeout)


@pytest.fixture
def smtp_in(host):
    with InternetClient(host.public_ip, 25, local_hostname="mail.mailbox.example", timeout=15) as client:
        client.ehlo()
        yield client


@pytest.mark.parametrize("port", [587, 465])
def test_a_mail_leaves_from_the_elastic_ip_encrypted_with_spf_and_ptr_right(app, provider, host, port):
    (accepted,) = app.submit("someone@mailbox.example", port=port)
    seen = provider.wait_for(accepted["id"])
    assert seen.client_address == host.public_ip
    assert (seen.helo, seen.ptr, seen.iprev) == ("mx1.desk.example.com", "mx1.desk.example.com", "pass")
    assert seen.spf == "pass"
    assert seen.tls in {"TLSv1.2", "TLSv1.3"}
    assert seen.mail_from == "support@acme.desk.example.com"


def test_the_demonstrations_own_judgement_agrees(app, provider, host):
    assert mail_out(app, provider, host).client_address == host.public_ip


def test_the_strict_provider_takes_the_apps_mail_and_is_content(app):
    assert mail_out_strict(app, Provider("bigmail.example")).accepted


def test_the_apps_own_address_does_not_leave_the_gateway(app, provider):
    (accepted,) = app.submit("someone@mailbox.example")
    raw = provider.wait_for(accepted["id"]).raw
    assert layout.APP.encode() not in raw
    assert b"10.20." not in raw


def test_a_mail_to_a_tenant_reaches_the_app_as_a_signed_post(app, provider):
    batch = provider.send(TENANT, subject="Printer", text="It burns.\n")
    (letter,) = provider.finished(batch)
    receipt = app.wait_for(letter.id)
    assert (receipt.signature, receipt.status, receipt.recipient) == ("", 200, TENANT)
    data = app.body(receipt.number)["data"]
    assert data["envelope"]["tenant"] == "acme"
    assert data["envelope"]["sender"] == "customer@mailbox.example"
    client = data["envelope"]["client"]
    assert client["address"] == layout.PROVIDER
    assert client["helo"] == "mail.mailbox.example"
    assert client["tls"]["version"] in {"TLSv1.2", "TLSv1.3"}
    assert data["message"]["subject"] == "Printer"
    assert data["message"]["text"].strip() == "It burns."
    assert b"It burns." in base64.b64decode(data["raw_base64"])


def test_one_message_for_two_recipients_is_posted_once_for_each(app, smtp_in):
    message_id = f"{uuid.uuid4().hex}@mailbox.example"
    recipients = {"a@acme.desk.example.com", "b@other.desk.example.com"}
    text = f"From: c@mailbox.example\r\nMessage-ID: <{message_id}>\r\nSubject: two\r\n\r\nx\r\n"
    smtp_in.sendmail("c@mailbox.example", list(recipients), text)
    found = app.wait_until(
        f"two posts of {message_id}",
        lambda receipts: sum(entry.message_id == message_id for entry in receipts) == 2,
    )
    ours = [entry for entry in found if entry.message_id == message_id]
    assert {entry.recipient for entry in ours} == recipients
    assert len({entry.webhook_id for entry in ours}) == 2


def test_mail_that_cannot_be_parsed_is_posted_raw(app, provider):
    token = uuid.uuid4().hex
    raw = (
        f"Message-ID: <{token}@mailbox.example>\r\nContent-Type: multipart/mixed; boundary=\r\n"
        f"Subject: =?no-such-charset?q?=ff=fe?=\r\n\r\n\xff\xfe {token}\r\n"
    ).encode("latin-1")
    before = app.last_number()
    (letter,) = provider.finished(provider.send(TENANT, raw=raw))
    assert letter.outcome == "delivered"
    app.wait_until("the post of a broken mail", bool, since=before)
    body = app.body(app.received(before)[0].number)
    assert token.encode() in base64.b64decode(body["data"]["raw_base64"])


def test_probes_are_recorded_and_never_posted(app, provider, host):
    token = uuid.uuid4().hex
    before = app.last_number()
    probe = f"boringmail-probe+{token}@acme.desk.example.com"
    (letter,) = provider.finished(provider.send(probe))
    assert letter.outcome == "delivered"
    host.run("boringmail", "probe", "show", token, "--wait", "20", "--json")
    assert app.received(before) == []


def test_port_25_relays_for_nobody(smtp_in):
    smtp_in.mail("x@mailbox.example")
    code, _ = smtp_in.rcpt("someone@elsewhere.example")
    assert 500 <= code < 600


def test_port_25_offers_no_login(smtp_in):
    assert not smtp_in.has_extn("auth")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    smtp_in.starttls(context=context)
    smtp_in.ehlo()
    assert not smtp_in.has_extn("auth")


def test_submission_refuses_a_wrong_password(app):
    app.plant("wrong-password", "not the password")
    result = app.submit(
        "someone@mailbox.example", check=False, password_file="/var/lib/lab-app/wrong-password"
    )
    assert "535" in result["error"] or "Authentication" in result["error"]


@pytest.mark.parametrize("tls", [False, True])
def test_submission_takes_no_mail_without_login(host, tls):
    class AppClient(smtplib.SMTP):
        def _get_socket(self, host, port, timeout):
            return connect(layout.APP_SERVER.namespace, (host, port), seconds=timeout)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with contextlib.closing(AppClient(host.private_ip, 587, timeout=15)) as client:
        client.ehlo()
        if tls:
            client.starttls(context=context)
            client.ehlo()
        else:
            assert not client.has_extn("auth")
        code, _ = client.mail("support@acme.desk.example.com")
        if code < 500:
            code, _ = client.rcpt("someone@mailbox.example")
        assert 500 <= code < 600


def test_nothing_stays_in_either_queue(app, host):
    for instance in ("in", "out"):
        until(f"an empty queue {instance}", lambda name=instance: not host.queue(name), 60)
