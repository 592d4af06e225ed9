"""Mail in: what the verdict says, that nobody forges it, and who may use our name."""

import pytest

ACCOUNTED = {"v", "spf", "dkim", "dmarc", "arc", "iprev", "spam", "own_domain_spoofed"}
OURS = "agent@acme.desk.example.com"
OUR_KEY = "/etc/boringmail/credentials/dkim-bm1"


def test_a_mail_in_order_is_called_so(judged, mail, signed):
    found = judged(signed(mail(), "sender.example", "s1")).verdict
    assert set(found) == ACCOUNTED
    assert found["spf"] == {"result": "pass", "domain": "sender.example", "client": "198.51.100.7"}
    assert found["dkim"] == [{"result": "fail", "domain": "sender.example", "selector": "s1"}]


def test_a_signature_that_holds_passes(mail, signed, send_in, left):
    body = "A body that nobody changes"
    letter = signed(mail(body=body), "sender.example", "s1")
    assert send_in(letter).startswith("250 ")
    text = left(body).replace("\n\t", " ")
    (field,) = [
        line for line in text.splitlines() if line.startswith("Authentication-Results: mx1.desk.example.com;")
    ]
    for part in (
        "spf=pass smtp.mailfrom=sender.example",
        "dkim=pass header.d=sender.example header.s=s1",
        "dmarc=pass header.from=sender.example",
        "arc=none",
        "iprev=pass policy.iprev=198.51.100.7",
    ):
        assert part in field


def test_a_forged_sender_is_called_so(judged, mail):
    found = judged(mail(), client="203.0.113.66", name="[UNAVAILABLE]").verdict
    assert found["spf"]["result"] == "fail"
    assert found["dkim"] == []
    assert found["dmarc"] == {"result": "fail", "domain": "sender.example", "policy": "reject"}
    assert found["iprev"] == {"result": "permerror"}


def test_a_name_that_does_not_lead_back_is_a_failure(judged, mail):
    found = judged(mail(), client="198.51.100.9", name="[UNAVAILABLE]").verdict
    assert found["iprev"] == {"result": "fail", "name": "liar.sender.example"}


def test_a_domain_that_says_nothing_has_no_results(judged, mail):
    nobody = "x@nothing.example"
    found = judged(mail(sender=nobody), sender=nobody).verdict
    assert [found["spf"]["result"], found["dmarc"]["result"], found["arc"]["result"]] == ["none"] * 3


def test_a_silent_dns_server_is_no_failure(judged, mail):
    dead = "x@dead.example"
    assert judged(mail(sender=dead), sender=dead).verdict["spf"]["result"] == "temperror"


def test_a_bounce_is_judged_by_its_helo(judged, mail):
    found = judged(mail(sender="mailer-daemon@sender.example"), sender="").verdict
    assert found["spf"]["domain"] == "mail.sender.example"


def test_the_verdict_stands_above_what_a_sender_can_write_and_once(judged, mail):
    forged = [
        "X-Boringmail-Verdict: eyJ2IjoxfQ==",
        "x-boringmail-VERDICT: eyJ2IjoxfQ==",
        "Authentication-Results: mx1.desk.example.com; spf=pass",
    ]
    found = judged(mail(*forged), client="203.0.113.66", name="[UNAVAILABLE]")
    names = sorted(line.split(":")[0] for line in found.above)
    assert names == ["Authentication-Results", "X-Boringmail-Verdict"]
    assert found.text.lower().count("x-boringmail-verdict") == 1
    assert "spf=pass" not in found.text


@pytest.mark.parametrize(
    "claim",
    [
        "(comment) mx1.desk.example.com; spf=pass",
        "\n\tMX1.desk.example.com 1; spf=pass",
        '"mx1.desk.example.com"; spf=pass',
    ],
)
def test_a_finding_in_our_name_is_removed_however_it_is_written(judged, mail, claim):
    found = judged(
        mail(f"Authentication-Results: {claim}".replace("\n", "\r\n")),
        client="203.0.113.66",
        name="[UNAVAILABLE]",
    )
    assert "spf=pass" not in found.text


