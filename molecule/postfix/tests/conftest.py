"""What the tests of the mail path share: an SMTP conversation, the mails that a sink got, an LMTP sink."""

import json
import shlex
import time
from base64 import b64encode
from collections.abc import Callable, Iterator

import pytest

TALK = "smtp-talk"
PASSWORD = "a password for the test"  # noqa: S105 - the one that prepare.yml plants
LMTP_SOCKET = "/run/boringmail/lmtp.sock"


@pytest.fixture(scope="session", autouse=True)
def no_mail_of_an_earlier_run(host) -> None:
    host.run_expect([0], "rm -f /var/tmp/lmtp/* /var/tmp/internet/*; postsuper -c /etc/postfix-in -d ALL")


@pytest.fixture(scope="session")
def auth() -> str:
    """The line that logs the application in."""
    return "AUTH PLAIN " + b64encode(f"\0app\0{PASSWORD}".encode()).decode()


@pytest.fixture(scope="session")
def talk(host) -> Callable[..., list[str]]:
    """Says lines to a port of the host and gives the replies; the first is the greeting."""

    def run(port: int, *say: str | list[str], **options: object) -> list[str]:
        request = json.dumps({"port": port, "say": say, **options})
        place = f"ip netns exec internet {TALK}" if "source" in options else TALK
        return json.loads(host.check_output(f"printf %s {shlex.quote(request)} | {place}"))["replies"]

    return run


@pytest.fixture
def submit(talk, auth) -> Callable[..., list[str]]:
    """Hands in a mail as the application does; of the replies the last but one is that to the mail."""

    def run(body: list[str], recipient: str, sender: str = "agent@acme.desk.example.com") -> list[str]:
        opening = ("EHLO app.internal", "STARTTLS", "EHLO app.internal", auth)
        return talk(587, *opening, f"MAIL FROM:<{sender}>", f"RCPT TO:<{recipient}>", "DATA", body, "QUIT")

    return run


@pytest.fixture(scope="session")
def received(host) -> Callable[[str, str], str]:
    """Waits for the one mail in a sink, lmtp or internet, that holds a mark, and gives its text."""

    def wait(sink: str, mark: str) -> str:
        directory = f"/var/tmp/{sink}"  # noqa: S108 - in a container of its own
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            found = host.run("grep -l -r -F -e %s %s", mark, directory).stdout.split()
            if found:
                assert len(found) == 1
                return host.check_output("cat %s", found[0])
            time.sleep(0.3)
        raise AssertionError(f"no mail with {mark} in {directory}")

    return wait


@pytest.fixture(scope="session")
def start(host) -> Callable[[str, str, str], None]:
    """Starts a command as a unit, and waits until it listens on its socket."""

    def run(unit: str, command: str, socket: str) -> None:
        listens = f"timeout 20 sh -c 'until ss -Hlx | grep -q {socket}; do sleep 0.05; done'"
        host.run_expect([0], f"systemctl reset-failed; systemd-run --unit={unit} {command} && {listens}")

    return run


@pytest.fixture
def lmtp_sink(host, start) -> Iterator[Callable[..., None]]:
    """Starts the LMTP sink, with smtp-sink's options; stopped after the test."""
    sink = "smtp-sink -L -u postfix {options} -d /var/tmp/lmtp/%M. unix:" + LMTP_SOCKET + " 100"
    yield lambda options="": start("sink-lmtp", sink.format(options=options), LMTP_SOCKET)
    host.run(f"systemctl stop sink-lmtp; rm -f {LMTP_SOCKET}")


@pytest.fixture
def lmtp(lmtp_sink) -> None:
    """An LMTP sink that takes everything."""
    lmtp_sink()
