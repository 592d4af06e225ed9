"""The worker processes of the strict provider's judge; the Perl itself is judged in the lab (tests/e2e)."""

import sys

import pytest

from lab.services.provider.judge import AuthenticatorError
from lab.services.provider.judge_perl import PerlAuthenticator
from lab.services.provider.verdict import Signature

MAIL = {"client": "203.0.113.100", "helo": "mx1.example.com", "mail_from": "a@example.com", "raw": b"\xff\n"}
SPF = {"result": "pass", "domain": "example.com", "explanation": ""}
DKIM = [{"domain": "example.com", "selector": "s1", "result": "fail", "reason": "altered"}]
DMARC = {
    "result": "pass", "domain": "example.com", "policy": None,
    "spf_aligned": True, "dkim_aligned": False, "reason": "",
}  # fmt: skip
GOOD = f"""
import base64, json, sys
for line in sys.stdin:
    mail = json.loads(line)
    assert base64.b64decode(mail["raw"]) == b"\\xff\\n"
    spf = dict({SPF}, explanation=mail["client"])
    print(json.dumps(dict(spf=spf, dkim={DKIM}, dmarc={DMARC})), flush=True)
"""


@pytest.fixture
def worker():
    made = []

    def make(program, seconds=5.0):
        made.append(PerlAuthenticator((sys.executable, "-c", program), workers=1, seconds=seconds))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_an_answer_becomes_a_verdict(worker):
    judge = worker(GOOD)
    for _ in range(2):
        found = judge.authenticate(**MAIL)
        assert (found.spf.result, found.spf.explanation) == ("pass", "203.0.113.100")
        assert found.dkim == (Signature("example.com", "s1", "fail", "altered"),)
        assert (found.dmarc.policy, found.dmarc.spf_aligned) == (None, True)


@pytest.mark.parametrize(
    "program",
    [
        "import sys; sys.stdin.readline()",
        "import sys; sys.stdin.readline(); print('nonsense', flush=True); sys.stdin.readline()",
        "import sys; sys.stdin.readline(); print('[]', flush=True); sys.stdin.readline()",
        "import sys; sys.stdin.readline(); print('{}', flush=True); sys.stdin.readline()",
        "import sys; sys.stdin.readline(); print('{', end='', flush=True)",
    ],
)
def test_a_worker_that_dies_or_talks_nonsense_is_an_error(worker, program):
    with pytest.raises(AuthenticatorError):
        worker(program).authenticate(**MAIL)


def test_a_silent_worker_is_killed(worker):
    judge = worker("import sys; sys.stdin.readline(); sys.stdin.readline()", seconds=0.2)
    with pytest.raises(AuthenticatorError, match="silent"):
        judge.authenticate(**MAIL)


def test_a_dead_worker_is_replaced(worker, tmp_path):
    once = f"import os, sys, pathlib\np = pathlib.Path({str(tmp_path / 'died')!r})\n"
    judge = worker(f"{once}if not p.exists(): p.touch(); sys.exit()\n{GOOD}")
    with pytest.raises(AuthenticatorError):
        judge.authenticate(**MAIL)
    assert judge.authenticate(**MAIL).spf.result == "pass"


def test_a_machine_without_the_program_defers():
    with pytest.raises(AuthenticatorError, match="FileNotFoundError"):
        PerlAuthenticator(("/nowhere/perl",), workers=1).authenticate(**MAIL)