def test_a_finding_of_somebody_else_stays(judged, mail):
    assert (
        "mail.other.example; spf=pass"
        in judged(mail("Authentication-Results: mail.other.example; spf=pass")).text
    )


def test_nothing_else_is_added(judged, mail):
    text = judged(mail(), client="198.51.100.8").text
    assert "X-Spam" not in text
    assert "X-Rspamd" not in text


def test_spam_is_delivered_with_its_verdict(judged, mail):
    spam = judged(mail(), client="198.51.100.8").verdict["spam"]
    listed = [one for one in spam["symbols"] if one["name"].startswith("RBL_")]
    assert listed == [{"name": "RBL_LISTS", "score": 7}, {"name": "RBL_OTHER_WEAK", "score": 0.5}]
    assert spam["score"] >= spam["threshold"] == 6
    assert spam["action"] == "spam"


def test_a_lists_refusal_to_answer_is_no_listing(judged, mail):
    spam = judged(mail(), client="198.51.100.9").verdict["spam"]
    assert not [one for one in spam["symbols"] if one["name"].startswith("RBL_")]


@pytest.mark.parametrize(
    "field",
    [
        f"From: {OURS}",
        "From: <Agent@DESK.example.com>",
        f'From: "Somebody" <{OURS}>, other@sender.example',
        f"From: other@sender.example\r\nFrom: {OURS}",
        f"From: {OURS}\r\nFrom: other@sender.example",
        f"From: <{OURS}",
    ],
)
def test_our_name_without_proof_is_refused(send_in, mail, field):
    reply = send_in(mail(field))
    assert reply.startswith("554 5.7.1 From is an address of desk.example.com")


@pytest.mark.parametrize(
    "field", ["From: x@notdesk.example.com", "From: x@desk.example.com.example.net", "From: x@example.org"]
)
def test_a_name_like_ours_is_not_ours(judged, mail, field):
    assert judged(mail(field)).verdict["own_domain_spoofed"] is False


def test_our_name_with_our_signature_is_taken(send_in, mail, signed):
    assert send_in(signed(mail(sender=OURS), "desk.example.com", "bm1", OUR_KEY)).startswith("250 ")


def test_our_name_with_an_spf_pass_is_taken(judged, mail):
    found = judged(mail(sender=OURS), client="192.0.2.25", sender=OURS).verdict
    assert found["spf"]["result"] == "pass"
    assert found["own_domain_spoofed"] is False


def test_our_name_is_deferred_while_its_proof_cannot_be_checked(send_in, mail, signed):
    assert send_in(signed(mail(sender=OURS), "desk.example.com", "dead", OUR_KEY)).startswith("451 4.7.1 ")


def test_our_own_hosts_handover_is_not_from_outside(judged, mail):
    found = judged(mail(sender=OURS), client="127.0.0.1", name="localhost", sender=OURS).verdict
    assert found["own_domain_spoofed"] is False
    assert "client" not in found["spf"]


def test_our_name_can_be_marked_instead(setting, judged, mail):
    setting("own_domain_spoof", "mark")
    assert judged(mail(sender=OURS)).verdict["own_domain_spoofed"] is True


def test_what_another_filter_seems_to_have_found_is_removed(judged, mail):
    names = ("X-Spam", "x-spam-STATUS", "X-Spam-Flag", "X-Spam-Level", "X-Spam-Score", "X-Rspamd-Action")
    kept = ("X-Spamtrap: no", "X-Mailer: spam")
    text = judged(mail(*(f"{name}: a lie" for name in [*names, "X-Spam"]), *kept)).text
    assert "a lie" not in text
    assert [line for line in text.splitlines() if line in kept] == list(kept)
