"""The lenient provider's verdicts, against names served on loopback."""

import base64

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from lab.services.provider.judge import AuthenticatorError, Judge, resolver_at
from lab.services.provider.judge_python import PythonAuthenticator

CLIENT = "203.0.113.100"
RAW = b"From: a@desk.example.com\r\nTo: b@mailbox.example\r\nSubject: x\r\n\r\nHello\r\n"


@pytest.fixture
def judge(names):
    names.records.update(
        {
            ("100.113.0.203.in-addr.arpa", "PTR"): ["mx1.desk.example.com."],
            ("mx1.desk.example.com", "A"): [CLIENT],
            ("acme.desk.example.com", "TXT"): ['"v=spf1 a:mx1.desk.example.com -all"'],
        }
    )
    resolver = resolver_at("127.0.0.1", names.port)
    return Judge(resolver, PythonAuthenticator(resolver))


def verdict(judge, mail_from="x@acme.desk.example.com", client=CLIENT, raw=RAW, helo="mx1.desk.example.com"):
    return judge.judge(client=client, helo=helo, mail_from=mail_from, raw=raw)


def found(judge, **mail):
    return verdict(judge, **mail).authentication


def test_spf_passes_for_the_named_host(judge):
    assert found(judge).spf.result == "pass"


def test_spf_fails_for_another_address(judge):
    assert found(judge, client="203.0.113.101").spf.result == "fail"


def test_spf_is_none_where_nothing_is_published(judge):
    assert found(judge, mail_from="x@unknown.example").spf.result == "none"


def test_spf_of_the_null_sender_is_that_of_the_ehlo_name(judge, names):
    names.records["mx1.desk.example.com", "TXT"] = ['"v=spf1 a -all"']
    assert (found(judge, mail_from="").spf.result, found(judge, mail_from="").spf.domain) == (
        "pass",
        "mx1.desk.example.com",
    )


@pytest.mark.parametrize(
    ("helo", "result"),
    [("mx1.desk.example.com", "pass"), ("other.example", "fail"), ("[203.0.113.100]", "fail"), ("", "fail")],
)
def test_the_ehlo_name_must_lead_to_the_client(judge, helo, result):
    assert verdict(judge, helo=helo).ehlo == result


def test_the_reverse_name_counts_only_when_it_leads_back(judge, names):
    assert (verdict(judge).iprev, verdict(judge).ptr) == ("pass", "mx1.desk.example.com")
    names.records["mx1.desk.example.com", "A"] = ["203.0.113.199"]
    assert (verdict(judge).iprev, verdict(judge).ptr) == ("fail", None)


def test_unsigned_mail_has_no_dkim_verdict(judge):
    assert found(judge).dkim_result == "none"


@pytest.fixture
def signature(names):
    """A signature of RAW by desk.example.com, whose key is published."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    der = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    text = f"v=DKIM1; k=rsa; p={base64.b64encode(der).decode()}"
    names.records["s1._domainkey.desk.example.com", "TXT"] = [f'"{text[:200]}" "{text[200:]}"']
    return dkim.sign(RAW, b"s1", b"desk.example.com", pem)


def test_a_dkim_signature_is_verified_against_the_published_key(judge, signature):
    (good,) = found(judge, raw=signature + RAW).dkim
    assert (good.domain, good.selector, good.result) == ("desk.example.com", "s1", "pass")
    (bad,) = found(judge, raw=signature + RAW.replace(b"Hello", b"Hullo")).dkim
    assert (bad.domain, bad.result) == ("desk.example.com", "fail")
    assert bad.reason


def test_a_signature_whose_key_is_not_published_is_a_permanent_error(judge, signature, names):
    del names.records["s1._domainkey.desk.example.com", "TXT"]
    assert found(judge, raw=signature + RAW).dkim_result == "permerror"


def test_a_signature_that_is_none_is_a_permanent_error(judge):
    assert found(judge, raw=b"DKIM-Signature: nonsense\r\n" + RAW).dkim_result == "permerror"


def test_mail_that_is_no_mail_is_judged_all_the_same(judge):
    assert found(judge, raw=b"\xff\x00").dmarc.result == "none"


def dmarc(judge, **mail):
    result = found(judge, **mail).dmarc
    return result.result, result.policy, result.spf_aligned, result.dkim_aligned


def test_dmarc_passes_by_spf_of_a_neighbour_under_one_policy(judge, names):
    names.records["_dmarc.desk.example.com", "TXT"] = ['"v=DMARC1; p=quarantine"']
    assert dmarc(judge) == ("pass", "quarantine", True, False)
    raw = RAW.replace(b"a@desk", b"a@other.desk")
    assert dmarc(judge, raw=raw) == ("pass", "quarantine", True, False)


def test_dmarc_passes_by_dkim_alone(judge, names, signature):
    names.records["_dmarc.desk.example.com", "TXT"] = ['"v=DMARC1; p=reject"']
    assert dmarc(judge, raw=signature + RAW, mail_from="x@evil.example") == ("pass", "reject", False, True)


def test_dmarc_fails_for_a_forged_author(judge, names):
    names.records["_dmarc.mailbox.example", "TXT"] = ['"v=DMARC1; p=reject"']
    assert dmarc(judge, raw=RAW.replace(b"desk.example.com", b"mailbox.example")) == (
        "fail",
        "reject",
        False,
        False,
    )


def test_a_subdomain_has_the_policy_for_subdomains(judge, names):
    names.records["_dmarc.desk.example.com", "TXT"] = ['"v=DMARC1; p=reject; sp=none"']
    raw = RAW.replace(b"a@desk", b"a@other.desk")
    assert dmarc(judge, raw=raw, mail_from="x@evil.example")[:2] == ("fail", "none")


@pytest.mark.parametrize(
    ("records", "result"),
    [
        ([], "none"),
        (['"v=DMARC1; rua=mailto:x@y.example"'], "permerror"),
        (['"v=DMARC1; p=none"', '"v=DMARC1; p=reject"'], "none"),
    ],
)
def test_a_domain_without_a_usable_policy_has_none(judge, names, records, result):
    names.records["_dmarc.desk.example.com", "TXT"] = records
    assert dmarc(judge)[:2] == (result, None)


def test_a_judge_that_fails_knows_nothing(names):
    class Broken:
        def authenticate(self, **_):
            raise AuthenticatorError("no perl here")

    judge = Judge(resolver_at("127.0.0.1", names.port), Broken())
    known = found(judge)
    assert {known.spf.result, known.dmarc.result} == {"temperror"}
    assert known.spf.explanation == "no perl here"
