"""Port 25 as a whole: reached or not, with or without a look from within."""

import datetime as dt
from dataclasses import asdict
from pathlib import Path

from boringmail.checks import certificate, outside, smtp
from boringmail.checks.authority import Authority
from boringmail.checks.outside import Place, Within, check_port_25
from boringmail.checks.result import Check, Status
from tests.unit.checks import scripted_dns
from tests.unit.checks.mail_server import Receiver, TlsFiles, free_port, serve

HOST = "mx1.desk.example.com"
NOW = dt.datetime.now(dt.UTC)
SUBMISSION = certificate.Seen(
    "port 587", "submit.desk.example.com", 0, "", (), "Example CA", "", "Nov 24 08:00:00 2099 GMT"
)
SEEN = Within(outgoing_name=HOST, submission=SUBMISSION)


def look(port: int, within: Within, ca_text: str = "") -> dict[str, Check]:
    authority = Authority(scripted_dns.Network(scripted_dns.world()).exchange, [scripted_dns.RECURSIVE])
    place = Place(HOST, "203.0.113.100", "probe.desk.example.com", "mailbox.example", ca_text)
    checks = check_port_25(
        place, lambda: smtp.connect("127.0.0.1", port, server_name=HOST), authority, within, lambda: NOW
    )
    return {check.key: check for check in checks}


def serve_and_look(directory: Path, within: Within) -> dict[str, Check]:
    tls = TlsFiles(directory, HOST)
    receiver = Receiver(rcpt="554 5.7.1 Relay access denied")
    with serve(receiver, tls) as port:
        checks = look(port, within, tls.certificate.read_text())
    assert not receiver.envelopes
    return checks


def test_a_host_is_judged_in_its_three_parts(tmp_path: Path) -> None:
    checks = serve_and_look(tmp_path, SEEN)
    assert list(checks) == ["ehlo", "smtp_open", "certificate"]
    # The test's server offers AUTH over TLS, and gives the name of the machine it runs on.
    assert checks["smtp_open"].status is Status.FAIL
    assert "AUTH is offered on port 25" in checks["smtp_open"].found
    assert checks["certificate"].status is Status.PASS
    assert "port 587: submit.desk.example.com, by Example CA" in checks["certificate"].found
    assert checks["ehlo"].status is Status.FAIL
    assert f"mail out: {HOST}" in checks["ehlo"].found


def test_what_was_not_seen_from_within_is_told_and_fails_nothing(tmp_path: Path) -> None:
    check = serve_and_look(tmp_path, Within.read({}))["certificate"]
    assert check.status is Status.PASS
    assert "port 587: not looked at from the host" in check.found


def test_a_host_that_is_not_reached_leaves_the_reason_to_the_mail_in() -> None:
    checks = look(free_port(), Within.read({"words": "port 587: refused"}))
    assert {check.status for check in checks.values()} == {Status.TEMPERROR}
    assert {check.symptoms for check in checks.values()} == {("unreached",)}
    # What was seen from within is judged all the same.
    checks = look(free_port(), SEEN)
    assert checks["certificate"].status is Status.PASS


def test_what_the_module_on_the_host_returns_can_be_read() -> None:
    facts = {"outgoing_name": HOST, "submission": asdict(SUBMISSION), "words": ""}
    assert Within.read(facts) == outside.Within(HOST, SUBMISSION, "")
