"""Spamhaus by the owner's key: it is asked, and the key is told to nobody else."""

KEY = "k3yk3yk3yk3yk3yk3yk3y"
CREDENTIAL = "/etc/boringmail/credentials/spamhaus-dqs"
LISTED = {"client": "203.0.113.7", "name": "[UNAVAILABLE]"}


def lists(found) -> set[str]:
    return {one["name"] for one in found.verdict["spam"]["symbols"] if one["name"].startswith("RBL_")}


def test_a_listed_client_is_known(judged, mail):
    assert lists(judged(mail(), **LISTED)) == {"RBL_DQS_XBL"}


def test_a_listed_domain_in_the_text_is_known(judged, mail):
    assert lists(judged(mail(body="See https://www.example.org/offer"))) == {"RBL_DQS_DOMAIN"}


def test_the_key_is_in_no_log_and_on_no_command_line(host, judged, mail):
    judged(mail(body="See https://www.example.org/offer and https://www.dead.example/"), **LISTED)
    assert host.run(f"grep -r -F {KEY} /var/log/rspamd").rc == 1
    units = "-u rspamd -u boringmail-dqs-key -u postfix@-"
    assert KEY not in host.check_output(f"journalctl --no-pager {units}")
    assert KEY not in host.check_output("cat /proc/[0-9]*/cmdline | tr '\\0' ' '")


def test_others_cannot_read_the_key(host):
    rules = host.file("/var/lib/rspamd-dqs/rbl.conf")
    assert (rules.user, rules.group, rules.mode) == ("root", "_rspamd", 0o440)
    assert host.run("runuser -u postfix -- cat /var/lib/rspamd-dqs/rbl.conf").rc != 0


def test_a_new_key_is_used_and_one_that_is_none_is_not(host, judged, mail):
    used = "timeout 20 sh -c 'until grep -q newkey /var/lib/rspamd-dqs/rbl.conf; do sleep 0.2; done'; sleep 3"
    host.run_expect([0], f"echo newkeynewkeynewkey >{CREDENTIAL}; {used}")
    try:
        assert lists(judged(mail(), **LISTED)) == {"RBL_DQS_PBL"}
        host.run_expect([0], f"echo 'not a key; }}' >{CREDENTIAL}")
        assert host.run("systemctl restart boringmail-dqs-key.service").rc != 0
        said = host.check_output("journalctl --no-pager -u boringmail-dqs-key -n 20")
        assert "event=dqs_key_unusable" in said
        assert "not a key; " not in said
        assert lists(judged(mail(), **LISTED)) == {"RBL_DQS_PBL"}
    finally:
        host.run_expect([0], f"echo {KEY} >{CREDENTIAL}; systemctl start boringmail-dqs-key.service; sleep 3")
