"""The three mails, by what became of each: signed, answered with a verdict, refused."""

import itertools
from collections.abc import Mapping
from typing import Any

import pytest

from boringmail.checks import mails
from boringmail.checks.dkim_signed import judge_signature
from boringmail.checks.result import Check, Status
from boringmail.checks.round_trip import judge_answer, parse_verdict

GOOD = "[spf=pass dkim=pass dmarc=pass iprev=pass tls=TLSv1.3]"
SIGNED = {"result": "pass", "domain": "desk.example.com", "selector": "bm1"}
PLAN = mails.Plan(
    host_name="mx1",
    domain="desk.example.com",
    selector="bm1",
    mailbox="echo@mailbox.example",
    answering="echo@bigmail.example",
    own_address=lambda token: f"boringmail-probe+{token}@probe.desk.example.com",
)


def look(plan: mails.Plan, *symptoms: str, status: Status = Status.PASS) -> tuple[list[Check], list[str]]:
    sent: list[str] = []
    tokens = itertools.count()

    def send(recipient: str, token: str) -> Check:
        sent.append(recipient)
        return Check(f"mail out to {token}", status, "", "words", key="mail_out", symptoms=symptoms)

    def receive(token: str) -> Mapping[str, Any]:
        return {"subject": f"Re: x {GOOD}", "authentication": {"dkim": [SIGNED]}}

    checks = mails.check_mails(plan, send, receive, lambda: f"t{next(tokens)}", 30)
    return checks, sorted(sent)


def test_three_mails_are_sent_and_judged_each_for_itself() -> None:
    checks, sent = look(PLAN)
    assert [check.key for check in checks] == ["mail_out", "dkim_signed", "round_trip"]
    assert {check.status for check in checks} == {Status.PASS}
    assert sent[1:] == ["echo@bigmail.example", "echo@mailbox.example"]
    assert sent[0].endswith("@probe.desk.example.com")


def test_an_address_that_is_empty_gets_none() -> None:
    checks, _ = look(mails.Plan("mx1", "desk.example.com", "bm1", "", "", PLAN.own_address))
    assert [check.key for check in checks] == ["dkim_signed"]
    assert look(mails.Plan("mx1", "desk.example.com", "", "", "", PLAN.own_address)) == ([], [])


@pytest.mark.parametrize(
    ("symptoms", "signed"),
    [
        (("submission",), ("submission",)),
        (("certificate",), ("submission",)),
        (("refused",), ("unrecorded",)),
        ((), ("unrecorded",)),
    ],
)
def test_a_mail_that_was_not_taken_keeps_its_words(
    symptoms: tuple[str, ...], signed: tuple[str, ...]
) -> None:
    checks, _ = look(PLAN, *symptoms, status=Status.FAIL)
    assert [check.key for check in checks] == ["mail_out", "dkim_signed", "round_trip"]
    assert {(check.status, check.found) for check in checks} == {(Status.FAIL, "words")}
    assert [check.symptoms for check in checks] == [symptoms, signed, ()]


def signature(*dkim: Mapping[str, Any]) -> Check:
    return judge_signature("s", "desk.example.com", "bm1", {"authentication": {"dkim": list(dkim)}}, 30)


@pytest.mark.parametrize(
    ("signatures", "status", "found"),
    [
        ([SIGNED], Status.PASS, "pass for d=desk.example.com s=bm1"),
        ([{**SIGNED, "selector": "old"}, SIGNED], Status.PASS, "s=old"),
        ([{**SIGNED, "result": "fail"}], Status.FAIL, "fail for d=desk.example.com s=bm1"),
        ([{**SIGNED, "domain": "other.example"}], Status.FAIL, "pass for d=other.example"),
        ([{**SIGNED, "selector": "old"}], Status.FAIL, "s=old"),
        ([{**SIGNED, "result": "temperror"}], Status.TEMPERROR, "temperror"),
        ([{"result": "none"}], Status.FAIL, "no signature"),
        ([], Status.FAIL, "no signature"),
    ],
)
def test_only_our_own_valid_signature_passes(
    signatures: list[Mapping[str, Any]], status: Status, found: str
) -> None:
    check = signature(*signatures)
    assert check.status is status
    assert found in check.found


def test_a_mail_that_did_not_come_back_or_has_no_verdict_fails() -> None:
    lost = judge_signature("s", "d", "b", None, 30)
    unjudged = judge_signature("s", "d", "b", {"authentication": None}, 30)
    assert (lost.status, lost.symptoms) == (Status.FAIL, ("unrecorded",))
    assert (unjudged.status, "no verdict" in unjudged.found) == (Status.FAIL, True)


@pytest.mark.parametrize(
    ("subject", "verdict"),
    [
        (
            f"Re: hello {GOOD}",
            {"spf": "pass", "dkim": "pass", "dmarc": "pass", "iprev": "pass", "tls": "TLSv1.3"},
        ),
        ("Re: [ticket] hello [spf=none]", {"spf": "none"}),
        ("Re: hello", {}),
        ("Re: [spf=pass] hello", {}),
    ],
)
def test_a_verdict_stands_at_the_end_of_the_subject(subject: str, verdict: dict[str, str]) -> None:
    assert parse_verdict(subject) == verdict


def test_an_answer_that_finds_nothing_wrong_passes() -> None:
    check = judge_answer("r", "echo@bigmail.example", {"subject": f"Re: hello {GOOD}"}, 30)
    assert (check.key, check.status) == ("round_trip", Status.PASS)
    assert "spf=pass dkim=pass" in check.found
    plain = judge_answer("r", "me@example.net", {"subject": "Re: hello"}, 30)
    assert (plain.status, plain.found) == (Status.PASS, "answered: Re: hello")


@pytest.mark.parametrize(
    ("verdict", "symptoms"),
    [
        (GOOD.replace("spf=pass", "spf=softfail"), ("spf",)),
        (GOOD.replace("dkim=pass", "dkim=none").replace("dmarc=pass", "dmarc=fail"), ("dkim", "dmarc")),
        (GOOD.replace("tls=TLSv1.3", "tls=none"), ("tls",)),
    ],
)
def test_an_answer_that_finds_a_fault_names_it(verdict: str, symptoms: tuple[str, ...]) -> None:
    check = judge_answer("r", "echo@bigmail.example", {"subject": f"Re: hello {verdict}"}, 30)
    assert (check.status, check.symptoms) == (Status.FAIL, symptoms)


def test_no_answer_is_temporary() -> None:
    check = judge_answer("r", "echo@bigmail.example", None, 30)
    assert (check.status, check.symptoms) == (Status.TEMPERROR, ("unanswered",))
