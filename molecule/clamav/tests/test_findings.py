"""What the scanner finds or cannot look at is refused in the session; the rest passes with its word."""

import pytest

TEST_FILES = "/usr/share/clamav-testfiles"


@pytest.mark.parametrize("kind", ["plain", "base64", "zip", "late"])
def test_eicar_is_refused_in_the_session(judged, delivered, kind):
    reply = judged(**{f"eicar-{kind}": kind})[f"eicar-{kind}"]
    assert reply.startswith("550 5.7.1 Refused by the virus scanner: Eicar-Test-Signature")
    assert f"eicar-{kind}" not in delivered()


def test_a_clean_mail_passes_with_the_scanners_word_in_place_of_the_senders(host, judged, delivered):
    assert judged(good="clean") == {"good": "250"}
    assert "good" in delivered()
    fields = host.check_output("grep '^X-Virus-Status:' /var/mail/tenants/all").splitlines()
    assert set(fields) == {"X-Virus-Status: Clean"}


def test_every_test_file_of_clamav_is_refused(host, judged, delivered):
    names = host.check_output(f"ls {TEST_FILES}").split()
    assert len(names) > 40
    replies = judged(**{f"file-{name}": f"{TEST_FILES}/{name}" for name in names})
    assert {name: reply for name, reply in replies.items() if not reply.startswith("550 5.7.1 ")} == {}
    assert not {subject for subject in delivered() if subject.startswith("file-")}


@pytest.mark.parametrize("kind", ["bomb", "nested"])
def test_what_lies_beyond_a_limit_is_refused_with_its_reason(judged, kind):
    reply = judged(**{kind: kind})[kind]
    assert reply.startswith("550 5.7.1 Refused by the virus scanner: Heuristics.Limits.Exceeded.")


def test_only_postfix_may_speak_to_the_scanner(host):
    for path, group in (("/run/clamav-milter/milter.sock", "postfix"), ("/run/clamav/clamd.ctl", "clamav")):
        socket = host.file(path)
        assert (socket.user, socket.group, socket.mode) == ("clamav", group, 0o660)
    assert host.run("setpriv --reuid=nobody --clear-groups ls /run/clamav-milter").rc != 0
    assert host.check_output("ss -Hltn 'sport = :3310'") == ""


def test_the_configuration_survives_an_upgrade_of_the_package(host):
    host.run_expect([0], "md5sum /etc/clamav/*.conf >/tmp/before")
    host.run_expect(
        [0],
        "DEBIAN_FRONTEND=noninteractive apt-get -qy install --reinstall --no-install-recommends"
        " clamav-daemon clamav-freshclam clamav-milter",
    )
    host.run_expect([0], "md5sum --check --quiet /tmp/before && logrotate /etc/logrotate.conf")
    assert host.check_output("systemctl is-enabled clamav-freshclam-once.timer || true") == "masked"
    assert host.check_output("systemctl list-units --failed --plain --no-legend 'clam*'") == ""
