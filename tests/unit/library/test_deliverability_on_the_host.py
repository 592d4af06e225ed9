"""The modules that run on a mail host, as Ansible starts them, with a server and commands in its place."""

import base64
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.unit.checks.mail_server import PASSWORD, Receiver, TlsFiles, free_port, serve
from tests.unit.library.modules import outcome, run


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


def test_a_mail_to_ourselves_is_known_by_its_token(tmp_path: Path, submission: dict[str, Any]) -> None:
    receiver, tls = LoggingReceiver(tmp_path / "out.log"), TlsFiles(tmp_path, "localhost")
    signature = {"result": "pass", "domain": "desk.example.com", "selector": "bm1"}
    record = json.dumps({"authentication": {"dkim": [signature]}})
    command = write_command(tmp_path / "boringmail", f"echo $* >{tmp_path}/asked; echo '{record}'")
    options = {**submission, "recipient": "", "dkim_selector": "bm1", "command": str(command)}
    with serve(receiver, tls, submission=True) as port:
        result = run("mail_out", submission_port=port, ca_file=str(tls.certificate), **options)
    assert outcome(result) == [("signature of mx1", "pass")]
    token = (tmp_path / "asked").read_text().split()[2]
    assert receiver.envelopes[0].rcpt_tos == [f"boringmail-probe+{token}@probe.desk.example.com"]


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `postconf`, an `unbound-control`, and a `runuser` that does what it is told as who runs the test."""
    write_command(tmp_path / "unbound-control", f"echo $* >{tmp_path}/forgotten")
    write_command(tmp_path / "postconf", "echo mx1.desk.example.com")
    write_command(tmp_path / "runuser", 'shift 3; exec "$@"')
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return tmp_path


def test_a_host_is_looked_at_from_within(tools: Path) -> None:
    key = tools / "bm1.key"
    subprocess.run(["openssl", "genrsa", "-out", key, "2048"], check=True, capture_output=True)
    public = ["openssl", "rsa", "-in", key, "-pubout", "-outform", "DER"]
    half = subprocess.run(public, check=True, capture_output=True).stdout
    tls = TlsFiles(tools, "submit.desk.example.com")
    with serve(Receiver(), tls) as port:
        result = run(
            "mail_host_inside",
            mail_domain="desk.example.com",
            host_name="mx1",
            address="192.0.2.5",
            resolvers=["127.0.0.1"],
            dns_port=free_port(),
            port_25_hosts=["mailbox.example"],
            dkim_key_file=str(key),
            dkim_public_key=base64.b64encode(half).decode(),
            submission_host="submit.desk.example.com",
            submission_port=port,
            ca_certificates=tls.certificate.read_text(),
        )
    assert {check["key"]: check["status"] for check in result["checks"]} == {
        "resolver": "fail",
        "port_25_out": "temperror",
        "blocklists": "temperror",
        "dkim_key": "pass",
    }
    within = result["within"]
    assert within["outgoing_name"] == "mx1.desk.example.com"
    assert (within["submission"]["code"], within["words"]) == (0, "")
    assert (tools / "forgotten").read_text() == "flush_zone desk.example.com\n"


def test_a_host_without_anything_says_so(tools: Path) -> None:
    write_command(tools / "postconf", "exit 1")
    result = run(
        "mail_host_inside",
        mail_domain="desk.example.com",
        host_name="mx1",
        address="192.0.2.5",
        resolvers=["127.0.0.1"],
        dns_port=free_port(),
        port_25_hosts=["mailbox.example"],
        dkim_key_file=str(tools / "none.key"),
        submission_host="submit.desk.example.com",
        submission_port=free_port(),
    )
    assert {check["status"] for check in result["checks"]} == {"fail", "temperror"}
    assert result["within"]["outgoing_name"] is None
    assert "refused" in result["within"]["words"]
