"""The daemon in its place: between a real Postfix and an application, through restarts and outages."""

import base64
import json
import time
from collections.abc import Callable, Iterator

import pytest
from standardwebhooks import Webhook

KEY = "whsec_cGxhbnRlZC1rZXktZm9yLXRoZS10ZXN0LW9mLXJvbGVz"
NEW_KEY = "whsec_YW5vdGhlci1rZXktZm9yLXRoZS10ZXN0LW9mLXJvbGVz"
BILLING_KEY = "whsec_YmlsbGluZy1rZXktZm9yLXRoZS10ZXN0LW9mLXJvbGVz"
KEY_FILE = "/etc/boringmail/credentials/inbound-webhook-key"
SEND = (
    "python3 -c \"import smtplib; smtplib.SMTP('127.0.0.1').sendmail("
    "'someone@example.net', ['{subject}@acme.desk.example.com'], '''Subject: {subject}\\n\\nx\\n''')\""
)
# Connections that end early are the daemon's way to stop; a refused one ends the loop and the test.
CONNECT_LOOP = """
import pathlib, smtplib
done = 0
while not pathlib.Path('/run/stop-talking').exists():
    try:
        with smtplib.LMTP('/run/boringmail/lmtp.sock', timeout=30) as session:
            session.ehlo('test.example.net')
            done += 1
    except smtplib.SMTPException:
        pass
print(done)
"""


@pytest.fixture(scope="session", autouse=True)
def no_mail_of_an_earlier_run(host) -> None:
    host.run_expect([0], "rm -f /var/lib/app-sink/*; postsuper -c /etc/postfix-in -d ALL")
    forget = "rm -f /var/lib/boringmail-inbound/gone.json"
    host.run_expect([0], f"systemctl stop boringmail-inbound.service; {forget}; systemctl reset-failed")
    host.run_expect([0], "systemctl start boringmail-inbound.service")


@pytest.fixture
def app(host) -> Iterator[Callable[..., None]]:
    """Sets the status that the application answers at a path; 200 again after the test."""
    yield lambda status, path="boringmail": host.run_expect(
        [0], f"printf {status} > /var/lib/app-sink/status-{path}"
    )
    host.run_expect([0], "rm -f /var/lib/app-sink/status-*")


def subject_of(post: dict[str, str]) -> str | None:
    data = json.loads(post["body"])["data"]
    return data["message"]["subject"] if "message" in data else None


def posts(host, subject: str, *, status: int = 200, wait_seconds: float = 20) -> list[dict[str, object]]:
    """The POSTs about the mail with this subject that got this answer, waiting for the first."""
    deadline = time.monotonic() + wait_seconds
    while time.monotonic() < deadline:
        lines = host.run("cat /var/lib/app-sink/*.json").stdout.splitlines()
        kept = [post for post in map(json.loads, lines) if post["status"] == status]
        if found := [post for post in kept if subject_of(post) == subject]:
            return found
        time.sleep(0.3)
    raise AssertionError(f"no POST about {subject} answered {status}")


def test_a_mail_on_port_25_becomes_a_signed_post(host):
    host.run_expect([0], SEND.format(subject="signed"))
    (post,) = posts(host, "signed")
    headers = {name.lower(): value for name, value in post["headers"].items()}
    body = Webhook(KEY).verify(post["body"], headers)
    assert body["type"] == "message.received"
    assert post["path"] == "/boringmail"
    assert body["data"]["envelope"]["recipient"] == "signed@acme.desk.example.com"


def test_mail_waits_for_the_application_and_comes_once_it_is_back(host, app):
    app("503")
    host.run_expect([0], SEND.format(subject="outage"))
    posts(host, "outage", status=503)
    host.run_expect(
        [0], "timeout 20 sh -c 'until postqueue -c /etc/postfix-in -j | grep -q deferred; do sleep 0.2; done'"
    )
    host.run_expect([0], SEND.format(subject="outage-too"))
    app("200")
    # Postfix by itself would wait for a minute.
    assert len(posts(host, "outage")) == len(posts(host, "outage-too")) == 1


def test_a_gone_mailbox_is_refused_at_rcpt_from_then_on(host, app):
    app("410")
    send = SEND.replace("{subject}@acme", "left@acme")
    host.run_expect([0], send.format(subject="first"))
    posts(host, "first", status=410)
    assert "5.1.1" in host.run_expect([1], send.format(subject="again")).stderr
    assert host.file("/var/spool/boringmail/dead-letter").user == "boringmail-inbound"


def test_an_outage_of_one_application_holds_only_its_own_mail(host, app):
    app("503", "billing")
    send = SEND.replace("{subject}@acme", "billing@acme")
    host.run_expect([0], send.format(subject="bill"))
    posts(host, "bill", status=503)
    host.run_expect([0], SEND.format(subject="no-bill"))
    assert [post["path"] for post in posts(host, "no-bill")] == ["/boringmail"]
    app("200", "billing")
    (post,) = posts(host, "bill")
    assert post["path"] == "/billing"
    headers = {name.lower(): value for name, value in post["headers"].items()}
    Webhook(BILLING_KEY).verify(post["body"], headers)
    assert "route=billing" in host.check_output("journalctl --no-pager --unit=boringmail-inbound.service")


