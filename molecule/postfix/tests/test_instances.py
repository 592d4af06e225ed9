"""The instances as units: what listens, what is chrooted, what a certificate change and a log rotation do."""

import json


def test_only_the_wanted_ports_are_open(host):
    listening = {line.split()[3] for line in host.check_output("ss -Hltn").splitlines()}
    mail = {address for address in listening if not address.endswith((":22", ":53", "%lo:53"))}
    assert mail == {"0.0.0.0:25", "0.0.0.0:465", "0.0.0.0:587", "127.0.0.1:10025", "127.0.0.1:10587"}


def test_the_queue_of_an_earlier_host_is_taken_over(host):
    for instance in ("in", "out"):
        root = f"/var/spool/boringmail/{instance}"
        assert host.check_output(f"find {root} -mindepth 1 ! -user root ! -user postfix") == ""
        for name, mode in (("maildrop", 0o730), ("public", 0o2710)):
            directory = host.file(f"{root}/{name}")
            assert (directory.user, directory.group, directory.mode) == ("postfix", "postdrop", mode)
        assert "owned" not in host.run(f"postfix -c /etc/postfix-{instance} check").stderr


def test_nothing_is_chrooted(host):
    for directory in ("/etc/postfix", "/etc/postfix-in", "/etc/postfix-out"):
        services = host.check_output(f"postconf -c {directory} -F '*/*/chroot'").splitlines()
        assert services
        assert all(line.endswith("= n") for line in services)


def test_the_instances_start_at_boot(host):
    for unit in ("postfix.service", "postfix@in.service", "postfix@out.service"):
        assert host.service(unit).is_enabled
        assert host.service(unit).is_running


def test_a_new_certificate_is_served_after_the_hook(host, auth):
    def served() -> str:
        request = json.dumps({"port": 465, "implicit_tls": True, "say": ["EHLO x", auth]})
        return json.loads(host.check_output("printf %%s %s | smtp-talk", request))["certificate"]

    before = served()
    host.run_expect(
        [0],
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 9"
        " -subj /CN=mx1.desk.example.com"
        " -keyout /etc/ssl/boringmail/privkey.pem -out /etc/ssl/boringmail/fullchain.pem",
    )
    host.run_expect([0], "/etc/boringmail/certificate-hooks.d/postfix")
    assert served() != before


def test_a_rotated_log_goes_on_in_the_new_file(host, talk):
    host.run_expect([0], "logrotate --force /etc/logrotate.d/boringmail-postfix")
    talk(25, "EHLO rotated.example.net", "MAIL FROM:<a@example.net>", "RCPT TO:<x@example.org>")
    host.run_expect(
        [0],
        "timeout 10 sh -c"
        " 'until grep -q helo=.rotated.example.net /var/log/postfix/in.log; do sleep 0.2; done'",
    )


def test_the_units_are_confined(host):
    for unit in ("postfix@in.service", "postfix@out.service"):
        shown = host.check_output(f"systemd-analyze security --no-pager {unit}").splitlines()[-1]
        assert float(shown.split(": ")[1].split()[0]) < 3.5
