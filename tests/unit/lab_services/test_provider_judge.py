"""The provider's verdicts, against names served on loopback."""

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from lab.services.provider.judge import Judge, resolver_at

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
    return Judge(resolver_at("127.0.0.1", names.port))


def verdict(judge, mail_from="x@acme.desk.example.com", client=CLIENT, raw=RAW):
    return judge.judge(client=client, helo="mx1.desk.example.com", mail_from=mail_from, raw=raw)


def test_spf_passes_for_the_named_host(judge):
    assert verdict(judge).spf == "pass"


def test_spf_fails_for_another_address(judge):
    assert verdict(judge, client="203.0.113.101").spf == "fail"


def test_spf_is_none_where_nothing_is_published(judge):
    assert verdict(judge, mail_from="x@unknown.example").spf == "none"


def test_the_reverse_name_counts_only_when_it_leads_back(judge, names):
    assert (verdict(judge).iprev, verdict(judge).ptr) == ("pass", "mx1.desk.example.com")
    names.records["mx1.desk.example.com", "A"] = ["203.0.113.199"]
    assert (verdict(judge).iprev, verdict(judge).ptr) == ("fail", None)


def test_unsigned_mail_has_no_dkim_verdict(judge):
    assert verdict(judge).dkim == "none"


def test_a_dkim_signature_is_verified_against_the_published_key(judge, names):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    der = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    import base64  # noqa: PLC0415 - only here

    text = f"v=DKIM1; k=rsa; p={base64.b64encode(der).decode()}"
    names.records["s1._domainkey.desk.example.com", "TXT"] = [f'"{text[:200]}" "{text[200:]}"']
    signature = dkim.sign(RAW, b"s1", b"desk.example.com", pem)
    assert verdict(judge, raw=signature + RAW).dkim == "pass"
    assert verdict(judge, raw=signature + RAW.replace(b"Hello", b"Hullo")).dkim == "fail"
