"""What the tests share: handing a mail to one of the milters through Postfix, and reading what came out."""

import base64
import json
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

SINK = "/var/tmp/sink"  # noqa: S108 - in a container of its own
LOG = "/var/log/rspamd/rspamd.log"


@dataclass(frozen=True)
class Delivered:
    """A mail as it left: its fields above and from the first Received line on, its text, its verdict."""

    above: list[str]
    text: str
    verdict: dict


def outcome(replies: list[str]) -> str:
    """The first reply that ends it: a refusal at whatever command, or the one to the mail."""
    return next((reply for reply in replies if reply[:1] in ("4", "5")), replies[-1])


@pytest.fixture(scope="session")
def talk(host) -> Callable[..., list[str]]:
    """Says lines to a port of the host and gives the replies; the first is the greeting."""

    def run(port: int, *say: str | list[str]) -> list[str]:
        request = json.dumps({"port": port, "say": say})
        return json.loads(host.check_output("printf %%s %s | smtp-talk", request))["replies"]

    return run


@pytest.fixture(scope="session")
def send_in(talk) -> Callable[..., str]:
    """Hands in a mail as a client elsewhere would, and gives the reply to it. The mail is a list of lines."""

    def run(
        mail: list[str],
        client: str = "198.51.100.7",
        name: str = "mail.sender.example",
        sender: str = "someone@sender.example",
        rcpt: str | list[str] = "x@acme.desk.example.com",
    ) -> str:
        greeting = "EHLO mail.sender.example"
        xclient = f"XCLIENT ADDR={client} NAME={name}"
        recipients = [f"RCPT TO:<{each}>" for each in ([rcpt] if isinstance(rcpt, str) else rcpt)]
        say = (greeting, xclient, greeting, f"MAIL FROM:<{sender}>", *recipients)
        return outcome(talk(25, *say, "DATA", mail))

    return run


@pytest.fixture(scope="session")
def send_out(talk) -> Callable[..., str]:
    """Hands in a mail as the application would, logged in as `app`, and gives the reply to it."""

    def run(mail: list[str], sender: str = "agent@acme.desk.example.com", rcpt: str = "x@example.net") -> str:
        greeting = "EHLO app.internal"
        say = (greeting, "XCLIENT LOGIN=app", greeting, f"MAIL FROM:<{sender}>", f"RCPT TO:<{rcpt}>")
        return outcome(talk(587, *say, "DATA", mail))

    return run


@pytest.fixture(scope="session")
def signed(host) -> Callable[..., list[str]]:
    """Signs a mail with a key in /root, or our own."""

    def run(mail: list[str], domain: str, selector: str, key: str = "/root/sender.key") -> list[str]:
        text = "\n".join([*mail, ""])
        return host.check_output(
            "printf %%s %s | dkim-tool sign %s %s %s", text, domain, selector, key
        ).splitlines()

    return run


@pytest.fixture(scope="session")
def left(host) -> Callable[[str], str]:
    """Waits for the mail that holds a mark to leave Postfix, and gives its text."""

    def wait(mark: str) -> str:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            found = host.run("grep -l -r -F -e %s %s", mark, SINK).stdout.split()
            if found:
                return host.check_output("cat %s", found[0])
            time.sleep(0.3)
        raise AssertionError(f"no mail with {mark} has left")

    return wait


@pytest.fixture(scope="session")
def judged(send_in, left) -> Callable[..., Delivered]:
    """Sends a mail in, expects that it is taken, and gives it as it left, with its verdict."""

    def run(mail: list[str], **client: str | list[str]) -> Delivered:
        mark = uuid.uuid4().hex
        reply = send_in([*mail, mark], **client)
        assert reply.startswith("250 "), reply
        # What smtp-sink writes in front ends with its own Received line.
        ours = left(mark).split("\nReceived: ", 1)[1].split("\n", 3)[3]
        above = ours.split("\nReceived: ", 1)[0]
        fields = above.replace("\n\t", "\t").splitlines()
        (verdict,) = [line for line in fields if line.startswith("X-Boringmail-Verdict: ")]
        value = verdict.split(": ", 1)[1].replace("\t", "")
        return Delivered(fields, ours, json.loads(base64.b64decode(value, validate=True)))

    return run


@pytest.fixture
def forget(host) -> None:
    """Empties the store: who was known, who had waited, what was learned."""
    host.run_expect([0], "valkey-cli -s /run/valkey/valkey.sock flushall")


@pytest.fixture
def setting(host) -> Iterator[Callable[[str, str], None]]:
    """Gives one of Rspamd's settings another value until the test's end."""
    # Killed, as sessions of Postfix's would hold up a restart; and the controller's socket is its own.
    restart = (
        "systemctl kill --signal=KILL rspamd && systemctl restart rspamd && timeout 20 sh -c"
        " 'until rspamc -h /run/rspamd/controller.sock stat >/dev/null 2>&1; do sleep 0.1; done'"
    )
    host.run_expect([0], "cp -a /etc/rspamd/rspamd.conf /root/rspamd.conf")

    def change(name: str, value: str) -> None:
        line = f"s/^( *{name} =).*/\\1 {value};/"
        host.run_expect([0], f"sed -E -i '{line}' /etc/rspamd/rspamd.conf && {restart}")

    yield change
    host.run_expect([0], f"cp -a /root/rspamd.conf /etc/rspamd/rspamd.conf && {restart}")


@pytest.fixture
def mail() -> Callable[..., list[str]]:
    """A mail with the given fields; From and the others that every mail has are filled in."""

    def run(*fields: str, sender: str = "someone@sender.example", body: str = "Dear all") -> list[str]:
        given = {field.split(":")[0].lower() for field in fields}
        usual = {
            "From": sender,
            "To": "x@acme.desk.example.com",
            "Date": "Tue, 24 Nov 2026 08:00:00 +0000",
            "Message-ID": f"<{uuid.uuid4().hex}@sender.example>",
            "Subject": "a test",
        }
        return [
            *fields,
            *(f"{name}: {value}" for name, value in usual.items() if name.lower() not in given),
            "",
            body,
        ]

    return run


@pytest.fixture
def hold(host) -> Iterator[Callable[[str], None]]:
    """Stops a unit's processes where they are (SIGSTOP); they go on after the test."""
    held = []

    def stop(unit: str) -> None:
        host.run_expect([0], f"systemctl kill --signal=STOP {unit}")
        held.append(unit)

    yield stop
    for unit in held:
        host.run(f"systemctl kill --signal=CONT {unit}")
