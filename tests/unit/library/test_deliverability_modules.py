"""The modules as Ansible starts them: a process of their own, arguments in JSON, one JSON answer."""

import json
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import dns.message
import dns.zone
import pytest

from tests.unit.checks import gateway_dns as gateway
from tests.unit.checks import scripted_dns as script
from tests.unit.checks.mail_server import PASSWORD, Receiver, TlsFiles, free_port, serve

LIBRARY = Path(__file__).parents[3] / "library"
ZONES = {
    "example.com.": gateway.ZONE.replace(gateway.ADDRESS, "127.0.0.1"),
    "arpa.": script.ARPA_ZONE.replace("100.113.0.203", "1.0.0.127"),
}


class Answerer(socketserver.BaseRequestHandler):
    zones: ClassVar = [
        dns.zone.from_text(text, origin, relativize=False, check_origin=False)
        for origin, text in ZONES.items()
    ]

    def handle(self) -> None:
        datagram, sock = self.request
        reply = dns.message.make_response(dns.message.from_wire(datagram))
        script.answer_from(self.zones, reply)
        sock.sendto(reply.to_wire(), self.client_address)


@pytest.fixture(scope="module")
def dns_port() -> Iterator[int]:
    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), Answerer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def run(module: str, *, check_mode: bool = False, **arguments: Any) -> dict[str, Any]:
    given = json.dumps({"ANSIBLE_MODULE_ARGS": {**arguments, "_ansible_check_mode": check_mode}})
    command = [sys.executable, str(LIBRARY / f"{module}.py")]
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr + done.stdout
    result = json.loads(done.stdout)
    assert result["changed"] is False
    return result


def outcome(result: dict[str, Any]) -> list[tuple[str, str]]:
    return [(check["name"], check["status"]) for check in result["checks"]]


@pytest.mark.parametrize("check_mode", [False, True])
def test_the_dns_is_judged_look_by_look(dns_port: int, check_mode: bool) -> None:
    result = run(
        "mail_dns",
        domain=gateway.DOMAIN,
        zone="example.com",
        senders=[{"host": "mx1", "name": "mx1.desk.example.com", "address": "127.0.0.1"}],
        records=[
            {"name": "mx1.desk.example.com", "type": "A", "values": ["127.0.0.1"], "host": "mx1"},
            {"name": "*.desk.example.com", "type": "MX", "values": ["10 mx2.desk.example.com."]},
        ],
        sender_names=["*.desk.example.com"],
        sender_spf=gateway.SPF,
        helo_spf=gateway.HELO_SPF,
        dmarc=gateway.DMARC,
        dkim_selector="bm1",
        dkim_public_key=gateway.KEY,
        authoritative=["127.0.0.1"],
        port=dns_port,
        check_mode=check_mode,
    )
    assert outcome(result) == [
        ("A mx1.desk.example.com", "pass"),
        ("MX *.desk.example.com", "fail"),
        ("SPF *.desk.example.com", "pass"),
        ("SPF mx1.desk.example.com", "pass"),
        ("DKIM bm1._domainkey.desk.example.com", "pass"),
        ("DMARC desk.example.com", "pass"),
        ("PTR 127.0.0.1", "pass"),
    ]
    assert [check["host"] for check in result["checks"]] == ["mx1", "", "", "mx1", "", "", "mx1"]


def test_a_probe_is_sent_and_its_token_returned(dns_port: int) -> None:
    receiver = Receiver()
    with serve(receiver) as port:
        result = run(
            "mail_probe_send",
            host_name="mx1.desk.example.com",
            address="127.0.0.1",
            mail_domain="desk.example.com",
            port=port,
            authoritative=["127.0.0.1"],
            dns_port=dns_port,
        )
    assert outcome(result) == [("mail in", "pass")]
    assert receiver.envelopes[0].rcpt_tos == [f"boringmail-probe+{result['token']}@probe.desk.example.com"]


def write_command(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("command", "status", "found"),
    [
        ("""echo '{"token": "6f1e", "asked": "'"$*"'"}'""", "pass", "probe show 6f1e --wait 1 --json"),
        ("exit 1", "fail", "not recorded within 1 s; Postfix: deferred: 451 later"),
    ],
)
def test_a_probe_is_looked_for_on_the_host(tmp_path: Path, command: str, status: str, found: str) -> None:
    log = tmp_path / "in.log"
    log.write_text(
        "Nov 24 03:38:16 mx1 postfix-in/lmtp[8]: 4dG: to=<boringmail-probe+6f1e@probe.x.example>, "
        "relay=x[/run/l], delay=1, delays=1/0/0/0, dsn=4.3.0, status=deferred (451 later)\n"
    )
    result = run(
        "mail_probe_received",
        probe="6f1e",
        command=str(write_command(tmp_path / "boringmail", command)),
        log_file=str(log),
        wait_seconds=1,
    )
    assert outcome(result) == [("mail in", status)]
    assert found in result["checks"][0]["found"]


def test_a_command_line_that_is_missing_is_told(tmp_path: Path) -> None:
    result = run(
        "mail_probe_received", probe="6f1e", command=str(tmp_path / "none"), log_file="/none", wait_seconds=1
    )
    assert outcome(result) == [("mail in", "permerror")]


class LoggingReceiver(Receiver):
    """Writes the line that Postfix would write once it has passed the mail on."""

    def __init__(self, log: Path) -> None:
        super().__init__()
        self._log = log

    async def handle_DATA(self, *arguments: Any) -> str:  # noqa: N802 - aiosmtpd's name
        reply = await super().handle_DATA(*arguments)
        self._log.write_text(
            f"Nov 24 03:38:16 mx1 postfix-out/smtp[8]: {reply.split()[-1]}: to=<echo@mailbox.example>, "
            "relay=mailbox.example[203.0.113.25]:25, delay=1, delays=1/0/0/0, dsn=2.0.0, "
            "status=sent (250 2.0.0 kept)\n"
        )
        return reply


@pytest.fixture
def submission(tmp_path: Path) -> dict[str, Any]:
    credential = tmp_path / "credential"
    credential.write_text(f"{PASSWORD}\n")
    return {
        "host_name": "mx1",
        "submission_host": "localhost",
        "credential_file": str(credential),
        "mail_domain": "desk.example.com",
        "recipient": "echo@mailbox.example",
        "log_file": str(tmp_path / "out.log"),
        "wait_seconds": 5,
    }


def test_a_mail_out_is_followed_to_the_receivers_words(tmp_path: Path, submission: dict[str, Any]) -> None:
    receiver, tls = LoggingReceiver(tmp_path / "out.log"), TlsFiles(tmp_path, "localhost")
    with serve(receiver, tls, submission=True) as port:
        result = run("mail_out", submission_port=port, ca_file=str(tls.certificate), **submission)
    assert outcome(result) == [("mail out of mx1", "pass")]
    assert result["checks"][0]["found"].endswith("250 2.0.0 kept")
    assert PASSWORD not in json.dumps(result)


def test_a_host_without_credential_or_listener_is_told(submission: dict[str, Any]) -> None:
    deaf = run("mail_out", submission_port=free_port(), **submission)
    Path(submission["credential_file"]).unlink()
    bare = run("mail_out", submission_port=free_port(), **submission)
    assert outcome(deaf) + outcome(bare) == [("mail out of mx1", "fail"), ("mail out of mx1", "permerror")]
