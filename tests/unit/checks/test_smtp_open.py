"""What port 25 lets strangers do, by the answers of a scripted server."""

import pytest

from boringmail.checks import certificate, smtp_open
from boringmail.checks.result import Check, Status
from tests.unit.checks.scripted_smtp import EHLO, Script, connect, serve

ATTEMPTS = smtp_open.relay_attempts("probe.desk.example.com", "mx1.desk.example.com", "mailbox.example")
# The script speaks no TLS; sessions go on without it where it is not offered.
PLAIN = tuple(line for line in EHLO if line != "STARTTLS")


def look(script: Script, tls: bool = True) -> Check:
    with serve(script) as port:
        manners = smtp_open.listen(connect(port))
    plain = Script({k: v for k, v in script._replies.items() if k != "EHLO"}, ehlo=PLAIN)
    with serve(plain) as port:
        tries = smtp_open.try_relaying(connect(port), certificate.unquestioning(), ATTEMPTS)
    script.heard += plain.heard
    return smtp_open.judge("mx1", manners, tries, len(ATTEMPTS))


def test_a_host_that_refuses_everything_passes_and_gets_no_mail() -> None:
    script = Script()
    check = look(script)
    assert (check.key, check.status) == ("smtp_open", Status.PASS)
    assert "8 ways to relay refused" in check.found
    assert not [line for line in script.heard if line.startswith(("DATA", "BDAT"))]
    assert 'RCPT TO:<"boringmail-probe@mailbox.example"@probe.desk.example.com>' in script.heard
    assert "MAIL FROM:<>" in script.heard


def test_there_are_fewer_attempts_than_postfix_answers_quickly() -> None:
    assert len(ATTEMPTS) < 10


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: attempt.name)
def test_each_way_to_relay_is_named(attempt: smtp_open.Attempt) -> None:
    check = look(Script({f"RCPT TO:<{attempt.recipient}>": "250 2.1.5 Ok"}))
    assert check.status is Status.FAIL
    assert f"relayed {attempt.name} (<{attempt.recipient}>: RCPT TO: 250 2.1.5 Ok)" in check.found
    assert "--tags certificate,postfix" in check.repair


@pytest.mark.parametrize(
    ("script", "found"),
    [
        (Script(ehlo=PLAIN), "STARTTLS is not offered"),
        (Script(ehlo=(*EHLO, "AUTH PLAIN")), "AUTH is offered without TLS (PLAIN)"),
        (Script({"VRFY": "250 2.1.5 Postmaster <postmaster@x>"}), "VRFY postmaster is answered: 250"),
        (Script({"VRFY": "550 5.1.1 unknown"}), "VRFY postmaster is answered: 550"),
        (Script({"EXPN": "250 2.1.5 <a@x>"}), "EXPN postmaster is answered: 250"),
    ],
)
def test_what_else_is_wrong_is_named(script: Script, found: str) -> None:
    check = look(script)
    assert check.status is Status.FAIL
    assert found in check.found


def test_a_polite_no_to_vrfy_is_no_answer() -> None:
    assert look(Script({"VRFY": "252 2.0.0 cannot say"})).status is Status.PASS


def test_auth_after_tls_is_named() -> None:
    with serve(Script(ehlo=(*PLAIN, "AUTH PLAIN LOGIN"))) as port:
        tries = smtp_open.try_relaying(connect(port), certificate.unquestioning(), ATTEMPTS)
    assert tries == [("AUTH is offered on port 25 (PLAIN LOGIN)", "")]


@pytest.mark.parametrize(
    ("replies", "found"),
    [
        (
            {"RCPT": "450 4.7.1 Try again later"},
            "8 of 8 attempts to relay got no final answer: from a stranger",
        ),
        ({"MAIL": "421 4.7.0 busy"}, "MAIL FROM: 421"),
        ({"RCPT": "hang up"}, "1 of 8 attempts to relay got no final answer: the session ended early"),
    ],
)
def test_what_could_not_be_told_is_not_called_open(replies: dict[str, str], found: str) -> None:
    check = look(Script(replies))
    assert check.status is Status.TEMPERROR
    assert found in check.found
