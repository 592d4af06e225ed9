"""A probe on its way in: the exchanger, the hand-over, the record of it."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest

from boringmail.checks import letter, mail_in, smtp
from boringmail.checks.authority import Authority
from boringmail.checks.mail_in import Target, check_send, deliver_over, find_exchanger, judge_record
from boringmail.checks.maillog import Delivery
from boringmail.checks.result import Status
from tests.unit.checks import scripted_dns as script
from tests.unit.checks.mail_server import Receiver, TlsFiles, serve

TARGET = Target("mx1.desk.example.com", "203.0.113.100", "probe.desk.example.com")
PROBE = letter.probe_address("6f1e", "desk.example.com")


def authority() -> Authority:
    return Authority(script.Network(script.world()).exchange, [script.RECURSIVE])


def test_the_exchanger_is_found_by_its_mx_record() -> None:
    assert find_exchanger(authority(), "mail in", TARGET) is None


@pytest.mark.parametrize(
    ("target", "found"),
    [
        (Target("mx2.desk.example.com", "203.0.113.100", "probe.desk.example.com"), "mx1.desk.example.com"),
        (Target("mx1.desk.example.com", "203.0.113.9", "probe.desk.example.com"), "203.0.113.100"),
        (Target("mx1.desk.example.com", "203.0.113.100", "example.com"), "no MX record"),
    ],
)
def test_mail_that_would_go_elsewhere_fails_before_it_is_sent(target: Target, found: str) -> None:
    check = find_exchanger(authority(), "mail in", target)
    assert check is not None
    assert (check.status, check.found) == (Status.FAIL, found)


@pytest.mark.parametrize("with_tls", [True, False])
def test_a_probe_is_handed_over_with_an_empty_sender(tmp_path, with_tls: bool) -> None:
    receiver = Receiver()
    tls = TlsFiles(tmp_path, "mx1.desk.example.com") if with_tls else None
    with serve(receiver, tls) as port:
        check = check_send(
            "mail in",
            TARGET,
            lambda: deliver_over(smtp.connect("127.0.0.1", port), PROBE, b"Subject: x\r\n\r\nx"),
            None,
        )
    assert check.status is Status.PASS
    assert "queued as" in check.found
    assert (receiver.envelopes[0].mail_from, receiver.envelopes[0].rcpt_tos) == ("<>", [PROBE])
    assert receiver.greeting == "[127.0.0.1]"


@pytest.mark.parametrize(
    ("reply", "status"), [("550 5.1.1 no such user", Status.FAIL), ("450 4.2.0 greylisted", Status.TEMPERROR)]
)
def test_a_refusal_is_told_in_the_servers_words(reply: str, status: Status) -> None:
    with serve(Receiver(rcpt=reply)) as port:
        check = check_send(
            "mail in", TARGET, lambda: deliver_over(smtp.connect("127.0.0.1", port), PROBE, b""), None
        )
    assert check.status is status
    assert reply in check.found


def unreached(error: OSError, elsewhere: bool | None) -> Status:
    def deliver() -> str:
        raise error

    control = None if elsewhere is None else lambda: elsewhere
    return check_send("mail in", TARGET, deliver, control).status


@pytest.mark.parametrize(
    ("error", "elsewhere", "status"),
    [
        (TimeoutError("timed out"), None, Status.TEMPERROR),
        (TimeoutError("timed out"), False, Status.TEMPERROR),
        (TimeoutError("timed out"), True, Status.FAIL),
        (ConnectionRefusedError("refused"), None, Status.FAIL),
        (ConnectionRefusedError("refused"), False, Status.TEMPERROR),
        (OSError("Network is unreachable"), None, Status.TEMPERROR),
    ],
)
def test_a_blocked_controller_is_told_from_a_closed_gateway(
    error: OSError, elsewhere: bool | None, status: Status
) -> None:
    assert unreached(error, elsewhere) is status


def test_port_25_elsewhere_is_tried_at_the_first_exchanger() -> None:
    tried: list[tuple[str, int]] = []

    def connects(address: str, port: int) -> bool:
        tried.append((address, port))
        return True

    assert mail_in.port_reachable(authority(), "any.desk.example.com", connects)
    assert tried == [("203.0.113.100", 25)]
    assert not mail_in.port_reachable(authority(), "example.com", connects)


def test_a_recorded_probe_passes() -> None:
    record = mail_in.read_record('{"token": "6f1e", "queue_id": "4dG", "headers": []}')
    check = judge_record("mail in", "6f1e", record, None, 30)
    assert (check.status, check.found) == (Status.PASS, "recorded: token=6f1e, queue_id=4dG")


def test_a_missing_probe_fails_with_postfix_last_word() -> None:
    last = Delivery("4dG", PROBE, "none", "4.4.1", "deferred", "connect to lmtp.sock: Connection refused")
    check = judge_record("mail in", "6f1e", mail_in.read_record("not found"), last, 30)
    assert check.status is Status.FAIL
    assert "within 30 s; Postfix: deferred: connect to lmtp.sock" in check.found
    assert "grep 6f1e" in check.hint


def test_the_letter_asks_for_no_answers() -> None:
    text = letter.write("a@probe.example.com", "b@example.net", "6f1e", datetime(2026, 11, 24, tzinfo=UTC))
    parsed = message_from_bytes(text, policy=default)
    assert parsed["Auto-Submitted"] == "auto-generated"
    asking = letter.write(
        "a@x.example", "b@x.example", "6f1e", datetime(2026, 11, 24, tzinfo=UTC), answered=True
    )
    assert b"Auto-Submitted" not in asking
    assert parsed["Message-ID"] == "<6f1e@probe.example.com>"
    assert not parsed.defects
