"""The strict provider's rules: for each way in which a mail can be wrong, one reply."""

from dataclasses import replace

import pytest

from lab.services.provider.rules import STRICT, Sight, judged
from lab.services.provider.verdict import Authentication, Dmarc, Signature, Spf, Verdict

SPF = Spf("pass", "desk.example.com", "")
SIGNATURE = Signature("desk.example.com", "bm1", "pass", "")
DMARC = Dmarc("pass", "desk.example.com", "none", spf_aligned=True, dkim_aligned=True, reason="")
GOOD = Verdict("mx1.desk.example.com", "pass", "pass", Authentication(SPF, (SIGNATURE,), DMARC))

NO_SPF, TEMP_SPF = replace(SPF, result="fail"), replace(SPF, result="temperror")
ALTERED, TEMP_DKIM = replace(SIGNATURE, result="fail"), replace(SIGNATURE, result="temperror")
FAILED = replace(DMARC, result="fail", spf_aligned=False, dkim_aligned=False)
NO_POLICY = replace(FAILED, result="none", policy=None)


def sight(**changes):
    return Sight("203.0.113.100", "mx1.desk.example.com", replace(GOOD, **changes))


def proven(spf=SPF, dkim=(SIGNATURE,), dmarc=DMARC):
    return {"authentication": Authentication(spf, dkim, dmarc)}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        proven(spf=NO_SPF),
        proven(dkim=()),
        proven(dkim=(ALTERED, SIGNATURE)),
        proven(spf=TEMP_SPF),
        proven(dkim=(TEMP_DKIM,)),
    ],
)
def test_what_passes_by_one_way_is_taken(changes):
    assert judged(STRICT, sight(**changes)) is None


@pytest.mark.parametrize(
    ("changes", "start"),
    [
        ({"iprev": "fail", "ptr": None}, "550-5.7.25 [203.0.113.100] The IP address sending this message"),
        ({"iprev": "temperror", "ptr": None}, "451-4.7.23 [203.0.113.100]"),
        ({"ehlo": "fail"}, "550-5.7.1 [203.0.113.100] Helo command rejected: mx1.desk.example.com does not"),
        ({"ehlo": "temperror"}, "451 4.7.1 [203.0.113.100] Helo command rejected: cannot look up"),
        (proven(NO_SPF, (), FAILED), "550-5.7.26 Your email has been blocked because the sender is unauth"),
        (
            proven(NO_SPF, (ALTERED,), replace(FAILED, policy="reject")),
            "550-5.7.26 Unauthenticated email from desk.example.com is not accepted",
        ),
        (proven(TEMP_SPF, (), FAILED), "451-4.7.26 Your email has been rate limited"),
        (proven(TEMP_SPF, (ALTERED,), replace(FAILED, policy="reject")), "451-4.7.26"),
        (proven(NO_SPF, (TEMP_DKIM,), NO_POLICY), "451-4.7.26"),
        (proven(dmarc=replace(NO_POLICY, result="temperror")), "451-4.7.40"),
        (proven(dmarc=NO_POLICY), "550-5.7.40 Your email has been blocked because the sending domain"),
        (proven(dmarc=replace(NO_POLICY, result="permerror")), "550-5.7.40"),
        (proven(dmarc=FAILED), "550-5.7.32 Your email has been blocked because the From: header"),
        (proven(dmarc=replace(FAILED, policy="quarantine")), "550-5.7.32"),
        (proven(dmarc=replace(FAILED, policy="reject")), "550-5.7.26 Unauthenticated"),
    ],
)
def test_each_fault_has_its_reply(changes, start):
    assert str(judged(STRICT, sight(**changes))).startswith(start)


@pytest.mark.parametrize(
    "changes", [{"iprev": "fail"}, proven(NO_SPF, (ALTERED,), FAILED), proven(dmarc=NO_POLICY)]
)
def test_every_line_of_a_reply_carries_its_code_and_fits(changes):
    lines = str(judged(STRICT, sight(**changes))).split("\r\n")
    code, status = lines[0][:3], lines[0][4:].split(" ")[0]
    assert all(line.startswith(f"{code}-{status} ") for line in lines[:-1])
    assert lines[-1].startswith(f"{code} {status} ")
    assert all(line.isascii() and len(line) <= 510 for line in lines)  # RFC 5321 4.5.3.1.5


def test_a_reply_names_the_signature_and_the_spf_domain():
    text = str(judged(STRICT, sight(**proven(NO_SPF, (ALTERED,), FAILED))))
    assert "DKIM = did not pass (desk.example.com: fail)" in text
    assert "SPF [desk.example.com] with ip: [203.0.113.100] = did not pass (fail)" in text
