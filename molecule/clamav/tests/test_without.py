"""One setting takes the scanner off the host; a host without databases says how to get them. Comes last."""

import json

NOWHERE = "http://127.0.0.1:9/nothing.ndb"


def converge(playbook, **values: object):
    arguments = ("--inventory", "molecule/shared/inventory/", "--extra-vars", json.dumps(values))
    return playbook("molecule/shared/converge.yml", *arguments)


def test_it_goes_without_a_trace(host, playbook):
    gone = converge(playbook, clamav_enabled=False)
    assert not gone.refusal
    assert gone.changed > 0
    assert host.run("pgrep -l 'clam'").stdout == ""
    assert host.run("systemctl list-unit-files --no-legend 'clamav-*'").stdout == ""
    assert host.run("ls -d /var/lib/clamav /etc/clamav /run/clamav-milter").stdout == ""
    assert converge(playbook, clamav_enabled=False).changed == 0


def test_a_first_download_that_fails_names_the_ways_out(playbook, send):
    refusal = converge(playbook, clamav_database_custom_urls=[NOWHERE]).refusal
    assert f"freshclam got no virus database from {NOWHERE}" in refusal
    assert "clamav_enabled: false" in refusal
    assert "security group" in refusal
    assert send(early="clean")["early"].startswith("451 ")
