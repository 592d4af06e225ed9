"""The lab's mail providers themselves: bare clients bring mail that is right, or wrong in one way.

A client is judged by its address: the controller's has a name that leads back to it, the app server's none.
"""

import uuid

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from lab import layout
from lab.drive import aws
from lab.drive.provider import Provider
from tests.e2e.bareclient import TO, Client, Domain, start_tls

EHLO = "controller.lab.example"
SPF = f"v=spf1 ip4:{layout.CONTROLLER} -all"
DMARC = "v=DMARC1; p=none"


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def domains(key):
    """Make sender's domains; they are gone afterwards."""
    made = []

    def make():
        made.append(Domain(aws.route53(), key))
        return made[-1]

    yield make
    for one in made:
        one.remove()


@pytest.fixture
def domain(domains):
    return domains()


@pytest.fixture(scope="module")
def bigmail():
    return Provider("bigmail.example")


@pytest.fixture
def bring(bigmail, domain):
    """Bring a mail to bigmail as a client would; return the reply's code and text, and the verdict."""

    def bring(raw=None, mail_from=None, *, ehlo=EHLO, inside=None, tls=True):
        sender = mail_from or f"{uuid.uuid4().hex}@{domain.name}"
        with Client(inside, bigmail.address, ehlo) as client:
            client.ehlo()
            if tls:
                start_tls(client)
            code, reply = client.mail(sender)
            if code == 250:
                assert client.rcpt(TO)[0] == 250
                code, reply = client.data(raw or domain.mail())
        (verdict,) = bigmail.verdicts(sender=sender)
        return f"{code} {reply.decode()}", verdict

    return bring


def test_mail_that_is_right_is_taken_and_the_verdict_tells_all(bring, domain):
    domain.publish("", SPF).publish("_dmarc", "v=DMARC1; p=reject").publish_key()
    reply, verdict = bring(domain.signed(domain.mail()))
    assert reply.startswith("250 2.0.0")
    assert verdict.accepted
    assert (verdict.client_address, verdict.ptr) == (layout.CONTROLLER, EHLO)
    assert (verdict.iprev, verdict.ehlo, verdict.tls) == ("pass", "pass", "TLSv1.3")
    assert (verdict.spf, verdict.spf_detail.domain) == ("pass", domain.name)
    (signature,) = verdict.signatures
    assert (signature.domain, signature.selector, signature.result) == (domain.name, "s1", "pass")
    assert (verdict.dmarc, verdict.dmarc_detail.policy) == ("pass", "reject")
    assert (verdict.dmarc_detail.spf_aligned, verdict.dmarc_detail.dkim_aligned) == (True, True)


@pytest.mark.parametrize("proof", ["spf", "dkim"])
def test_one_proof_is_enough(bring, domain, proof):
    domain.publish("", SPF if proof == "spf" else "v=spf1 ~all").publish("_dmarc", DMARC).publish_key()
    raw = domain.mail()
    reply, verdict = bring(raw if proof == "spf" else domain.signed(raw))
    assert reply.startswith("250")
    assert {proof: "pass"}.items() <= {"spf": verdict.spf, "dkim": verdict.dkim}.items()


def test_clear_text_is_refused_before_the_mail(bring, domain):
    domain.publish("", SPF).publish("_dmarc", DMARC)
    reply, verdict = bring(tls=False)
    assert reply == "530 5.7.0 Must issue a STARTTLS command first"
    assert (verdict.accepted, verdict.tls, verdict.spf) == (False, None, "pass")


def test_an_address_without_a_name_is_refused(bring, domain):
    domain.publish("", f"v=spf1 ip4:{layout.NAT_GATEWAY} -all").publish("_dmarc", DMARC)
    reply, verdict = bring(inside=layout.APP_SERVER.namespace)
    assert reply.startswith(f"550 5.7.25 [{layout.NAT_GATEWAY}] The IP address sending this message does not")
    assert (verdict.accepted, verdict.iprev, verdict.ptr, verdict.spf) == (False, "fail", None, "pass")


