"""Reading Ansible's output, cutting a body to what fits a report, and what is made of a strict verdict."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from lab.demo import proof
from lab.demo.built import Built
from lab.demo.proof import NotProven, Outbound, mail_out_strict, shortened
from lab.demo.report import Report, show
from lab.demo.transcript import Timed, Transcript
from lab.drive.mail_host import MailHost
from lab.drive.provider import Judged
from lab.services.provider.verdict import Dmarc, Signature, Spf

OUTPUT = """\
PLAY [Provision the account] ***************************************************

TASK [preflight : Check the values] ********************************************
Tuesday 24 November 2026  03:38:15 +0000 (0:00:00.010)       0:00:00.010 ******
ok: [localhost]

TASK [aws_network : Make the VPC] **********************************************
changed: [localhost]

PLAY [Configure the mail hosts] ************************************************

TASK [Gathering Facts] *********************************************************
ok: [mx1]

RUNNING HANDLER [postfix : Reload Postfix] *************************************
changed: [mx1]

PLAY RECAP *********************************************************************
localhost                  : ok=2    changed=1    unreachable=0    failed=0    skipped=0
mx1                        : ok=2    changed=1    unreachable=0    failed=0    skipped=0
"""


def transcript():
    read = Transcript()
    for second, line in enumerate(OUTPUT.splitlines()):
        read.read(line, float(second))
    return read


def test_plays_and_tasks_get_their_durations():
    read = transcript()
    assert read.plays == [Timed("Provision the account", 9.0), Timed("Configure the mail hosts", 8.0)]
    assert [task.name for task in read.tasks] == [
        "preflight : Check the values",
        "aws_network : Make the VPC",
        "Gathering Facts",
        "postfix : Reload Postfix",
    ]
    assert read.slowest(1) == [Timed("preflight : Check the values", 4.0)]


def test_the_recap_adds_up():
    assert transcript().changed == 2
    assert transcript().recap["mx1"]["ok"] == 2


def test_long_strings_are_cut_wherever_they_are():
    cut = shortened({"raw": "x" * 1000, "list": [{"content": "y" * 100}], "n": 1})
    assert cut["raw"] == "x" * 72 + "... (1000 characters)"
    assert cut["list"][0]["content"].endswith("(100 characters)")
    assert cut["n"] == 1


VERDICT = Judged(
    client_address="203.0.113.100", helo="mx1.desk.example.com", ptr="mx1.desk.example.com", iprev="pass",
    ehlo="pass", spf_detail=Spf("pass", "acme.desk.example.com", ""),
    signatures=(Signature("desk.example.com", "bm1", "pass", ""),), dkim="pass",
    dmarc_detail=Dmarc(
        "pass", "acme.desk.example.com", "reject", spf_aligned=True, dkim_aligned=True, reason=""
    ),
    tls="TLSv1.3", mail_from="support@acme.desk.example.com", recipients=("someone@bigmail.example",),
    accepted=True, reply="250 2.0.0 OK: taken as 1",
)  # fmt: skip
REFUSED = replace(
    VERDICT,
    spf_detail=Spf("fail", "acme.desk.example.com", ""),
    accepted=False,
    reply="550-5.7.26 Your email has been blocked",
)


class App:
    def submit(self, _to, **_):
        return [{"id": "1@desk.example.com"}]


class Strict:
    domain = "bigmail.example"

    def __init__(self, *verdicts):
        self._answers = iter(verdicts)
        self._verdicts = []

    def verdicts(self, text):
        assert text == "1@desk.example.com"
        self._verdicts += [next(self._answers)]
        return self._verdicts


def test_a_deferral_is_not_the_last_word_of_the_strict_provider(monkeypatch):
    monkeypatch.setattr("lab.drive.waiting.time.sleep", lambda _: None)
    deferred = replace(VERDICT, accepted=False, reply="451-4.7.26 Your email has been rate limited")
    found = mail_out_strict(App(), Strict(deferred, VERDICT))
    assert found.accepted
    assert found.alignment == "SPF aligned, DKIM aligned"
    assert found.signatures == ("d=desk.example.com s=bm1: pass",)


def test_a_refusal_of_the_strict_provider_proves_nothing_and_is_told():
    with pytest.raises(NotProven, match=r"550-5\.7\.26 Your email.*spf is fail"):
        mail_out_strict(App(), Strict(REFUSED))


def test_the_report_shows_what_verify_found_and_how_the_strict_provider_judged():
    passed = {
        "name": "PTR of mx1",
        "status": "pass",
        "found": "mx1.desk.example.com",
        "expected": "",
        "hint": "",
    }
    host = MailHost("i-1", "mx1", "10.20.1.4", "203.0.113.100")
    report = Report(
        built=Built(host, "t3.small", "mx1.desk.example.com", ()),
        verified={"checks": [passed], "skipped": []},
        outbound=Outbound("", "", None, "", "", None, "", "", ""),
        strict=proof._strict(VERDICT),
        inbound={}, steps=[], plays=[], slowest_tasks=[], recap={}, seconds=1.0,
    )  # fmt: skip
    screen = io.StringIO()
    show(report, Console(file=screen, width=120))
    text = screen.getvalue()
    assert "ok      PTR of mx1  mx1.desk.example.com" in text
    assert "1 of 1 checks pass" in text
    assert "d=desk.example.com s=bm1: pass" in text
