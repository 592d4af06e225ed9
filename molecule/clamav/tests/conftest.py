"""What the tests of the scanner share: mails and their replies, what was delivered, a scanner made whole."""

import json
import time
from collections.abc import Callable

import pytest

MAILBOX = "/var/mail/tenants/all"
RECOVERY_SECONDS = 120
MEND = """
systemctl stop 'fake-*' 2>/dev/null
systemctl kill --signal=CONT clamav-daemon.service clamav-milter.service 2>/dev/null
systemctl is-active --quiet clamav-daemon.socket ||
  { systemctl stop clamav-daemon.service; rm -f /run/clamav/clamd.ctl; systemctl start clamav-daemon.socket; }
systemctl start clamav-daemon.service clamav-milter.service
"""


@pytest.fixture(scope="session")
def send(host) -> Callable[..., dict[str, str]]:
    """Sends mails at once, `send(subject="kind")`, and gives the reply to each."""

    def run(**kinds: str) -> dict[str, str]:
        arguments = " ".join(f"'{name}={kind}'" for name, kind in kinds.items())
        return json.loads(host.check_output(f"send-mail {arguments}"))

    return run


@pytest.fixture(scope="session")
def judged(send) -> Callable[..., dict[str, str]]:
    """Sends mails as `send` does, and again, as a sender would, what was deferred: a busy scanner is late."""

    def run(**kinds: str) -> dict[str, str]:
        replies = send(**kinds)
        deadline = time.monotonic() + RECOVERY_SECONDS
        while deferred := {name: kinds[name] for name, reply in replies.items() if reply.startswith("4")}:
            assert time.monotonic() < deadline, replies
            replies |= send(**deferred)
        return replies

    return run


@pytest.fixture(scope="session")
def delivered(host) -> Callable[[], set[str]]:
    """Gives the subjects of all the mails that Postfix has delivered, with nothing left in its queue."""

    def read() -> set[str]:
        host.run_expect([0], "timeout 60 sh -c 'until postqueue -p | grep -q empty; do sleep 0.2; done'")
        lines = host.run(f"grep '^Subject: ' {MAILBOX}").stdout.splitlines()
        return {line.removeprefix("Subject: ") for line in lines}

    return read


@pytest.fixture(scope="session")
def recover(host, send) -> Callable[[], None]:
    """Mends the scanner and waits until a clean mail passes."""

    def run() -> None:
        host.run(MEND)
        deadline = time.monotonic() + RECOVERY_SECONDS
        while (reply := send(probe="clean")["probe"]) != "250":
            assert time.monotonic() < deadline, reply
            time.sleep(0.5)

    return run
