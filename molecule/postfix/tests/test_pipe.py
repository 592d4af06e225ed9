"""A command of the operator's in the daemon's place: whatever it does, no mail is bounced."""

import json
import uuid
from collections.abc import Callable, Iterator

import pytest

SETTINGS = {
    "postfix_inbound_pipe_command": "/usr/local/bin/pipe-sink ${sender} ${recipient}",
    "postfix_inbound_pipe_user": "mail-in",
    "postfix_inbound_pipe_timeout_seconds": 2,
}
CONVERGE = ("molecule/shared/converge.yml", "--inventory", "molecule/shared/inventory/")


@pytest.fixture(scope="module", autouse=True)
def pipe(playbook) -> Iterator[None]:
    """The role applied with a command, and afterwards as it was."""
    found = playbook(*CONVERGE, "--extra-vars", json.dumps(SETTINGS))
    assert not found.refusal
    yield
    assert not playbook(*CONVERGE).refusal


@pytest.fixture
def piped(host, talk) -> Callable[..., str]:
    """Sends a mail, and gives the log line of what became of it."""

    def run(subject: str, sender: str = "c@mailbox.example") -> str:
        recipient = f"{uuid.uuid4().hex[:8]}@acme.desk.example.com"
        say = (f"MAIL FROM:<{sender}>", f"RCPT TO:<{recipient}>", "DATA", [f"Subject: {subject}", "", "x"])
        assert talk(25, "EHLO c.example.net", *say)[-1].startswith("250 ")
        found = f"grep 'to=<{recipient}>.*status=' /var/log/postfix/in.log"
        host.run_expect(
            [0], f"timeout 20 sh -c 'until {found.replace(chr(39), chr(34))}; do sleep 0.2; done'"
        )
        queued = recipient in host.check_output("postqueue -c /etc/postfix-in -j")
        return f"{host.check_output(found)} queued={queued}"

    return run


def test_a_mail_is_handed_to_the_command_with_its_envelope(piped):
    line = piped("hello")
    assert "status=sent (delivered via boringmail-pipe service" in line
    assert "('c@mailbox.example' '" in line
    assert " as root " not in line
    assert "Return-Path X-Original-To" in line
    assert "queued=False" in line


def test_a_null_sender_is_an_empty_word(piped):
    assert "('' '" in piped("hello", sender="")


@pytest.mark.parametrize(
    "subject", ["exit 1", "exit 2", "exit 69", "exit 75", "exit 126", "exit 127", "die", "hang"]
)
def test_whatever_else_the_command_does_the_mail_waits(host, piped, subject):
    line = piped(subject)
    assert "status=deferred" in line or "status=SOFTBOUNCE" in line
    assert "queued=True" in line
    assert "status=bounced" not in host.check_output("cat /var/log/postfix/in.log")


def test_a_command_that_is_missing_loses_nothing(host, piped):
    host.run_expect([0], "mv /usr/local/bin/pipe-sink /usr/local/bin/pipe-sink.away")
    try:
        assert "queued=True" in piped("hello")
    finally:
        host.run_expect([0], "mv /usr/local/bin/pipe-sink.away /usr/local/bin/pipe-sink")