@pytest.fixture
def lookup(host) -> Iterator[None]:
    """Postfix asks boringmail-policy about each recipient."""
    config, service = (
        "/etc/postfix-in",
        "check_policy_service { unix:/run/boringmail/policy.sock, timeout=10s }",
    )
    host.run_expect([0], f"cp {config}/main.cf /run/main.cf")
    change = f"postconf -c {config} -e 'smtpd_recipient_restrictions = {service}'"
    host.run_expect([0], f"{change}; systemctl reload postfix@in")
    yield
    host.run_expect([0], f"cp /run/main.cf {config}/main.cf; systemctl reload postfix@in")


@pytest.mark.usefixtures("lookup")
def test_a_mailbox_that_the_application_does_not_know_is_refused_while_the_sender_is_there(host, app):
    host.run_expect([0], SEND.format(subject="known"))
    posts(host, "known")
    app("410", "recipients")
    assert "550, b'5.1.1" in host.run_expect([1], SEND.format(subject="unknown")).stderr
    host.run_expect([0], SEND.format(subject="postmaster"))
    host.run_expect([0], SEND.replace("{subject}@acme", "billing@acme").format(subject="not-asked"))
    app("500", "recipients")
    assert "450, b'4.3.0" in host.run_expect([1], SEND.format(subject="nobody-knows")).stderr
    host.run_expect([0], "systemctl restart boringmail-policy.service")
    app("200", "recipients")
    host.run_expect([0], SEND.format(subject="known-again"))


VERDICT = {
    "v": 1,
    "spf": {"result": "fail", "domain": "example.net", "client": "203.0.113.9"},
    "dkim": [],
    "dmarc": {"result": "fail", "domain": "example.net", "policy": "reject"},
    "arc": {"result": "none"},
    "iprev": {"result": "permerror"},
    "spam": {"score": 7.5, "threshold": 6.0, "action": "add header", "symbols": []},
    "own_domain_spoofed": False,
}
FORGED = VERDICT | {"dmarc": {"result": "pass", "domain": "example.net", "policy": "reject"}}
FORGED_FIELDS = ["X-Boringmail-Verdict", "Received", "X-Boringmail-Verdict", "X-Virus-Status", "Subject"]


def encoded(verdict: dict[str, object]) -> str:
    return base64.b64encode(json.dumps(verdict).encode()).decode()


def send_forged(host, subject: str) -> bytes:
    """Sends a mail whose header speaks in our filters' names; what was sent."""
    values = [encoded(FORGED), "from nowhere by nobody; Tue, 24 Nov 2026 09:00:00 +0000", encoded(FORGED)]
    lines = [f"{n}: {v}" for n, v in zip(FORGED_FIELDS, [*values, "Clean", subject], strict=True)]
    raw = "\r\n".join([*lines, "", "x", ""])
    script = (
        "import smtplib; smtplib.SMTP('127.0.0.1').sendmail("
        f"'someone@example.net', ['forged@acme.desk.example.com'], {raw!r})"
    )
    host.run_expect([0], f"python3 - << 'END'\n{script}\nEND")
    return raw.encode()


@pytest.fixture
def careless_filter(host) -> Iterator[None]:
    """Postfix asks a filter that adds our fields and leaves forged ones in place."""
    socket, config = "/run/careless-filter.sock", "/etc/postfix-in"
    command = f"systemd-run --unit=careless-filter careless-filter {socket} {encoded(VERDICT)}"
    host.run_expect([0], f"{command} && timeout 10 sh -c 'until [ -S {socket} ]; do sleep 0.1; done'")
    host.run_expect([0], f"cp {config}/main.cf /run/main.cf")
    host.run_expect([0], f"postconf -c {config} -e smtpd_milters=unix:{socket}; systemctl reload postfix@in")
    yield
    host.run_expect([0], f"cp /run/main.cf {config}/main.cf; systemctl reload postfix@in")
    host.run_expect([0], "systemctl stop careless-filter")


@pytest.mark.usefixtures("careless_filter")
def test_only_what_the_filters_wrote_is_the_verdict(host):
    sent = send_forged(host, "forged")
    data = json.loads(posts(host, "forged")[0]["body"])["data"]
    assert data["authentication"]["dmarc"] == VERDICT["dmarc"]
    assert data["spam"]["score"] == 7.5
    assert data["virus"] == {"result": "clean", "scanner": "clamav"}
    assert [field["name"] for field in data["message"]["headers"]] == ["Received", *FORGED_FIELDS]
    raw = base64.b64decode(data["raw_base64"])
    assert raw.startswith(b"Received: from ")
    assert raw.endswith(sent)


def test_without_filters_nothing_was_checked(host):
    send_forged(host, "alone")
    data = json.loads(posts(host, "alone")[0]["body"])["data"]
    assert (data["authentication"], data["spam"]) == ({}, None)


