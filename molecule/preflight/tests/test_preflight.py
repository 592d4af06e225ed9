"""What the role says when something is wrong; each run must end within seconds."""

import json
import os
import subprocess
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).parents[3]
SCENARIO = PROJECT / "molecule" / "preflight"
SECONDS = 60


def run(changed_settings=None, *, environment=None):
    variables = yaml.safe_load((SCENARIO / "vars" / "main.yml").read_text())
    settings = variables["preflight_settings"] | (changed_settings or {})
    finished = subprocess.run(
        [
            "ansible-playbook",
            "--inventory",
            "localhost,",
            "--extra-vars",
            json.dumps({"preflight_settings": settings}),
            str(PROJECT / "molecule" / "shared" / "account.yml"),
        ],
        env=os.environ
        | {
            "MOLECULE_SCENARIO_DIRECTORY": str(SCENARIO),
            "MOLECULE_SCENARIO_NAME": "preflight",
            "ANSIBLE_CONFIG": str(PROJECT / "ansible.cfg"),
        }
        | (environment or {}),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        cwd=PROJECT,
    )
    return finished.returncode, " ".join((finished.stdout + finished.stderr).split())


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"app_inbound_url": "CHANGE_ME", "admin_cidrs": []}, ["app_inbound_url still", "admin_cidrs is"]),
        ({"mail_dns_zone": "net", "mail_domain": "x.net"}, ["mail_dns_zone 'net' is not"]),
        ({"mail_dns_zone": "mol-preflight.example.com"}, ["0 public hosted zones"]),
    ],
)  # fmt: skip
def test_it_stops_and_names_the_fix(settings, words):
    status, output = run(settings)
    assert status != 0
    for word in words:
        assert word in output


def test_it_stops_without_credentials():
    nobody = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_EC2_METADATA_DISABLED": "true"}
    status, output = run(environment=nobody)
    assert status != 0
    assert "docs/iam/owner-policy.json" in output
