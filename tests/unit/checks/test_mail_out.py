"""A mail handed in to a server that takes, refuses or distrusts, and followed in the log."""

from pathlib import Path

import pytest

from boringmail.checks import mail_out, maillog, smtp
from boringmail.checks.mail_out import Submission, check_mail_out, hint_for, submit_over
from boringmail.checks.maillog import Delivery
from boringmail.checks.result import Check, Status
from tests.unit.checks.mail_server import PASSWORD, Receiver, TlsFiles, serve

LETTER = b"Subject: hello\r\n\r\nhello\r\n"
WAIT = 30.0


def delivery(status: str, words: str) -> Delivery:
    return Delivery(
        "4dGBkx0pXkzyS", "echo@mailbox.example", "mx.example[192.0.2.9]:25", "2.0.0", status, words
    )


def look(
    tmp_path: Path,
    fate: Delivery | None,
    *,
    password: str = PASSWORD,
    receiver: Receiver | None = None,
    name: str = "",
) -> Check:
    tls = TlsFiles(tmp_path, name or "localhost")
    with serve(receiver or Receiver(), tls, submission=True) as port:
        submission = Submission("localhost", port, "a@probe.example.com", "echo@mailbox.example")

        def submit() -> str:
            session = smtp.connect(submission.host, port)
            login = smtp.Login("app", password)
            return submit_over(session, tls.client_context(), login, submission, LETTER)

        return check_mail_out("mail out", submission, submit, lambda _: fate, seconds=WAIT)


def test_a_mail_that_the_receiver_took_passes_with_its_reply(tmp_path: Path) -> None:
    receiver = Receiver()
    check = look(tmp_path, delivery("sent", "250 2.0.0 Ok: kept"), receiver=receiver)
    assert check.status is Status.PASS
    assert check.found == "4dGBkx0pXkzyS: sent by mx.example[192.0.2.9]:25: 250 2.0.0 Ok: kept"
    assert receiver.envelopes[0].mail_from == "a@probe.example.com"


def test_a_wrong_password_fails_and_stays_out_of_the_result(tmp_path: Path) -> None:
    check = look(tmp_path, None, password="Tr0ub4dor")
    assert check.status is Status.FAIL
    assert "AUTH: 535" in check.found
    assert "boringmail-credentials" in check.hint
    assert "Tr0ub4dor" not in str(check)
    assert "Tr0ub4dor" not in repr(smtp.Login("app", "Tr0ub4dor"))


def test_a_certificate_for_another_name_fails(tmp_path: Path) -> None:
    check = look(tmp_path, None, name="other.example")
    assert check.status is Status.FAIL
    assert "certificate" in check.hint


@pytest.mark.parametrize(
    ("reply", "status"), [("550 5.7.1 not you", Status.FAIL), ("451 4.3.0 later", Status.TEMPERROR)]
)
def test_a_refused_recipient_is_told_in_the_servers_words(tmp_path: Path, reply: str, status: Status) -> None:
    check = look(tmp_path, None, receiver=Receiver(rcpt=reply))
    assert check.status is status
    assert reply in check.found


def test_a_server_that_is_not_ours_is_noticed(tmp_path: Path) -> None:
    check = look(tmp_path, None, receiver=Receiver(data="250 Ok, thanks"))
    assert check.status is Status.PERMERROR


def test_submission_without_starttls_fails(tmp_path: Path) -> None:
    with serve(Receiver()) as port:
        submission = Submission("localhost", port, "a@b.example", "c@d.example")
        context = TlsFiles(tmp_path, "localhost").client_context()

        def submit() -> str:
            session = smtp.connect("localhost", port)
            return submit_over(session, context, smtp.Login("app", PASSWORD), submission, LETTER)

        check = check_mail_out("mail out", submission, submit, lambda _: None, seconds=WAIT)
    assert check.status is Status.FAIL
    assert "STARTTLS is not offered" in check.found


def test_nobody_listening_fails() -> None:
    submission = Submission("127.0.0.1", 1, "a@b.example", "c@d.example")

    def submit() -> str:
        smtp.connect("127.0.0.1", 1)
        raise AssertionError

    check = check_mail_out("mail out", submission, submit, lambda _: None, seconds=WAIT)
    assert (check.status, "systemctl status" in check.hint) == (Status.FAIL, True)


@pytest.mark.parametrize(
    ("status", "words", "outcome", "hint"),
    [
        ("deferred", "connect to x.example[192.0.2.9]:25: Connection timed out", Status.FAIL, "port 25"),
        ("deferred", "host x said: 450 4.2.0 Greylisted, try again", Status.TEMPERROR, "verify.yml again"),
        ("deferred", "Host or domain name not found. Name service error", Status.TEMPERROR, "unbound"),
        ("bounced", "host x said: 550 5.7.25 cannot find your reverse hostname", Status.FAIL, "PTR"),
        ("bounced", "host x said: 550 5.7.26 SPF did not pass", Status.FAIL, "SPF"),
        ("bounced", "host mailbox.example said: 550 5.1.1 User unknown", Status.FAIL, "verify_echo_address"),
        ("bounced", "host mailbox.example said: 554 no", Status.FAIL, "grep the queue id"),
    ],
)
def test_a_mail_that_did_not_arrive_is_told_with_its_cause(
    status: str, words: str, outcome: Status, hint: str
) -> None:
    check = mail_out.judge("mail out", "", "4dGBkx0pXkzyS", delivery(status, words), WAIT)
    assert check.status is outcome
    assert words in check.found
    assert hint in check.hint


def test_silence_points_at_the_blocked_port() -> None:
    check = mail_out.judge("mail out", "", "4dGBkx0pXkzyS", None, WAIT)
    assert check.status is Status.TEMPERROR
    assert "30 s" in check.found
    assert mail_out.PORT_25_HINT in check.hint


def test_unknown_words_have_a_hint_too() -> None:
    assert hint_for("???")


def test_the_queue_id_comes_out_of_postfix_reply() -> None:
    assert smtp.queue_id("2.0.0 Ok: queued as 4dGBkx0pXkzyS") == "4dGBkx0pXkzyS"
    assert maillog.parse("queued as") is None


def test_a_missing_credential_is_permanent() -> None:
    assert mail_out.no_credential("mail out", Path("/nowhere")).status is Status.PERMERROR