def test_a_restart_refuses_no_connection(host):
    host.run_expect([0], "rm -f /run/stop-talking")
    host.run_expect([0], "cat > /run/connect_loop.py << 'END'" + CONNECT_LOOP + "END")
    host.run_expect([0], "systemd-run --unit=talking sh -c 'python3 /run/connect_loop.py > /run/talked'")
    for _ in range(3):
        host.run_expect([0], "systemctl restart boringmail-inbound.service")
    host.run_expect(
        [0], "touch /run/stop-talking; timeout 30 sh -c 'until [ -s /run/talked ]; do sleep 0.2; done'"
    )
    assert int(host.check_output("cat /run/talked")) > 0


def test_a_killed_daemon_comes_back(host):
    host.run_expect([0], "systemctl kill --signal=KILL boringmail-inbound.service")
    host.run_expect([0], SEND.format(subject="killed"))
    assert posts(host, "killed")


def test_only_postfix_may_connect(host):
    for name in ("lmtp.sock", "recipients.sock", "policy.sock"):
        socket = host.file(f"/run/boringmail/{name}")
        assert (socket.user, socket.group, socket.mode) == ("root", "postfix", 0o660)


def test_the_key_is_not_readable_by_the_daemons_user_nor_in_its_environment(host):
    as_daemon = "setpriv --reuid=boringmail-inbound --clear-groups"
    assert host.run(f"{as_daemon} cat /etc/boringmail/credentials/inbound-webhook-key").rc != 0
    assert "whsec_" not in host.check_output(f"tr '\\0' ' ' < /proc/{main_pid(host)}/environ")
    assert "whsec_" not in host.check_output("journalctl --no-pager --unit=boringmail-inbound.service")


def main_pid(host, daemon: str = "inbound") -> str:
    return host.check_output(f"systemctl show --property=MainPID --value boringmail-{daemon}.service")


def test_the_lookup_of_recipients_is_small(host):
    status = host.check_output(f"cat /proc/{main_pid(host, 'policy')}/status")
    kilobytes = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))
    assert kilobytes < 40_000


def replace_key(host, key: str) -> None:
    host.run_expect([0], f"umask 077; printf {key} > {KEY_FILE}.new; mv {KEY_FILE}.new {KEY_FILE}")


def test_a_new_key_is_taken_into_use_and_a_broken_one_is_not(host):
    before = main_pid(host)
    replace_key(host, "broken")
    host.run_expect(
        [0], "timeout 20 sh -c 'until systemctl is-failed -q boringmail-key.service; do sleep 0.2; done'"
    )
    assert main_pid(host) == before
    replace_key(host, NEW_KEY)
    host.run_expect(
        [0],
        "timeout 20 sh -c"
        f" 'while [ $(systemctl show --property=MainPID --value boringmail-inbound.service) = {before} ];"
        " do sleep 0.2; done'",
    )
    host.run_expect([0], SEND.format(subject="new-key"))
    (post,) = posts(host, "new-key")
    Webhook(NEW_KEY).verify(post["body"], {name.lower(): value for name, value in post["headers"].items()})
    replace_key(host, KEY)


def test_a_wrong_setting_is_refused(host):
    host.run_expect([0], "sed 's/^log_level.*/log_lvl = 1/' /etc/boringmail/inbound.toml > /run/wrong.toml")
    refused = host.run(
        "/opt/boringmail/current/bin/boringmail-inbound --check-config --config /run/wrong.toml"
    )
    assert refused.rc == 78
    assert "/run/wrong.toml: log_lvl" in refused.stderr


def test_the_release_before_stays_and_broken_ones_go(host):
    kept = set(host.check_output("ls -d /opt/boringmail/*/").split())
    current = host.check_output("readlink -f /opt/boringmail/current") + "/"
    assert current in kept
    assert "/opt/boringmail/0.0.1+before/" in kept
    assert "/opt/boringmail/0.0.2+broken/" not in kept


def test_the_command_line_is_on_the_path(host):
    assert json.loads(host.check_output("boringmail dead-letter list --json").splitlines()[0])
    refused = host.run("setpriv --reuid=nobody --clear-groups boringmail dead-letter list")
    assert refused.rc == 1
    assert "Permission denied" in refused.stderr


def test_the_dead_letters_of_an_earlier_host_are_taken_over(host):
    box = "/var/spool/boringmail/dead-letter"
    assert host.check_output(f"find {box} ! -user boringmail-inbound") == ""
    assert host.run(f"ls -d {box}/.new-*").rc != 0
    assert "earlier@acme" in host.check_output("boringmail dead-letter list --json")


def test_the_units_are_confined_and_start_at_boot(host):
    for name in ("inbound", "policy", "flush", "key"):
        unit = f"boringmail-{name}.service"
        shown = host.check_output(f"systemd-analyze security --no-pager {unit}").splitlines()[-1]
        assert float(shown.split(": ")[1].split()[0]) <= 3.0
    for unit in (
        "boringmail-inbound.socket",
        "boringmail-inbound-recipients.socket",
        "boringmail-inbound.service",
        "boringmail-policy.socket",
        "boringmail-policy.service",
        "boringmail-flush.path",
        "boringmail-key.path",
    ):
        assert host.service(unit).is_enabled
