"""One setting takes the scanner off the host, and brings it back. Comes last: see the name of the file."""

import json

OFF = json.dumps({"clamav_enabled": False})


def test_it_goes_without_a_trace_and_comes_back(host, playbook, recover):
    arguments = ("--inventory", "molecule/shared/inventory/")
    gone = playbook("molecule/shared/converge.yml", *arguments, "--extra-vars", OFF)
    assert not gone.refusal
    assert gone.changed > 0
    assert host.run("pgrep -l 'clam'").stdout == ""
    assert host.run("systemctl list-unit-files --no-legend 'clamav-*'").stdout == ""
    assert host.run("ls /var/lib/clamav /etc/clamav /run/clamav-milter").stdout == ""
    assert playbook("molecule/shared/converge.yml", *arguments, "--extra-vars", OFF).changed == 0
    assert not playbook("molecule/shared/converge.yml", *arguments).refusal
    recover()