@pytest.mark.parametrize("ehlo", ["mail.mailbox.example", "nowhere.example", "[203.0.113.250]"])
def test_an_ehlo_name_that_leads_elsewhere_is_refused(bring, domain, ehlo):
    domain.publish("", SPF).publish("_dmarc", DMARC)
    reply, verdict = bring(ehlo=ehlo)
    assert reply.startswith(f"550 5.7.1 [{layout.CONTROLLER}] Helo command rejected: {ehlo} does not")
    assert (verdict.iprev, verdict.ehlo) == ("pass", "fail")


def test_mail_that_proves_nothing_is_refused(bring, domain):
    domain.publish("", "v=spf1 ~all").publish("_dmarc", DMARC)
    reply, verdict = bring()
    assert reply.startswith("550 5.7.26 Your email has been blocked because the sender is unauthenticated.")
    assert "DKIM = did not pass (no signature)" in reply
    assert (verdict.spf, verdict.dkim, verdict.dmarc) == ("softfail", "none", "fail")


def test_an_altered_mail_is_refused_and_the_signature_named(bring, domain):
    domain.publish("", "v=spf1 ~all").publish("_dmarc", DMARC).publish_key()
    reply, verdict = bring(domain.signed(domain.mail()).replace(b"Hello", b"Hullo"))
    assert reply.startswith("550 5.7.26")
    (signature,) = verdict.signatures
    assert (signature.domain, signature.result) == (domain.name, "fail")
    assert "body has been altered" in signature.reason


def test_a_signature_whose_key_is_not_published_proves_nothing(bring, domain):
    domain.publish("", "v=spf1 ~all").publish("_dmarc", DMARC)
    reply, verdict = bring(domain.signed(domain.mail()))
    assert reply.startswith("550 5.7.26")
    assert verdict.dkim == "permerror"


def test_spf_with_too_many_look_ups_proves_nothing(bring, domain):
    terms = " ".join([f"a:h.{domain.name}"] * 11)  # one more than RFC 7208 4.6.4 allows
    domain.publish("h", "192.0.2.1", "A").publish("_dmarc", DMARC)
    domain.publish("", f"v=spf1 {terms} ip4:{layout.CONTROLLER} -all")
    reply, verdict = bring()
    assert reply.startswith("550 5.7.26")
    assert verdict.spf == "permerror"
    assert "limit" in verdict.spf_detail.explanation


def test_what_the_domains_own_policy_rejects_is_refused(bring, domain, domains):
    victim = domains().publish("_dmarc", "v=DMARC1; p=reject")
    domain.publish("", SPF)
    reply, verdict = bring(domain.mail(From=f"ceo@{victim.name}"))
    assert reply.startswith(f"550 5.7.26 Unauthenticated email from {victim.name} is not accepted due to")
    assert (verdict.spf, verdict.dmarc, verdict.dmarc_detail.domain) == ("pass", "fail", victim.name)
    assert verdict.dmarc_detail.policy == "reject"


def test_a_proof_for_somebody_else_than_the_author_is_refused(bring, domain, domains):
    author = domains().publish("_dmarc", DMARC)
    domain.publish("", SPF).publish_key()
    reply, verdict = bring(domain.signed(domain.mail(From=f"a@{author.name}")))
    assert reply.startswith("550 5.7.32 Your email has been blocked because the From: header domain isn't")
    assert (verdict.spf, verdict.dkim, verdict.dmarc) == ("pass", "pass", "fail")
    assert (verdict.dmarc_detail.spf_aligned, verdict.dmarc_detail.dkim_aligned) == (False, False)


