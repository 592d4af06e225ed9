"""Who gets in, what is open, and where the passwords are not."""

import time

import pytest

PLANTED = "a planted password"
CREDENTIAL = "/etc/boringmail/credentials/submission-app-password"


def logs_in(host, user: str, password: str) -> bool:
    """Asks through the socket that Postfix uses."""
    return host.run("doveadm auth test -a /run/dovecot/auth-postfix %s %s", user, password).rc == 0


@pytest.mark.parametrize(("user", "password"), [("app", PLANTED), ("second", "another planted password")])
def test_the_right_password_is_taken(host, user, password):
    assert logs_in(host, user, password)


@pytest.mark.parametrize(
    ("user", "password"),
    [("app", "wrong"), ("app", ""), ("second", PLANTED), ("root", PLANTED), ("", PLANTED)],
)
def test_any_other_is_refused(host, user, password):
    assert not logs_in(host, user, password)


def test_a_wrong_password_is_answered_late(host):
    started = time.monotonic()
    assert not logs_in(host, "app", "guess")
    assert time.monotonic() - started > 1.5


def test_a_rotated_password_is_in_force_after_a_restart(host):
    host.run_expect([0], f"printf rotated > {CREDENTIAL} && systemctl restart dovecot")
    try:
        assert logs_in(host, "app", "rotated")
        assert not logs_in(host, "app", PLANTED)
    finally:
        host.run_expect([0], f"printf '{PLANTED}\\n' > {CREDENTIAL} && systemctl restart dovecot")
    assert logs_in(host, "app", PLANTED)


def test_a_missing_credential_keeps_the_service_up_with_the_old_hash(host):
    host.run_expect([0], f"mv {CREDENTIAL} {CREDENTIAL}.away && systemctl restart dovecot")
    try:
        assert logs_in(host, "app", PLANTED)
    finally:
        host.run_expect([0], f"mv {CREDENTIAL}.away {CREDENTIAL}")


def test_no_port_is_open(host):
    assert "dovecot" not in host.check_output("ss -Hltnp")
    assert host.run("ss -Hltn sport = :143 or sport = :993").stdout == ""


def test_only_postfix_may_ask(host):
    socket = host.file("/run/dovecot/auth-postfix")
    assert (socket.user, socket.group, socket.mode) == ("postfix", "postfix", 0o660)


def test_the_hashes_are_for_dovecot_alone_and_the_passwords_nowhere(host):
    users = host.file("/etc/dovecot/submission-users")
    assert (users.user, users.group, users.mode) == ("root", "dovecot", 0o640)
    assert "$6$outdated" not in users.content_string
    found = host.run("grep -r -l -F 'planted password' /etc/dovecot /var/lib/dovecot /var/log /run/dovecot")
    assert found.stdout == ""
    assert "planted password" not in host.check_output("journalctl --no-pager _SYSTEMD_UNIT=dovecot.service")


def test_the_unit_is_confined(host):
    shown = host.check_output("systemd-analyze security --no-pager dovecot.service").splitlines()[-1]
    assert float(shown.split(": ")[1].split()[0]) <= 3.0
