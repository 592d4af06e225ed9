"""verify.yml as a whole, where nothing works: it has to tell so in one table and change nothing."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

CHECKOUT = Path(__file__).parents[3]
WIRING = CHECKOUT / "inventories/example/group_vars/all/wiring_verify.yml"
HOSTS = {
    "all": {
        "hosts": {
            "localhost": {
                "ansible_connection": "local",
                "ansible_python_interpreter": "{{ ansible_playbook_python }}",
            }
        },
        "children": {
            "mail": {
                "hosts": {
                    # One that configure.yml has not seen yet, one that is down.
                    "mx1": {
                        "ansible_connection": "local",
                        "ec2_public_ip_address": "127.0.0.1",
                        "ec2_private_ip_address": "10.20.1.10",
                    },
                    "mx2": {
                        "ansible_host": "127.0.0.2",
                        "ansible_port": 1,
                        "ec2_public_ip_address": "127.0.0.2",
                        "ec2_private_ip_address": "10.20.1.11",
                    },
                }
            }
        },
    }
}
OWNER: dict[str, Any] = {
    "mail_domain": "desk.example.com",
    "mail_dns_zone": "example.com",
    "aws_region": "eu-central-1",
    "mail_hosts": ["mx1", "mx2"],
    "verify_echo_address": "echo@mailbox.example",
    # The system refuses to send there, at once.
    "verify_dns_authoritative": ["255.255.255.255"],
}
# Nobody listens there.
NO_AWS = {
    "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
}


def run(directory: Path, *arguments: str, hosts: dict[str, Any] | None = None, **owner: Any) -> str:
    variables = directory / "group_vars/all"
    variables.mkdir(parents=True, exist_ok=True)
    shutil.copy(WIRING, variables)
    (variables / "main.yml").write_text(yaml.safe_dump({**OWNER, **owner}))
    (directory / "hosts.yml").write_text(yaml.safe_dump(hosts or HOSTS))
    playbook = str(Path(sys.executable).with_name("ansible-playbook"))
    command = [playbook, "-i", str(directory), "playbooks/verify.yml", *arguments]
    environment = {
        **os.environ,
        **NO_AWS,
        "ANSIBLE_CONFIG": str(CHECKOUT / "ansible.cfg"),
        "ANSIBLE_NOCOLOR": "1",
    }
    done = subprocess.run(
        command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode != 0
    assert "changed=0" in done.stdout
    assert "changed=1" not in done.stdout
    return done.stdout


def test_a_gateway_that_is_not_there_gives_a_whole_table_and_a_failure(tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    output = run(tmp_path, "-e", f"verify_json={result}")
    found = json.loads(result.read_text())
    checks = {check["name"]: check for check in found["checks"]}
    assert {name: check["status"] for name, check in checks.items()} == {
        "MX *.desk.example.com": "temperror",
        "A submit.desk.example.com": "temperror",
        "A mx1.desk.example.com": "temperror",
        "A mx2.desk.example.com": "temperror",
        "SPF *.desk.example.com": "temperror",
        "SPF mx1.desk.example.com": "temperror",
        "SPF mx2.desk.example.com": "temperror",
        "DKIM bm1._domainkey.desk.example.com": "temperror",
        "DMARC desk.example.com": "temperror",
        "PTR 127.0.0.1": "temperror",
        "PTR 127.0.0.2": "temperror",
        "tenants' names in desk.example.com": "temperror",
        "host mx1": "permerror",
        "EHLO of mx1.desk.example.com": "temperror",
        "port 25 of mx1.desk.example.com": "temperror",
        "certificate of mx1.desk.example.com": "temperror",
        "submission of mx1.desk.example.com from outside": "pass",
        "mail in mx1.desk.example.com: accepted": "temperror",
        "host mx2": "temperror",
        "EHLO of mx2.desk.example.com": "temperror",
        "port 25 of mx2.desk.example.com": "temperror",
        "certificate of mx2.desk.example.com": "temperror",
        "submission of mx2.desk.example.com from outside": "pass",
        "mail in mx2.desk.example.com: accepted": "temperror",
    }
    assert checks["SPF *.desk.example.com"]["expected"].endswith(
        "as by v=spf1 a:mx1.desk.example.com a:mx2.desk.example.com -all"
    )
    assert checks["A submit.desk.example.com"]["expected"] == "10.20.1.10, 10.20.1.11"
    assert checks["SPF *.desk.example.com"]["because"] == ["records"]
    assert "Parameter Store" in checks["DKIM bm1._domainkey.desk.example.com"]["found"]
    assert found["verdict"] == "fail"
    for name, check in checks.items():
        if check["status"] != "pass":
            assert f" {name}  (" in output or check["because"]
    assert "Mail would not arrive" in output


def test_check_mode_looks_as_well_and_a_missing_echo_address_is_told(tmp_path: Path) -> None:
    output = run(tmp_path, "--check", verify_echo_address="")
    assert "not checked: a mail out: set verify_echo_address" in output
    assert "mail out mx1  (" not in output


def test_records_of_the_domain_itself_are_looked_for_when_they_were_asked_for(tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    run(tmp_path, "--check", "-e", f"verify_json={result}", aws_dns_apex_enabled=True)
    expected = {check["name"]: check["expected"] for check in json.loads(result.read_text())["checks"]}
    hosts = ("mx1.desk.example.com", "mx2.desk.example.com")
    assert expected["MX desk.example.com"] == ", ".join(f"10 {name}" for name in hosts)
    wanted = f"v=spf1 {' '.join(f'a:{name}' for name in hosts)} -all"
    assert expected["SPF desk.example.com"].endswith(f"as by {wanted}")
    assert expected["SPF *.desk.example.com"] == expected["SPF desk.example.com"]


def test_no_host_at_all_is_an_error_that_says_what_to_run(tmp_path: Path) -> None:
    hosts = {"all": {"hosts": HOSTS["all"]["hosts"]}}
    assert "Run playbooks/provision.yml" in run(tmp_path, hosts=hosts)