@pytest.mark.parametrize("record", [None, "v=DMARC1; adkim=r"])
def test_a_domain_without_a_dmarc_policy_is_refused(bring, domain, record):
    domain.publish("", SPF)
    if record:
        domain.publish("_dmarc", record)
    reply, verdict = bring()
    assert reply.startswith("550 5.7.40 Your email has been blocked because the sending domain doesn't have")
    assert (verdict.spf, verdict.dmarc, verdict.dmarc_detail.policy) == ("pass", "none", None)


def test_a_look_up_that_fails_for_now_defers(bring, domain):
    domain.publish("broken", "a.root-servers.net.", "NS")  # which knows nothing of it
    domain.publish("", f"v=spf1 include:broken.{domain.name} -all").publish("_dmarc", DMARC)
    reply, verdict = bring()
    assert reply.startswith("451 4.7.26")
    assert (verdict.accepted, verdict.spf) == (False, "temperror")


def test_mail_for_others_is_not_relayed(bigmail):
    with Client(None, bigmail.address, EHLO) as client:
        start_tls(client)
        assert client.mail("a@mailbox.example")[0] == 250
        assert client.rcpt("b@mailbox.example")[0] == 550


def test_the_lenient_provider_takes_a_forgery_and_tells(domain, domains):
    mailbox, victim = Provider(), domains().publish("_dmarc", "v=DMARC1; p=reject")
    sender = f"{uuid.uuid4().hex}@{domain.name}"
    with Client(layout.APP_SERVER.namespace, mailbox.address, "nowhere.example") as client:
        client.sendmail(sender, "b@mailbox.example", domain.mail(From=f"ceo@{victim.name}"))
    (verdict,) = mailbox.verdicts(sender=sender)
    assert verdict.accepted
    assert (verdict.iprev, verdict.ehlo, verdict.tls) == ("fail", "fail", None)
    assert (verdict.spf, verdict.dkim, verdict.dmarc) == ("none", "none", "fail")
    assert verdict.dmarc_detail.policy == "reject"


@pytest.mark.parametrize(
    ("sender", "receiver"), [("mailbox.example", "bigmail.example"), ("bigmail.example", "mailbox.example")]
)
def test_the_providers_satisfy_each_other(sender, receiver):
    (letter,) = Provider(sender).finished(Provider(sender).send(f"b@{receiver}"))
    assert letter.outcome == "delivered", letter.attempts
    assert letter.attempts[-1]["tls_verified"] is False  # its certificate is its own
    seen = Provider(receiver).wait_for(letter.id)
    assert (seen.spf, seen.dkim, seen.dmarc, seen.iprev, seen.ehlo) == ("pass",) * 5
    assert seen.dmarc_detail.policy == "reject"


@pytest.mark.parametrize("domain_name", ["mailbox.example", "bigmail.example"])
def test_the_echo_answers_with_the_verdict(domain_name):
    asker = Provider("mailbox.example" if domain_name == "bigmail.example" else "bigmail.example")
    asks = f"{uuid.uuid4().hex}@{asker.domain}"
    batch = asker.send(f"echo@{domain_name}", subject="Round trip", **{"from": asks})
    (letter,) = asker.finished(batch)
    answer = asker.wait_for(f"In-Reply-To: <{letter.id}>")
    assert answer.header("Subject").replace("\n", "") == (
        "Re: Round trip [spf=pass dkim=pass dmarc=pass iprev=pass tls=TLSv1.3]"
    )
    assert answer.recipients == (asks,)
    assert answer.mail_from == ""
    assert (answer.dkim, answer.dmarc) == ("pass", "pass")
    assert f"dkim: pass (d={asker.domain} s=s1)" in answer.raw.decode()


def test_a_forgery_to_order_is_refused():
    mailbox = Provider()
    batch = mailbox.send(TO, dkim=False, mail_from="x@mailbox.example", **{"from": "ceo@bigmail.example"})
    (letter,) = mailbox.finished(batch)
    assert letter.outcome == "bounced"
    assert letter.attempts[-1]["reply"].startswith("5.7.26 Unauthenticated email from bigmail.example")
